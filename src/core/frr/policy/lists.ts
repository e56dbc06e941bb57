/** Prefix, access, AS-path and community lists judged entry by entry; what no entry names is denied. */
import type { AsPath, AsSegment, LargeCommunity } from '../bgp/attributes.ts';
import type {
  AccessList,
  AsPathList,
  CommunityList,
  PrefixList,
  PrefixListEntry,
  Verdict,
} from '../config/policy-config.ts';
import { covers, type Prefix } from '../prefix.ts';
import {
  formatCommunities,
  formatExtendedCommunity,
  formatLargeCommunity,
  readCommunities,
  readExtendedCommunities,
  readLargeCommunities,
} from './communities.ts';
import type { PrefixListHits } from './evaluation.ts';
import { compileRegex } from './regex.ts';

const maskOf = (length: number): number => (length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0);

function matchesPrefixEntry(entry: PrefixListEntry, prefix: Prefix): boolean {
  if (entry.prefix === null) return true;
  if (!covers(entry.prefix, prefix)) return false;
  if (entry.ge === null && entry.le === null) return prefix.length === entry.prefix.length;
  return (entry.ge === null || prefix.length >= entry.ge) && (entry.le === null || prefix.length <= entry.le);
}

/** A list without entries permits, as zebra(8)'s library does. `hits`: where the entry that decides is counted. */
export function judgePrefix(list: PrefixList, prefix: Prefix, hits: PrefixListHits | null): Verdict {
  if (list.entries.length === 0) return 'permit';
  if (list.family !== prefix.family) return 'deny';
  const deciding = list.entries.find((entry) => matchesPrefixEntry(entry, prefix));
  if (!deciding) return 'deny';
  hits?.set(deciding, (hits.get(deciding) ?? 0) + 1);
  return deciding.verdict;
}

export function judgeAccess(list: AccessList, prefix: Prefix): Verdict {
  for (const { source, destination, verdict } of list.entries) {
    if (source.kind === 'any') {
      if (prefix.family === list.family) return verdict;
    } else if (source.kind === 'prefix') {
      const fits = covers(source.prefix, prefix) && (!source.exact || source.prefix.length === prefix.length);
      if (fits) return verdict;
    } else if (prefix.family === 4) {
      const address = (Number(prefix.address) & ~source.wildcard) >>> 0;
      const mask = destination ? (maskOf(prefix.length) & ~destination.wildcard) >>> 0 : 0;
      if (address === source.address && mask === (destination?.address ?? 0)) return verdict;
    }
  }
  return 'deny';
}

const BRACKETS = {
  sequence: ['', '', ' '],
  set: ['{', '}', ','],
  'confed-sequence': ['(', ')', ' '],
  'confed-set': ['[', ']', ','],
} as const satisfies Record<AsSegment['kind'], readonly [string, string, string]>;

/** The path as it is printed and as expressions see it: `1 2 {3,4}`. */
export const formatAsPath = (path: AsPath): string =>
  path
    .map(({ kind, asns }) => {
      const [open, close, separator] = BRACKETS[kind];
      return `${open}${asns.join(separator)}${close}`;
    })
    .join(' ');

export function judgeAsPath(list: AsPathList, path: AsPath): Verdict {
  const text = formatAsPath(path);
  return list.entries.find((entry) => compileRegex(entry.regex)?.test(text))?.verdict ?? 'deny';
}

/** What a route carries of one kind: the values as text (one each), and all of them as expressions see them. */
interface Carried {
  readonly each: ReadonlySet<string>;
  readonly text: string;
}

function judgeCommunities(
  list: CommunityList,
  carried: Carried,
  exact: boolean,
  wanted: (text: string) => readonly string[],
): Verdict {
  for (const entry of list.entries) {
    if (list.style === 'expanded') {
      if (compileRegex(entry.text)?.test(carried.text)) return entry.verdict;
      continue;
    }
    const values = wanted(entry.text);
    if (values.includes('internet')) return entry.verdict;
    if (values.every((value) => carried.each.has(value)) && (!exact || values.length === carried.each.size))
      return entry.verdict;
  }
  return 'deny';
}

export function judgeStandard(
  list: CommunityList,
  values: readonly number[] | null,
  exact: boolean,
): Verdict {
  const held = values ?? [];
  const carried = {
    each: new Set(held.map((value) => formatCommunities([value]))),
    text: formatCommunities(held),
  };
  return judgeCommunities(list, carried, exact, (text) =>
    (readCommunities(text)?.values ?? []).map((value) => formatCommunities([value])),
  );
}

export function judgeLarge(
  list: CommunityList,
  values: readonly LargeCommunity[] | null,
  exact: boolean,
): Verdict {
  const texts = (values ?? []).map(formatLargeCommunity);
  return judgeCommunities(list, { each: new Set(texts), text: texts.join(' ') }, exact, (text) =>
    (readLargeCommunities(text)?.values ?? []).map(formatLargeCommunity),
  );
}

export function judgeExtended(list: CommunityList, values: readonly bigint[] | null): Verdict {
  const texts = (values ?? []).map(formatExtendedCommunity);
  return judgeCommunities(list, { each: new Set(texts), text: texts.join(' ') }, false, (text) =>
    (readExtendedCommunities(text)?.values ?? []).map(formatExtendedCommunity),
  );
}
