/** `--dhcp-range`, and what it is on the network from which a request came (dnsmasq(8)). */
import { parseIpv4 } from '../../../base/address.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { tagOf, tagsMatch, setTagOf, type Tags } from './tags.ts';
import { parseDuration } from './time.ts';

const DEFAULT_LEASE = 3600;
const SHORTEST_LEASE = 120;

export interface DhcpRange {
  readonly start: number;
  readonly end: number;
  /** `static`: addresses come from `--dhcp-host` alone. */
  readonly kind: 'pool' | 'static';
  /** Null: that of the device. */
  readonly netmask: number | null;
  readonly broadcast: number | null;
  readonly leaseTime: number;
  /** The tag that it sets. */
  readonly sets: string | null;
  readonly tags: readonly string[];
}

/** A range as it is for one request. Addresses 0 where there is none. */
export interface Subnet {
  readonly range: DhcpRange;
  readonly netmask: number;
  readonly broadcast: number;
  /** The server's own address there. */
  readonly local: number;
  readonly router: number;
}

export const sameNet = (a: number, b: number, mask: number): boolean => ((a ^ b) & mask) === 0;

export function parseRange(text: string): Result<DhcpRange> {
  const words = text.split(',').map((word) => word.trim());
  const tags: string[] = [];
  let sets: string | null = null;
  for (let word = words[0] ?? ''; /^(?:tag|net|set):/.test(word); word = words[0] ?? '') {
    const tag = tagOf(word);
    if (tag !== undefined && !word.startsWith('net:')) tags.push(tag);
    else sets = setTagOf(word) ?? null;
    words.shift();
  }
  const bad = err('bad dhcp-range');
  const [first = '', second = '', ...rest] = words;
  const start = parseIpv4(first);
  if (start === undefined) return first.includes(':') ? err('--dhcp-range for IPv6 is not modelled') : bad;
  if (second === 'proxy') return err('--dhcp-range with proxy is not modelled');
  const kind = second === 'static' ? 'static' : 'pool';
  const end = kind === 'static' ? start : parseIpv4(second);
  if (end === undefined) return bad;
  const lease = rest.length > 0 ? parseDuration(rest.at(-1) ?? '') : undefined;
  if (lease !== undefined) rest.pop();
  const [mask, broadcast] = rest.map((word) => parseIpv4(word));
  if (rest.length > 2 || (rest.length > 0 && mask === undefined)) return bad;
  if (rest.length > 1 && broadcast === undefined) return bad;
  if (mask !== undefined && !sameNet(start, end, mask)) return err('inconsistent DHCP range');
  return ok({
    start: Math.min(start, end),
    end: Math.max(start, end),
    kind,
    netmask: mask ?? null,
    broadcast: broadcast ?? null,
    leaseTime: Math.max(SHORTEST_LEASE, lease ?? DEFAULT_LEASE),
    sets,
    tags,
  });
}

/** Whether an address may be given out of the subnets. */
export function inPool(subnets: readonly Subnet[], address: number, tags: Tags): boolean {
  if (subnets.some(({ router }) => router === address)) return false;
  return subnets.some(
    ({ range }) =>
      range.kind === 'pool' &&
      address >= range.start &&
      address <= range.end &&
      tagsMatch(range.tags, tags, true),
  );
}

/** The subnet that an address belongs to: one that gives it out, else a static one, else any. */
export function subnetOf(subnets: readonly Subnet[], address: number, tags: Tags): Subnet | undefined {
  const fitting = subnets.filter(
    ({ range, netmask }) => tagsMatch(range.tags, tags, true) && sameNet(address, range.start, netmask),
  );
  return (
    fitting.find(({ range }) => range.kind === 'pool' && address >= range.start && address <= range.end) ??
    fitting.find(({ range }) => range.kind === 'static') ??
    fitting[0]
  );
}
