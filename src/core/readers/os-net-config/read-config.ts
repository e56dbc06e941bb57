/** os-net-config's own file: `network_config:` as YAML or JSON, to devices. */
import type { Problem } from '../../base/result.ts';
import { entriesOf, member, problemAt, textOf, type Node, type Place, type Read } from '../yaml/node.ts';
import type { ConfiguredAddress, ConfiguredRoute, Device, DeviceKind } from './device.ts';
import { Fields } from './fields.ts';
import { KINDS, MEMBERS } from './kinds.table.ts';
import { formatNetwork, networkOf, parseAddress, parsePrefix } from './prefix.ts';

export type NicAliases = ReadonlyMap<string, string>;

const isKind = (text: string): text is DeviceKind => Object.hasOwn(KINDS, text);

const BRIDGES: readonly DeviceKind[] = ['ovs_bridge', 'ovs_user_bridge', 'linux_bridge'];

/** Keys by which a device names NICs for itself. */
const NOT_HERE = ['nic_mapping', 'persist_mapping'];

/** A NIC's name with a VLAN behind it: `em1.10`, `nic1.10`. */
const SUBINTERFACE = /^(\w+)\.(\d+)$/;

/** Tables that every kernel has, by number and name. */
const RESERVED_TABLES: ReadonlySet<string> = new Set('0 253 254 255 unspec default main local'.split(' '));

const ADDRESS_KEYS = ['ip_netmask'];
const RULE_KEYS = ['rule', 'comment'];
const ROUTE_KEYS = ['next_hop', 'nexthop', 'ip_netmask', 'destination', 'default', 'route_options', 'table'];

class ConfigReading {
  readonly problems: Problem[] = [];
  readonly #aliases: NicAliases | null;

  constructor(aliases: NicAliases | null) {
    this.#aliases = aliases;
  }

  devices(nodes: readonly Node[], parent: DeviceKind | null): Device[] {
    return nodes.flatMap((node) => this.#device(node, parent) ?? []);
  }

  #report(place: Place, message: string, severity: 'error' | 'warning' = 'error'): undefined {
    this.problems.push(problemAt(place, message, severity));
    return undefined;
  }

  #name(alias: string, place: Place): string {
    if (this.#aliases === null || !/^nic\d+$/.test(alias)) return alias;
    const name = this.#aliases.get(alias);
    if (name === undefined) this.#report(place, `the node has no ${alias}`);
    return name ?? alias;
  }

  #device(node: Node, parent: DeviceKind | null): Device | undefined {
    if (node.kind !== 'map') return this.#report(node.place, 'a device is a mapping with a type');
    const fields = new Fields(node, this.problems);
    const written = fields.text('type');
    // The schema and the program have different names for a team.
    const type = written === 'team' ? 'linux_team' : written;
    if (type === undefined) return this.#report(node.place, 'this device has no type');
    if (!isKind(type))
      return this.#report(member(node, 'type')?.place ?? node.place, `unknown type of device: ${type}`);
    const { required, allowed } = KINDS[type];
    this.#unknownKeys(fields, allowed, type);
    for (const key of NOT_HERE) if (fields.get(key)) this.#notHere(fields, key);
    if (parent !== null && MEMBERS[parent]?.includes(type) === false)
      this.#report(
        node.place,
        `${type} is no member of ${parent} by os-net-config's schema: it warns and goes on`,
        'warning',
      );
    const missing = required.filter((key) => fields.get(key) === undefined);
    for (const key of missing)
      this.#report(node.place, `this ${type} has no ${key}`, key === 'members' ? 'warning' : 'error');
    return missing.some((key) => key !== 'members') ? undefined : this.#known(type, fields, parent);
  }

  /** Keys that no such mapping has. */
  #unknownKeys(fields: Fields, allowed: readonly string[], what: string): void {
    for (const { key, keyPlace } of entriesOf(fields.node))
      if (!allowed.includes(key))
        this.#report(
          keyPlace,
          `${what} has no ${key}: os-net-config warns and goes on without it`,
          'warning',
        );
  }

  #notHere(fields: Fields, key: string): void {
    if (key === 'persist_mapping' && !fields.flag(key, false)) return;
    this.#report(
      member(fields.node, key)?.place ?? fields.place,
      `${key} of a device is not modelled: NICs are named by the mapping file, or counted`,
      'warning',
    );
  }

  #routeTable(fields: Fields): void {
    for (const key of ['name', 'table_id']) {
      const text = fields.text(key) ?? '';
      if (RESERVED_TABLES.has(text))
        this.#report(fields.get(key)?.place ?? fields.place, `the routing table ${text} is the kernel's own`);
    }
  }

  #known(written: DeviceKind, fields: Fields, parent: DeviceKind | null): Device {
    const [, base, tag] = written === 'interface' ? (SUBINTERFACE.exec(fields.text('name') ?? '') ?? []) : [];
    const kind = base === undefined ? written : 'vlan';
    const vlanId =
      tag !== undefined
        ? Number(tag)
        : fields.get('vlan_id') === undefined
          ? null
          : (fields.integer('vlan_id', 0, 4094) ?? null);
    const given = written === 'vlan' ? undefined : fields.text('name');
    const alias = given ?? this.#nameless(kind, fields, vlanId);
    const device = base ?? fields.text('device') ?? null;
    if (kind === 'route_table') this.#routeTable(fields);
    if (kind === 'vlan' && device === null && (parent === null || parent === 'linux_bridge'))
      this.#report(fields.place, 'a VLAN outside an Open vSwitch bridge needs its device');
    const members = this.devices(fields.items('members'), kind);
    const primaries = members.filter(({ primary }) => primary);
    if (primaries.length > 1 && primaries[1])
      this.#report(primaries[1].place, `only one primary interface is allowed in ${alias}`);
    if (kind === 'ovs_bond' && members.length === 1)
      this.#report(fields.place, `the bond ${alias} has one member only`, 'warning');
    if (kind === 'ovs_patch_port' && parent !== null && !BRIDGES.includes(parent))
      this.#report(fields.place, 'a patch port belongs in a bridge');
    const dhcp: (4 | 6)[] = [];
    if (fields.flag('use_dhcp', false)) dhcp.push(4);
    if (fields.flag('use_dhcpv6', false)) dhcp.push(6);
    const extra = fields.texts('ovs_extra');
    return {
      kind,
      name: base === undefined ? this.#name(alias, fields.place) : `${this.#name(base, fields.place)}.${tag}`,
      alias,
      place: fields.place,
      addresses: this.#addresses(fields),
      routes: this.#routes(fields),
      rules: this.#rules(fields),
      members,
      dhcp,
      mtu: fields.integer('mtu', 68, 65_535) ?? null,
      primary: fields.flag('primary', false),
      defroute: fields.flag('defroute', true),
      onboot: fields.flag('onboot', true),
      dnsServers: fields.texts('dns_servers'),
      domains: fields.texts('domain'),
      vlanId,
      device: device === null ? null : this.#name(device, fields.place),
      options: [...fields.texts('ovs_options'), ...fields.texts('bonding_options')].join(' '),
      ovsExtra: extra.map((text) => text.replaceAll('{name}', alias)),
      failMode: fields.text('ovs_fail_mode') ?? null,
      tunnelType: fields.text('tunnel_type') ?? null,
      peer: fields.text('peer') ?? null,
      bridgeName: fields.text('bridge_name') ?? null,
      ethtoolOptions: fields.text('ethtool_opts') ?? '',
      tableId: fields.text('table_id') ?? null,
    };
  }

  #nameless(kind: DeviceKind, fields: Fields, vlanId: number | null): string {
    if (kind === 'vlan') return `vlan${vlanId ?? ''}`;
    if (kind === 'sriov_vf') return `${fields.text('device') ?? ''}_${fields.text('vfid') ?? ''}`;
    if (kind === 'ib_child_interface')
      return `${fields.text('parent') ?? ''}.${fields.text('pkey_id') ?? ''}`;
    return `${kind.split('_')[0] ?? kind}${vlanId ?? ''}`;
  }

  #rules(fields: Fields): Device['rules'] {
    return fields.maps('rules').flatMap((rule) => {
      this.#unknownKeys(rule, RULE_KEYS, 'a rule');
      const text = rule.text('rule');
      if (text === undefined) return this.#report(rule.place, 'this rule has no rule') ?? [];
      return text === '' ? [] : [{ text, place: rule.place }];
    });
  }

  #addresses(fields: Fields): ConfiguredAddress[] {
    return fields.maps('addresses').flatMap((entry) => {
      this.#unknownKeys(entry, ADDRESS_KEYS, 'an address');
      const text = entry.text('ip_netmask');
      const place = entry.get('ip_netmask')?.place ?? entry.place;
      if (text === undefined) return this.#report(entry.place, 'this address has no ip_netmask') ?? [];
      if (text === '') return this.#report(place, 'this address is empty', 'warning') ?? [];
      const prefix = parsePrefix(text);
      if (prefix === undefined) return this.#report(place, `${text} is no address with prefix length`) ?? [];
      return [{ ...prefix, text: text.includes('/') ? text : `${text}/${prefix.length}`, place }];
    });
  }

  #routes(fields: Fields): ConfiguredRoute[] {
    return fields.maps('routes').flatMap((entry) => {
      this.#unknownKeys(entry, ROUTE_KEYS, 'a route');
      for (const [one, other] of [
        ['next_hop', 'nexthop'],
        ['ip_netmask', 'destination'],
      ] as const)
        if (entry.text(one) && entry.text(other))
          this.#report(entry.place, `this route has both ${one} and ${other}`);
      const nextHop = entry.text('next_hop') ?? entry.text('nexthop');
      const target = entry.text('ip_netmask') ?? entry.text('destination');
      const isDefault = entry.flag('default', false);
      if (nextHop === undefined || nextHop === '')
        return (
          this.#report(entry.place, 'this route has no next hop', nextHop === '' ? 'warning' : 'error') ?? []
        );
      if (parseAddress(nextHop) === undefined)
        return this.#report(entry.place, `${nextHop} is no address of a next hop`) ?? [];
      const prefix = target === undefined ? undefined : parsePrefix(target);
      if (!isDefault && prefix === undefined)
        return (
          this.#report(
            entry.place,
            target === undefined ? 'this route has no destination' : `${target} is no network`,
          ) ?? []
        );
      const whole = isDefault || prefix?.length === 0;
      if (!whole && prefix && networkOf(prefix) !== prefix.ip)
        this.#report(
          entry.place,
          `${target} is an address inside a network: the kernel takes no such route, ${formatNetwork(prefix)} is taken here`,
          'warning',
        );
      return [
        {
          destination: whole || prefix === undefined ? 'default' : formatNetwork(prefix),
          nextHop,
          table: entry.text('table') ?? null,
          options: entry.text('route_options') ?? '',
          place: entry.place,
        },
      ];
    });
  }
}

/** The devices under `network_config`, or of a bare list. `aliases` resolves `nicN`; null keeps them as written. */
export function readDevices(root: Node | undefined, aliases: NicAliases | null): Read<readonly Device[]> {
  if (root === undefined) return { value: [], problems: [] };
  const config = member(root, 'network_config') ?? (root.kind === 'list' ? root : undefined);
  if (config === undefined)
    return { value: [], problems: [problemAt(root.place, 'there is no network_config here')] };
  if (config.kind !== 'list')
    return { value: [], problems: [problemAt(config.place, 'network_config is a list of devices')] };
  const reading = new ConfigReading(aliases);
  const value = reading.devices(config.items, null);
  return { value, problems: reading.problems };
}

/** What is wrong in a mapping file: a NIC with two names. */
export function checkMapping(root: Node | undefined): Problem[] {
  const mapping = member(root, 'interface_mapping');
  if (mapping?.kind !== 'map') return [];
  const seen = new Set<string>();
  return entriesOf(mapping).flatMap(({ keyPlace, value }) => {
    const nic = (textOf(value) ?? '').toLowerCase();
    const again = seen.has(nic);
    seen.add(nic);
    return again ? [problemAt(keyPlace, `the NIC ${nic} is mapped already`)] : [];
  });
}

/** A mapping file's `interface_mapping`; undefined when the document has none. */
export function readMapping(root: Node | undefined): ReadonlyMap<string, string> | undefined {
  const mapping = member(root, 'interface_mapping');
  if (mapping?.kind !== 'map') return undefined;
  return new Map(entriesOf(mapping).map(({ key, value }) => [key, textOf(value) ?? '']));
}
