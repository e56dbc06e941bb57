/** Networks from network_data (old form, and the form with subnets) and from the parameters of an environment. */
import type { Problem } from '../../base/result.ts';
import { Fields } from '../os-net-config/fields.ts';
import { parseAddress, parsePrefix, type Prefix } from '../os-net-config/prefix.ts';
import {
  itemsOf,
  member,
  problemAt,
  textOf,
  type MapEntry,
  type MapNode,
  type Node,
  type Place,
} from '../yaml/node.ts';
import type { Environment } from './environment.ts';
import { CONTROL_PLANE, lowerName, type Network, type NetworkRoute, type Pool } from './network.ts';

const DEFAULT_MTU = 1500;
/** Networks with virtual addresses in TripleO's own network_data, for sets that do not say. */
const STANDARD_VIPS = ['External', 'InternalApi', 'Storage', 'StorageMgmt'];

/** What one network's entry says, before parameters change it. */
interface Entry {
  readonly name: string;
  readonly place: Place;
  readonly fields: Fields;
  /** The subnet that the network's own values stand in: the network itself, or the first of `subnets`. */
  readonly subnet: Fields;
}

export class NetworkReading {
  readonly problems: Problem[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  #report(place: Place, message: string, severity: 'error' | 'warning' = 'error'): undefined {
    this.problems.push(problemAt(place, message, severity));
    return undefined;
  }

  #parameter(name: string): MapEntry | undefined {
    return this.#environment.parameters.get(name);
  }

  /** All networks: those of the lists, then those that only parameters name; the control plane first. */
  all(lists: readonly Node[], origin: Place): Network[] {
    const entries = new Map<string, Entry>();
    for (const list of lists) for (const entry of this.#entries(list)) entries.set(entry.name, entry);
    for (const [key, { keyPlace }] of this.#environment.parameters) {
      const name = /^(\w+?)NetCidr$/.exec(key)?.[1];
      if (name !== undefined && !entries.has(name)) entries.set(name, this.#empty(name, keyPlace));
    }
    return [this.#controlPlane(origin), ...[...entries.values()].map((entry) => this.#network(entry))];
  }

  #empty(name: string, place: Place): Entry {
    const fields = new Fields({ kind: 'map', entries: new Map(), place }, this.problems);
    return { name, place, fields, subnet: fields };
  }

  #entries(list: Node): Entry[] {
    const found: Entry[] = [];
    for (const item of itemsOf(list)) {
      if (item.kind !== 'map') {
        this.#report(item.place, 'a network is a mapping');
        continue;
      }
      const fields = new Fields(item, this.problems);
      const name = fields.text('name');
      if (name === undefined) {
        this.#report(item.place, 'this network has no name');
        continue;
      }
      if (found.some((one) => one.name === name))
        this.#report(item.place, `the network ${name} is given twice`);
      found.push({ name, place: item.place, fields, subnet: this.#subnet(fields, name) });
    }
    return found;
  }

  /** Old form: the network's own keys. New form: the subnet named after it, or the first. */
  #subnet(fields: Fields, name: string): Fields {
    const subnets = fields.get('subnets');
    if (subnets?.kind !== 'map' || fields.get('ip_subnet') || fields.get('ipv6_subnet')) return fields;
    const nodes = [...subnets.entries.values()];
    const named = nodes.find(({ key }) => key === `${lowerName(name)}_subnet`) ?? nodes[0];
    if (named?.value.kind === 'map') return new Fields(named.value, this.problems);
    if (named) this.#report(named.keyPlace, `the subnet ${named.key} is a mapping`);
    return fields;
  }

  #network({ name, place, fields, subnet }: Entry): Network {
    const { registry } = this.#environment;
    const says = [...registry.keys()].some((one) => /^OS::TripleO::Network::Ports::\w+VipPort$/.test(one));
    const isolated = says
      ? registry.has(`OS::TripleO::Network::Ports::${name}VipPort`)
      : STANDARD_VIPS.includes(name);
    const six =
      fields.flag('ipv6', false) ||
      (subnet.get('ip_subnet') === undefined && subnet.get('ipv6_subnet') !== undefined);
    const key = (four: string, sixKey: string): string => (six ? sixKey : four);
    const cidrNode = this.#parameter(`${name}NetCidr`)?.value ?? subnet.get(key('ip_subnet', 'ipv6_subnet'));
    const vlanNode =
      this.#parameter(`${name}NetworkVlanID`)?.value ?? subnet.get('vlan') ?? fields.get('vlan');
    const poolsNode =
      this.#parameter(`${name}AllocationPools`)?.value ??
      subnet.get(key('allocation_pools', 'ipv6_allocation_pools'));
    const gateway =
      textOf(this.#parameter(`${name}InterfaceDefaultRoute`)?.value) ??
      subnet.text(key('gateway_ip', 'gateway_ipv6'));
    const mtuNode =
      this.#parameter(`${name}Mtu`)?.value ??
      (name === 'Tenant' ? this.#parameter('TenantNetPhysnetMtu')?.value : undefined) ??
      fields.get('mtu');
    return {
      name,
      nameLower: fields.text('name_lower') ?? lowerName(name),
      place,
      enabled: fields.flag('enabled', true),
      vlan: this.#integer(vlanNode, `${name}: VLAN id`, 1, 4094) ?? null,
      vlanPlace: vlanNode?.place ?? place,
      cidr: this.#prefix(cidrNode, name) ?? null,
      cidrPlace: cidrNode?.place ?? place,
      pools: itemsOf(poolsNode).flatMap((item) => this.#pool(item) ?? []),
      gateway: gateway === undefined || gateway === '' ? null : gateway,
      routes: this.#routes(subnet.get(key('routes', 'routes_ipv6'))),
      mtu: this.#integer(mtuNode, `${name}: MTU`, 68, 65_535) ?? DEFAULT_MTU,
      mtuPlace: mtuNode?.place ?? place,
      vip: fields.flag('vip', isolated),
      fixedVip: this.#fixedVip(name),
    };
  }

  /** The provisioning network, from the parameters that name it; 192.168.24.0/24 is TripleO's own. */
  #controlPlane(origin: Place): Network {
    const cidr = this.#parameter('ControlPlaneSubnetCidr');
    const text = textOf(cidr?.value) ?? '24';
    const gateway = this.#parameter('ControlPlaneDefaultRoute') ?? this.#parameter('EC2MetadataIp');
    const base = textOf(gateway?.value) ?? '192.168.24.1';
    const place = (cidr ?? gateway)?.value.place ?? origin;
    const prefix = parsePrefix(text.includes('/') ? text : `${base}/${text}`);
    if (prefix === undefined) this.#report(place, `${text} is no prefix length of the control plane`);
    const mtuNode = this.#parameter('ControlPlaneMtu')?.value;
    return {
      name: CONTROL_PLANE,
      nameLower: CONTROL_PLANE,
      place,
      enabled: true,
      vlan: null,
      vlanPlace: place,
      cidr: prefix ?? null,
      cidrPlace: place,
      pools: [],
      gateway: base,
      routes: [],
      mtu: this.#integer(mtuNode, 'the control plane: MTU', 68, 65_535) ?? DEFAULT_MTU,
      mtuPlace: mtuNode?.place ?? place,
      vip: true,
      fixedVip: this.#fixed('ControlFixedIPs'),
    };
  }

  #fixedVip(name: string): string | null {
    return (
      this.#fixed(`${name}VirtualFixedIPs`) ??
      (name === 'External' ? this.#fixed('PublicVirtualFixedIPs') : null)
    );
  }

  #fixed(parameter: string): string | null {
    const entry = this.#parameter(parameter);
    if (entry === undefined) return null;
    const node = member(itemsOf(entry.value)[0], 'ip_address');
    const address = textOf(node);
    if (address !== undefined && parseAddress(address)) return address;
    // An empty list leaves the choice to Neutron.
    if (node !== undefined || entry.value.kind !== 'list')
      this.#report(node?.place ?? entry.value.place, `${parameter}: an ip_address expected`);
    return null;
  }

  #integer(node: Node | undefined, what: string, lowest: number, highest: number): number | undefined {
    const text = textOf(node);
    if (node === undefined || (node.kind === 'scalar' && node.value === null)) return undefined;
    if (text !== undefined && /^\d+$/.test(text) && Number(text) >= lowest && Number(text) <= highest)
      return Number(text);
    return this.#report(node.place, `${what} is a number from ${lowest} to ${highest}`);
  }

  #prefix(node: Node | undefined, name: string): Prefix | undefined {
    const text = textOf(node);
    if (node === undefined || text === undefined || text === '') return undefined;
    const prefix = parsePrefix(text);
    return prefix && text.includes('/') ? prefix : this.#report(node.place, `${name}: ${text} is no network`);
  }

  #pool(node: Node): Pool | undefined {
    if (node.kind !== 'map') return this.#report(node.place, 'a pool has a start and an end');
    const fields = new Fields(node as MapNode, this.problems);
    const [start, end] = [fields.text('start'), fields.text('end')].map((text) => parseAddress(text ?? ''));
    if (!start || !end || start.family !== end.family)
      return this.#report(node.place, 'a pool has a start and an end');
    if (end.ip < start.ip) return this.#report(node.place, 'the pool ends before it starts');
    return { start: start.ip, end: end.ip, family: start.family, place: node.place };
  }

  #routes(node: Node | undefined): NetworkRoute[] {
    return itemsOf(node).flatMap((item) => {
      const destination = textOf(member(item, 'destination')) ?? textOf(member(item, 'ip_netmask'));
      const nextHop = textOf(member(item, 'nexthop')) ?? textOf(member(item, 'next_hop'));
      if (destination === undefined || nextHop === undefined)
        return this.#report(item.place, 'a route has a destination and a nexthop') ?? [];
      return [{ destination, nextHop }];
    });
  }
}
