/** `show ip|ipv6 prefix-list ...`: the lists as each daemon that keeps them tells them. */
import type { FrrConfig } from '../config/frr-config.ts';
import type { PrefixList, PrefixListEntry } from '../config/policy-config.ts';
import { writePrefixEntry } from '../config/write/lists.ts';
import type { PrefixListHits } from '../policy/evaluation.ts';
import { covers, formatPrefix, widthOf, type Family, type Prefix } from '../prefix.ts';
import { prettyJson, type Json } from './json.ts';

const DAEMONS = ['ZEBRA', 'BGP'] as const;
type Daemon = (typeof DAEMONS)[number];

/** What is told of a list: its entries, with their counts, the head alone, or one entry. */
export type PrefixListDetail = 'usual' | 'detail' | 'summary' | { readonly seq: number };

/** What is asked: the lists of a family, or one of them. */
export interface PrefixListsAsked {
  readonly family: Family;
  readonly name: string | undefined;
  readonly detail: PrefixListDetail;
}

const shownEntries = (list: PrefixList, detail: PrefixListDetail): readonly PrefixListEntry[] =>
  detail === 'summary'
    ? []
    : typeof detail === 'object'
      ? list.entries.filter(({ seq }) => seq === detail.seq)
      : list.entries;

const hasCounts = (detail: PrefixListDetail): boolean => detail === 'detail' || typeof detail === 'object';

/** Of the lists that zebra keeps none is asked of by bgpd's policy. */
const hitsOf = (daemon: Daemon, hits: PrefixListHits, entry: PrefixListEntry): number =>
  daemon === 'BGP' ? (hits.get(entry) ?? 0) : 0;

const countText = (hits: number): string => ` (hit count: ${hits}, refcount: 0)`;

function headText(list: PrefixList, detail: PrefixListDetail): string {
  if (typeof detail === 'object') return '';
  const head = `${list.family === 4 ? 'ip' : 'ipv6'} prefix-list ${list.name}:`;
  const description = list.description === null ? '' : `   Description: ${list.description}\n`;
  if (detail === 'usual') return `${head} ${list.entries.length} entries\n${description}`;
  const [first, last] = [list.entries[0]?.seq ?? 0, list.entries.at(-1)?.seq ?? 0];
  return `${head}\n${description}   count: ${list.entries.length}, range entries: 0, sequences: ${first} - ${last}\n`;
}

const listText = (daemon: Daemon, list: PrefixList, detail: PrefixListDetail, hits: PrefixListHits): string =>
  `${daemon}: ${headText(list, detail)}${shownEntries(list, detail)
    .map(
      (entry) =>
        `   ${writePrefixEntry(entry)}${hasCounts(detail) ? countText(hitsOf(daemon, hits, entry)) : ''}\n`,
    )
    .join('')}`;

function entryJson(
  daemon: Daemon,
  list: PrefixList,
  entry: PrefixListEntry,
  detail: PrefixListDetail,
  hits: PrefixListHits,
): Json {
  const le = entry.prefix === null ? widthOf(list.family) : entry.le;
  return {
    sequenceNumber: entry.seq,
    type: entry.verdict,
    prefix: formatPrefix(entry.prefix ?? { family: list.family, address: 0n, length: 0 }),
    minimumPrefixLength: entry.ge || undefined,
    maximumPrefixLength: le || undefined,
    ...(hasCounts(detail) ? { hitCount: hitsOf(daemon, hits, entry), referenceCount: 0 } : {}),
  };
}

function listJson(daemon: Daemon, list: PrefixList, detail: PrefixListDetail, hits: PrefixListHits): Json {
  const entries = shownEntries(list, detail).map((entry) => entryJson(daemon, list, entry, detail, hits));
  const addressFamily = `IPv${list.family}`;
  const description = list.description ?? undefined;
  if (typeof detail === 'object') return { entries };
  if (detail === 'usual') return { addressFamily, entries, description };
  return {
    addressFamily,
    description,
    count: list.entries.length,
    rangeEntries: 0,
    sequenceStart: list.entries[0]?.seq ?? 0,
    sequenceEnd: list.entries.at(-1)?.seq ?? 0,
    ...(detail === 'summary' ? {} : { entries }),
  };
}

/** The lists of a family by name, or the named one: undefined when there is none of that name. */
function listsOf(config: FrrConfig, { family, name }: PrefixListsAsked): readonly PrefixList[] | undefined {
  const lists = [...config.prefixLists.values()]
    .filter((list) => list.family === family && (name === undefined || list.name === name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return name !== undefined && lists.length === 0 ? undefined : lists;
}

const NO_LIST = "% Can't find specified prefix-list\n";

/** The lists as every daemon tells them, as text or JSON; undefined when there is none of the name. */
export function prefixLists(
  config: FrrConfig,
  hits: PrefixListHits,
  asked: PrefixListsAsked,
  form: 'text' | 'json',
): string | undefined {
  const { detail } = asked;
  const lists = listsOf(config, asked);
  if (!lists) return undefined;
  if (form === 'json')
    return DAEMONS.map((daemon) =>
      prettyJson({
        [daemon]: Object.fromEntries(lists.map((list) => [list.name, listJson(daemon, list, detail, hits)])),
      }),
    ).join('');
  const isCounted = detail === 'detail' || detail === 'summary';
  const recent = config.lastPrefixList.get(asked.family);
  const head =
    isCounted && asked.name === undefined && recent !== undefined
      ? `Prefix-list with the last deletion/insertion: ${recent}\n`
      : '';
  return DAEMONS.map(
    (daemon) => `${head}${lists.map((list) => listText(daemon, list, detail, hits)).join('')}`,
  ).join('');
}

/** Entries of a list by prefix: the same one, the first such, or all inside it. */
export function prefixListEntries(
  config: FrrConfig,
  hits: PrefixListHits,
  {
    family,
    name,
    prefix,
    which,
  }: {
    readonly family: Family;
    readonly name: string;
    readonly prefix: Prefix;
    readonly which: 'same' | 'first' | 'longer';
  },
): string | undefined {
  const list = config.prefixLists.get(`${family} ${name}`);
  if (!list) return undefined;
  const all: Prefix = { family, address: 0n, length: 0 };
  const found = list.entries.filter((entry) => {
    const own = entry.prefix ?? all;
    return which === 'longer'
      ? covers(prefix, own)
      : own.address === prefix.address && own.length === prefix.length;
  });
  return DAEMONS.map((daemon) =>
    (which === 'first' ? found.slice(0, 1) : found)
      .map(
        (entry) =>
          `   ${writePrefixEntry(entry)}${which === 'longer' ? '' : countText(hitsOf(daemon, hits, entry))}\n`,
      )
      .join(''),
  ).join('');
}

/** The answer to a name that no list has. */
export const noPrefixList = (json: boolean): string => (json ? '' : NO_LIST);
