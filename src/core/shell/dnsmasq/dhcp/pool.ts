/** Which address of its ranges dnsmasq gives to a client that has none: by a hash of its hardware, or the next in line. */
import type { DhcpRange, Subnet } from './range.ts';
import { tagsMatch, type Tags } from './tags.ts';

/** What is known of an address on the wire; `asking` = it is being found out. */
export type Availability = 'free' | 'used' | 'asking';

interface Search {
  readonly subnets: readonly Subnet[];
  readonly tags: Tags;
  readonly hardware: Uint8Array;
  readonly sequential: boolean;
  /** How often a range's addresses were refused or in use: moves where the search begins. */
  readonly epoch: (range: DhcpRange) => number;
  /** Leased, or set down for a host. */
  readonly isTaken: (address: number) => boolean;
  readonly largestLeased: (range: DhcpRange) => number;
  readonly available: (address: number) => Availability;
}

/** dnsmasq's hash of an address of hardware: 32 bits, never 0. */
function hardwareHash(hardware: Uint8Array): number {
  let hash = 0;
  for (const octet of hardware) hash = (octet + (hash << 6) + (hash << 16) - hash) >>> 0;
  return hash === 0 ? 1 : hash;
}

/** Ends of what was a class C network: some clients do not take them. */
const isAwkward = (address: number): boolean =>
  address >>> 29 === 6 && ((address & 0xff) === 0 || (address & 0xff) === 0xff);

/** Ranges for the client's tags come before those for all; null = nothing is free. */
export function freeAddress(search: Search): number | null | 'later' {
  const { subnets, tags } = search;
  const hash = hardwareHash(search.hardware);
  for (const whenNone of [false, true])
    for (const { range } of subnets) {
      if (range.kind === 'static' || !tagsMatch(range.tags, tags, whenNone)) continue;
      if (!whenNone || range.tags.length === 0) {
        const found = freeIn(search, range, hash);
        if (found !== null) return found;
      }
    }
  return null;
}

function freeIn(search: Search, range: DhcpRange, hash: number): number | null | 'later' {
  const { start, end } = range;
  const count = end - start + 1;
  const first = search.sequential
    ? search.largestLeased(range) - start
    : ((hash + search.epoch(range)) >>> 0) % count;
  for (let step = 0; step < count; step += 1) {
    const address = start + ((first + step) % count);
    if (search.subnets.some(({ router }) => router === address)) continue;
    if (search.isTaken(address) || isAwkward(address)) continue;
    const state = search.available(address);
    if (state === 'asking') return 'later';
    if (state === 'free') return address;
  }
  return null;
}
