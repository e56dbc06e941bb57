/** All exec commands of a set of daemons. */
import { formatPrefix, network, parsePrefix, type Family } from '../prefix.ts';
import type { RouteProtocol } from '../route-protocol.ts';
import type { Args } from '../config/match.ts';
import type { Reply } from '../config/command.ts';
import {
  bfdBrief,
  bfdCounters,
  bfdCountersJson,
  bfdPeer,
  bfdPeers,
  bfdPeersJson,
  type BfdSessionView,
} from './bfd.ts';
import { BGP_SHOW_COMMANDS } from './bgp-commands.table.ts';
import type { ShowContext } from './context.ts';
import { DEBUG_COMMANDS } from './debugging.ts';
import { EVPN_SHOW_COMMANDS } from './evpn/commands.ts';
import { ZEBRA_EVPN_SHOW_COMMANDS } from './evpn/zebra-commands.ts';
import { text, warn, type ShowCommand } from './exec-command.ts';
import { interfacesBrief, versionText, vrfsText } from './host.ts';
import { routeDetail, routeTableJson, routeTableText, type RouteFilter } from './ip-route.ts';
import { trackedNextHops } from './next-hops.ts';
import { protocolMaps } from './protocol-maps.ts';
import { routeSummary } from './route-summary.ts';
import type { RouteNode } from '../zebra/route.ts';
import { prettyJson } from './json.ts';
import { LIST_SHOW_COMMANDS } from './list-commands.table.ts';

const PROTOCOLS: Readonly<Record<Family, string>> = {
  4: '<kernel|connected|static|bgp|rip|ospf|isis|eigrp|nhrp|table|babel|openfabric>$protocol',
  6: '<kernel|connected|static|bgp|ripng|ospf6|isis|nhrp|table|babel|openfabric>$protocol',
};

function vrfNames(context: ShowContext, args: Args): string[] | undefined {
  const typed = args.find('vrf') ?? 'default';
  const known = context.zebra.vrfs().map((one) => one.name);
  // As zebra goes through them: in the order of their names' octets.
  if (typed === 'all') return known.toSorted((a, b) => (a < b ? -1 : 1));
  return known.includes(typed) ? [typed] : undefined;
}

/** Shorter than the class of its address says (RFC 791). */
function isSupernet({ prefix }: RouteNode): boolean {
  const top = Number(prefix.address >> 29n);
  return prefix.length < (top < 4 ? 8 : top < 6 ? 16 : top === 6 ? 24 : 33);
}

const nextHopTracking = (context: ShowContext, args: Args): Reply => {
  const names = vrfNames(context, args);
  if (!names) return text('');
  const family: Family = args.has('ipv6') ? 6 : 4;
  return text(
    names
      .map((vrf) => {
        const head = args.find('vrf') === 'all' ? `\nVRF ${vrf}:\n` : '';
        return `${head}${trackedNextHops(context, vrf, family, args.find('address'))}`;
      })
      .join(''),
  );
};

const summarised =
  (family: Family) =>
  (context: ShowContext, args: Args): Reply => {
    const names = vrfNames(context, args);
    if (!names) return text('');
    return text(names.map((vrf) => routeSummary(context, vrf, family, args.has('json'))).join(''));
  };

const routes =
  (family: Family) =>
  (context: ShowContext, args: Args): Reply => {
    const names = vrfNames(context, args);
    if (!names) return args.has('json') ? warn('{\n}\n') : warn(`% VRF ${args.get('vrf')} is not active\n`);
    const within = args.find('within');
    const outer = within === undefined ? undefined : parsePrefix(within);
    const filter: RouteFilter = {
      protocol: (args.find('protocol') as RouteProtocol | undefined) ?? null,
      which: args.has('supernets-only')
        ? isSupernet
        : outer
          ? ({ prefix }) => {
              const base = network(outer);
              return (
                prefix.length >= base.length &&
                network({ ...prefix, length: base.length }).address === base.address
              );
            }
          : null,
    };
    return text(
      args.has('json')
        ? names.map((vrf) => routeTableJson(context, vrf, family, filter)).join('')
        : routeTableText(context, names, args.find('vrf') === 'all', family, filter),
    );
  };

const oneRoute =
  (family: Family) =>
  (context: ShowContext, args: Args): Reply => {
    const names = vrfNames(context, args);
    const typed = args.get('prefix');
    const prefix = parsePrefix(typed);
    if (!names || !prefix) return warn(`% VRF ${args.get('vrf')} is not active\n`);
    const parts = names.map((vrf) => {
      const table = context.zebra.table(vrf, family);
      const node = typed.includes('/')
        ? table.find(network(prefix))
        : [...table.covering(prefix.address)].find((one) => one.entries.length > 0);
      if (!node) return undefined;
      if (!args.has('json')) return routeDetail(context, node);
      const key = formatPrefix(node.prefix);
      return routeTableJson(context, vrf, family, {
        protocol: null,
        which: (one) => formatPrefix(one.prefix) === key,
      });
    });
    const found = parts.filter((part) => part !== undefined);
    // The root of the tree is there even without a route.
    if (found.length === 0 && args.has('json') && !typed.includes('/'))
      return text(prettyJson({ [family === 4 ? '0.0.0.0/0' : '::/0']: [] }));
    if (found.length === 0 && args.has('json')) return warn('{\n}\n');
    // An address that no route covers is answered with nothing.
    if (found.length === 0)
      return args.get('prefix').includes('/') ? warn('% Network not in table\n') : text('');
    return text(found.join(''));
  };

const routeCommands = (family: Family): ShowCommand[] => {
  const ip = family === 4 ? 'ip' : 'ipv6';
  const prefix = family === 4 ? 'A.B.C.D/M' : 'X:X::X:X/M';
  const address = family === 4 ? 'A.B.C.D' : 'X:X::X:X';
  return [
    { syntax: [`show ${ip} route [vrf <NAME$vrf|all$vrf>] summary [json]`], run: summarised(family) },
    {
      syntax: [
        `show ${ip} <route|fib> [vrf <NAME$vrf|all$vrf>] [{${prefix}$within longer-prefixes${family === 4 ? '|supernets-only' : ''}}] [${PROTOCOLS[family]}] [json]`,
      ],
      run: routes(family),
    },
    {
      syntax: [`show ${ip} <route|fib> [vrf <NAME$vrf|all$vrf>] <${address}|${prefix}>$prefix [json]`],
      run: oneRoute(family),
    },
  ];
};

const sessions = (context: ShowContext, args: Args): readonly BfdSessionView[] => {
  const vrf = args.find('vrf');
  return context.bfd().filter((one) => vrf === undefined || vrf === 'all' || one.vrf === vrf);
};

const BFD_PEER =
  'peer <A.B.C.D|X:X::X:X>$peer [{multihop|local-address <A.B.C.D|X:X::X:X>$local|interface IFNAME$interface}]';

function findSession(context: ShowContext, args: Args): BfdSessionView | undefined {
  const [peer, name] = [args.get('peer'), args.find('interface')];
  return sessions(context, args).find(
    (one) => one.peer === peer && (name === undefined || one.interface === name),
  );
}

const NO_SESSION = "% Unable to find 'peer' configuration\n";

const BFD_COMMANDS: readonly ShowCommand[] = [
  {
    syntax: ['show bfd [vrf NAME$vrf] peers [json]'],
    run: (context, args) =>
      text(
        args.has('json')
          ? prettyJson(bfdPeersJson(sessions(context, args)))
          : bfdPeers(sessions(context, args)),
      ),
  },
  {
    syntax: ['show bfd [vrf NAME$vrf] peers brief [json]'],
    run: (context, args) =>
      text(
        args.has('json')
          ? prettyJson(bfdPeersJson(sessions(context, args)))
          : bfdBrief(sessions(context, args)),
      ),
  },
  {
    syntax: ['show bfd [vrf NAME$vrf] peers counters [json]'],
    run: (context, args) =>
      text(
        args.has('json')
          ? prettyJson(bfdCountersJson(sessions(context, args)))
          : bfdCounters(sessions(context, args)),
      ),
  },
  {
    syntax: [`show bfd [vrf NAME$vrf] ${BFD_PEER} [json]`],
    run: (context, args) => {
      const found = findSession(context, args);
      if (!found) return warn(NO_SESSION);
      const [json] = bfdPeersJson([found]) as readonly [Parameters<typeof prettyJson>[0]];
      return text(args.has('json') ? prettyJson(json) : bfdPeer(found));
    },
  },
];

const HOST_COMMANDS: readonly ShowCommand[] = [
  {
    syntax: [
      'show <ip|ipv6> <nht|import-check> [<A.B.C.D|X:X::X:X>$address]',
      'show <ip|ipv6> <nht|import-check> vrf NAME$vrf [<A.B.C.D|X:X::X:X>$address]',
    ],
    run: nextHopTracking,
  },
  {
    syntax: ['show <ip|ipv6> protocol [vrf NAME$vrf]'],
    run: (context, args) => {
      const names = vrfNames(context, args) ?? [];
      const family: Family = args.has('ipv6') ? 6 : 4;
      return text(names.map((vrf) => protocolMaps(context.config, vrf, family)).join(''));
    },
  },
  { syntax: ['show vrf'], run: (context) => text(vrfsText(context)) },
  {
    syntax: ['show interface [vrf NAME$vrf] brief'],
    run: (context, args) => text(interfacesBrief(context, args.find('vrf') ?? 'default')),
  },
  { syntax: ['show version'], run: (context) => text(versionText(context.config.hostname)) },
  ...LIST_SHOW_COMMANDS,
];

export const SHOW_COMMANDS: readonly ShowCommand[] = [
  ...BGP_SHOW_COMMANDS,
  ...EVPN_SHOW_COMMANDS,
  ...ZEBRA_EVPN_SHOW_COMMANDS,
  ...routeCommands(4),
  ...routeCommands(6),
  ...BFD_COMMANDS,
  ...HOST_COMMANDS,
  ...DEBUG_COMMANDS,
];

/** Answers an exec command that the language found. `bgpRuns` is false while bgpd is down: its commands are then refused. */
export function runExec(
  context: ShowContext,
  bgpRuns: boolean,
  answer: { readonly command: unknown; readonly args: Args },
): Reply {
  const command = SHOW_COMMANDS.find((one) => one === answer.command);
  if (!command) return { unsupported: { kind: 'unsupported', feature: 'command', where: 'vtysh' } };
  if (!bgpRuns && (BGP_SHOW_COMMANDS.includes(command) || EVPN_SHOW_COMMANDS.includes(command)))
    return { text: 'bgpd is not running\n', status: 'failed' };
  return command.run(context, answer.args);
}
