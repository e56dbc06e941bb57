/**
 * Settings of Open vSwitch that the database keeps and that nothing here acts on. Whoever makes one is told so by name;
 * what is kept and listed stays what the real program has.
 */
import type { Uuid } from '../../base/uuid.ts';
import type { OvsRow, OvsSchema, Txn } from '../../ovsdb/index.ts';

/** The settings that are made, in a few words each. */
export function settingsNotActing(rows: Pick<Txn<OvsSchema>, 'rows' | 'get'>): readonly string[] {
  const found: string[] = [];
  for (const bridge of rows.rows('Bridge')) {
    if (bridge.netflow !== null) found.push(`NetFlow of ${bridge.name}`);
    if (bridge.sflow !== null) found.push(`sFlow of ${bridge.name}`);
    if (bridge.ipfix !== null) found.push(`IPFIX of ${bridge.name}`);
    if (bridge.mcast_snooping_enable) found.push(`mcast_snooping_enable of ${bridge.name}`);
  }
  for (const set of rows.rows('Flow_Sample_Collector_Set')) found.push(`collector set ${set.id}`);
  for (const port of rows.rows('Port')) {
    if (port.other_config.get('lb-output-action') === 'true') found.push(`lb-output-action of ${port.name}`);
    if (port.other_config.get('bond-detect-mode') === 'miimon')
      found.push(`bond-detect-mode of ${port.name}`);
    const qos = port.qos === null ? undefined : rows.get('QoS', port.qos);
    if (qos && !ACTING_QOS.has(qos.type)) found.push(`QoS of type ${qos.type} on ${port.name}`);
  }
  for (const iface of rows.rows('Interface')) {
    if (iface.cfm_mpid !== null) found.push(`CFM of ${iface.name}`);
    if (iface.lldp.get('enable') === 'true') found.push(`LLDP of ${iface.name}`);
    if (iface.type === 'internal' && isPoliced(iface)) found.push(`ingress policing of ${iface.name}`);
  }
  const datapaths = [...rows.rows('Open_vSwitch')][0]?.datapaths ?? [];
  for (const [type, uuid] of datapaths)
    for (const [zone, row] of rows.get('Datapath', uuid)?.ct_zones ?? [])
      for (const name of timeoutsNotActing(rows, type, rows.get('CT_Zone', row)?.timeout_policy ?? null))
        found.push(`${name} of zone ${zone}`);
  return found;
}

/** Timeouts of a policy that the real datapath of a type goes by, and ours does not. */
function timeoutsNotActing(
  rows: Pick<Txn<OvsSchema>, 'get'>,
  type: string,
  policy: Uuid | null,
): readonly string[] {
  const timeouts = policy === null ? undefined : rows.get('CT_Timeout_Policy', policy)?.timeouts;
  const absent = type === 'netdev' ? USERSPACE_TIMEOUTS : KERNEL_TIMEOUTS;
  return [...(timeouts?.keys() ?? [])].filter((name) => absent.has(name));
}

const KERNEL_TIMEOUTS: ReadonlySet<string> = new Set(['tcp_retransmit', 'tcp_unack']);
const USERSPACE_TIMEOUTS: ReadonlySet<string> = new Set(['udp_first', 'icmp_reply']);

const ACTING_QOS: ReadonlySet<string> = new Set(['', 'linux-htb', 'linux-noop']);

const isPoliced = ({ ingress_policing_rate, ingress_policing_kpkts_rate }: OvsRow<'Interface'>): boolean =>
  ingress_policing_rate > 0 || ingress_policing_kpkts_rate > 0;
