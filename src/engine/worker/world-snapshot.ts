/** The world as the page draws it, taken anew after each change. */
import { formatIpv4, formatIpv6, formatMac } from '../../core/base/address.ts';
import type { Link, Namespace } from '../../core/linux/index.ts';
import { formatIp } from '../../core/linux/family.ts';
import { allRoutes } from '../../core/linux/index.ts';
import { routeText } from '../../core/linux/route-text.ts';
import type { OvsDatabase, OvsRow } from '../../core/ovsdb/index.ts';
import { readSettings } from '../../core/ovn/controller/index.ts';
import type { DatabaseServer, Host, World } from '../../core/sim/index.ts';
import type {
  HostSnapshot,
  LinkKind,
  LinkSnapshot,
  NamespaceSnapshot,
  OvsBridgeSnapshot,
  OvsPortSnapshot,
  ProgramSnapshot,
  SegmentSnapshot,
  TunnelSnapshot,
  WorldSnapshot,
} from '../snapshot.ts';
import type { Databases } from './because.ts';
import { logicalSnapshot } from './logical-snapshot.ts';
import { routingSnapshot } from './routing-snapshot.ts';
import { stageNames } from './stage-names.ts';

const KINDS: Readonly<Record<Link['kind'], LinkKind>> = {
  lo: 'loopback',
  physical: 'physical',
  internal: 'internal',
  veth: 'veth',
  dummy: 'dummy',
  bridge: 'bridge',
  vlan: 'vlan',
  bond: 'bond',
  vxlan: 'vxlan',
  geneve: 'geneve',
  gretap: 'gre',
  gre: 'gre',
  vrf: 'vrf',
  tun: 'tap',
  tap: 'tap',
  macvlan: 'veth',
};

const PORT_TYPES: readonly OvsPortSnapshot['type'][] = [
  'internal',
  'system',
  'patch',
  'geneve',
  'vxlan',
  'gre',
  'stt',
];
const TUNNELS: readonly TunnelSnapshot['type'][] = ['geneve', 'vxlan', 'gre', 'stt'];

const addressesOf = (link: Link): string[] => [
  ...link.addresses4.map((one) => `${formatIpv4(one.local)}/${one.length}`),
  ...link.ipv6.addresses.map((one) => `${formatIpv6(one.address)}/${one.length}`),
];

function linkSnapshot(
  net: Namespace,
  link: Link,
  ovsPorts: ReadonlyMap<string, { bridge: string; port: string }>,
): LinkSnapshot {
  return {
    name: link.name,
    kind: KINDS[link.kind],
    ifindex: link.index,
    mac: formatMac(link.mac),
    mtu: link.mtu,
    up: link.up,
    carrier: link.carrier,
    addresses: addressesOf(link),
    master: link.master?.name ?? null,
    peer: link.peer === null ? null : { namespace: link.peer.namespace, device: link.peer.name },
    ovsPort: net.name === '' || link.kind === 'internal' ? (ovsPorts.get(link.name) ?? null) : null,
    vlan: link.vlan?.id ?? null,
    lower: link.lower?.name ?? null,
    vni: link.vxlan === null || link.vxlan.collectMetadata ? null : link.vxlan.vni,
    rxPackets: link.counters.rxPackets,
    txPackets: link.counters.txPackets,
  };
}

function namespaceSnapshot(
  net: Namespace,
  ovsPorts: ReadonlyMap<string, { bridge: string; port: string }>,
): NamespaceSnapshot {
  const neighbours = net.neighbours
    .all()
    .filter((one) => !one.proxy && one.state !== 'NOARP' && one.state !== 'NONE');
  return {
    name: net.name,
    links: [...net.links.values()].map((link) => linkSnapshot(net, link, ovsPorts)),
    routes: [...allRoutes(net, 4), ...allRoutes(net, 6)]
      .filter((route) => route.table === 254)
      .map((route) => routeText(net, route)),
    neighbours: neighbours.map((one) => {
      const address = one.family === 4 ? formatIpv4(Number(one.address)) : formatIpv6(one.address);
      const mac = one.mac === null ? '' : ` lladdr ${formatMac(one.mac)}`;
      return `${address} dev ${net.links.get(one.ifindex)?.name ?? one.ifindex}${mac} ${one.state}`;
    }),
  };
}

/** Interfaces with their bridge and port, in the order of the database. */
function* portsOf(
  ovs: OvsDatabase,
): Generator<{ bridge: OvsRow<'Bridge'>; port: OvsRow<'Port'>; iface: OvsRow<'Interface'> }> {
  for (const bridge of ovs.rows('Bridge'))
    for (const portUuid of bridge.ports) {
      const port = ovs.get('Port', portUuid);
      for (const uuid of port?.interfaces ?? []) {
        const iface = ovs.get('Interface', uuid);
        if (port && iface) yield { bridge, port, iface };
      }
    }
}

function portSnapshot(
  databases: Databases,
  port: OvsRow<'Port'>,
  iface: OvsRow<'Interface'>,
): OvsPortSnapshot {
  const type = iface.type === '' ? 'system' : iface.type;
  const ifaceId = iface.external_ids.get('iface-id') ?? null;
  const bound = ifaceId === null ? undefined : databases.sb?.find('Port_Binding', 'logical_port', ifaceId)[0];
  const count = (key: string): number => iface.statistics.get(key) ?? 0;
  return {
    name: iface.name,
    ofport: iface.ofport ?? -1,
    type: PORT_TYPES.find((known) => known === type) ?? 'other',
    options: Object.fromEntries(iface.options),
    ifaceId,
    logicalPort: bound?.logical_port ?? null,
    tag: port.tag,
    trunks: port.trunks,
    peer: iface.type === 'patch' ? (iface.options.get('peer') ?? null) : null,
    rxPackets: count('rx_packets'),
    txPackets: count('tx_packets'),
  };
}

function bridgeSnapshots(host: Host, databases: Databases): OvsBridgeSnapshot[] {
  const { switch: switchHost } = host;
  if (!switchHost) return [];
  const all = [...portsOf(switchHost.ovs)];
  const integration = host.controller && readSettings(switchHost.ovs).integrationBridge;
  return [...switchHost.ovs.rows('Bridge')].map((bridge) => {
    const tables: readonly (readonly [number, number])[] = switchHost.tableSizes(bridge.name);
    const names = stageNames(databases.sb, bridge.name === integration);
    return {
      name: bridge.name,
      failMode: bridge.fail_mode === 'secure' ? 'secure' : 'standalone',
      datapathType: bridge.datapath_type || 'system',
      ports: all
        .filter((one) => one.bridge._uuid === bridge._uuid)
        .map((one) => portSnapshot(databases, one.port, one.iface)),
      flowCount: tables.reduce((sum, [, flows]) => sum + flows, 0),
      tables: tables.map(([table, flows]) => ({ table, name: names.get(table) ?? null, flows })),
    };
  });
}

function programs(host: Host): ProgramSnapshot[] {
  const found: ProgramSnapshot[] = [];
  if (host.central) {
    const [north, south] = host.central.servers;
    const listening = ({ ports }: DatabaseServer): string =>
      ports.length > 0 ? ports.map((port) => `:${port}`).join(' ') : 'local';
    found.push({
      name: 'ovsdb-server',
      database: 'OVN_Northbound',
      text: listening(north),
      state: 'running',
    });
    if (host.central.runsNorthd)
      found.push({ name: 'ovn-northd', database: '', text: 'active', state: 'running' });
    found.push({
      name: 'ovsdb-server',
      database: 'OVN_Southbound',
      text: listening(south),
      state: 'running',
    });
  }
  // The one program that is not told of while all is well: its bridges are there in its place.
  if (host.switch?.running === false)
    found.push({ name: 'ovs-vswitchd', database: '', text: 'stopped', state: 'failed' });
  if (host.controller) {
    const { status } = host.controller;
    const text =
      status.kind === 'idle'
        ? `no ${status.missing}`
        : status.kind === 'connected'
          ? 'connected'
          : 'not connected';
    found.push({
      name: 'ovn-controller',
      database: '',
      text,
      state: status.kind === 'connected' ? 'running' : 'waiting',
    });
  }
  return found;
}

/** The address by which a machine is known on the underlay: the first of its first NIC. */
function addressOf(host: Host): string | null {
  for (const link of host.kernel.namespace().links.values())
    if (link.kind === 'physical' && link.addresses4[0]) return formatIpv4(link.addresses4[0].local);
  return null;
}

function hostSnapshot(host: Host, databases: Databases): HostSnapshot {
  const ovsPorts = new Map<string, { bridge: string; port: string }>();
  if (host.switch)
    for (const { bridge, port, iface } of portsOf(host.switch.ovs))
      ovsPorts.set(iface.name, { bridge: bridge.name, port: port.name });
  return {
    name: host.name,
    kind: host.spec.kind,
    address: addressOf(host),
    namespaces: [...host.kernel.namespaces.values()].map((net) => namespaceSnapshot(net, ovsPorts)),
    bridges: bridgeSnapshots(host, databases),
    programs: programs(host),
  };
}

/** The subnet that most ends of a segment are in. */
function subnetOf(world: World, ends: SegmentSnapshot['ends']): string | null {
  const votes = new Map<string, number>();
  for (const { host, device } of ends)
    for (const one of world.hosts.get(host)?.kernel.findLink('', device)?.addresses4 ?? []) {
      const network = one.length === 0 ? 0 : (one.local & (0xffffffff << (32 - one.length))) >>> 0;
      const text = `${formatIpv4(network)}/${one.length}`;
      votes.set(text, (votes.get(text) ?? 0) + 1);
    }
  return [...votes].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

function segmentSnapshots(world: World): SegmentSnapshot[] {
  return [...world.segments.values()].map(({ spec, ends }) => {
    const plain = ends.map(({ host, device }) => ({ host, device }));
    return { id: spec.id, name: spec.name, mtu: spec.mtu, subnet: subnetOf(world, plain), ends: plain };
  });
}

/** Which running machines have an address on a link that is up: a full mesh of tunnels asks for each many times. */
function addressOwners(world: World): (address: string) => readonly Host[] | undefined {
  const owners = new Map<string, Host[]>();
  for (const host of world.hosts.values())
    if (host.running)
      for (const link of host.kernel.namespace().links.values())
        if (link.up)
          for (const full of addressesOf(link)) {
            const address = full.slice(0, full.lastIndexOf('/'));
            const list = owners.get(address);
            if (list) list.push(host);
            else owners.set(address, [host]);
          }
  return (address) => owners.get(address);
}

/** The first segment on which two machines both are. */
function firstShared(segments: readonly SegmentSnapshot[]): (a: string, b: string) => string | undefined {
  const ofHost = new Map<string, Set<string>>();
  for (const { id, ends } of segments)
    for (const { host } of ends) ofHost.set(host, (ofHost.get(host) ?? new Set()).add(id));
  return (a, b) => {
    const other = ofHost.get(b);
    for (const id of ofHost.get(a) ?? []) if (other?.has(id)) return id;
    return undefined;
  };
}

/** Addresses of single machines that a VXLAN device sends to, by its database: groups lead to no machine. */
function* vtepsOf({ vxlan }: Link): Generator<string> {
  if (vxlan === null || vxlan.collectMetadata) return;
  const seen = new Set<string>();
  for (const { remotes } of vxlan.fdb.values())
    for (const { family, address } of remotes) {
      const group = family === 4 ? address >> 28n === 0xen : address >> 120n === 0xffn;
      const text = formatIp(family, address);
      if (group || address === 0n || seen.has(text)) continue;
      seen.add(text);
      yield text;
    }
}

function tunnelSnapshots(world: World, segments: readonly SegmentSnapshot[]): TunnelSnapshot[] {
  const owner = addressOwners(world);
  const between = firstShared(segments);
  const farEnd = (host: Host, remoteIp: string): Pick<TunnelSnapshot, 'remoteHost' | 'segment'> => {
    const remote = owner(remoteIp)?.find((other) => other !== host);
    const shared = remote && between(host.name, remote.name);
    return { remoteHost: remote?.name ?? null, segment: shared ?? null };
  };
  const ofKernel = (host: Host): TunnelSnapshot[] =>
    [...host.kernel.namespace().links.values()].flatMap((link) => {
      const { vxlan } = link;
      return [...vtepsOf(link)].map((remoteIp): TunnelSnapshot => ({
        id: `${host.name}//${link.name}/${remoteIp}`,
        host: host.name,
        bridge: null,
        port: link.name,
        ofport: -1,
        type: 'vxlan',
        localIp: vxlan?.local ? formatIp(vxlan.local.family, vxlan.local.address) : null,
        remoteIp,
        vni: vxlan?.vni ?? null,
        device: link.name,
        ...farEnd(host, remoteIp),
      }));
    });
  const ofSwitch = (host: Host): TunnelSnapshot[] => {
    if (!host.switch) return [];
    return [...portsOf(host.switch.ovs)].flatMap(({ bridge, port, iface }): TunnelSnapshot[] => {
      const type = TUNNELS.find((known) => known === iface.type);
      const remoteIp = iface.options.get('remote_ip');
      if (!type || remoteIp === undefined) return [];
      return [
        {
          id: `${host.name}/${bridge.name}/${port.name}`,
          host: host.name,
          bridge: bridge.name,
          port: port.name,
          ofport: iface.ofport ?? -1,
          type,
          localIp: iface.options.get('local_ip') ?? null,
          remoteIp,
          vni: null,
          device: host.switch?.tunnelDevice(type) ?? '',
          ...farEnd(host, remoteIp),
        },
      ];
    });
  };
  return [...world.hosts.values()].flatMap((host) => [...ofSwitch(host), ...ofKernel(host)]);
}

export function worldSnapshot(
  world: World,
  databases: Databases,
  version: number,
  told: Pick<WorldSnapshot, 'deployment' | 'problems' | 'unknown'>,
): WorldSnapshot {
  const segments = segmentSnapshots(world);
  return {
    version,
    time: world.clock.now(),
    hosts: [...world.hosts.values()].map((host) => hostSnapshot(host, databases)),
    segments,
    tunnels: tunnelSnapshots(world, segments),
    logical: logicalSnapshot(databases),
    routing: routingSnapshot(world),
    faults: world.faults.list(),
    ...told,
  };
}
