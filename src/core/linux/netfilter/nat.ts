/** Address translation of a connection: chosen with its first packet, done to every one (`nf_nat_core.c`). */
import { readU16, writeU16 } from '../../wire/octets.ts';
import { internetChecksum } from '../../wire/checksum.ts';
import { IPPROTO } from '../ip4/packet.ts';
import type { Connection, Conntrack, Tracked } from './conntrack.ts';
import type { NatRange } from './rule.ts';
import { citedBy, inverted, withEnd, type Tuple } from './tuple.ts';

export type Side = 'source' | 'destination';

const other = (side: Side): Side => (side === 'source' ? 'destination' : 'source');

/** Ports stay in their class when they have to change: below 512, below 1024, and the rest. */
const classOf = (port: number): readonly [number, number] =>
  port < 512 ? [1, 511] : port < 1024 ? [600, 1023] : [1024, 65_535];

/** Spreads connections over the addresses of a range: the same client keeps its address. */
function chooseAddress({ addresses }: NatRange, tuple: Tuple, own: number): number {
  if (addresses === null) return own;
  const size = addresses.last - addresses.first + 1;
  return (addresses.first + ((Math.imul(tuple.source, 0x9e3779b1) >>> 0) % size)) >>> 0;
}

/**
 * Decides what one side of the connection's packets becomes. The reply's tuple says it for both directions; its port
 * is kept where no other connection has it, else the next free one of its class is taken.
 */
export function decide(
  conntrack: Conntrack,
  connection: Connection,
  side: Side,
  range: NatRange | null,
): void {
  connection.decided.add(side);
  const { reply } = connection;
  // What the packet looks like now: the reply's other end.
  const current = inverted(reply);
  const isIcmp = current.protocol === IPPROTO.icmp;
  const hasPort = isIcmp || current.protocol === IPPROTO.tcp || current.protocol === IPPROTO.udp;
  const address = range === null ? current[side] : chooseAddress(range, current, current[side]);
  const port = side === 'source' || isIcmp ? current.sourcePort : current.destinationPort;
  const make = (chosen: number): Tuple =>
    inverted({
      ...current,
      [side]: address,
      ...(side === 'source' || isIcmp ? { sourcePort: chosen } : { destinationPort: chosen }),
    });
  const isFree = (chosen: number): boolean => {
    const found = conntrack.find(make(chosen));
    return found === undefined || found.connection === connection;
  };
  const wanted = range?.ports ?? null;
  const outside = wanted !== null && (port < wanted.first || port > wanted.last);
  let chosen = port;
  // A destination may be shared by any number of connections; a source tells them apart.
  const random = range?.random ?? null;
  if (hasPort && (outside || random !== null || (side === 'source' && !isFree(port)))) {
    const [first, last] = wanted === null ? classOf(port) : [wanted.first, wanted.last];
    const size = last - first + 1;
    const spread = Math.imul(current.source ^ connection.startedAt, 0x9e3779b1) >>> 0;
    const start = random !== null ? spread % size : side === 'source' ? port % size : 0;
    chosen = first;
    for (let step = 0; step < size; step += 1) {
      chosen = first + ((start + step) % size);
      if (side === 'destination' || isFree(chosen)) break;
    }
  }
  const next = make(chosen);
  if (address === current[side] && chosen === port) return;
  connection.changes.add(side);
  connection.reply = next;
}

/** The datagram as it goes on: one side of it translated, in an ICMP error also what it cites. */
export function translate(
  datagram: Uint8Array,
  { connection, direction, isError }: Tracked,
  side: Side,
): Uint8Array {
  // Answers are changed on the side opposite to that of the questions.
  const changed = direction === 'original' ? side : other(side);
  if (!connection.changes.has(changed)) return datagram;
  const target = inverted(direction === 'original' ? connection.reply : connection.original);
  const isIcmp = target.protocol === IPPROTO.icmp;
  const port = side === 'source' || isIcmp ? target.sourcePort : target.destinationPort;
  if (!isError) return withEnd(datagram, { side, address: target[side], port });
  const cited = citedBy(datagram);
  if (cited === undefined) return datagram;
  const outer = withOuter(datagram, side, target[side]);
  outer.set(withEnd(cited, { side: other(side), address: target[side], port }), outer.length - cited.length);
  const headerSize = ((outer[0] as number) & 15) * 4;
  const message = outer.subarray(headerSize, readU16(outer, 2));
  writeU16(message, 2, 0);
  writeU16(message, 2, internetChecksum(message));
  return outer;
}

/** The address alone: an error has an identifier of its own. */
function withOuter(datagram: Uint8Array, side: Side, address: number): Uint8Array {
  const headerSize = ((datagram[0] as number) & 15) * 4;
  return withEnd(datagram, { side, address, port: readU16(datagram, headerSize + 4) });
}
