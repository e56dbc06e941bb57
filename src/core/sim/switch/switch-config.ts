/** The Open_vSwitch database as the plain configuration that vswitchd takes. */
import { parseMac } from '../../base/address.ts';
import type { Uuid } from '../../base/uuid.ts';
import { linkSettings, type Kernel, type Link } from '../../linux/index.ts';
import { DEFAULT_BUNDLE, type BundleConfig } from '../../ofproto/bridge/port.ts';
import type { Timeouts } from '../../ofproto/conntrack/zone-timeouts.ts';
import type { QosConfig } from '../../ofproto/qos/htb.ts';
import type {
  BondConfig,
  BridgeConfig,
  InterfaceConfig,
  LacpConfig,
  MirrorConfig,
  PortConfig,
} from '../../ofproto/vswitch/config.ts';
import type { OvsDatabase, OvsRow } from '../../ovsdb/index.ts';

const BOND_MODES = ['active-backup', 'balance-slb', 'balance-tcp'] as const;
const MAC_AGE = 300;
const MAC_TABLE_SIZE = 8192;

/** A device of the host that is a port: an internal one wherever it was moved to, any other in the root namespace. */
export type FindDevice = (name: string, type: string) => InterfaceConfig['device'];

/** What the switch knows of a device. */
export function deviceOf({ machine }: Kernel, link: Link | undefined): InterfaceConfig['device'] {
  if (!link) return null;
  const { speed, port } = linkSettings(machine, link);
  return {
    mac: link.mac,
    mtu: link.mtu,
    up: link.up && link.carrier,
    speed,
    isCopper: port === 'twisted-pair',
  };
}

function vlanConfig(port: OvsRow<'Port'>): BundleConfig {
  const tag = port.tag ?? 0;
  const mode = port.vlan_mode ?? (port.tag === null ? 'trunk' : 'access');
  const trunks =
    mode === 'access' || mode === 'dot1q-tunnel' || port.trunks.length === 0 ? null : new Set(port.trunks);
  // A native VLAN is carried whether or not the list of trunks has it.
  if (trunks && mode.startsWith('native')) trunks.add(tag);
  const priority = port.other_config.get('priority-tags');
  return {
    ...DEFAULT_BUNDLE,
    vlanMode: mode,
    vlan: mode === 'trunk' ? 0 : tag,
    trunks,
    cvlans: port.cvlans.length === 0 ? null : new Set(port.cvlans),
    qinqEthType: port.other_config.get('qinq-ethtype') === '802.1q' ? 0x8100 : 0x88a8,
    priorityTags:
      priority === 'true' || priority === 'if-nonzero'
        ? 'if-nonzero'
        : priority === 'always'
          ? 'always'
          : 'never',
    protected: port.protected,
  };
}

/** A whole number as the switch reads it: leading digits, with `otherwise` for none and for what is out of bounds. */
function within(text: string | undefined, least: number, most: number, otherwise: number): number {
  const value = Number.parseInt(text ?? '', 10);
  return value >= least && value <= most ? value : otherwise;
}

function bondConfig({ other_config: other, ...port }: OvsRow<'Port'>): BondConfig {
  const interval = Number.parseInt(other.get('bond-rebalance-interval') ?? '', 10);
  return {
    basis: Number.parseInt(other.get('bond-hash-basis') ?? '0', 10) >>> 0,
    updelay: Math.max(0, port.bond_updelay),
    downdelay: Math.max(0, port.bond_downdelay),
    rebalanceInterval: Number.isNaN(interval) ? 10_000 : interval === 0 ? 0 : Math.max(1000, interval),
    lacpFallback: other.get('lacp-fallback-ab') === 'true',
    allMembersActive: other.get('all-members-active') === 'true',
    primary: other.get('bond-primary') ?? null,
    activeMac: parseMac(port.bond_active_slave ?? '') ?? 0n,
  };
}

function qosConfig(ovs: OvsDatabase, { qos }: OvsRow<'Port'>): QosConfig | null {
  const row = qos === null ? undefined : ovs.get('QoS', qos);
  if (!row || row.type === '') return null;
  const queues = [...row.queues].flatMap(([id, uuid]) => {
    const queue = ovs.get('Queue', uuid);
    return queue ? [[id, queue.other_config] as const] : [];
  });
  return { type: row.type, other: row.other_config, queues: new Map(queues) };
}

function lacpConfig({ lacp, other_config: other }: OvsRow<'Port'>): LacpConfig | null {
  if (lacp !== 'active' && lacp !== 'passive') return null;
  const systemId = other.get('lacp-system-id');
  const parsed = systemId === undefined ? null : parseMac(systemId);
  // A system id that is no address leaves the port without LACP.
  if (parsed === undefined) return null;
  return {
    active: lacp === 'active',
    fast: other.get('lacp-time')?.toLowerCase() === 'fast',
    fallback: other.get('lacp-fallback-ab') === 'true',
    systemId: parsed,
    systemPriority: within(other.get('lacp-system-priority'), 1, 0xffff, 0) || null,
  };
}

function interfaceConfig(iface: OvsRow<'Interface'>, isLocal: boolean, find: FindDevice): InterfaceConfig {
  const type = isLocal ? 'internal' : iface.type === 'system' ? '' : iface.type;
  return {
    name: iface.name,
    type,
    options: iface.options,
    ofportRequest: iface.ofport_request,
    ofport: iface.ofport,
    bfd: iface.bfd,
    policing: {
      kbits: iface.ingress_policing_rate,
      kbitsBurst: iface.ingress_policing_burst,
      kpackets: iface.ingress_policing_kpkts_rate,
      kpacketsBurst: iface.ingress_policing_kpkts_burst,
    },
    lacp: {
      portId: within(iface.other_config.get('lacp-port-id'), 1, 0xffff, 0),
      priority: within(iface.other_config.get('lacp-port-priority'), 1, 0xffff, 0),
      key: within(iface.other_config.get('lacp-aggregation-key'), 0, 0xffff, 0),
    },
    device: find(iface.name, type),
  };
}

const rows = <T>(uuids: readonly Uuid[], get: (uuid: Uuid) => T | undefined): T[] =>
  uuids.flatMap((uuid) => get(uuid) ?? []);

/** The mirrors of a bridge. */
export function mirrorConfigs(ovs: OvsDatabase, bridge: OvsRow<'Bridge'>): MirrorConfig[] {
  const nameOf = (uuid: Uuid): string | undefined => ovs.get('Port', uuid)?.name;
  return rows(bridge.mirrors, (uuid) => ovs.get('Mirror', uuid)).map((mirror) => ({
    name: mirror.name,
    selectAll: mirror.select_all,
    selectSource: rows(mirror.select_src_port, nameOf),
    selectDestination: rows(mirror.select_dst_port, nameOf),
    selectVlans: mirror.select_vlan,
    outputPort: mirror.output_port === null ? null : (nameOf(mirror.output_port) ?? null),
    outputVlan: mirror.output_vlan,
    filter: mirror.filter,
    snapLength: mirror.snaplen ?? 0,
  }));
}

/** Bridges in the order of the database. */
export function switchConfig(ovs: OvsDatabase, find: FindDevice): BridgeConfig[] {
  return [...ovs.rows('Bridge')].map((bridge) => {
    const number = (key: string, otherwise: number): number =>
      Number(bridge.other_config.get(key) ?? otherwise) || otherwise;
    const ports: PortConfig[] = rows(bridge.ports, (uuid) => ovs.get('Port', uuid)).map((port) => ({
      name: port.name,
      interfaces: rows(port.interfaces, (uuid) => ovs.get('Interface', uuid)).map((iface) =>
        interfaceConfig(iface, iface.name === bridge.name, find),
      ),
      vlan: vlanConfig(port),
      stp: port.other_config,
      bondMode: BOND_MODES.find((mode) => mode === port.bond_mode) ?? 'active-backup',
      bond: bondConfig(port),
      lacp: lacpConfig(port),
      qos: qosConfig(ovs, port),
    }));
    return {
      name: bridge.name,
      failMode: bridge.fail_mode === 'secure' ? 'secure' : 'standalone',
      mac: parseMac(bridge.other_config.get('hwaddr') ?? '') ?? null,
      datapathType: bridge.datapath_type,
      macAge: number('mac-aging-time', MAC_AGE),
      macTableSize: number('mac-table-size', MAC_TABLE_SIZE),
      floodVlans: bridge.flood_vlans,
      forwardReserved: bridge.other_config.get('forward-bpdu') === 'true',
      ports,
      mirrors: mirrorConfigs(ovs, bridge),
      stp: bridge.stp_enable && !bridge.rstp_enable ? bridge.other_config : null,
      rstp: bridge.rstp_enable ? bridge.other_config : null,
    };
  });
}

/** Timeouts of connections by zone of the datapath of a type, for every zone that the database has; empty: none are set. */
export function zoneTimeouts(ovs: OvsDatabase, type: string): Map<number, Timeouts> {
  const uuid = [...ovs.rows('Open_vSwitch')][0]?.datapaths.get(type);
  const zones = new Map<number, Timeouts>();
  for (const [zone, row] of (uuid === undefined ? undefined : ovs.get('Datapath', uuid))?.ct_zones ?? []) {
    const policy = ovs.get('CT_Zone', row)?.timeout_policy ?? null;
    zones.set(
      zone,
      (policy === null ? undefined : ovs.get('CT_Timeout_Policy', policy)?.timeouts) ?? new Map(),
    );
  }
  return zones;
}

/** Limits of connections that the database sets for the datapath of a type: by zone, and for all others. */
export function zoneLimits(ovs: OvsDatabase, type: string) {
  const uuid = [...ovs.rows('Open_vSwitch')][0]?.datapaths.get(type);
  const datapath = uuid === undefined ? undefined : ovs.get('Datapath', uuid);
  const zones = new Map<number, number>();
  for (const [zone, row] of datapath?.ct_zones ?? []) {
    const limit = ovs.get('CT_Zone', row)?.limit ?? null;
    if (limit !== null) zones.set(zone, limit);
  }
  return { usual: datapath?.ct_zone_default_limit ?? null, zones };
}

/** A link by name in any namespace. */
export function findAnywhere(kernel: Kernel, name: string): Link | undefined {
  for (const net of kernel.namespaces.values())
    for (const link of net.links.values()) if (link.name === name) return link;
  return undefined;
}
