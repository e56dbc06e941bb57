/** The tables of `show bgp ipv4 unicast` and its kin, as text and as JSON. */
import { formatIpv4 } from '../../base/address.ts';
import { formatAddress, formatPrefix } from '../prefix.ts';
import type { PathAttributes } from '../bgp/attributes.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import type { Destination, Path, Rib } from '../bgp/path.ts';
import { formatAsPath } from '../policy/lists.ts';
import {
  announcesSelf,
  globalNextHop,
  hasIpv6NextHop,
  interfaceOf,
  localNextHop,
  nextHop4,
  ORIGIN_LETTER,
  otherVrf,
  pathHostname,
} from './bgp-path-parts.ts';
import { advertisedTo, pathMembers } from './bgp-detail-json.ts';
import { vrfIdOf, type ShowContext } from './context.ts';
import { compactJson, type JsonObject, truly } from './json.ts';

const LEGEND = [
  'Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,',
  '               i internal, r RIB-failure, S Stale, R Removed',
  "Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self",
  'Origin codes:  i - IGP, e - EGP, ? - incomplete',
  'RPKI validation codes: V valid, I invalid, N Not found',
  '',
  '',
].join('\n');

/** `wide`: columns for IPv6. `detail`: in JSON, all that is known of a path. */
export type TableLayout = 'usual' | 'wide' | 'detail';

const COLUMNS = '   Network          Next Hop            Metric LocPrf Weight Path\n';

const WIDE_COLUMNS = `   ${'Network'.padEnd(45)}${'Next Hop'.padEnd(42)}Metric LocPrf Weight Path\n`;

export const defaultLocalPreference = (instance: BgpInstance): number =>
  instance.config.options.defaultLocalPreference ?? 100;

/** The lines above a table. `localAs` is the neighbour's view in the tables of one neighbour. */
export const tableHead = (instance: BgpInstance, version: number, localAs: number): string =>
  `BGP table version is ${version}, local router ID is ${formatIpv4(instance.routerId)}, vrf id ${
    instance.vrfId ?? '-'
  }\nDefault local pref ${defaultLocalPreference(instance)}, local AS ${localAs}\n${LEGEND}`;

export const TABLE_COLUMNS = COLUMNS;

/** Text and padding to a column; too long a text is followed by a new line. */
const column = (text: string, width: number, indent: number): string =>
  text.length < width ? text.padEnd(width) : `${text}\n${' '.repeat(indent)}`;

/** Widths of the columns; `wide` has room for IPv6. */
interface Widths {
  readonly network: number;
  readonly nextHop: number;
  readonly metric: number;
}

const USUAL: Widths = { network: 17, nextHop: 16, metric: 10 };
const WIDE: Widths = { network: 45, nextHop: 41, metric: 7 };

export const networkColumn = (text: string, { network } = USUAL): string => column(text, network, 20);

export const nextHopColumn = (text: string, { nextHop } = USUAL): string => column(text, nextHop, 36);

/** Metric, local preference, weight, path and origin. */
export function attributeColumns(attributes: PathAttributes, widths = USUAL): string {
  const metric = String(attributes.med ?? '').padStart(widths.metric);
  const preference =
    attributes.localPreference === null ? ' '.repeat(7) : String(attributes.localPreference).padStart(7);
  const path = attributes.asPath.length === 0 ? '' : `${formatAsPath(attributes.asPath)} `;
  return `${metric}${preference}${String(attributes.weight).padStart(7)} ${path}${ORIGIN_LETTER[attributes.origin]}\n`;
}

/** The three letters in front of a path. */
export function statusLetters(path: Path): string {
  const first = path.removed
    ? 'R'
    : path.stale
      ? 'S'
      : path.suppressed
        ? 's'
        : path.valid && !path.history
          ? '*'
          : ' ';
  const second = path.history ? 'h' : path.damped ? 'd' : path.selected ? '>' : path.multipath ? '=' : ' ';
  const third = path.peer.isInternal && path.peer.remoteAs !== 0 ? 'i' : ' ';
  return `${first}${second}${third}`;
}

function nextHopText(context: ShowContext, path: Path, family: 4 | 6): string {
  const other = otherVrf(context, path);
  const vrf = `${other ? `@${other.id ?? '-'}` : ''}${announcesSelf(path) ? '<' : ''}`;
  if (!hasIpv6NextHop(path, family)) return `${nextHop4(path.attributes)}${vrf}`;
  const name = interfaceOf(path);
  if (name !== null) return name;
  const { mpNextHop, preferGlobal } = path.attributes;
  return `${mpNextHop?.linkLocal && !preferGlobal ? localNextHop(path.attributes) : globalNextHop(path.attributes)}${vrf}`;
}

/** The lines of one destination; `which` picks its paths. */
function destinationLines(
  context: ShowContext,
  destination: Destination,
  which: (path: Path) => boolean,
  widths: Widths,
): string[] {
  const family = destination.prefix.family;
  return destination.paths
    .filter(which)
    .map(
      (path, at) =>
        `${statusLetters(path)}${at === 0 ? networkColumn(formatPrefix(destination.prefix), widths) : ' '.repeat(widths.network)}${nextHopColumn(
          nextHopText(context, path, family),
          widths,
        )}${attributeColumns(path.attributes, widths)}`,
    );
}

export type TableFilter = (destination: Destination, path: Path) => boolean;

/** The table with its head and its count; nothing but a sentence when no path is chosen. */
export function bgpTable(
  context: ShowContext,
  instance: BgpInstance,
  rib: Rib,
  filter?: TableFilter,
  layout: TableLayout = 'usual',
): string {
  const widths = layout === 'wide' ? WIDE : USUAL;
  const blocks: string[] = [];
  let routes = 0;
  let paths = 0;
  for (const destination of rib.sorted()) {
    if (destination.paths.length === 0) continue;
    const lines = destinationLines(
      context,
      destination,
      (path) => filter?.(destination, path) ?? true,
      widths,
    );
    paths += destination.paths.length;
    if (lines.length === 0) continue;
    routes += 1;
    blocks.push(...lines);
  }
  if (routes === 0) return filter ? '' : `No BGP prefixes displayed, ${paths} exist\n`;
  return `${tableHead(instance, rib.version, instance.asn)}${layout === 'wide' ? WIDE_COLUMNS : COLUMNS}${blocks.join('')}\nDisplayed  ${routes} routes and ${paths} total paths\n`;
}

function nextHopsJson(context: ShowContext, instance: BgpInstance, path: Path, family: 4 | 6): JsonObject[] {
  const hostname = pathHostname(context, instance, path);
  if (!hasIpv6NextHop(path, family))
    return [{ ip: nextHop4(path.attributes), hostname, afi: 'ipv4', used: true }];
  const { mpNextHop, preferGlobal } = path.attributes;
  const both = mpNextHop?.linkLocal !== null && mpNextHop !== null;
  const pair = both || interfaceOf(path) !== null;
  const local = pair && (mpNextHop?.global ?? 0n) !== (mpNextHop?.linkLocal ?? 0n) && !preferGlobal;
  return [
    {
      ip: globalNextHop(path.attributes),
      hostname,
      afi: 'ipv6',
      scope: 'global',
      used: local ? undefined : true,
    },
    ...(pair
      ? [
          {
            ip: localNextHop(path.attributes),
            hostname,
            afi: 'ipv6',
            scope: 'link-local',
            used: local ? true : undefined,
          },
        ]
      : []),
  ];
}

/** What the letters in front of a path say, as the JSON of tables has it. */
export const statusMembers = (destination: Destination, path: Path): JsonObject => ({
  removed: truly(path.removed),
  stale: truly(path.stale),
  suppressed: truly(path.suppressed),
  valid: truly(path.valid && !path.history),
  history: truly(path.history),
  damped: truly(path.damped),
  bestpath: truly(path.selected),
  selectionReason: path.selected ? (destination.reason ?? 'Nothing to Select') : undefined,
  multipath: truly(path.multipath),
  pathFrom: path.peer.isInternal && path.peer.remoteAs !== 0 ? 'internal' : 'external',
});

/** Metric, preference and path, likewise. */
export const attributeMembers = ({ attributes, peer }: Path): JsonObject => ({
  metric: attributes.med ?? undefined,
  locPrf: attributes.localPreference ?? undefined,
  weight: attributes.weight,
  peerId: peer.address ? formatAddress(peer.address) : '(unspec)',
  path: formatAsPath(attributes.asPath),
  origin: attributes.origin === 'incomplete' ? 'incomplete' : attributes.origin.toUpperCase(),
});

function pathJson(
  context: ShowContext,
  instance: BgpInstance,
  destination: Destination,
  path: Path,
): JsonObject {
  const other = otherVrf(context, path);
  return {
    ...statusMembers(destination, path),
    prefix: formatAddress(destination.prefix),
    prefixLen: destination.prefix.length,
    network: formatPrefix(destination.prefix),
    version: destination.version,
    ...attributeMembers(path),
    announceNexthopSelf: truly(announcesSelf(path)),
    nhVrfName: other?.name,
    nhVrfId: other ? (other.id ?? -1) : undefined,
    nexthops: nextHopsJson(context, instance, path, destination.prefix.family),
  };
}

/** The prefix first, then its paths as they are told one by one. */
const detailJson = (
  context: ShowContext,
  instance: BgpInstance,
  rib: Rib,
  destination: Destination,
  paths: readonly Path[],
): JsonObject[] => [
  {
    prefix: formatPrefix(destination.prefix),
    version: destination.version,
    advertisedTo: advertisedTo(instance, rib, destination),
  },
  ...paths.map((path) => pathMembers(context, instance, rib, destination, path)),
];

/** bgpd writes this JSON by hand: hence its own layout. */
export function bgpTableJson(
  context: ShowContext,
  instance: BgpInstance,
  rib: Rib,
  filter?: TableFilter,
  layout: TableLayout = 'usual',
): string {
  const head = `{\n "vrfId": ${vrfIdOf(instance)},\n "vrfName": "${instance.vrf}",\n "tableVersion": ${rib.version},\n "routerId": "${formatIpv4(
    instance.routerId,
  )}",\n "defaultLocPrf": ${defaultLocalPreference(instance)},\n "localAS": ${instance.asn},\n "routes": { `;
  const routes: string[] = [];
  for (const destination of rib.sorted()) {
    const paths = destination.paths.filter((path) => filter?.(destination, path) ?? true);
    if (paths.length === 0) continue;
    const body = compactJson(
      layout === 'detail'
        ? detailJson(context, instance, rib, destination, paths)
        : paths.map((path) => pathJson(context, instance, destination, path)),
    );
    routes.push(`${routes.length > 0 ? ',' : ''}"${formatPrefix(destination.prefix)}": ${body}\n`);
  }
  return `${head}${routes.join('')} }  } \n`;
}
