/** `ip protocol P route-map M`: zebra asks a route map of its own about each next hop (`zebra_route_map_check`). */
import { protocolMapKey, type FrrConfig } from '../config/frr-config.ts';
import type { RouteMap, RouteMapEntry } from '../config/policy-config.ts';
import { judgeAccess, judgePrefix } from '../policy/lists.ts';
import { widthOf, type Family, type Prefix } from '../prefix.ts';
import type { RouteEntry, RouteNexthop } from './route.ts';

/** What a rule looks at. */
interface Asked {
  readonly config: FrrConfig;
  readonly entry: RouteEntry;
  readonly hop: RouteNexthop;
}

/** An IPv4 gateway as a prefix; a next hop without one matches no rule about next hops. */
const gatewayOf = ({ hop }: Asked): Prefix | null =>
  hop.kind === 'gateway' && hop.gateway?.family === 4 ? { ...hop.gateway, length: widthOf(4) } : null;

const byPrefixList = ({ config }: Asked, family: Family, name: string, prefix: Prefix | null): boolean => {
  const list = config.prefixLists.get(`${family} ${name}`);
  return list !== undefined && prefix !== null && judgePrefix(list, prefix, null) === 'permit';
};

const byAccessList = ({ config }: Asked, family: Family, name: string, prefix: Prefix | null): boolean => {
  const list = config.accessLists.get(`${family} ${name}`);
  return list !== undefined && prefix !== null && judgeAccess(list, prefix) === 'permit';
};

/** The rules that zebra knows; those of other daemons are none to it. */
const RULES: Readonly<Record<string, (argument: string, asked: Asked) => boolean>> = {
  interface: (name, { hop }) => hop.interface === name,
  'ip address': (name, asked) => byAccessList(asked, 4, name, asked.entry.prefix),
  'ip address prefix-list': (name, asked) => byPrefixList(asked, 4, name, asked.entry.prefix),
  'ip address prefix-len': (length, { entry }) =>
    entry.prefix.family === 4 && entry.prefix.length === Number(length),
  'ip next-hop': (name, asked) => byAccessList(asked, 4, name, gatewayOf(asked)),
  'ip next-hop prefix-list': (name, asked) => byPrefixList(asked, 4, name, gatewayOf(asked)),
  'ip next-hop prefix-len': (length, asked) => gatewayOf(asked)?.length === Number(length),
  'ip next-hop type': (_type, { entry, hop }) => entry.prefix.family === 4 && hop.kind === 'blackhole',
  'ipv6 address': (name, asked) => byAccessList(asked, 6, name, asked.entry.prefix),
  'ipv6 address prefix-list': (name, asked) => byPrefixList(asked, 6, name, asked.entry.prefix),
  'ipv6 address prefix-len': (length, { entry }) =>
    entry.prefix.family === 6 && entry.prefix.length === Number(length),
  'ipv6 next-hop type': (_type, { entry, hop }) => entry.prefix.family === 6 && hop.kind === 'blackhole',
  'source-protocol': (protocol, { entry }) => entry.protocol === protocol,
  'source-instance': (instance, { entry }) => entry.instance === Number(instance),
  tag: (tag, { entry }) => entry.tag === Number(tag),
};

const matches = (entry: RouteMapEntry, asked: Asked): boolean =>
  entry.matches.every(({ rule, argument }) => RULES[rule]?.(argument, asked) ?? true);

/** Route maps that call one another deeper than this deny. */
const CALL_LIMIT = 10;

function permits(map: RouteMap, asked: Asked, depth: number): boolean {
  if (depth > CALL_LIMIT) return false;
  let isPermitted = false;
  let from = 0;
  for (const entry of map.entries) {
    if (entry.seq < from) continue;
    if (!matches(entry, asked)) {
      isPermitted = false;
      continue;
    }
    if (entry.verdict === 'deny') return false;
    isPermitted = true;
    const called = entry.call === null ? undefined : asked.config.routeMaps.get(entry.call);
    if (called && !permits(called, asked, depth + 1)) return false;
    if (entry.onMatch === null) return true;
    from = entry.onMatch.kind === 'goto' ? entry.onMatch.seq : entry.seq + 1;
  }
  return isPermitted;
}

/** The name of the map that counts for a source of routes: its own, or that of `any`. */
function mapFor({ protocolMaps, routeMaps }: FrrConfig, entry: RouteEntry): RouteMap | undefined {
  if (protocolMaps.size === 0) return undefined;
  for (const protocol of [entry.protocol, 'any']) {
    const name = protocolMaps.get(protocolMapKey(entry.vrf, entry.prefix.family, protocol));
    const map = name === undefined ? undefined : routeMaps.get(name);
    if (map !== undefined) return map;
  }
  return undefined;
}

/** Whether a next hop may be used. A map that is named and not there lets all pass. */
export function mayUse(config: FrrConfig, entry: RouteEntry, hop: RouteNexthop): boolean {
  const map = mapFor(config, entry);
  return map === undefined || permits(map, { config, entry, hop }, 0);
}
