/** What a switch says of itself and of what it can do: `dump-desc`, `meter-features`, `dump-group-features`, queues. */
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { Port } from '../../ofproto/bridge/port.ts';
import { HtbQos } from '../../ofproto/qos/htb.ts';
import { PROTOCOLS } from '../../ofproto/protocol.table.ts';
import { errorReply } from './refused-request.ts';
import type { OfctlOptions } from './options.ts';
import { messageHead, versionFor } from './protocol.ts';
import { findPort } from './show.ts';

const RELEASES = { '2.15': '2.15.0', '3.7': '3.7.0' } as const;

export const describeSwitch = (bridge: Bridge, { version }: OfctlOptions): string =>
  `${messageHead('OFPST_DESC reply', version)}
Manufacturer: Nicira, Inc.
Hardware: Open vSwitch
Software: ${RELEASES[bridge.datapath.release]}
Serial Num: None
DP Description: None
`;

/**
 * The userspace datapath's limits (`MAX_METERS`, `MAX_BANDS` of dpif-netdev), or the kernel's: meters of one band, 200,000
 * of them where a machine has the memory (`DP_METER_NUM_MAX`).
 */
export function meterFeatures(bridge: Bridge, options: OfctlOptions): string {
  const version = versionFor(options, PROTOCOLS.of13Up);
  const isKernel = bridge.datapath.internalType === 'internal';
  const [meters, bands] = isKernel ? [200_000, 1] : [262_144, 8];
  return `${messageHead('OFPST_METER_FEATURES reply', version)}
max_meter:${meters} max_bands:${bands} max_color:0
band_types: drop
capabilities: kbps pktps burst stats
`;
}

const OLD_ACTIONS =
  'output enqueue set_vlan_vid set_vlan_pcp strip_vlan mod_dl_src mod_dl_dst mod_nw_src mod_nw_dst mod_nw_tos mod_tp_src mod_tp_dst';
const ACTIONS =
  'output group set_field strip_vlan push_vlan mod_nw_ttl dec_ttl set_mpls_ttl dec_mpls_ttl push_mpls pop_mpls set_queue';

export function groupFeatures({ version }: OfctlOptions): string {
  const name = version === 1 ? 'NXST_GROUP_FEATURES reply' : 'OFPST_GROUP_FEATURES reply';
  const types = ['all', 'select', 'indirect', 'fast failover'].map(
    (type) =>
      `    ${type} group:\n       max_groups=0xffffff00\n       actions: ${version === 1 ? OLD_ACTIONS : ACTIONS}\n`,
  );
  return `${messageHead(name, version)}\n Group table:\n    Types:  0xf\n    Capabilities:  0x7\n${types.join('')}`;
}

interface QueueRow {
  readonly port: Port;
  readonly queue: number;
  readonly text: string;
}

/** A device that only stands for one. */
export const isDummy = ({ datapath }: Bridge, port: Port): boolean =>
  port.type === 'dummy' || (port.type === 'internal' && datapath.internalType === 'dummy-internal');

/** A dummy device has one queue that counts nothing; a kernel device has those of its QoS. */
export function queuesOf(bridge: Bridge, port: Port): readonly QueueRow[] {
  const { datapath } = bridge;
  if (isDummy(bridge, port)) return [{ port, queue: 0, text: 'bytes=?, pkts=?, errors=?, duration=?' }];
  const qos = port.dpPort === null ? null : (datapath.ports.get(port.dpPort)?.qos ?? null);
  if (!(qos instanceof HtbQos)) return [];
  const order = kernelOrder([...qos.queues.keys()]);
  return order.map((queue) => {
    const { packets, bytes } = qos.queues.get(queue)?.sent ?? { packets: 0, bytes: 0 };
    return { port, queue, text: `bytes=${bytes}, pkts=${packets}, errors=0, duration=?` };
  });
}

/** The order in which the kernel lists classes: by hash, in a table that doubles when it is three quarters full. */
function kernelOrder(queues: readonly number[]): readonly number[] {
  let size = 4;
  // The device's root class is one of them.
  while ((queues.length + 1) * 4 > size * 3) size *= 2;
  const bucketOf = (queue: number): number => {
    let id = 0x10001 + queue;
    id ^= id >>> 8;
    id ^= id >>> 4;
    return id & (size - 1);
  };
  return queues.toReversed().toSorted((a, b) => bucketOf(a) - bucketOf(b));
}

export function queueStats(
  bridge: Bridge,
  portText: string | undefined,
  queueText: string | undefined,
  { version }: OfctlOptions,
): string {
  const all = portText === undefined || /^(all|any)$/i.test(portText);
  const wanted = all ? undefined : findPort(bridge, portText);
  const queue = queueText === undefined || /^all$/i.test(queueText) ? undefined : Number(queueText);
  const found = bridge
    .floodPorts()
    .flatMap((number) => bridge.ports.get(number) ?? [])
    .filter((port) => wanted === undefined || port.ofPort === wanted)
    .flatMap((port) => queuesOf(bridge, port))
    .filter((row) => queue === undefined || row.queue === queue);
  if (queue !== undefined && found.length === 0)
    return `${errorReply('OFPQOFC_BAD_QUEUE', version, 'OFPST_QUEUE request', ` port=${portText ?? 'ALL'} queue=${queue}`)}\n`;
  const rows = found.map(({ port, queue: id, text }) => {
    const name = port.ofPort === 0xfffe ? 'LOCAL' : String(port.ofPort);
    return `  port ${name} queue ${id}: ${text}\n`;
  });
  return `${messageHead('OFPST_QUEUE reply', version)} ${rows.length} queues\n${rows.join('')}`;
}
