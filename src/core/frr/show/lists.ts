/** AS-path and community lists, and route maps as each daemon knows them. */
import type { FrrConfig } from '../config/frr-config.ts';
import type { CommunityKind, RouteMap, RouteMapEntry, RouteMapRule } from '../config/policy-config.ts';
import { compareListNames } from '../config/write/lists.ts';
import type { RouteMapCounters } from '../policy/configured-policy.ts';
import { prettyJson, type Json } from './json.ts';

const DAEMONS = ['ZEBRA', 'BGP'] as const;
type Daemon = (typeof DAEMONS)[number];
type Counters = ReadonlyMap<string, RouteMapCounters>;

/** How a list is called: by its number, and by its name. */
const KIND_TEXT = {
  community: ['Community', 'Named Community'],
  'large-community': ['Large community', 'Named large community'],
  extcommunity: ['Extended community', 'Named extended community'],
} as const satisfies Record<CommunityKind, readonly [string, string]>;

/** `show bgp community-list` and its kin: numbered lists first. Undefined: no list has the name. */
export function communityLists(
  config: FrrConfig,
  kind: CommunityKind,
  name: string | undefined,
): string | undefined {
  const lists = [...config.communityLists.values()]
    .filter((list) => list.kind === kind && (name === undefined || list.name === name))
    .sort((a, b) => compareListNames(a.name, b.name));
  if (name !== undefined && lists.length === 0) return undefined;
  return lists
    .filter((list) => list.entries.length > 0)
    .map(({ name: called, style, entries }) => {
      const [numbered, named] = KIND_TEXT[kind];
      const head = /^\d+$/.test(called)
        ? `${numbered} ${style === 'expanded' ? '(expanded) access' : style} list ${called}\n`
        : `${named} ${style} list ${called}\n`;
      return `${head}${entries.map((entry) => `    ${entry.verdict} ${entry.text}\n`).join('')}`;
    })
    .join('');
}

/** `show bgp as-path-access-list`: all lists, or the named one. */
export function asPathLists(config: FrrConfig, name: string | undefined, json: boolean): string {
  const lists = [...config.asPathLists.values()]
    .filter((list) => name === undefined || list.name === name)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (json)
    return prettyJson(
      new Map(
        lists.map(({ name: called, entries }): [string, Json] => [
          called,
          entries.map(({ seq, verdict, regex }) => ({ sequenceNumber: seq, type: verdict, regExp: regex })),
        ]),
      ),
    );
  return lists
    .map((list) => {
      const entries = list.entries.map(({ verdict, regex }) => `    ${verdict} ${regex}\n`).join('');
      return `AS path access list ${list.name}\n${entries}`;
    })
    .join('');
}

/** Rules that zebra does not know are not shown by it. */
const ZEBRA_MATCHES = new Set([
  'interface',
  'ip address',
  'ip address prefix-list',
  'ip address prefix-len',
  'ip next-hop',
  'ip next-hop prefix-list',
  'ip next-hop prefix-len',
  'ip next-hop type',
  'ipv6 address',
  'ipv6 address prefix-list',
  'ipv6 address prefix-len',
  'ipv6 next-hop type',
  'source-protocol',
  'source-instance',
  'tag',
]);
const ZEBRA_SETS = new Set(['src']);
/** And these bgpd does not know. */
const ZEBRA_ALONE = new Set([
  'src',
  'ip address prefix-len',
  'ip next-hop prefix-len',
  'ipv6 address prefix-len',
  'source-protocol',
  'source-instance',
]);

/** The rules that a daemon knows, as it words them. */
const clauses = (
  daemon: Daemon,
  rules: readonly RouteMapRule[],
  names: ReadonlySet<string>,
): readonly string[] =>
  rules
    .filter(({ rule }) => (daemon === 'ZEBRA' ? names.has(rule) : !ZEBRA_ALONE.has(rule)))
    .map(({ rule, argument }) => `${rule}${argumentText(rule, argument)}`);

const actionText = ({ onMatch }: RouteMapEntry): string =>
  onMatch === null
    ? 'Exit routemap'
    : onMatch.kind === 'next'
      ? 'Continue to next entry'
      : `Goto ${onMatch.seq}`;

function entryText(entry: RouteMapEntry, daemon: Daemon, invoked: number): string {
  const inside = (lines: readonly string[]): string => lines.map((line) => `    ${line}\n`).join('');
  return [
    ` ${entry.verdict}, sequence ${entry.seq} Invoked ${invoked}\n`,
    entry.description === null ? '' : `  Description:\n    ${entry.description}\n`,
    `  Match clauses:\n${inside(clauses(daemon, entry.matches, ZEBRA_MATCHES))}`,
    `  Set clauses:\n${inside(clauses(daemon, entry.sets, ZEBRA_SETS))}`,
    `  Call clause:\n${entry.call === null ? '' : `    Call ${entry.call}\n`}`,
    `  Action:\n    ${actionText(entry)}\n`,
  ].join('');
}

const entryJson = (entry: RouteMapEntry, daemon: Daemon, invoked: number): Json => ({
  sequenceNumber: entry.seq,
  type: entry.verdict,
  invoked,
  description: entry.description ?? undefined,
  matchClauses: clauses(daemon, entry.matches, ZEBRA_MATCHES),
  setClauses: clauses(daemon, entry.sets, ZEBRA_SETS),
  callClause: entry.call ?? undefined,
  action: actionText(entry),
});

/** bgpd keeps the list of `comm-list NAME delete` without its last word. */
const argumentText = (rule: string, argument: string): string =>
  argument === ''
    ? rule.startsWith('ip next-hop ')
      ? ''
      : rule === 'extcommunity none'
        ? ''
        : ' (null)'
    : ` ${rule.endsWith('comm-list') ? argument.replace(/ delete$/, '') : argument}`;

const invokedBy = (daemon: Daemon, counters: Counters, { name }: RouteMap): RouteMapCounters | undefined =>
  daemon === 'BGP' ? counters.get(name) : undefined;

function mapText(map: RouteMap, daemon: Daemon, all: Counters): string {
  const counters = invokedBy(daemon, all, map);
  return `route-map: ${map.name} Invoked: ${counters?.invoked ?? 0} Optimization: ${
    map.optimization ? 'enabled' : 'disabled'
  } Processed Change: false\n${map.entries
    .map((entry) => entryText(entry, daemon, counters?.entries.get(entry.seq) ?? 0))
    .join('')}`;
}

function mapJson(map: RouteMap, daemon: Daemon, all: Counters): Json {
  const counters = invokedBy(daemon, all, map);
  return {
    invoked: counters?.invoked ?? 0,
    disabledOptimization: !map.optimization,
    processedChange: false,
    rules: map.entries.map((entry) => entryJson(entry, daemon, counters?.entries.get(entry.seq) ?? 0)),
  };
}

/** All route maps, or the named one. */
export function routeMaps(
  config: FrrConfig,
  counters: Counters,
  name: string | undefined,
  json: boolean,
): string {
  const maps = [...config.routeMaps.values()]
    .filter((map) => name === undefined || map.name === name)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return DAEMONS.map((daemon) => {
    if (json)
      return prettyJson({
        [daemon]: new Map(maps.map((map): [string, Json] => [map.name, mapJson(map, daemon, counters)])),
      });
    const missing =
      name !== undefined && maps.length === 0 ? `${daemon}: 'route-map ${name}' not found\n` : '';
    return `${daemon}:\n${missing}${maps.map((map) => mapText(map, daemon, counters)).join('')}`;
  }).join('');
}
