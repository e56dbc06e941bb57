/** Static routes of routers. */
import { parseUuid, type Uuid } from '../../base/uuid.ts';
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { booleanOf } from '../ovsdb/scan.ts';
import { fail } from '../ovsdb/stop.ts';
import { normalAddress, normalPrefix, parseNetwork4, parseNetwork6 } from './address-text.ts';
import { compareText, findRouterPort, getRouter, getRouterPort, type NbctlContext } from './lookup.ts';

type Route = NbRow<'Logical_Router_Static_Route'>;
type Router = NbRow<'Logical_Router'>;
type Policy = 'src-ip' | 'dst-ip';

function parsePolicy(ctx: NbctlContext): Policy | undefined {
  const text = ctx.option('--policy');
  if (text === undefined || text === 'src-ip' || text === 'dst-ip') return text;
  return fail(`bad policy: ${text}`);
}

const policyOf = (route: Route): Policy => (route.policy === 'src-ip' ? 'src-ip' : 'dst-ip');

/** The nexthop in normal form, and the port that it names or that was given. */
function parseNexthop(ctx: NbctlContext): {
  readonly nexthop: string;
  readonly port: NbRow<'Logical_Router_Port'> | undefined;
} {
  const [, , , text = '', portName] = ctx.argv;
  const address = text === 'discard' ? 'discard' : normalAddress(text);
  const named = address === undefined ? findRouterPort(ctx, text) : undefined;
  if (address === undefined && named === undefined) fail(`bad nexthop argument: ${text}`);
  const port = portName === undefined ? named : getRouterPort(ctx, portName);
  return { nexthop: address ?? '', port };
}

/** A BFD session given by uuid, or one that is there for the nexthop. */
function findBfd(ctx: NbctlContext, nexthop: string, port: string | undefined): NbRow<'BFD'> | undefined {
  const uuid = ctx.option('--bfd');
  if (uuid !== undefined)
    return ctx.get('BFD', parseUuid(uuid) ?? null) ?? fail('no entry found in the BFD table');
  return ctx
    .rows('BFD')
    .find(({ dst_ip, logical_port }) => dst_ip === nexthop && (port === undefined || logical_port === port));
}

function addRoute(ctx: NbctlContext): void {
  const [, id = '', prefixText = ''] = ctx.argv;
  const router = getRouter(ctx, id);
  const policy = parsePolicy(ctx);
  const direction: Policy = policy ?? 'dst-ip';
  const table = ctx.option('--route-table') ?? '';
  const prefix = normalPrefix(prefixText) ?? fail(`bad prefix argument: ${prefixText}`);
  const { nexthop, port } = parseNexthop(ctx);
  const hasBfd = ctx.has('--bfd');
  const bfd = hasBfd ? findBfd(ctx, nexthop, port?.name) : undefined;
  const isSymmetric = ctx.has('--ecmp-symmetric-reply');
  const isEcmp = ctx.has('--ecmp') || isSymmetric;
  const mayExist = ctx.has('--may-exist');
  const routes = ctx.targets('Logical_Router_Static_Route', router.static_routes);
  const find = (hop: string | undefined): Route | undefined =>
    routes.find(
      (route) =>
        route.route_table === table &&
        policyOf(route) === direction &&
        normalPrefix(route.ip_prefix) === prefix &&
        (hop === undefined || route.nexthop === hop),
    );
  const existing = find(isEcmp ? nexthop : undefined);
  if (nexthop === 'discard') {
    if (isEcmp) fail('ecmp is not valid for discard routes.');
    if (hasBfd) fail('bfd dst_ip cannot be discard.');
    if (port !== undefined) fail('outport is not valid for discard routes.');
  }
  const bfdUuid = (): Uuid => {
    if (bfd !== undefined) return bfd._uuid;
    if (port === undefined) return fail('insert entry in the BFD table failed');
    return ctx.insert('BFD', { dst_ip: nexthop, logical_port: port.name });
  };
  const output = port === undefined ? {} : { output_port: port.name };
  const chosen = policy === undefined ? {} : { policy };
  if (!isEcmp && existing !== undefined && !existing.external_ids.has('ic-learned-route')) {
    if (!mayExist)
      fail(
        `duplicate prefix: ${prefix} (policy: ${direction}). Use option --ecmp to allow this for ECMP routing.`,
      );
    ctx.update('Logical_Router_Static_Route', existing._uuid, {
      ip_prefix: prefix,
      nexthop,
      ...output,
      ...chosen,
      ...(hasBfd ? { bfd: bfdUuid() } : {}),
    });
    return;
  }
  if (isEcmp && existing !== undefined) {
    if (!mayExist) fail('duplicate nexthop for the same ECMP route');
    return;
  }
  if (find('discard') !== undefined) fail('discard nexthop for the same ECMP route exists.');
  const made = ctx.insert('Logical_Router_Static_Route', {
    ip_prefix: prefix,
    nexthop,
    ...output,
    ...chosen,
    route_table: table,
    ...(isSymmetric ? { options: new Map([['ecmp_symmetric_reply', 'true']]) } : {}),
    ...(hasBfd ? { bfd: bfdUuid() } : {}),
  });
  ctx.update('Logical_Router', router._uuid, { static_routes: [...router.static_routes, made] });
}

const normalNexthop = (text: string): string | undefined => (text === 'discard' ? text : normalPrefix(text));

function deleteRoutes(ctx: NbctlContext): void {
  const [, id = '', prefixText, nexthopText, port] = ctx.argv;
  const router = getRouter(ctx, id);
  const table = ctx.option('--route-table') ?? '';
  const policy = parsePolicy(ctx);
  if (prefixText === undefined && policy === undefined)
    return ctx.update('Logical_Router', router._uuid, { static_routes: [] });
  const prefix =
    prefixText === undefined
      ? undefined
      : (normalPrefix(prefixText) ?? fail(`bad prefix argument: ${prefixText}`));
  const nexthop =
    nexthopText === undefined
      ? undefined
      : (normalNexthop(nexthopText) ?? fail(`bad nexthop argument: ${nexthopText}`));
  const isGone = (route: Route): boolean =>
    (policy === undefined || policyOf(route) === policy) &&
    (prefix === undefined || normalPrefix(route.ip_prefix) === prefix) &&
    (nexthop === undefined || normalNexthop(route.nexthop) === nexthop) &&
    route.route_table === table &&
    (port === undefined || route.output_port === port);
  const routes = ctx.targets('Logical_Router_Static_Route', router.static_routes);
  const gone = routes.filter(isGone);
  for (const { bfd } of gone) if (bfd !== null) ctx.delete('BFD', bfd);
  if (gone.length === 0 && !ctx.has('--if-exists'))
    fail(
      `no matching route: policy '${policy ?? 'any'}', prefix '${prefix ?? '(null)'}', nexthop '${nexthop ?? 'any'}', output_port '${port ?? 'any'}'.`,
    );
  const static_routes = routes.filter((route) => !gone.includes(route)).map(({ _uuid }) => _uuid);
  return ctx.update('Logical_Router', router._uuid, { static_routes });
}

/** A route with what it is sorted by. */
interface SortedRoute {
  readonly route: Route;
  readonly priority: number;
  readonly address: number | bigint;
}

/** Routes with equal keys are one route with several nexthops. */
const compareKeys = (a: SortedRoute, b: SortedRoute): number =>
  compareText(a.route.route_table, b.route.route_table) ||
  b.priority - a.priority ||
  (a.address === b.address ? 0 : a.address < b.address ? -1 : 1);

function compareRoutes(a: SortedRoute, b: SortedRoute): number {
  const { output_port: x } = a.route;
  const { output_port: y } = b.route;
  const ports = x === null || y === null ? Number(x !== null) - Number(y !== null) : compareText(x, y);
  return compareKeys(a, b) || compareText(a.route.nexthop, b.route.nexthop) || ports;
}

function routeText(route: Route, isEcmp: boolean): string {
  const nexthop = route.nexthop === '' ? '' : (normalNexthop(route.nexthop) ?? '');
  const words = [
    route.policy ?? 'dst-ip',
    ...(route.output_port === null ? [] : [route.output_port]),
    ...(route.external_ids.has('ic-learned-route') ? ['(learned)'] : []),
    ...(isEcmp ? ['ecmp'] : []),
    ...(booleanOf(route.options, 'ecmp_symmetric_reply', false) ? ['ecmp-symmetric-reply'] : []),
    ...(route.bfd === null ? [] : ['bfd']),
  ];
  return `${(normalPrefix(route.ip_prefix) ?? '').padStart(25)} ${nexthop.padStart(25)} ${words.join(' ')}\n`;
}

function routeLines(routes: readonly SortedRoute[]): string {
  const sorted = routes.toSorted(compareRoutes);
  const isSame = (a: SortedRoute, b: SortedRoute | undefined): boolean =>
    b !== undefined && compareKeys(a, b) === 0;
  return sorted
    .map((each, i) => {
      const previous = sorted[i - 1];
      const { route_table: table } = each.route;
      const head =
        previous?.route.route_table === table
          ? ''
          : `${i === 0 ? '' : '\n'}Route Table ${table === '' ? '<main>' : table}:\n`;
      return head + routeText(each.route, isSame(each, sorted[i + 1]) || isSame(each, previous));
    })
    .join('');
}

function listRoutes(ctx: NbctlContext, router: Router): void {
  const table = ctx.option('--route-table');
  const four: SortedRoute[] = [];
  const six: SortedRoute[] = [];
  for (const route of ctx.targets('Logical_Router_Static_Route', router.static_routes)) {
    if (table !== undefined && route.route_table !== table) continue;
    const network4 = parseNetwork4(route.ip_prefix);
    const network = network4 ?? parseNetwork6(route.ip_prefix);
    if (network === undefined) {
      ctx.warn(`router ${router._uuid} (${router.name}) has invalid prefix: ${route.ip_prefix}`);
      continue;
    }
    const priority = 2 * network.length + ((route.policy ?? 'dst-ip') === 'dst-ip' ? 1 : 0);
    (network4 === undefined ? six : four).push({ route, priority, address: network.address });
  }
  if (four.length > 0) ctx.print(`IPv4 Routes\n${routeLines(four)}`);
  if (six.length > 0) ctx.print(`${four.length > 0 ? '\n' : ''}IPv6 Routes\n${routeLines(six)}`);
}

export const ROUTE_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'lr-route-add',
    least: 3,
    most: 4,
    synopsis: 'ROUTER PREFIX NEXTHOP [PORT]',
    options: '--may-exist,--ecmp,--ecmp-symmetric-reply,--policy=,--route-table=,--bfd?',
    writes: true,
    run: addRoute,
  },
  {
    name: 'lr-route-del',
    least: 1,
    most: 4,
    synopsis: 'ROUTER [PREFIX [NEXTHOP [PORT]]]',
    options: '--if-exists,--policy=,--route-table=',
    writes: true,
    run: deleteRoutes,
  },
  {
    name: 'lr-route-list',
    least: 1,
    most: 1,
    synopsis: 'ROUTER',
    options: '--route-table=',
    writes: false,
    run: (ctx) => listRoutes(ctx, getRouter(ctx, ctx.argument(1))),
  },
];
