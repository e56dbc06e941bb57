/** `show ip route` and `show ip fib` with all their words, and the summaries: which tables and routes are asked for. */
import type { Args } from '../config/match.ts';
import type { Reply } from '../config/command.ts';
import { formatPrefix, network, parsePrefix, type Family } from '../prefix.ts';
import type { RouteProtocol } from '../route-protocol.ts';
import { selectedEntry, type RouteEntry, type RouteNode, type RouteTable } from '../zebra/route.ts';
import { vrfNames } from './asked-vrfs.ts';
import type { ShowContext } from './context.ts';
import { text, warn, type ShowCommand } from './exec-command.ts';
import { routeDetail, routeNodeJson, routeTableJson, routeTableText, type RouteFilter } from './ip-route.ts';
import { prettyJson } from './json.ts';
import { routeSummary } from './route-summary.ts';

const PROTOCOLS: Readonly<Record<Family, string>> = {
  4: '<kernel|connected|static|bgp|rip|ospf|isis|eigrp|nhrp|table|vnc|babel|openfabric>$protocol',
  6: '<kernel|connected|static|bgp|ripng|ospf6|isis|nhrp|table|vnc|babel|openfabric>$protocol',
};

/** Shorter than the class of its address says (RFC 791). */
function isSupernet({ prefix }: RouteNode): boolean {
  const top = Number(prefix.address >> 29n);
  return prefix.length < (top < 4 ? 8 : top < 6 ? 16 : top === 6 ? 24 : 33);
}

const noVrf = (args: Args): Reply =>
  args.has('json') ? warn('{\n}\n') : warn(`% VRF ${args.get('vrf')} is not active\n`);

function filterOf(args: Args): RouteFilter {
  const within = args.find('within');
  const outer = within === undefined ? undefined : parsePrefix(within);
  const base = outer && network(outer);
  const tag = args.findNumber('tag');
  const protocol = args.find('protocol') as RouteProtocol | undefined;
  return {
    node: ({ prefix }) =>
      base === undefined ||
      (prefix.length >= base.length && network({ ...prefix, length: base.length }).address === base.address),
    entry: (node, entry) =>
      (protocol === undefined || entry.protocol === protocol) &&
      (tag === undefined || entry.tag === tag) &&
      (!args.has('supernets-only') || isSupernet(node)) &&
      (!args.has('fib') || inFib(node, entry)),
  };
}

/** The one of a prefix that packets take. */
const inFib = (node: RouteNode, entry: RouteEntry): boolean =>
  entry === selectedEntry(node) && entry.installed;

/** Tables of a family, by their numbers, that belong to these VRFs: each one's own, one by its number, or all. */
function tablesAsked(
  context: ShowContext,
  names: readonly string[],
  family: Family,
  asked: string | undefined,
): RouteTable[] {
  if (asked === undefined) return names.map((vrf) => context.zebra.table(vrf, family));
  const known = context.zebra.tables().filter((one) => one.family === family);
  return names.flatMap((vrf) =>
    known.filter((one) => one.vrf === vrf && (asked === 'all' || one.id === Number(asked))),
  );
}

const routes =
  (family: Family) =>
  (context: ShowContext, args: Args): Reply => {
    const [asked, vrf] = [args.find('table'), args.find('vrf')];
    const isJson = args.has('json');
    if (asked !== undefined && vrf !== undefined && !context.zebra.host.usesVrfNamespaces)
      return text(
        isJson
          ? '{}\n'
          : 'Linux vrf backend already points to table id\nEither remove table parameter or vrf parameter\n',
      );
    const names = vrfNames(context, args);
    if (!names) return noVrf(args);
    const tables = tablesAsked(context, names, family, asked);
    if (isJson && tables.length === 0) return text('{}\n');
    const filter = filterOf(args);
    if (isJson) return text(tables.map((table) => routeTableJson(context, table, filter)).join(''));
    return text(
      routeTableText(context, tables, filter, {
        isEachNamed: vrf === 'all' || asked === 'all',
        namesTables: asked !== undefined,
        namesGroups: args.has('nexthop-group'),
        isFib: args.has('fib'),
      }),
    );
  };

/** The route to an address by longest match, or to a prefix; the root of the tree is there even without a route. */
function nodeOf(table: RouteTable, typed: string): RouteNode | undefined {
  const prefix = parsePrefix(typed);
  if (!prefix) return undefined;
  if (typed.includes('/')) return table.find(network(prefix));
  const found = [...table.covering(prefix.address)].find((one) => one.entries.length > 0);
  return found ?? { prefix: { family: table.family, address: 0n, length: 0 }, entries: [] };
}

const oneRoute =
  (family: Family) =>
  (context: ShowContext, args: Args): Reply => {
    const names = vrfNames(context, args);
    if (!names) return noVrf(args);
    const isFib = args.has('fib');
    const nodes = names.flatMap((vrf) => {
      const node = nodeOf(context.zebra.table(vrf, family), args.get('prefix'));
      if (!node) return [];
      const entries = isFib ? node.entries.filter((entry) => inFib(node, entry)) : node.entries;
      return isFib && entries.length === 0 ? [] : [{ ...node, entries }];
    });
    if (nodes.length > 0)
      return text(
        nodes
          .map((node) =>
            args.has('json')
              ? prettyJson({ [formatPrefix(node.prefix)]: routeNodeJson(context, node) })
              : routeDetail(context, node, { namesGroups: args.has('nexthop-group') }),
          )
          .join(''),
      );
    if (args.has('json')) return warn('{\n}\n');
    return warn(`% Network not in ${isFib ? 'FIB' : args.find('vrf') === 'all' ? 'RIB' : 'table'}\n`);
  };

const summarised =
  (family: Family) =>
  (context: ShowContext, args: Args): Reply => {
    const names = vrfNames(context, args);
    if (!names) return warn(`% VRF ${args.get('vrf')} is not active\n`);
    const options = { arePrefixes: args.has('prefix'), json: args.has('json') };
    return text(
      tablesAsked(context, names, family, args.find('table'))
        .map((table) => routeSummary(table, options))
        .join(''),
    );
  };

const commandsOf = (family: Family): ShowCommand[] => {
  const ip = family === 4 ? 'ip' : 'ipv6';
  const prefix = family === 4 ? 'A.B.C.D/M' : 'X:X::X:X/M';
  const address = family === 4 ? 'A.B.C.D' : 'X:X::X:X';
  return [
    {
      syntax: [
        `show ${ip} route [vrf <NAME$vrf|all$vrf>] summary [table (1-4294967295)$table] [prefix] [json]`,
      ],
      run: summarised(family),
    },
    {
      syntax: [
        `show ${ip} <route|fib> [table <(1-4294967295)$table|all$table>] [vrf <NAME$vrf|all$vrf>] [{tag (1-4294967295)$tag|${prefix}$within longer-prefixes${family === 4 ? '|supernets-only' : ''}}] [${PROTOCOLS[family]}] [<json|nexthop-group>]`,
      ],
      run: routes(family),
    },
    {
      syntax: [
        `show ${ip} <route|fib> [vrf <NAME$vrf|all$vrf>] <${address}|${prefix}>$prefix [json] [nexthop-group]`,
      ],
      run: oneRoute(family),
    },
  ];
};

export const ROUTE_COMMANDS: readonly ShowCommand[] = [...commandsOf(4), ...commandsOf(6)];
