/** Packets whose next hop is not known yet: a few a next hop, for a while, given back when its MAC_Binding appears. */
import { formatMac, parseMac } from '../../../base/address.ts';
import type { RowRef } from '../../../base/step.ts';
import { getFieldNumber } from '../../../flow/flow.ts';
import type { SbDatabase, SbRow } from '../../../ovsdb/index.ts';
import { writeMac } from '../../../wire/octets.ts';
import { LOG_FIELDS } from '../../expr/log-fields.table.ts';
import { recordStep, type Answering } from './answer.ts';
import { portByKeys } from './port-keys.ts';
import type { SwitchPacket } from './switch-packet.ts';

const MAX_ADDRESSES = 1000;
/** Packets that one next hop holds; a newer one pushes out the oldest. */
const DEPTH = 4;
const TIMEOUT = 10_000_000_000;

interface Waiting {
  readonly datapathKey: number;
  readonly portKey: number;
  readonly ip: string;
  readonly packets: SwitchPacket[];
  expires: number;
}

/** The row that resolves the address; a chassisredirect port is resolved by the port that it stands for. */
function bindingOf(sb: SbDatabase, waiting: Waiting): SbRow<'MAC_Binding'> | undefined {
  const port = portByKeys(sb, waiting.datapathKey, waiting.portKey);
  if (!port) return undefined;
  const distributed = port.type === 'chassisredirect' ? port.options.get('distributed-port') : undefined;
  const name = distributed ?? port.logical_port;
  return sb.find('MAC_Binding', 'ip', waiting.ip).find((row) => row.logical_port === name);
}

const rowRef = (answering: Answering, row: SbRow<'MAC_Binding'>): RowRef => ({
  kind: 'ovsdb',
  database: 'OVN_Southbound',
  host: answering.host,
  table: 'MAC_Binding',
  uuid: row._uuid,
  text: `${row.logical_port} ${row.ip} ${row.mac}`,
});

export class BufferedPackets {
  private readonly waiting = new Map<string, Waiting>();

  add(packet: SwitchPacket, ip: string, answering: Answering): void {
    const datapathKey = getFieldNumber(packet.metadata, LOG_FIELDS.datapath);
    const portKey = getFieldNumber(packet.metadata, LOG_FIELDS.outport);
    const key = `${datapathKey}/${portKey}/${ip}`;
    let entry = this.waiting.get(key);
    if (!entry) {
      if (this.waiting.size >= MAX_ADDRESSES) {
        discard(answering, packet, 'too many addresses to resolve');
        return;
      }
      entry = { datapathKey, portKey, ip, packets: [], expires: 0 };
      this.waiting.set(key, entry);
    }
    entry.expires = answering.context.clock.now() + TIMEOUT;
    const oldest = entry.packets.length >= DEPTH ? entry.packets.shift() : undefined;
    if (oldest) discard(answering, oldest, 'too many packets for one address that is not resolved');
    entry.packets.push(packet);
    // The row may be there by now.
    answering.wake(0);
    answering.context.clock.after(TIMEOUT, () => this.expire(answering));
  }

  private expire(answering: Answering): void {
    const now = answering.context.clock.now();
    for (const [key, entry] of this.waiting) {
      if (now < entry.expires) continue;
      this.waiting.delete(key);
      for (const packet of entry.packets)
        recordStep(
          answering,
          packet.step,
          { kind: 'dropped', reason: { kind: 'neighbour-failed' } },
          packet.octets,
          packet.because,
        );
    }
  }

  /** Gives back what can go on. */
  run(answering: Answering): void {
    const sb = answering.state?.sb;
    if (!sb) return;
    for (const [key, entry] of this.waiting) {
      const row = bindingOf(sb, entry);
      const mac = row && parseMac(row.mac);
      if (!row || mac === undefined || mac === 0n) continue;
      this.waiting.delete(key);
      for (const packet of entry.packets) {
        const { continuation } = packet.packetIn;
        if (!continuation) continue;
        const octets = packet.octets.slice();
        writeMac(octets, 0, mac);
        const step = recordStep(
          answering,
          packet.step,
          { kind: 'resolved', address: entry.ip, mac: formatMac(mac) },
          octets,
          [rowRef(answering, row)],
        );
        answering.connection.resume(continuation, octets, packet.metadata, step);
      }
    }
  }
}

function discard(answering: Answering, packet: SwitchPacket, problem: string): void {
  recordStep(
    answering,
    packet.step,
    { kind: 'dropped', reason: { kind: 'blocked', problem } },
    packet.octets,
    packet.because,
  );
}
