/**
 * `put_arp` and `put_nd`: what a neighbour said of itself becomes a MAC_Binding row. Packets that wait for it go on
 * once the row is there (buffered.ts).
 */
import { formatIpv4, formatIpv6, formatMac } from '../../../base/address.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import { getField, getFieldNumber } from '../../../flow/flow.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import { LOG_FIELDS } from '../../expr/log-fields.table.ts';
import { recordStep, type Answering } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { portByKeys } from './port-keys.ts';

const MILLISECOND = 1_000_000;
/** What came to many is written by one at a time: chassis wait a random while, up to this. */
const MAX_DELAY_MS = 50;
const MAX_PENDING = 1000;
const GROUP_BIT = 1n << 40n;

interface Pending {
  readonly datapathKey: number;
  readonly portKey: number;
  readonly ip: string;
  readonly mac: bigint;
  readonly due: number;
}

/** Writes or renews a row. `updateOnly` leaves alone what is not known yet. */
export function writeMacBinding(
  answering: Answering,
  port: SbRow<'Port_Binding'>,
  ip: string,
  mac: bigint,
  updateOnly: boolean,
): void {
  const sb = answering.state?.sb;
  if (!sb) return;
  const known = sb.find('MAC_Binding', 'ip', ip).find((row) => row.logical_port === port.logical_port);
  const text = formatMac(mac);
  if (known ? known.mac === text : updateOnly) return;
  const timestamp = answering.context.clock.wallMs();
  sb.transact((txn) => {
    txn.comment('ovn-controller');
    if (known) txn.update('MAC_Binding', known._uuid, { mac: text, timestamp });
    else
      txn.insert('MAC_Binding', {
        logical_port: port.logical_port,
        datapath: port.datapath,
        ip,
        mac: text,
        timestamp,
      });
  });
}

export class PendingMacBindings {
  private readonly pending = new Map<string, Pending>();

  add(entry: Pending): boolean {
    const key = `${entry.datapathKey}/${entry.portKey}/${entry.ip}`;
    if (!this.pending.has(key) && this.pending.size >= MAX_PENDING) return false;
    this.pending.set(key, entry);
    return true;
  }

  /** Writes those whose time has come. */
  run(answering: Answering): void {
    const { state, context } = answering;
    if (!state) return;
    const now = context.clock.now();
    for (const [key, entry] of this.pending) {
      if (entry.due > now) continue;
      this.pending.delete(key);
      const port = portByKeys(state.sb, entry.datapathKey, entry.portKey);
      if (port) writeMacBinding(answering, port, entry.ip, entry.mac, false);
      else
        answering.log.warn(
          'pinctrl',
          `unknown logical port with datapath ${entry.datapathKey} and port ${entry.portKey}`,
        );
    }
  }
}

function put(family: 4 | 6): Answer {
  return (packet, answering, stores) => {
    const { headers, metadata } = packet;
    const ip =
      family === 4
        ? formatIpv4(getFieldNumber(metadata, FIELDS.reg0))
        : formatIpv6(getField(metadata, FIELDS.xxreg0));
    const mac = getField(headers, FIELDS.eth_src);
    const { random, clock } = answering.context;
    const toMany = (getField(headers, FIELDS.eth_dst) & GROUP_BIT) !== 0n;
    const delay = toMany ? (random.below(MAX_DELAY_MS) + 1) * MILLISECOND : 0;
    const isNew = stores.macBindings.add({
      datapathKey: getFieldNumber(metadata, LOG_FIELDS.datapath),
      portKey: getFieldNumber(metadata, LOG_FIELDS.inport),
      ip,
      mac,
      due: clock.now() + delay,
    });
    if (!isNew) return;
    const what = { kind: 'learned', text: `${ip} is at ${formatMac(mac)}` } as const;
    recordStep(answering, packet.step, what, packet.octets, packet.because);
    answering.wake(delay);
  };
}

export const putArp = put(4);
export const putNd = put(6);
