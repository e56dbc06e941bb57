/** A TCP segment as connection tracking looks at it: numbers, window, and the options that windows depend on. */
import { IP_PROTOCOL, TCP_FLAG } from '../../wire/index.ts';
import { readU16, readU32 } from '../../wire/octets.ts';
import { packetEnd } from './sound-packet.ts';
import type { TuplePlace } from './tuple.ts';

/** What a segment is by its flags; the first that fits counts. */
export type SegmentKind = 'rst' | 'syn+ack' | 'syn' | 'fin' | 'ack' | 'none';

export interface TcpSegment {
  readonly flags: number;
  readonly kind: SegmentKind;
  readonly sequence: number;
  readonly acknowledgement: number;
  /** As it stands in the header, not scaled. */
  readonly window: number;
  /** The sequence number behind the segment; SYN and FIN count as one octet each. */
  readonly end: number;
  /** The option, where the segment has one. */
  readonly scale: number | null;
  readonly permitsSack: boolean;
  /** Where blocks that were received out of order end. */
  readonly sackEnds: readonly number[];
}

/** Sequence numbers wrap around. */
export const isBefore = (a: number, b: number): boolean => ((a - b) | 0) < 0;
export const isAfter = (a: number, b: number): boolean => isBefore(b, a);

const MAX_SCALE = 14;
const OPTION = { end: 0, nothing: 1, scale: 3, sackPermitted: 4, sack: 5 } as const;

function kindOf(flags: number): SegmentKind {
  if (flags & TCP_FLAG.rst) return 'rst';
  if (flags & TCP_FLAG.syn) return flags & TCP_FLAG.ack ? 'syn+ack' : 'syn';
  if (flags & TCP_FLAG.fin) return 'fin';
  return flags & TCP_FLAG.ack ? 'ack' : 'none';
}

function readOptions(
  octets: Uint8Array,
  from: number,
  to: number,
): Pick<TcpSegment, 'scale' | 'permitsSack' | 'sackEnds'> {
  let scale: number | null = null;
  let permitsSack = false;
  const sackEnds: number[] = [];
  for (let at = from; at < to;) {
    const kind = octets[at];
    if (kind === OPTION.end) break;
    if (kind === OPTION.nothing) {
      at += 1;
      continue;
    }
    const size = octets[at + 1] ?? 0;
    if (size < 2 || at + size > to) break;
    if (kind === OPTION.scale && size === 3) scale = Math.min(octets[at + 2] as number, MAX_SCALE);
    else if (kind === OPTION.sackPermitted && size === 2) permitsSack = true;
    else if (kind === OPTION.sack && size >= 10 && (size - 2) % 8 === 0)
      for (let block = at + 2; block < at + size; block += 8) sackEnds.push(readU32(octets, block + 4));
    at += size;
  }
  return { scale, permitsSack, sackEnds };
}

/** Reads the segment whose header is at `transport`; the packet ends at `end`. The header is known to be whole. */
function readSegment(octets: Uint8Array, transport: number, end: number): TcpSegment {
  const flags = octets[transport + 13] as number;
  const header = ((octets[transport + 12] as number) >>> 4) * 4;
  const sequence = readU32(octets, transport + 4);
  const size = end - transport - header + (flags & TCP_FLAG.syn ? 1 : 0) + (flags & TCP_FLAG.fin ? 1 : 0);
  return {
    flags,
    kind: kindOf(flags),
    sequence,
    acknowledgement: readU32(octets, transport + 8),
    window: readU16(octets, transport + 14),
    end: (sequence + size) >>> 0,
    ...readOptions(octets, transport + 20, transport + header),
  };
}

/** The segment of a packet that was found sound; null for other protocols and later fragments. */
export const segmentOf = (octets: Uint8Array, place: TuplePlace): TcpSegment | null =>
  place.tuple.protocol === IP_PROTOCOL.tcp && place.transport >= 0
    ? readSegment(octets, place.transport, packetEnd(octets, place))
    : null;
