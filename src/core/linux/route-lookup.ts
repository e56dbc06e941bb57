/** Policy rules and tables: which route a flow takes (`fib_lookup`, `fib6_rule_lookup`). */
import { hashText } from '../base/random.ts';
import type { Errno } from './errno.ts';
import { inPrefix, widthOf, type Family } from './family.ts';
import type { FibTable } from './fib.ts';
import type { Link } from './link.ts';
import type { Namespace } from './namespace.ts';
import type { Nexthop, Route, Rule } from './route.ts';

/** What a lookup knows of a packet. Device index 0 and address 0 mean none. */
export interface FibFlow {
  readonly family: Family;
  readonly destination: bigint;
  readonly source: bigint;
  readonly tos: number;
  readonly mark: number;
  readonly iif: number;
  readonly oif: number;
  readonly protocol?: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** Only routes at least as near as this scope (IPv4, for the gateway of a new route). */
  readonly scope?: number;
}

export type FibResult =
  | { readonly kind: 'route'; readonly route: Route; readonly nexthop: Nexthop | null }
  | { readonly kind: 'error'; readonly errno: Errno; readonly route: Route | null };

const ROUTE_ERRNO = {
  blackhole: 'EINVAL',
  unreachable: 'EHOSTUNREACH',
  prohibit: 'EACCES',
} as const satisfies Partial<Record<Route['type'], Errno>>;

/** The user that every program here runs as. */
const ROOT = 0;

const MISS: FibResult = { kind: 'error', errno: 'ENETUNREACH', route: null };

/** The first rule that gives a route or a refusal decides. */
export function fibLookup(net: Namespace, flow: FibFlow): FibResult {
  const rules = net.rules[flow.family];
  for (let index = 0; index < rules.length; index += 1) {
    const rule = rules[index] as Rule;
    if (ruleMatches(net, rule, flow) === rule.invert) continue;
    switch (rule.action) {
      case 'blackhole':
        return { kind: 'error', errno: 'EINVAL', route: null };
      case 'unreachable':
        return { kind: 'error', errno: flow.family === 4 ? 'ENETUNREACH' : 'EHOSTUNREACH', route: null };
      case 'prohibit':
        return { kind: 'error', errno: 'EACCES', route: null };
      case 'goto': {
        const target = rules.findIndex((each) => each.priority >= rule.goto);
        if (target > index) index = target - 1;
        break;
      }
      case 'nop':
        break;
      case 'table': {
        const result = tableOf(net, rule, flow);
        if (result !== undefined && !isSuppressed(rule, result)) return result;
      }
    }
  }
  return MISS;
}

function tableOf(net: Namespace, rule: Rule, flow: FibFlow): FibResult | undefined {
  const id = rule.l3mdev ? vrfTableOf(net, flow) : rule.table;
  const table = id === undefined ? undefined : net.tables[flow.family].get(id);
  return table === undefined ? undefined : lookupIn(net, table, flow);
}

function vrfTableOf(net: Namespace, flow: FibFlow): number | undefined {
  for (const index of [flow.oif, flow.iif]) {
    const link = net.links.get(index);
    const vrf = link?.vrfTable != null ? link : link?.master;
    if (vrf?.vrfTable != null) return vrf.vrfTable;
  }
  return undefined;
}

function isSuppressed(rule: Rule, result: FibResult): boolean {
  return (
    rule.suppressPrefixLength !== null &&
    result.route !== null &&
    result.route.length <= rule.suppressPrefixLength
  );
}

function ruleMatches(net: Namespace, rule: Rule, flow: FibFlow): boolean {
  const inside = (part: Rule['source'], address: bigint): boolean =>
    part === null || inPrefix(flow.family, address, part.prefix, part.length);
  const ports = (range: Rule['sourcePorts'], port: number | undefined): boolean =>
    range === null || (port !== undefined && port >= range.first && port <= range.last);
  const named = (name: string | null, index: number): boolean => {
    if (name === null) return true;
    const link = net.links.get(index);
    return link !== undefined && (link.name === name || link.master?.name === name);
  };
  return (
    inside(rule.source, flow.source) &&
    inside(rule.destination, flow.destination) &&
    named(rule.iif, flow.iif) &&
    named(rule.oif, flow.oif) &&
    (rule.tos === 0 || rule.tos === flow.tos) &&
    (rule.mark === null || (flow.mark & rule.mark.mask) === (rule.mark.value & rule.mark.mask)) &&
    rule.tunnelId === 0 &&
    (rule.uids === null || rule.uids.first === ROOT) &&
    (rule.ipProtocol === 0 || rule.ipProtocol === flow.protocol) &&
    ports(rule.sourcePorts, flow.sourcePort) &&
    ports(rule.destinationPorts, flow.destinationPort)
  );
}

/** The best route of one table; undefined when it has none (or a `throw`). */
function lookupIn(net: Namespace, table: FibTable, flow: FibFlow): FibResult | undefined {
  for (const route of table.matching(flow.destination)) {
    if (route.tos !== 0 && route.tos !== flow.tos) continue;
    if (flow.scope !== undefined && route.scope < flow.scope) continue;
    switch (route.type) {
      case 'throw':
        return undefined;
      case 'blackhole':
      case 'unreachable':
      case 'prohibit':
        return { kind: 'error', errno: ROUTE_ERRNO[route.type], route };
      default: {
        const nexthop = chooseNexthop(net, route, table, flow);
        if (nexthop !== undefined) return { kind: 'route', route, nexthop };
      }
    }
  }
  return undefined;
}

/** A next hop that is alive and on the wanted device; among several, by the flow's hash and their weights. */
function chooseNexthop(net: Namespace, route: Route, table: FibTable, flow: FibFlow): Nexthop | undefined {
  const vrf = net.links.get(flow.oif)?.vrfTable;
  const wanted = vrf === table.id ? 0 : flow.oif;
  const good = route.nexthops.filter((hop) => isGood(net, hop, wanted, flow.family, route));
  if (good.length <= 1) return good[0];
  const total = good.reduce((sum, hop) => sum + hop.weight, 0);
  const seed = net.sysctl.number('net.ipv4.fib_multipath_hash_seed');
  const ports =
    net.sysctl.number(`net.ipv${flow.family}.fib_multipath_hash_policy`) === 1
      ? `/${flow.protocol ?? 0}/${flow.sourcePort ?? 0}/${flow.destinationPort ?? 0}`
      : '';
  const hash = hashText(`${seed}/${flow.source}/${flow.destination}${ports}`);
  const { resilient } = net.nexthops.get(route.nhid) ?? { resilient: null };
  if (resilient !== null) {
    const chosen = net.nexthops.get(resilient.choose(hash) ?? 0)?.nexthop;
    return good.find(
      (hop) => hop.ifindex === chosen?.ifindex && hop.gateway?.address === chosen.gateway?.address,
    );
  }
  let point = hash % total;
  for (const hop of good) {
    point -= hop.weight;
    if (point < 0) return hop;
  }
  return good[0];
}

function isGood(net: Namespace, hop: Nexthop, wanted: number, family: Family, route: Route): boolean {
  if (hop.dead) return false;
  const link = net.links.get(hop.ifindex);
  if (hop.linkdown && link !== undefined) {
    const ignore =
      family === 4
        ? net.sysctl.max4(link.name, 'ignore_routes_with_linkdown')
        : net.sysctl.conf6(link.name, 'ignore_routes_with_linkdown');
    if (ignore !== 0) return false;
  }
  return wanted === 0 || hop.ifindex === wanted || (family === 6 && route.type === 'local');
}

/** The kind of an address for this namespace (`inet_addr_type`), seen from one table and optionally one device. */
export function localType(
  net: Namespace,
  family: Family,
  address: bigint,
  link: Link | null = null,
): 'local' | 'broadcast' | 'multicast' | 'anycast' | 'unicast' {
  const vrf = link === null ? undefined : (link.vrfTable ?? link.master?.vrfTable);
  for (const id of [255, vrf]) {
    const table = id == null ? undefined : net.tables[family].get(id);
    if (table === undefined) continue;
    for (const route of table.matching(address)) {
      if (id !== 255 && route.length !== widthOf(family)) continue;
      if (link !== null && !route.nexthops.some((hop) => hop.ifindex === link.index)) continue;
      if (
        route.type === 'local' ||
        route.type === 'broadcast' ||
        route.type === 'multicast' ||
        route.type === 'anycast'
      )
        return route.type;
    }
  }
  return 'unicast';
}
