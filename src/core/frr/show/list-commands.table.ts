/** `show` commands of lists and route maps. */
import type { Reply } from '../config/command.ts';
import type { Args } from '../config/match.ts';
import type { CommunityKind } from '../config/policy-config.ts';
import { network, parsePrefix, type Family } from '../prefix.ts';
import { accessLists } from './access-lists.ts';
import type { ShowContext } from './context.ts';
import { text, warn, type ShowCommand } from './exec-command.ts';
import { asPathLists, communityLists, routeMaps } from './lists.ts';
import { noPrefixList, prefixListEntries, prefixLists, type PrefixListDetail } from './prefix-lists.ts';

const familyAsked = (args: Args): Family => (args.has('ipv6') ? 6 : 4);

const prefixListShow =
  (detailOf: (args: Args) => PrefixListDetail) =>
  (context: ShowContext, args: Args): Reply => {
    const asked = { family: familyAsked(args), name: args.find('name'), detail: detailOf(args) };
    const form = args.has('json') ? 'json' : 'text';
    const told = prefixLists(context.config, context.policy.hits, asked, form);
    return told === undefined ? warn(noPrefixList(args.has('json'))) : text(told);
  };

function prefixListEntry(context: ShowContext, args: Args): Reply {
  const typed = parsePrefix(args.get('prefix'));
  if (!typed) return warn('% prefix is malformed\n');
  const which = args.has('longer') ? 'longer' : args.has('first-match') ? 'first' : 'same';
  const asked = { family: familyAsked(args), name: args.get('name'), prefix: network(typed), which } as const;
  const told = prefixListEntries(context.config, context.policy.hits, asked);
  return told === undefined ? warn(noPrefixList(false)) : text(told);
}

const communityListShow = (kind: CommunityKind, variable: string): ShowCommand => ({
  syntax: [`show bgp ${kind}-list`, `show bgp ${kind}-list <(1-500)|${variable}>$name detail`],
  run: (context, args) => {
    const told = communityLists(context.config, kind, args.find('name'));
    return told === undefined ? warn(`% Can't find ${kind}-list\n`) : text(told);
  },
});

function clearPrefixLists({ config, policy }: ShowContext, args: Args): Reply {
  const family = familyAsked(args);
  const name = args.find('name');
  const lists = [...config.prefixLists.values()].filter(
    (list) => list.family === family && (name === undefined || list.name === name),
  );
  if (lists.length === 0 && name !== undefined) return warn("% Can't find specified prefix-list\n");
  const typed = args.find('prefix');
  const within = typed === undefined ? null : parsePrefix(typed);
  if (within === undefined) return warn('% prefix is malformed\n');
  for (const list of lists) policy.clearHits(list, within);
  return text('');
}

function clearRouteMaps({ config, policy, daemons }: ShowContext, args: Args): Reply {
  const name = args.find('name');
  if (name === undefined) {
    for (const map of config.routeMaps.values()) policy.clearCounters(map);
    return text('');
  }
  const map = config.routeMaps.get(name);
  if (map) policy.clearCounters(map);
  const readers = daemons().flatMap((daemon) => MAP_READERS[daemon] ?? []);
  return text(map ? '' : readers.map((one) => `${one}: 'route-map ${name}' not found\n`).join(''));
}

/** Daemons that read route maps, as they name themselves. */
const MAP_READERS: Readonly<Record<string, string>> = { zebra: 'ZEBRA', bgpd: 'BGP' };
const LIST_READERS: Readonly<Record<string, string>> = { ...MAP_READERS, bfdd: 'BFD' };

export const LIST_SHOW_COMMANDS: readonly ShowCommand[] = [
  {
    syntax: [
      'show ip prefix-list [WORD$name [seq (1-4294967295)$seq]] [json]',
      'show ipv6 prefix-list [WORD$name [seq (1-4294967295)$seq]] [json]',
    ],
    run: prefixListShow((args) => {
      const seq = args.findNumber('seq');
      return seq === undefined ? 'usual' : { seq };
    }),
  },
  {
    syntax: [
      'show ip prefix-list summary [WORD$name] [json]',
      'show ipv6 prefix-list summary [WORD$name] [json]',
    ],
    run: prefixListShow(() => 'summary'),
  },
  {
    syntax: [
      'show ip prefix-list detail [WORD$name] [json]',
      'show ipv6 prefix-list detail [WORD$name] [json]',
    ],
    run: prefixListShow(() => 'detail'),
  },
  {
    syntax: [
      'show ip prefix-list WORD$name A.B.C.D/M$prefix [longer|first-match]',
      'show ipv6 prefix-list WORD$name X:X::X:X/M$prefix [longer|first-match]',
    ],
    run: prefixListEntry,
  },
  {
    syntax: [
      'show ip access-list [ACCESSLIST4_NAME$name] [json]',
      'show ipv6 access-list [ACCESSLIST6_NAME$name] [json]',
    ],
    run: (context, args) =>
      text(accessLists(context.config, familyAsked(args), args.find('name'), args.has('json'))),
  },
  communityListShow('community', 'COMMUNITY_LIST_NAME'),
  communityListShow('large-community', 'LCOMMUNITY_LIST_NAME'),
  communityListShow('extcommunity', 'EXTCOMMUNITY_LIST_NAME'),
  {
    syntax: [
      'show bgp as-path-access-list [AS_PATH_FILTER_NAME$name] [json]',
      'show ip as-path-access-list [AS_PATH_FILTER_NAME$name] [json]',
    ],
    run: (context, args) => text(asPathLists(context.config, args.find('name'), args.has('json'))),
  },
  {
    syntax: [
      'clear ip prefix-list [WORD$name [A.B.C.D/M$prefix]]',
      'clear ipv6 prefix-list [WORD$name [X:X::X:X/M$prefix]]',
    ],
    run: clearPrefixLists,
  },
  { syntax: ['clear route-map counters [WORD$name]'], run: clearRouteMaps },
  {
    syntax: ['show mac access-list', 'show mac access-list ACCESSLIST_MAC_NAME'],
    // Lines that would make one are refused by name.
    run: ({ daemons }) =>
      text(
        daemons()
          .flatMap((daemon) => LIST_READERS[daemon] ?? [])
          .map((one) => `${one}:\n`)
          .join(''),
      ),
  },
  {
    syntax: ['show route-map [WORD$name] [json]'],
    run: (context, args) =>
      text(routeMaps(context.config, context.policy.counters, args.find('name'), args.has('json'))),
  },
];
