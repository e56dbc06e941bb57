/** `show ip prefix-list` and `show route-map`: each daemon tells what it knows. */
import type { FrrConfig } from '../config/frr-config.ts';
import type { CommunityKind, PrefixList, RouteMap, RouteMapEntry } from '../config/policy-config.ts';
import { compareListNames, writePrefixEntry } from '../config/write/lists.ts';
import type { RouteMapCounters } from '../policy/configured-policy.ts';
import type { Family } from '../prefix.ts';

const DAEMONS = ['ZEBRA', 'BGP'] as const;

const listText = (daemon: string, list: PrefixList): string =>
  `${daemon}: ${list.family === 4 ? 'ip' : 'ipv6'} prefix-list ${list.name}: ${list.entries.length} entries\n${
    list.description === null ? '' : `   Description: ${list.description}\n`
  }${list.entries.map((entry) => `   ${writePrefixEntry(entry)}\n`).join('')}`;

/** All lists of a family, or the named one. */
export function prefixLists(config: FrrConfig, family: Family, name: string | undefined): string {
  const lists = [...config.prefixLists.values()].filter(
    (list) => list.family === family && (name === undefined || list.name === name),
  );
  return DAEMONS.map((daemon) =>
    name !== undefined && lists.length === 0
      ? "% Can't find specified prefix-list\n"
      : lists.map((list) => listText(daemon, list)).join(''),
  ).join('');
}

const STYLE_TEXT = {
  community: 'Community',
  'large-community': 'large community',
  extcommunity: 'Extended community',
} as const;

/** `show bgp community-list` and its kin: numbered lists first. */
export function communityLists(config: FrrConfig, kind: CommunityKind, name: string | undefined): string {
  const lists = [...config.communityLists.values()]
    .filter((list) => list.kind === kind && (name === undefined || list.name === name))
    .sort((a, b) => compareListNames(a.name, b.name));
  if (name !== undefined && lists.length === 0) return "% Can't find community-list\n";
  return lists
    .filter((list) => list.entries.length > 0)
    .map((list) => {
      const named = /^\d+$/.test(list.name) ? '' : 'Named ';
      const head = `${named}${STYLE_TEXT[kind]} ${list.style} list ${list.name}\n`;
      return `${head}${list.entries.map((entry) => `    ${entry.verdict} ${entry.text}\n`).join('')}`;
    })
    .join('');
}

/** `show bgp as-path-access-list`: all lists, or the named one. */
export function asPathLists(config: FrrConfig, name: string | undefined): string {
  return [...config.asPathLists.values()]
    .filter((list) => name === undefined || list.name === name)
    .sort((a, b) => compareListNames(a.name, b.name))
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
  'ip address prefix-len',
  'ip next-hop prefix-len',
  'ipv6 address prefix-len',
  'source-protocol',
  'source-instance',
]);

function entryText(entry: RouteMapEntry, daemon: string, invoked: number): string {
  const known = (rules: RouteMapEntry['matches'], names: ReadonlySet<string>): string =>
    rules
      .filter(({ rule }) => (daemon === 'ZEBRA' ? names.has(rule) : !ZEBRA_ALONE.has(rule)))
      .map((rule) => `    ${rule.rule}${argumentText(rule.rule, rule.argument)}\n`)
      .join('');
  const action =
    entry.onMatch === null
      ? '    Exit routemap\n'
      : entry.onMatch.kind === 'next'
        ? '    Continue to next entry\n'
        : `    Goto ${entry.onMatch.seq}\n`;
  return [
    ` ${entry.verdict}, sequence ${entry.seq} Invoked ${invoked}\n`,
    entry.description === null ? '' : `  Description:\n    ${entry.description}\n`,
    `  Match clauses:\n${known(entry.matches, ZEBRA_MATCHES)}`,
    `  Set clauses:\n${known(entry.sets, ZEBRA_SETS)}`,
    `  Call clause:\n${entry.call === null ? '' : `    Call ${entry.call}\n`}`,
    `  Action:\n${action}`,
  ].join('');
}

/** bgpd keeps the list of `comm-list NAME delete` without its last word. */
const argumentText = (rule: string, argument: string): string =>
  argument === ''
    ? rule.startsWith('ip next-hop ')
      ? ''
      : ' (null)'
    : ` ${rule.endsWith('comm-list') ? argument.replace(/ delete$/, '') : argument}`;

const mapText = (map: RouteMap, daemon: string, counters: RouteMapCounters | undefined): string =>
  `route-map: ${map.name} Invoked: ${counters?.invoked ?? 0} Optimization: ${
    map.optimization ? 'enabled' : 'disabled'
  } Processed Change: false\n${map.entries
    .map((entry) => entryText(entry, daemon, counters?.entries.get(entry.seq) ?? 0))
    .join('')}`;

/** All route maps, or the named one. */
export function routeMaps(
  config: FrrConfig,
  counters: ReadonlyMap<string, RouteMapCounters>,
  name: string | undefined,
): string {
  const maps = [...config.routeMaps.values()]
    .filter((map) => name === undefined || map.name === name)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return DAEMONS.map((daemon) => {
    if (name !== undefined && maps.length === 0) return `${daemon}: 'route-map ${name}' not found\n`;
    const texts = maps.map((map) =>
      mapText(map, daemon, daemon === 'BGP' ? counters.get(map.name) : undefined),
    );
    return `${daemon}:\n${texts.join('')}`;
  }).join('');
}
