/** Routes of EVPN as bgpd lists them: of the whole table by distinguisher, and of a VNI's own. */
import { formatIpv4, formatMac } from '../../../base/address.ts';
import { formatDistinguisher } from '../../distinguisher.ts';
import { formatEvpnRoute, type EvpnRoute } from '../../evpn-route.ts';
import { formatAddress } from '../../prefix.ts';
import type { BgpInstance } from '../../bgp/instance.ts';
import type { Destination, Path, Rib } from '../../bgp/path.ts';
import { formatExtendedCommunity } from '../../policy/communities.ts';
import { pathHostname } from '../bgp-path-parts.ts';
import {
  attributeColumns,
  attributeMembers,
  statusLetters,
  statusMembers,
  TABLE_COLUMNS,
} from '../bgp-table.ts';
import type { ShowContext } from '../context.ts';
import type { JsonObject } from '../json.ts';

/** Where the next hop stands, on the line below the route. */
const INDENT = ' '.repeat(20);
/** Bits of the structure in which bgpd keeps a route. */
export const PREFIX_LENGTH = 352;

export const header = (instance: BgpInstance, version: number): string =>
  [
    `BGP table version is ${version}, local router ID is ${formatIpv4(instance.routerId)}`,
    'Status codes: s suppressed, d damped, h history, * valid, > best, i - internal',
    'Origin codes: i - IGP, e - EGP, ? - incomplete',
    'EVPN type-1 prefix: [1]:[EthTag]:[ESI]:[IPlen]:[VTEP-IP]:[Frag-id]',
    'EVPN type-2 prefix: [2]:[EthTag]:[MAClen]:[MAC]:[IPlen]:[IP]',
    'EVPN type-3 prefix: [3]:[EthTag]:[IPlen]:[OrigIP]',
    'EVPN type-4 prefix: [4]:[ESI]:[IPlen]:[OrigIP]',
    'EVPN type-5 prefix: [5]:[EthTag]:[IPlen]:[IP]',
    '',
    TABLE_COLUMNS,
  ].join('\n');

export const routeText = ({ prefix: { evpn } }: Destination): string =>
  evpn === undefined ? '' : formatEvpnRoute(evpn);

const communitiesText = ({ attributes: { extendedCommunities } }: Path): string =>
  (extendedCommunities ?? []).map(formatExtendedCommunity).join(' ');

/** The lines of one path; `isRepeated`: the route itself was printed for the path before. */
export function pathLines(destination: Destination, path: Path, isRepeated: boolean): string {
  const { attributes } = path;
  const network = isRepeated ? ' '.repeat(17) : `${routeText(destination)}\n${INDENT}`;
  const communities = communitiesText(path);
  return `${statusLetters(path)}${network}${formatIpv4(attributes.nextHop ?? 0).padEnd(16)}${attributeColumns(
    attributes,
  )}${communities === '' ? '' : `${INDENT}${communities}\n`}`;
}

/** The parts of a route as JSON names them. */
export function routeMembers(route: EvpnRoute): JsonObject {
  switch (route.type) {
    case 2:
      return {
        routeType: 2,
        ethTag: route.ethernetTag,
        macLen: 48,
        mac: formatMac(route.mac),
        ...(route.ip === null
          ? {}
          : { ipLen: route.ip.family === 4 ? 32 : 128, ip: formatAddress(route.ip) }),
      };
    case 3:
      return {
        routeType: 3,
        ethTag: route.ethernetTag,
        ipLen: 32,
        ip: formatAddress(route.originator),
      };
    case 5:
      return {
        routeType: 5,
        ethTag: route.ethernetTag,
        ipLen: route.length,
        ip: formatAddress(route.ip),
      };
    default:
      return { routeType: route.type };
  }
}

function pathJson(
  context: ShowContext,
  instance: BgpInstance,
  destination: Destination,
  path: Path,
): JsonObject {
  const { attributes } = path;
  const { evpn } = destination.prefix;
  const hostname = pathHostname(context, instance, path);
  return {
    ...statusMembers(destination, path),
    ...(evpn === undefined ? {} : routeMembers(evpn)),
    ...attributeMembers(path),
    extendedCommunity:
      attributes.extendedCommunities === null ? undefined : { string: communitiesText(path) },
    nexthops: [{ ip: formatIpv4(attributes.nextHop ?? 0), hostname, afi: 'ipv4', used: true }],
  };
}

/** A destination with its paths; bgpd wraps each path in a list of its own in some of its answers. */
export const destinationJson = (
  context: ShowContext,
  instance: BgpInstance,
  destination: Destination,
  paths: readonly Path[],
  wraps: boolean,
): JsonObject => ({
  prefix: routeText(destination),
  prefixLen: PREFIX_LENGTH,
  paths: paths.map((path) => {
    const one = pathJson(context, instance, destination, path);
    return wraps ? [one] : one;
  }),
});

/** Destinations that have paths, by distinguisher, in bgpd's order. */
export function byDistinguisher(rib: Rib): ReadonlyMap<bigint, readonly Destination[]> {
  const found = new Map<bigint, Destination[]>();
  for (const destination of rib.sorted()) {
    const { distinguisher } = destination.prefix;
    if (distinguisher === undefined || destination.paths.length === 0) continue;
    const list = found.get(distinguisher);
    if (list === undefined) found.set(distinguisher, [destination]);
    else list.push(destination);
  }
  return found;
}

/** `show bgp l2vpn evpn`, of one distinguisher and of one neighbour too; `chosen` picks paths. */
export function tableText(
  instance: BgpInstance,
  only: bigint | null,
  chosen: (path: Path) => boolean,
): string {
  const rib = instance.rib('l2vpn-evpn');
  const lines: string[] = [];
  let shown = 0;
  let total = 0;
  for (const [distinguisher, destinations] of byDistinguisher(rib)) {
    if (only !== null && distinguisher !== only) continue;
    let isFirst = true;
    for (const destination of destinations) {
      total += destination.paths.length;
      const paths = destination.paths.filter(chosen);
      if (paths.length === 0) continue;
      if (lines.length === 0) lines.push(header(instance, rib.versionOf(distinguisher)));
      if (isFirst) lines.push(`Route Distinguisher: ${formatDistinguisher(distinguisher)}\n`);
      isFirst = false;
      shown += 1;
      for (const [at, path] of paths.entries()) lines.push(pathLines(destination, path, at > 0));
    }
  }
  return shown === 0
    ? `No prefixes displayed, ${total} exist\n`
    : `${lines.join('')}\nDisplayed ${shown} out of ${total} total prefixes\n`;
}

export function tableJson(
  context: ShowContext,
  instance: BgpInstance,
  only: bigint | null,
  chosen: (path: Path) => boolean,
): JsonObject {
  const rib = instance.rib('l2vpn-evpn');
  const members: Record<string, JsonObject> = {};
  let version: number | undefined;
  let shown = 0;
  let total = 0;
  for (const [distinguisher, destinations] of byDistinguisher(rib)) {
    if (only !== null && distinguisher !== only) continue;
    const rd = formatDistinguisher(distinguisher);
    for (const destination of destinations) {
      total += destination.paths.length;
      const paths = destination.paths.filter(chosen);
      if (paths.length === 0) continue;
      version ??= rib.versionOf(distinguisher);
      shown += 1;
      members[rd] = {
        ...(members[rd] ?? { rd }),
        [routeText(destination)]: destinationJson(context, instance, destination, paths, false),
      };
    }
  }
  return {
    ...(version === undefined
      ? {}
      : {
          bgpTableVersion: version,
          bgpLocalRouterId: formatIpv4(instance.routerId),
          defaultLocPrf: instance.config.options.defaultLocalPreference ?? 100,
          localAS: instance.asn,
        }),
    ...members,
    numPrefix: shown,
    totalPrefix: total,
  };
}
