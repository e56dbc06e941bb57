/**
 * Fragments on their way through `ct()`: the kernel keeps those of a datagram until it is whole, tracks that, and cuts it
 * again where it is sent. Each zone puts together what it sees by itself.
 */
import { internetChecksum } from '../../wire/checksum.ts';
import { readU16, readU32, writeU16, writeU32 } from '../../wire/octets.ts';
import { networkOffset } from './tuple.ts';

const SECOND = 1e9;
/** Seconds that the parts of a datagram are kept: `ipfrag_time` and `nf_conntrack_frag6_timeout`. */
const KEPT = { 4: 30, 6: 60 } as const;
/** Octets of parts that are kept at most: `ipfrag_high_thresh`. */
const MOST_OCTETS = 4 * 1024 * 1024;
const LARGEST_DATAGRAM = 65535;
const IPV6_HEADER = 40;
const FRAGMENT = 44;
const FRAGMENT_HEADER = 8;
/** Extension headers that every router reads: a fragment header comes behind them. */
const PER_HOP: ReadonlySet<number> = new Set([0, 43, 60]);

/** Where a fragment stands in its datagram. Offsets into the frame, but `offset`, which is into the datagram's payload. */
interface Part {
  readonly family: 4 | 6;
  /** What all fragments of one datagram have in common. */
  readonly key: string;
  readonly offset: number;
  readonly more: boolean;
  readonly doNotFragment: boolean;
  /** Start of the IP header. */
  readonly network: number;
  /** Where the next header's number stands that a whole datagram has another of. */
  readonly nextAt: number;
  /** End of what stays before the payload. */
  readonly headerEnd: number;
  readonly payload: Uint8Array;
  /** Number of the header that the payload begins with; IPv6 alone. */
  readonly next: number;
}

interface Queue {
  readonly expires: number;
  readonly parts: Part[];
  /** The frame of the first fragment up to its payload. */
  head: Uint8Array | null;
  total: number | null;
  /** Size of the largest fragment as an IP packet, and of the largest that may not be cut. */
  largest: number;
  largestWhole: number;
  octets: number;
}

/** A datagram that is whole again, in a frame; `largest` is the size of the largest fragment it came in. */
export interface WholeDatagram {
  readonly octets: Uint8Array;
  readonly largest: number;
}

const hexOf = (octets: Uint8Array): string => octets.reduce((text, octet) => `${text}${octet},`, '');

function partOf4(octets: Uint8Array, network: number): Part | undefined {
  if (network + 20 > octets.length) return undefined;
  const flags = readU16(octets, network + 6);
  const headerEnd = network + ((octets[network] as number) & 15) * 4;
  const end = network + readU16(octets, network + 2);
  if ((flags & 0x3fff) === 0 || headerEnd < network + 20 || end < headerEnd || end > octets.length)
    return undefined;
  return {
    family: 4,
    key: `4/${octets[network + 9]}/${readU16(octets, network + 4)}/${hexOf(octets.subarray(network + 12, network + 20))}`,
    offset: (flags & 0x1fff) * 8,
    more: (flags & 0x2000) !== 0,
    doNotFragment: (flags & 0x4000) !== 0,
    network,
    nextAt: network + 9,
    headerEnd,
    payload: octets.subarray(headerEnd, end),
    next: octets[network + 9] as number,
  };
}

/** Where the headers end that stay before a fragment header, and where the number of the header after them stands. */
function unfragmentable(
  octets: Uint8Array,
  network: number,
): { readonly nextAt: number; readonly end: number } {
  let nextAt = network + 6;
  let end = network + IPV6_HEADER;
  while (PER_HOP.has(octets[nextAt] as number) && end + 8 <= octets.length) {
    nextAt = end;
    end += ((octets[end + 1] as number) + 1) * 8;
  }
  return { nextAt, end };
}

function partOf6(octets: Uint8Array, network: number): Part | undefined {
  if (network + IPV6_HEADER > octets.length) return undefined;
  const { nextAt, end: at } = unfragmentable(octets, network);
  const end = network + IPV6_HEADER + readU16(octets, network + 4);
  if (octets[nextAt] !== FRAGMENT || at + FRAGMENT_HEADER > end || end > octets.length) return undefined;
  const word = readU16(octets, at + 2);
  if ((word & 0xfff9) === 0) return undefined;
  return {
    family: 6,
    key: `6/${readU32(octets, at + 4)}/${hexOf(octets.subarray(network + 8, network + 40))}`,
    offset: word & 0xfff8,
    more: (word & 1) !== 0,
    doNotFragment: false,
    network,
    nextAt,
    headerEnd: at,
    payload: octets.subarray(at + FRAGMENT_HEADER, end),
    next: octets[at] as number,
  };
}

function partOf(octets: Uint8Array): Part | undefined {
  const network = networkOffset(octets);
  if (network < 0 || network >= octets.length) return undefined;
  return (octets[network] as number) >>> 4 === 6 ? partOf6(octets, network) : partOf4(octets, network);
}

/** The parts in order once nothing is missing between them. */
function inOrder({ parts, total }: Queue): Part[] | undefined {
  if (total === null) return undefined;
  const sorted = parts.toSorted((one, other) => one.offset - other.offset);
  let end = 0;
  for (const part of sorted) {
    if (part.offset !== end) return undefined;
    end += part.payload.length;
  }
  return end === total ? sorted : undefined;
}

function join(queue: Queue, head: Uint8Array, parts: readonly Part[], total: number): Uint8Array {
  const [first] = parts;
  const whole = new Uint8Array(head.length + total);
  whole.set(head);
  for (const part of parts) whole.set(part.payload, head.length + part.offset);
  if (!first) return whole;
  const { network } = first;
  if (first.family === 4) {
    writeU16(whole, network + 2, whole.length - network);
    // Only where the largest fragment may not be cut, the whole may not either.
    writeU16(whole, network + 6, queue.largestWhole === queue.largest ? 0x4000 : 0);
    sealIpv4(whole, network);
  } else {
    writeU16(whole, network + 4, whole.length - network - IPV6_HEADER);
    whole[first.nextAt] = first.next;
  }
  return whole;
}

function sealIpv4(octets: Uint8Array, network: number): void {
  writeU16(octets, network + 10, 0);
  const size = ((octets[network] as number) & 15) * 4;
  writeU16(octets, network + 10, internetChecksum(octets, network, size));
}

export class FragmentQueues {
  readonly #queues = new Map<string, Queue>();
  #octets = 0;

  /**
   * Takes in a frame that `ct` of `zone` met at `now` (nanoseconds): undefined when it is no fragment, the datagram when
   * this one made it whole, else null: it waits, or was thrown away because it lies over another one.
   */
  take(zone: number, octets: Uint8Array, now: number): WholeDatagram | null | undefined {
    const part = partOf(octets);
    if (!part) return undefined;
    this.#expire(now);
    const key = `${zone}/${part.key}`;
    const queue = this.#queues.get(key) ?? this.#begin(key, now + KEPT[part.family] * SECOND);
    const { offset, payload } = part;
    const end = offset + payload.length;
    const isTwice = queue.parts.some((one) => one.offset === offset && one.payload.length === payload.length);
    const isOver = queue.parts.some((one) => offset < one.offset + one.payload.length && one.offset < end);
    const isCut = part.more && (payload.length === 0 || payload.length % 8 !== 0);
    const isLong = end > LARGEST_DATAGRAM || (queue.total !== null && end > queue.total);
    if (isTwice) return null;
    if (isOver || isCut || isLong) {
      this.#drop(key, queue);
      return null;
    }
    queue.parts.push(part);
    queue.octets += octets.length;
    this.#octets += octets.length;
    if (!part.more) queue.total = end;
    if (offset === 0) queue.head = octets.slice(0, part.headerEnd);
    const size = part.headerEnd - part.network + (part.family === 6 ? FRAGMENT_HEADER : 0) + payload.length;
    queue.largest = Math.max(queue.largest, size);
    if (part.doNotFragment) queue.largestWhole = Math.max(queue.largestWhole, size);
    const parts = inOrder(queue);
    if (!parts || !queue.head || queue.total === null) {
      if (this.#octets > MOST_OCTETS) this.#drop(key, queue);
      return null;
    }
    this.#drop(key, queue);
    return { octets: join(queue, queue.head, parts, queue.total), largest: queue.largest };
  }

  #begin(key: string, expires: number): Queue {
    const queue: Queue = {
      expires,
      parts: [],
      head: null,
      total: null,
      largest: 0,
      largestWhole: 0,
      octets: 0,
    };
    this.#queues.set(key, queue);
    return queue;
  }

  #drop(key: string, queue: Queue): void {
    this.#octets -= queue.octets;
    this.#queues.delete(key);
  }

  /** Whatever did not come together in time is gone, without a word. */
  #expire(now: number): void {
    for (const [key, queue] of this.#queues) if (queue.expires <= now) this.#drop(key, queue);
  }
}

/**
 * The frames that a datagram which came as fragments is sent in: as many as it takes for IP packets of `largest` octets.
 * `id` numbers those of IPv6, whose whole datagram has no number.
 */
export function cutAgain(octets: Uint8Array, largest: number, id: number): Uint8Array[] {
  const network = networkOffset(octets);
  if (network < 0 || octets.length - network <= largest) return [octets];
  const isIpv6 = (octets[network] as number) >>> 4 === 6;
  const { nextAt, end } = isIpv6
    ? unfragmentable(octets, network)
    : { nextAt: 0, end: network + ((octets[network] as number) & 15) * 4 };
  const extra = isIpv6 ? FRAGMENT_HEADER : 0;
  const room = Math.floor((largest - (end - network) - extra) / 8) * 8;
  if (room <= 0) return [octets];
  const frames: Uint8Array[] = [];
  for (let at = end; at < octets.length; at += room) {
    const piece = octets.subarray(at, at + room);
    const more = at + room < octets.length;
    const frame = new Uint8Array(end + extra + piece.length);
    frame.set(octets.subarray(0, end));
    frame.set(piece, end + extra);
    if (isIpv6) {
      frame[end] = frame[nextAt] as number;
      frame[nextAt] = FRAGMENT;
      writeU16(frame, end + 2, (at - end) | (more ? 1 : 0));
      writeU32(frame, end + 4, id);
      writeU16(frame, network + 4, frame.length - network - IPV6_HEADER);
    } else {
      writeU16(frame, network + 2, frame.length - network);
      writeU16(
        frame,
        network + 6,
        (readU16(octets, network + 6) & 0x4000) | (more ? 0x2000 : 0) | ((at - end) >> 3),
      );
      sealIpv4(frame, network);
    }
    frames.push(frame);
  }
  return frames;
}
