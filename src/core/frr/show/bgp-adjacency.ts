/** Routes sent to, and received from, one neighbour: `advertised-routes`, `received-routes`, `filtered-routes`. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import { comparePrefixes, formatAddress, formatPrefix, type Prefix } from '../prefix.ts';
import type { PathAttributes } from '../bgp/attributes.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import type { Peer, PeerFamily, ReceivedRoute } from '../bgp/peer.ts';
import type { BgpFamily } from '../config/bgp-config.ts';
import { formatAsPath } from '../policy/lists.ts';
import { ORIGIN_LETTER } from './bgp-path-parts.ts';
import {
  attributeColumns,
  defaultLocalPreference,
  networkColumn,
  nextHopColumn,
  TABLE_COLUMNS,
  tableHead,
} from './bgp-table.ts';
import { shownLocalAs } from './bgp-neighbor-facts.ts';
import type { ShowContext } from './context.ts';
import { prettyJson, spacedJson, type Json, type JsonObject } from './json.ts';

export type AdjacencyKind = 'advertised' | 'received' | 'filtered';

interface Line {
  readonly prefix: Prefix;
  readonly attributes: PathAttributes;
}

const STATUS_CODES = {
  suppressed: 's',
  damped: 'd',
  history: 'h',
  valid: '*',
  best: '>',
  multipath: '=',
  internal: 'i',
  ribFailure: 'r',
  stale: 'S',
  removed: 'R',
} as const;
const ORIGIN_CODES = { igp: 'i', egp: 'e', incomplete: '?' } as const;

const usesIpv6 = ({ prefix, attributes }: Line): boolean =>
  prefix.family === 6 || attributes.mpNextHop !== null;

function lineText(line: Line): string {
  const hop = usesIpv6(line)
    ? nextHopColumn(formatIpv6(line.attributes.mpNextHop?.global ?? 0n))
    : formatIpv4(line.attributes.nextHop ?? 0).padEnd(16);
  return `*> ${networkColumn(formatPrefix(line.prefix))}${hop}${attributeColumns(line.attributes)}`;
}

const lineJson = (line: Line): JsonObject => ({
  addrPrefix: formatAddress(line.prefix),
  prefixLen: line.prefix.length,
  network: formatPrefix(line.prefix),
  nextHop: usesIpv6(line) ? undefined : formatIpv4(line.attributes.nextHop ?? 0),
  nextHopGlobal: usesIpv6(line) ? formatIpv6(line.attributes.mpNextHop?.global ?? 0n) : undefined,
  metric: line.attributes.med ?? undefined,
  locPrf: line.attributes.localPreference ?? undefined,
  weight: line.attributes.weight,
  path: formatAsPath(line.attributes.asPath),
  bgpOriginCode: ORIGIN_LETTER[line.attributes.origin],
  appliedStatusSymbols: { '*': true, '>': true },
});

/** What the neighbour's inbound lists and route map make of a received route. */
function judge(
  context: ShowContext,
  instance: BgpInstance,
  peer: Peer,
  family: PeerFamily,
  route: ReceivedRoute,
): { readonly permit: boolean; readonly attributes: PathAttributes } {
  const { policy } = context;
  const { options } = family;
  const listed = (name: string | undefined, ask: (name: string) => string): boolean =>
    name === undefined || ask(name) === 'permit';
  const passes =
    listed(options.prefixListIn, (name) => policy.prefixList(name, route.prefix)) &&
    listed(options.distributeListIn, (name) => policy.accessList(name, route.prefix)) &&
    listed(options.filterListIn, (name) => policy.asPathList(name, route.attributes.asPath));
  if (options.routeMapIn === undefined) return { permit: passes, attributes: route.attributes };
  const verdict = policy.judgeQuietly(options.routeMapIn, {
    family: family.family,
    prefix: route.prefix,
    attributes: route.attributes,
    source: { kind: 'received' },
    peer: {
      name: peer.name,
      remoteAs: peer.remoteAs,
      localAs: shownLocalAs(peer),
      isInternal: peer.isInternal,
      address: peer.address,
      interface: peer.interface,
      localAddress: peer.ends?.local ?? null,
    },
    direction: 'in',
    igpMetric: 0,
    pathsInUse: 0,
    vrf: instance.vrf,
    localAs: instance.asn,
    localPreference: 0,
    sourceVrf: null,
  });
  if (verdict === 'missing') return { permit: false, attributes: route.attributes };
  return { permit: passes && verdict.permit, attributes: verdict.attributes };
}

interface Adjacency {
  readonly lines: readonly Line[];
  readonly filtered: number;
}

function collect(
  context: ShowContext,
  instance: BgpInstance,
  peer: Peer,
  family: PeerFamily,
  kind: AdjacencyKind,
): Adjacency {
  if (kind === 'advertised') {
    const rib = instance.rib(family.family);
    const lines = [...family.advertised.values()].map((line): Line => {
      const best = rib.destinations.get(formatPrefix(line.prefix))?.paths.find((path) => path.selected);
      // An aggregate keeps the IPv6 shape of its empty next hop.
      if (best?.source.kind !== 'aggregate' || line.attributes.mpNextHop !== null) return line;
      return { ...line, attributes: { ...line.attributes, mpNextHop: { global: 0n, linkLocal: null } } };
    });
    return { lines, filtered: 0 };
  }
  const judged = [...family.received.values()].map((route) => ({
    prefix: route.prefix,
    ...judge(context, instance, peer, family, route),
  }));
  const denied = judged.filter((one) => !one.permit);
  return kind === 'filtered' ? { lines: denied, filtered: 0 } : { lines: judged, filtered: denied.length };
}

/** Why nothing can be shown; undefined when it can. */
function refusal(peer: Peer | undefined, family: BgpFamily, kind: AdjacencyKind): string | undefined {
  const one = peer?.families.get(family);
  if (!one?.options.activate) return 'No such neighbor or address family';
  if (kind !== 'advertised' && !one.options.softReconfigurationInbound)
    return 'Inbound soft reconfiguration not enabled';
  return undefined;
}

/** The whole answer; `ok` is false when there is nothing to show for want of configuration. */
export function adjacencyRoutes(
  context: ShowContext,
  instance: BgpInstance,
  peer: Peer | undefined,
  family: BgpFamily,
  kind: AdjacencyKind,
  json: boolean,
): { readonly text: string; readonly ok: boolean } {
  const why = refusal(peer, family, kind);
  const one = peer?.families.get(family);
  if (why !== undefined || !peer || !one)
    return { text: json ? `${spacedJson({ warning: why ?? '' })}\n` : `% ${why}\n`, ok: false };
  const { lines, filtered } = collect(context, instance, peer, one, kind);
  const sorted = [...lines].sort((a, b) => comparePrefixes(a.prefix, b.prefix));
  const { version } = instance.rib(family);
  const origin = kind === 'advertised' && one.defaultOriginated;
  const network = family.startsWith('ipv6') ? '::/0' : '0.0.0.0/0';
  if (json) {
    const head =
      sorted.length > 0 || origin || (kind === 'filtered' && one.received.size > 0)
        ? {
            bgpTableVersion: version,
            bgpLocalRouterId: formatIpv4(instance.routerId),
            defaultLocPrf: defaultLocalPreference(instance),
            localAS: shownLocalAs(peer),
            bgpStatusCodes: STATUS_CODES,
            bgpOriginCodes: ORIGIN_CODES,
            bgpOriginatingDefaultNetwork: origin ? network : undefined,
          }
        : {};
    const routes = Object.fromEntries(
      sorted.map((line): [string, Json] => [formatPrefix(line.prefix), lineJson(line)]),
    );
    return {
      text: prettyJson({
        ...head,
        [kind === 'advertised' ? 'advertisedRoutes' : 'receivedRoutes']: routes,
        totalPrefixCounter: sorted.length,
        filteredPrefixCounter: filtered,
      }),
      ok: true,
    };
  }
  const hasCopies = kind === 'filtered' && one.received.size > 0;
  const head =
    sorted.length > 0 || origin || hasCopies ? tableHead(instance, version, shownLocalAs(peer)) : '';
  const note = origin ? `Originating default network ${network}\n\n` : '';
  const count =
    sorted.length === 0 && !origin
      ? ''
      : `\nTotal number of prefixes ${sorted.length}${filtered > 0 ? ` (${filtered} filtered)` : ''}\n`;
  return {
    text: `${head}${note}${sorted.length > 0 || hasCopies ? TABLE_COLUMNS : ''}${sorted.map(lineText).join('')}${sorted.length > 0 ? count : ''}`,
    ok: true,
  };
}
