/** Communities of the three kinds as FRR reads and prints them (RFC 1997, RFC 8092, RFC 4360). */
import { formatIpv4, parseIpv4 } from '../../base/address.ts';
import { COMMUNITY, type LargeCommunity } from '../bgp/attributes.ts';

/** Names that are typed and printed. */
const NAMES: readonly (readonly [string, number])[] = [
  ['internet', 0],
  ['graceful-shutdown', COMMUNITY.gracefulShutdown],
  ['accept-own', COMMUNITY.acceptOwn],
  ['route-filter-translated-v4', 0xffff0002],
  ['route-filter-v4', 0xffff0003],
  ['route-filter-translated-v6', 0xffff0004],
  ['route-filter-v6', 0xffff0005],
  ['llgr-stale', COMMUNITY.llgrStale],
  ['no-llgr', COMMUNITY.noLlgr],
  ['accept-own-nexthop', 0xffff0008],
  ['blackhole', COMMUNITY.blackhole],
  ['no-export', COMMUNITY.noExport],
  ['no-advertise', COMMUNITY.noAdvertise],
  ['local-AS', COMMUNITY.localAs],
  ['no-peer', COMMUNITY.noPeer],
];

/** bgpd's short names in the show texts are the same as those typed. */
export function formatCommunity(value: number): string {
  const named = NAMES.find(([, number]) => number === value);
  return named ? named[0] : `${value >>> 16}:${value & 0xffff}`;
}

export const formatCommunities = (values: readonly number[]): string => values.map(formatCommunity).join(' ');

function readCommunity(word: string): number | undefined {
  const named = NAMES.find(([name]) => word === name || (word.length > 1 && name === word.toLowerCase()));
  if (named) return named[1];
  const pair = /^(\d{1,5}):(\d{1,5})$/.exec(word);
  if (pair) {
    const [high, low] = [Number(pair[1]), Number(pair[2])];
    return high > 0xffff || low > 0xffff ? undefined : ((high << 16) | low) >>> 0;
  }
  if (!/^\d{1,10}$/.test(word)) return undefined;
  const value = Number(word);
  return value > 0xffffffff ? undefined : value;
}

/** Sorted, each once; undefined when a word is none. */
export function readCommunities(
  text: string,
): { readonly values: readonly number[]; readonly text: string } | undefined {
  const values = new Set<number>();
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const value = readCommunity(word);
    if (value === undefined) return undefined;
    values.add(value);
  }
  const sorted = [...values].sort((a, b) => a - b);
  return { values: sorted, text: formatCommunities(sorted) };
}

export const formatLargeCommunity = (one: LargeCommunity): string =>
  `${one.globalAdministrator}:${one.local1}:${one.local2}`;

export const compareLarge = (a: LargeCommunity, b: LargeCommunity): number =>
  a.globalAdministrator - b.globalAdministrator || a.local1 - b.local1 || a.local2 - b.local2;

/** Sorted, each once; `text` is as typed when a list is configured. */
export function readLargeCommunities(
  text: string,
): { readonly values: readonly LargeCommunity[]; readonly text: string } | undefined {
  const values = new Map<string, LargeCommunity>();
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const parts = /^(\d{1,10}):(\d{1,10}):(\d{1,10})$/.exec(word);
    if (!parts) return undefined;
    const [globalAdministrator = 0, local1 = 0, local2 = 0] = parts.slice(1).map(Number);
    if (globalAdministrator > 0xffffffff || local1 > 0xffffffff || local2 > 0xffffffff) return undefined;
    const value = { globalAdministrator, local1, local2 };
    values.set(formatLargeCommunity(value), value);
  }
  const sorted = [...values.values()].sort(compareLarge);
  return { values: sorted, text: sorted.map(formatLargeCommunity).join(' ') };
}

const ROUTE_TARGET = 0x02n;
const SITE_OF_ORIGIN = 0x03n;

/** The value after `RT:` and its like: two-octet AS, IPv4 address or four-octet AS. */
function administered(value: bigint): string {
  const type = Number(value >> 56n) & 0x3f;
  if (type === 0) return `${(value >> 32n) & 0xffffn}:${value & 0xffffffffn}`;
  if (type === 1) return `${formatIpv4(Number((value >> 16n) & 0xffffffffn))}:${value & 0xffffn}`;
  return `${(value >> 16n) & 0xffffffffn}:${value & 0xffffn}`;
}

function float32(bits: number): number {
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  return exponent === 0 ? 0 : (1 + mantissa / 0x800000) * 2 ** (exponent - 127);
}

const BYTES_PER_UNIT = [
  [1e9, 'Gbps'],
  [1e6, 'Mbps'],
  [1e3, 'Kbps'],
] as const;

function linkBandwidth(value: bigint): string {
  const bytes = float32(Number(value & 0xffffffffn));
  const bits = bytes * 8;
  const unit = BYTES_PER_UNIT.find(([scale]) => bits >= scale);
  const amount = unit ? `${(bits / unit[0]).toFixed(3)} ${unit[1]}` : `${bits} bps`;
  return `LB:${(value >> 32n) & 0xffffn}:${Math.round(bytes)} (${amount})`;
}

/** Of a route target: `65000:1`. */
export const formatRouteTarget = (value: bigint): string => administered(value);

/** One extended community as `show bgp` prints it: `RT:64501:77`. */
export function formatExtendedCommunity(value: bigint): string {
  const type = Number(value >> 56n);
  const subtype = (value >> 48n) & 0xffn;
  const kind = type & 0x3f;
  if (kind <= 2) {
    if (subtype === ROUTE_TARGET) return `RT:${administered(value)}`;
    if (subtype === SITE_OF_ORIGIN) return `SoO:${administered(value)}`;
    if (kind === 0 && subtype === 4n) return linkBandwidth(value);
  }
  if (type === 6) {
    if (subtype === 0n)
      return `MM:${value & 0xffffffffn}${((value >> 40n) & 1n) === 1n ? ', sticky MAC' : ''}`;
    if (subtype === 1n) return `ESI-label-Rt:${((value >> 40n) & 1n) === 1n ? 'SA' : 'AA'}`;
    if (subtype === 2n) return `ES-Import-Rt:${macText(value)}`;
    if (subtype === 3n) return `Rmac:${macText(value)}`;
    if (subtype === 6n) return forwarderElection(value);
    if (subtype === 8n) return neighbourFlags(value);
  }
  if (type === 3 && subtype === 0x0cn) return `ET:${value & 0xffffn}`;
  if (type === 3 && subtype === 0x0dn) return 'Default Gateway';
  return `UNK:${type}, ${subtype}`;
}

/** RFC 8584: algorithm, bitmap and (RFC 9785) preference. */
function forwarderElection(value: bigint): string {
  const bitmap = (value >> 24n) & 0xffffn;
  const algorithm = (value >> 40n) & 0xffn;
  return `DF: (alg: ${algorithm}, ${bitmap === 0n ? '' : `bmap: 0x${bitmap.toString(16)} `}pref: ${value & 0xffffn})`;
}

/** RFC 9047; the proxy flag hides the router flag. */
const neighbourFlags = (value: bigint): string => {
  const flags = (value >> 40n) & 0xffn;
  return (flags & 4n) !== 0n ? 'ND:Proxy' : (flags & 1n) !== 0n ? 'ND:Router Flag' : '';
};

const macText = (value: bigint): string =>
  Array.from({ length: 6 }, (_, at) =>
    Number((value >> BigInt(40 - at * 8)) & 0xffn)
      .toString(16)
      .padStart(2, '0'),
  ).join(':');

/** `65001:5`, `1.2.3.4:5` or `4200000000:5` as an extended community of a subtype. */
function readAdministered(text: string, subtype: bigint): bigint | undefined {
  const [head, tail, more] = text.split(':');
  if (head === undefined || tail === undefined || more !== undefined || !/^\d{1,10}$/.test(tail))
    return undefined;
  const low = BigInt(tail);
  const address = head.includes('.') ? parseIpv4(head) : undefined;
  if (address !== undefined)
    return low > 0xffffn ? undefined : (1n << 56n) | (subtype << 48n) | (BigInt(address) << 16n) | low;
  if (!/^\d{1,10}$/.test(head)) return undefined;
  const as = BigInt(head);
  if (as > 0xffffffffn) return undefined;
  if (as <= 0xffffn) return low > 0xffffffffn ? undefined : (subtype << 48n) | (as << 32n) | low;
  return low > 0xffffn ? undefined : (2n << 56n) | (subtype << 48n) | (as << 16n) | low;
}

/** Values of one kind (`set extcommunity rt 1:2 3:4`), in the order of their octets. */
export function readRouteTargets(text: string, kind: 'rt' | 'soo'): readonly bigint[] | undefined {
  const values: bigint[] = [];
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const value = readAdministered(word, kind === 'rt' ? ROUTE_TARGET : SITE_OF_ORIGIN);
    if (value === undefined) return undefined;
    if (!values.includes(value)) values.push(value);
  }
  return values.sort(compareBig);
}

export const compareBig = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** `rt 1:2 soo 3:4` of an extended community list. */
export function readExtendedCommunities(
  text: string,
): { readonly values: readonly bigint[]; readonly text: string } | undefined {
  const values: bigint[] = [];
  let subtype: bigint | undefined;
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    if (word === 'rt' || word === 'soo') {
      subtype = word === 'rt' ? ROUTE_TARGET : SITE_OF_ORIGIN;
      continue;
    }
    if (subtype === undefined) return undefined;
    const value = readAdministered(word, subtype);
    if (value === undefined) return undefined;
    values.push(value);
  }
  if (values.length === 0) return undefined;
  const sorted = [...new Set(values)].sort(compareBig);
  const kind = (value: bigint): string => (((value >> 48n) & 0xffn) === ROUTE_TARGET ? 'rt' : 'soo');
  return { values: sorted, text: sorted.map((value) => `${kind(value)} ${administered(value)}`).join(' ') };
}
