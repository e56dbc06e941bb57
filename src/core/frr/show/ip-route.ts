/** `show ip route` and `show ipv6 route` of zebra, as text and as JSON. */
import { formatAddress, formatPrefix, type Family } from '../prefix.ts';
import type { RouteProtocol } from '../route-protocol.ts';
import type { RouteEntry, RouteNexthop, RouteNode, RouteTable } from '../zebra/route.ts';
import type { ShowContext } from './context.ts';
import { prettyJson, type Json, type JsonObject, truly } from './json.ts';
import { secondsSince, uptimeOf } from './time.ts';

const TAIL = `       f - OpenFabric,
       > - selected route, * - FIB route, q - queued, r - rejected, b - backup
       t - trapped, o - offload failure

`;

const LEGEND: Readonly<Record<Family, string>> = {
  4: `Codes: K - kernel route, C - connected, S - static, R - RIP,
       O - OSPF, I - IS-IS, B - BGP, E - EIGRP, N - NHRP,
       T - Table, v - VNC, V - VNC-Direct, A - Babel, F - PBR,
${TAIL}`,
  6: `Codes: K - kernel route, C - connected, S - static, R - RIPng,
       O - OSPFv3, I - IS-IS, B - BGP, N - NHRP, T - Table,
       v - VNC, V - VNC-Direct, A - Babel, F - PBR,
${TAIL}`,
};

const LETTERS: Readonly<Record<RouteProtocol, string>> = {
  kernel: 'K',
  connected: 'C',
  static: 'S',
  bgp: 'B',
  rip: 'R',
  ripng: 'R',
  ospf: 'O',
  ospf6: 'O',
  isis: 'I',
  eigrp: 'E',
  nhrp: 'N',
  table: 'T',
  vnc: 'v',
  'vnc-direct': 'V',
  babel: 'A',
  sharp: 'D',
  openfabric: 'f',
};

/** `ZEBRA_FLAG_*`. */
const FLAG = { allowRecursion: 1, internal: 4, selected: 8, distance: 64 } as const;
const STATUS_INSTALLED = 16;
const STATUS_FAILED = 32;
const STATUS_QUEUED = 8;
/** `NEXTHOP_FLAG_*`. */
const HOP = { active: 1, fib: 2, recursive: 4, onlink: 8, evpn: 256 } as const;

/** Recursive next hops with what they come down to behind them; `depth` indents. */
const unfold = (hops: readonly RouteNexthop[], depth = 0): { hop: RouteNexthop; depth: number }[] =>
  hops.flatMap((hop) => [{ hop, depth }, ...unfold(hop.resolved, depth + 1)]);

const inFib = (entry: RouteEntry, hop: RouteNexthop): boolean =>
  entry.installed && hop.active && !hop.recursive;

/** Routes share their next hops, so one that is not installed can have hops that are. */
const isMarked = (context: ShowContext, entry: RouteEntry, hop: RouteNexthop): boolean =>
  inFib(entry, hop) || (hop.active && !hop.recursive && context.zebra.isGroupInstalled(entry.nexthopGroup));

function hopText(entry: RouteEntry, hop: RouteNexthop): string {
  const words: string[] = [];
  if (hop.kind === 'blackhole') words.push(` unreachable${REJECT[hop.reject ?? 'none']}`);
  else if (hop.kind === 'interface' || hop.gateway === null)
    words.push(` is directly connected, ${hop.interface ?? 'unknown'}`);
  else
    words.push(
      ` via ${formatAddress(hop.gateway)}${
        hop.interface !== null && !hop.recursive && hop.ifindex !== 0 ? `, ${hop.interface}` : ''
      }`,
    );
  if (hop.vrf !== entry.vrf) words.push(` (vrf ${hop.vrf})`);
  if (!hop.active) words.push(' inactive');
  if (hop.onlink) words.push(' onlink');
  if (hop.recursive) words.push(' (recursive)');
  return words.join('');
}

const REJECT = {
  blackhole: ' (blackhole)',
  unreachable: ' (ICMP unreachable)',
  prohibit: ' (ICMP admin-prohibited)',
  none: '',
} as const;

/** Of an installed route all next hops are marked, but in the FIB's own list only those that packets take. */
function statusLetter(entry: RouteEntry, hop: RouteNexthop, isFib: boolean): string {
  if (entry.installed) return !hop.recursive && (hop.active || !isFib) ? '*' : ' ';
  return entry.failed ? 'r' : entry.queued ? 'q' : ' ';
}

/** The kernel has other next hops than those named: what recursive ones come down to. */
const isOtherInstalled = (entry: RouteEntry): boolean =>
  entry.installedNexthopGroup !== 0 && entry.installedNexthopGroup !== entry.nexthopGroup;

function entryText(
  context: ShowContext,
  node: RouteNode,
  entry: RouteEntry,
  { namesGroups, isFib }: TableForm,
): string {
  const group = namesGroups ? ` (${entry.nexthopGroup})` : '';
  const age = uptimeOf(entry.since, context.clock.now());
  const weighted = entry.protocol === 'bgp' || entry.protocol === 'static';
  const lead = `${formatPrefix(node.prefix)}${entry.protocol !== 'connected' ? ` [${entry.distance}/${entry.metric}]` : ''}${group}`;
  return unfold(entry.nexthops)
    .map(({ hop, depth }, at) => {
      const status = statusLetter(entry, hop, isFib);
      const front =
        at === 0
          ? `${LETTERS[entry.protocol]}${entry.selected ? '>' : ' '}${status} ${lead}`
          : `  ${status} ${' '.repeat(lead.length + depth * 2)}`;
      const weight = weighted ? `, weight ${hop.weight || 1}` : '';
      return `${front}${hopText(entry, hop)}${weight}, ${age}\n`;
    })
    .join('');
}

/** What the words after `show ip route` ask for. */
export interface RouteFilter {
  readonly node: (node: RouteNode) => boolean;
  readonly entry: (node: RouteNode, entry: RouteEntry) => boolean;
}

function* chosen(table: RouteTable, filter: RouteFilter): Generator<readonly [RouteNode, RouteEntry]> {
  for (const node of table.nodes())
    if (filter.node(node))
      for (const entry of node.entries) if (filter.entry(node, entry)) yield [node, entry];
}

/** How tables are told: where each says whose it is, whether it says its number, and routes the numbers of their next hops. */
export interface TableForm {
  readonly isEachNamed: boolean;
  readonly namesTables: boolean;
  readonly namesGroups: boolean;
  readonly isFib: boolean;
}

/** Some tables. The legend is told once, and nothing where there is no route. */
export function routeTableText(
  context: ShowContext,
  tables: readonly RouteTable[],
  filter: RouteFilter,
  form: TableForm,
): string {
  const { isEachNamed, namesTables } = form;
  const texts = tables.flatMap((table) => {
    const lines = [...chosen(table, filter)].map(([node, entry]) => entryText(context, node, entry, form));
    if (lines.length === 0) return [];
    const number = namesTables ? ` table ${table.id}` : '';
    const name = isEachNamed || namesTables || table.vrf !== 'default' ? `VRF ${table.vrf}${number}:\n` : '';
    return `${name}${lines.join('')}`;
  });
  const [first] = tables;
  return first === undefined || texts.length === 0 ? '' : `${LEGEND[first.family]}${texts.join('\n')}`;
}

function hopJson(context: ShowContext, entry: RouteEntry, hop: RouteNexthop, depth: number): JsonObject {
  const weighted = entry.protocol === 'bgp' || entry.protocol === 'static';
  const fib = isMarked(context, entry, hop);
  const flags =
    (hop.active ? HOP.active : 0) |
    (fib ? HOP.fib : 0) |
    (hop.recursive ? HOP.recursive : 0) |
    (hop.onlink ? HOP.onlink : 0) |
    (hop.routerMac === null ? 0 : HOP.evpn);
  const device = hop.ifindex !== 0 && hop.interface !== null && !hop.recursive;
  const dark = hop.kind === 'blackhole';
  return {
    flags,
    fib: truly(fib),
    directlyConnected: truly(hop.kind === 'interface'),
    ip: hop.kind === 'gateway' && hop.gateway ? formatAddress(hop.gateway) : undefined,
    afi: hop.kind === 'gateway' && hop.gateway ? (hop.gateway.family === 4 ? 'ipv4' : 'ipv6') : undefined,
    interfaceIndex: device ? hop.ifindex : undefined,
    interfaceName: device ? (hop.interface ?? undefined) : undefined,
    resolver: truly(depth > 0),
    unreachable: truly(dark),
    blackhole: truly(hop.reject === 'blackhole'),
    reject: truly(hop.reject === 'unreachable'),
    'admin-prohibited': truly(hop.reject === 'prohibit'),
    vrf: hop.vrf === entry.vrf ? undefined : hop.vrf,
    active: truly(hop.active),
    onLink: truly(hop.onlink),
    recursive: truly(hop.recursive),
    weight: weighted ? hop.weight || 1 : undefined,
  };
}

function entryJson(context: ShowContext, node: RouteNode, entry: RouteEntry): JsonObject {
  const hops = unfold(entry.nexthops);
  const flags =
    (entry.allowRecursion ? FLAG.allowRecursion : 0) |
    (entry.internal ? FLAG.internal : 0) |
    (entry.selected ? FLAG.selected : 0) |
    (entry.protocol === 'static' ? FLAG.distance : 0);
  const status =
    (entry.installed ? STATUS_INSTALLED : 0) |
    (entry.failed ? STATUS_FAILED : 0) |
    (entry.queued ? STATUS_QUEUED : 0);
  return {
    prefix: formatPrefix(node.prefix),
    prefixLen: node.prefix.length,
    protocol: entry.protocol,
    vrfId: context.zebra.vrf(entry.vrf)?.id ?? 0,
    vrfName: entry.vrf,
    selected: truly(entry.selected),
    destSelected: truly(entry.selected),
    distance: entry.distance,
    metric: entry.metric,
    installed: truly(entry.installed),
    failed: truly(entry.failed),
    queued: truly(entry.queued),
    tag: entry.tag === 0 ? undefined : entry.tag,
    table: entry.table,
    internalStatus: status,
    internalFlags: flags,
    internalNextHopNum: hops.length,
    internalNextHopActiveNum: hops.filter(({ hop }) => hop.active).length,
    nexthopGroupId: entry.nexthopGroup,
    installedNexthopGroupId: entry.installedNexthopGroup === 0 ? undefined : entry.installedNexthopGroup,
    uptime: uptimeOf(entry.since, context.clock.now()),
    nexthops: hops.map(({ hop, depth }) => hopJson(context, entry, hop, depth)),
  };
}

/** A table as one object. */
export function routeTableJson(context: ShowContext, table: RouteTable, filter: RouteFilter): string {
  const routes = new Map<string, Json[]>();
  for (const [node, entry] of chosen(table, filter)) {
    const key = formatPrefix(node.prefix);
    routes.set(key, [...(routes.get(key) ?? []), entryJson(context, node, entry)]);
  }
  return prettyJson(Object.fromEntries(routes));
}

/** The entries of one node. */
export const routeNodeJson = (context: ShowContext, node: RouteNode): Json[] =>
  node.entries.map((entry) => entryJson(context, node, entry));

/** Whether next hops' numbers are told, and the name of the table where there are two. */
interface DetailForm {
  readonly namesGroups?: boolean;
  readonly rib?: string;
}

/** `show ip route PREFIX`: the entries of one node at length. */
export function routeDetail(
  context: ShowContext,
  node: RouteNode,
  { namesGroups = false, rib }: DetailForm = {},
): string {
  return node.entries
    .map((entry) => {
      const seconds = secondsSince(entry.since, context.clock.now());
      const hops = unfold(entry.nexthops)
        .map(({ hop, depth }) => {
          const mark = `${statusLetter(entry, hop, false)} `;
          const to =
            hop.kind === 'blackhole'
              ? ` unreachable${REJECT[hop.reject ?? 'none']}`
              : hop.gateway === null
                ? ` directly connected, ${hop.interface ?? 'unknown'}`
                : ` ${formatAddress(hop.gateway)}${hop.interface !== null && !hop.recursive ? `, via ${hop.interface}` : ''}`;
          const other = hop.vrf === entry.vrf ? '' : `(vrf ${hop.vrf})`;
          const weight =
            entry.protocol === 'bgp' || entry.protocol === 'static' ? `, weight ${hop.weight || 1}` : '';
          return `  ${mark}${'  '.repeat(depth)}${to.slice(1)}${other}${hop.active ? '' : ' inactive'}${
            hop.onlink ? ' onlink' : ''
          }${hop.recursive ? ' (recursive)' : ''}${weight}\n`;
        })
        .join('');
      const vrf = entry.vrf === 'default' ? '' : `, vrf ${entry.vrf}`;
      return [
        `Routing entry for ${formatPrefix(node.prefix)}${rib === undefined ? '' : ` using ${rib} RIB`}\n`,
        `  Known via "${entry.protocol}", distance ${entry.distance}, metric ${entry.metric}${
          entry.tag === 0 ? '' : `, tag ${entry.tag}`
        }${vrf}${entry.selected ? ', best' : ''}\n`,
        `  Last update ${uptimeOf(entry.since, entry.since + seconds * 1e9)} ago\n`,
        namesGroups ? `  Nexthop Group ID: ${entry.nexthopGroup}\n` : '',
        namesGroups && isOtherInstalled(entry)
          ? `  Installed Nexthop Group ID: ${entry.installedNexthopGroup}\n`
          : '',
        hops,
        '\n',
      ].join('');
    })
    .join('');
}
