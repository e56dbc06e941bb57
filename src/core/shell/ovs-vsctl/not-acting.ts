/**
 * Settings of Open vSwitch that the database keeps and that nothing here acts on. Whoever makes one is told so by name;
 * what is kept and listed stays what the real program has.
 */
import type { Uuid } from '../../base/uuid.ts';
import type { OvsRow, OvsSchema, Txn } from '../../ovsdb/index.ts';

/** One of them, in a few words, and the bridge or port that has it; neither: the machine. */
export interface SettingNotActing {
  readonly text: string;
  readonly bridge?: string;
  readonly port?: string;
}

type Rows = Pick<Txn<OvsSchema>, 'rows' | 'get'>;

/** The settings that are made. */
export function settingsNotActing(rows: Rows): readonly SettingNotActing[] {
  return [...ofBridges(rows), ...ofPorts(rows), ...ofInterfaces(rows), ...ofZones(rows)];
}

function* ofBridges(rows: Rows): Generator<SettingNotActing> {
  for (const { name, netflow, sflow, ipfix, mcast_snooping_enable: snoops } of rows.rows('Bridge')) {
    if (netflow !== null) yield { text: `NetFlow of ${name}`, bridge: name };
    if (sflow !== null) yield { text: `sFlow of ${name}`, bridge: name };
    if (ipfix !== null) yield { text: `IPFIX of ${name}`, bridge: name };
    if (snoops) yield { text: `mcast_snooping_enable of ${name}`, bridge: name };
  }
  for (const set of rows.rows('Flow_Sample_Collector_Set')) {
    const bridge = rows.get('Bridge', set.bridge)?.name;
    yield { text: `collector set ${set.id}`, ...(bridge === undefined ? {} : { bridge }) };
  }
}

function* ofPorts(rows: Rows): Generator<SettingNotActing> {
  for (const { name: port, other_config: config, qos: uuid } of rows.rows('Port')) {
    if (config.get('lb-output-action') === 'true') yield { text: `lb-output-action of ${port}`, port };
    if (config.get('bond-detect-mode') === 'miimon') yield { text: `bond-detect-mode of ${port}`, port };
    const qos = uuid === null ? undefined : rows.get('QoS', uuid);
    if (qos && !ACTING_QOS.has(qos.type)) yield { text: `QoS of type ${qos.type} on ${port}`, port };
  }
}

function* ofInterfaces(rows: Rows): Generator<SettingNotActing> {
  for (const iface of rows.rows('Interface')) {
    const { name: port } = iface;
    if (iface.cfm_mpid !== null) yield { text: `CFM of ${port}`, port };
    if (iface.lldp.get('enable') === 'true') yield { text: `LLDP of ${port}`, port };
    if (iface.type === 'internal' && isPoliced(iface)) yield { text: `ingress policing of ${port}`, port };
  }
}

function* ofZones(rows: Rows): Generator<SettingNotActing> {
  const datapaths = [...rows.rows('Open_vSwitch')][0]?.datapaths ?? [];
  for (const [type, uuid] of datapaths)
    for (const [zone, row] of rows.get('Datapath', uuid)?.ct_zones ?? [])
      for (const name of timeoutsNotActing(rows, type, rows.get('CT_Zone', row)?.timeout_policy ?? null))
        yield { text: `${name} of zone ${zone}` };
}

/** Timeouts of a policy that the real datapath of a type goes by, and ours does not. */
function timeoutsNotActing(rows: Rows, type: string, policy: Uuid | null): readonly string[] {
  const timeouts = policy === null ? undefined : rows.get('CT_Timeout_Policy', policy)?.timeouts;
  const absent = type === 'netdev' ? USERSPACE_TIMEOUTS : KERNEL_TIMEOUTS;
  return [...(timeouts?.keys() ?? [])].filter((name) => absent.has(name));
}

const KERNEL_TIMEOUTS: ReadonlySet<string> = new Set(['tcp_retransmit', 'tcp_unack']);
const USERSPACE_TIMEOUTS: ReadonlySet<string> = new Set(['udp_first', 'icmp_reply']);

const ACTING_QOS: ReadonlySet<string> = new Set(['', 'linux-htb', 'linux-noop']);

const isPoliced = ({ ingress_policing_rate, ingress_policing_kpkts_rate }: OvsRow<'Interface'>): boolean =>
  ingress_policing_rate > 0 || ingress_policing_kpkts_rate > 0;
