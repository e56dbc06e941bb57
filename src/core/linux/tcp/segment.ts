/** Segments as octets: the options that Linux sends, in its order, and reading what came. */
import { TCP_FLAG } from '../../wire/layer/tcp.ts';
import { readU16, readU32, writeU16, writeU32 } from '../../wire/octets.ts';

export interface SackBlock {
  readonly start: number;
  readonly end: number;
}

/** Options of a segment; null where it has none. */
export interface SegmentOptions {
  readonly mss: number | null;
  readonly windowScale: number | null;
  readonly sackPermitted: boolean;
  readonly timestamps: { readonly value: number; readonly echo: number } | null;
  readonly sack: readonly SackBlock[];
}

export const NO_OPTIONS: SegmentOptions = {
  mss: null,
  windowScale: null,
  sackPermitted: false,
  timestamps: null,
  sack: [],
};

/** A segment that arrived. `window` as it stands in the header, unscaled. */
export interface Segment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly window: number;
  readonly options: SegmentOptions;
  readonly payload: Uint8Array;
}

export const has = (segment: Pick<Segment, 'flags'>, flag: keyof typeof TCP_FLAG): boolean =>
  (segment.flags & TCP_FLAG[flag]) !== 0;

/** Sequence numbers that it takes: its octets, and one each for SYN and FIN. */
export const sequenceLength = (segment: Pick<Segment, 'flags' | 'payload'>): number =>
  segment.payload.length + (has(segment, 'syn') ? 1 : 0) + (has(segment, 'fin') ? 1 : 0);

/** Undefined when the header is cut or contradicts itself. Options that run over the header end the list. */
export function readSegment(octets: Uint8Array): Segment | undefined {
  if (octets.length < 20) return undefined;
  const headerSize = ((octets[12] as number) >> 4) * 4;
  if (headerSize < 20 || headerSize > octets.length) return undefined;
  return {
    sourcePort: readU16(octets, 0),
    destinationPort: readU16(octets, 2),
    sequence: readU32(octets, 4),
    acknowledgement: readU32(octets, 8),
    flags: readU16(octets, 12) & 0x1ff,
    window: readU16(octets, 14),
    options: headerSize === 20 ? NO_OPTIONS : readOptions(octets, headerSize),
    payload: octets.subarray(headerSize),
  };
}

function readOptions(octets: Uint8Array, end: number): SegmentOptions {
  const options: { -readonly [K in keyof SegmentOptions]: SegmentOptions[K] } = { ...NO_OPTIONS };
  for (let at = 20; at < end;) {
    const kind = octets[at] as number;
    if (kind === 0) break;
    const size = kind === 1 ? 1 : at + 1 < end ? (octets[at + 1] as number) : 0;
    if (size === 0 || (kind !== 1 && size < 2) || at + size > end) break;
    if (kind === 2 && size === 4) options.mss = readU16(octets, at + 2);
    else if (kind === 3 && size === 3) options.windowScale = Math.min(14, octets[at + 2] as number);
    else if (kind === 4 && size === 2) options.sackPermitted = true;
    else if (kind === 8 && size === 10)
      options.timestamps = { value: readU32(octets, at + 2), echo: readU32(octets, at + 6) };
    else if (kind === 5 && (size - 2) % 8 === 0) options.sack = readSack(octets, at, size);
    at += size;
  }
  return options;
}

function readSack(octets: Uint8Array, at: number, size: number): SackBlock[] {
  const blocks: SackBlock[] = [];
  for (let from = at + 2; from < at + size; from += 8)
    blocks.push({ start: readU32(octets, from), end: readU32(octets, from + 4) });
  return blocks;
}

/** The options' octets, padded: MSS, SACK permitted, timestamps, window scale; on other segments timestamps and SACK. */
export function writeOptions(options: SegmentOptions): Uint8Array {
  const octets: number[] = [];
  const word = (value: number): void => {
    octets.push(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
  };
  const { mss, windowScale, sackPermitted, timestamps, sack } = options;
  if (mss !== null) word(0x02040000 | mss);
  if (timestamps !== null) {
    // The two octets before the timestamps are the SACK permission where there is one, else padding.
    octets.push(...(sackPermitted ? [4, 2] : [1, 1]), 8, 10);
    word(timestamps.value);
    word(timestamps.echo);
  } else if (sackPermitted) octets.push(1, 1, 4, 2);
  if (windowScale !== null) word(0x01030300 | windowScale);
  if (sack.length > 0) {
    octets.push(1, 1, 5, 2 + 8 * sack.length);
    for (const { start, end } of sack) {
      word(start);
      word(end);
    }
  }
  return Uint8Array.from(octets);
}

/** The answer to a segment that no connection takes (RFC 9293, 3.10.7.1), without its checksum. */
export function resetFor(segment: Segment): Uint8Array {
  const answer = new Uint8Array(20);
  writeU16(answer, 0, segment.destinationPort);
  writeU16(answer, 2, segment.sourcePort);
  answer[12] = 5 << 4;
  if (has(segment, 'ack')) {
    writeU32(answer, 4, segment.acknowledgement);
    answer[13] = TCP_FLAG.rst;
  } else {
    writeU32(answer, 8, (segment.sequence + sequenceLength(segment)) >>> 0);
    answer[13] = TCP_FLAG.rst | TCP_FLAG.ack;
  }
  return answer;
}
