/** One route as `ip route` prints it (`print_route`). */
import { formatIp, widthOf, type Family, type IpAddress } from '../../linux/family.ts';
import type { Nexthop, Route, RouteMetrics, RouteType } from '../../linux/route.ts';
import { TABLE } from '../../linux/route.ts';
import { protocolName, scopeName, tableName, tosName } from './names.ts';
import { nexthopFlags, printNexthop } from './nexthop-print.ts';
import type { IpRun } from './run.ts';
import type { Writer } from './writer.ts';

/** What is to be shown: a route of a table, or the answer to `ip route get`. */
export interface RouteRow {
  readonly family: Family;
  readonly type: RouteType;
  readonly destination: bigint;
  readonly length: number;
  readonly from: string | null;
  readonly nhid: number;
  readonly tos: number;
  readonly gateway: IpAddress | null;
  readonly device: number | null;
  readonly table: number;
  readonly protocol: number;
  readonly scope: number;
  readonly source: bigint | null;
  readonly metric: number | null;
  readonly flags: readonly string[];
  readonly mark: number;
  readonly uid: number | null;
  /** Answers of IPv4: the words in `cache <...>`. */
  readonly cache: readonly string[] | null;
  readonly users: number | null;
  readonly expires: number | null;
  readonly metrics: RouteMetrics;
  readonly iif: number | null;
  readonly preference: string | null;
  readonly nexthops: readonly Nexthop[] | null;
}

/** Fields that a filter fixed and that are therefore left out. */
export interface Hidden {
  readonly table: boolean;
  readonly device: boolean;
  readonly protocol: boolean;
  readonly scope: boolean;
  readonly gateway: boolean;
  readonly source: boolean;
}

const SHOW_ALL: Hidden = {
  table: false,
  device: false,
  protocol: false,
  scope: false,
  gateway: false,
  source: false,
};

export function rowOf(run: IpRun, route: Route): RouteRow {
  const several = route.nexthops.length > 1;
  const first = route.nexthops[0];
  const one = several ? undefined : first;
  return {
    family: route.family,
    type: route.type,
    destination: route.destination,
    length: route.length,
    from: null,
    nhid: route.nhid,
    tos: route.tos,
    gateway: one?.gateway ?? null,
    device: one === undefined || one.ifindex === 0 ? null : one.ifindex,
    table: route.table,
    protocol: route.protocol,
    scope: route.scope,
    source: route.source,
    metric: route.family === 6 || route.metric !== 0 ? route.metric : null,
    flags: one === undefined ? [] : nexthopFlags(run, one),
    mark: 0,
    uid: null,
    cache: null,
    users: null,
    expires: route.expires === null ? null : Math.max(0, Math.ceil((route.expires - run.now) / 1e9)),
    metrics: route.metrics,
    iif: null,
    preference: route.family === 6 ? route.preference : null,
    nexthops: several ? route.nexthops : null,
  };
}

function printVia(writer: Writer, family: Family, gateway: IpAddress): void {
  const text = formatIp(gateway.family, gateway.address);
  if (gateway.family === family) {
    writer.field('gateway', text, `via ${text} `);
    return;
  }
  const name = gateway.family === 4 ? 'inet' : 'inet6';
  if (writer.isJson) {
    writer.openObject('via');
    writer.json('family', name);
    writer.json('host', text);
    writer.closeObject();
  } else writer.text(`via ${name} ${text} `);
}

function printFlags(writer: Writer, flags: readonly string[]): void {
  writer.openArray('flags');
  for (const flag of flags) writer.field(null, flag, `${flag} `);
  writer.closeArray();
}

const METRIC_WORDS: readonly (readonly [keyof RouteMetrics, string])[] = [
  ['mtu', 'mtu'],
  ['window', 'window'],
  ['advmss', 'advmss'],
  ['hoplimit', 'hoplimit'],
  ['initcwnd', 'initcwnd'],
  ['rto_min', 'rto_min'],
];

function printMetrics(writer: Writer, metrics: RouteMetrics): void {
  const known = METRIC_WORDS.filter(([name]) => metrics[name] !== undefined);
  if (known.length === 0) return;
  writer.openArray('metrics');
  writer.openObject();
  for (const [name, word] of known) {
    const value = metrics[name] ?? 0;
    writer.field(name, value, name === 'rto_min' ? `${word} ${value}ms ` : `${word} ${value} `);
  }
  writer.closeObject();
  writer.closeArray();
}

export function printRoute(
  run: IpRun,
  writer: Writer,
  row: RouteRow,
  hidden: Hidden = SHOW_ALL,
  deleted = false,
): void {
  const { options } = run;
  const details = options.details;
  writer.openObject();
  if (deleted) writer.field('deleted', true, 'Deleted ');
  if (row.type !== 'unicast' || details) writer.field('type', row.type, `${row.type} `);
  const destination =
    row.length === 0
      ? 'default'
      : `${formatIp(row.family, row.destination)}${row.length === widthOf(row.family) ? '' : `/${row.length}`}`;
  writer.field('dst', destination, `${destination} `);
  if (row.from !== null) writer.field('from', row.from, `from ${row.from} `);
  if (row.nhid !== 0) writer.field('nhid', row.nhid, `nhid ${row.nhid} `);
  if (row.tos !== 0)
    writer.field(
      'tos',
      tosName(row.tos, run.options.numeric),
      `tos ${tosName(row.tos, run.options.numeric)} `,
    );
  if (row.gateway !== null && !hidden.gateway) printVia(writer, row.family, row.gateway);
  if (row.device !== null && !hidden.device)
    writer.field('dev', run.linkName(row.device), `dev ${run.linkName(row.device)} `);
  if ((row.table !== TABLE.main || details) && row.table !== 0 && !hidden.table) {
    const table = tableName(row.table, options.numeric);
    writer.field('table', table, `table ${table} `);
  }
  if (row.cache === null) {
    const protocol = protocolName(row.protocol, options.numeric);
    const scope = scopeName(row.scope, options.numeric);
    if ((protocol !== 'boot' || details) && !hidden.protocol)
      writer.field('protocol', protocol, `proto ${protocol} `);
    if ((row.scope !== 0 || details) && !hidden.scope) writer.field('scope', scope, `scope ${scope} `);
  }
  if (row.source !== null && !hidden.source) {
    const source = formatIp(row.family, row.source);
    writer.field('prefsrc', source, `src ${source} `);
  }
  if (row.metric !== null) writer.field('metric', row.metric, `metric ${row.metric} `);
  printFlags(writer, row.flags);
  if (row.mark !== 0)
    writer.field('mark', row.mark, row.mark >= 16 ? `mark 0x${row.mark.toString(16)} ` : `mark ${row.mark} `);
  if (row.uid !== null) writer.field('uid', row.uid, `uid ${row.uid} `);
  if (row.cache !== null) printCache(writer, row.cache);
  if (row.expires !== null && row.expires !== 0)
    writer.field('expires', row.expires, `expires ${row.expires}sec `);
  if (row.users !== null && options.statistics > 0) writer.field('users', row.users, `users ${row.users} `);
  printMetrics(writer, row.metrics);
  if (row.iif !== null) writer.field('iif', run.linkName(row.iif), `iif ${run.linkName(row.iif)} `);
  if (row.preference !== null) writer.field('pref', row.preference, `pref ${row.preference}`);
  const object = options.details ? run.net.nexthops.get(row.nhid) : undefined;
  if (object !== undefined) {
    writer.openObject('nh_info');
    writer.text(`${writer.lineEnd}\tnh_info `);
    printNexthop(run, writer, object);
    writer.closeObject();
  }
  if (row.nexthops !== null) printNexthops(run, writer, row.family, row.nexthops);
  writer.text('\n');
  writer.closeObject();
}

function printCache(writer: Writer, words: readonly string[]): void {
  writer.newLine();
  writer.openArray('cache', '    cache ');
  if (words.length > 0) {
    writer.text('<');
    words.forEach((word, index) => writer.field(null, word, index === 0 ? word : `,${word}`));
    writer.text('> ');
  }
  writer.closeArray();
}

function printNexthops(run: IpRun, writer: Writer, family: Family, nexthops: readonly Nexthop[]): void {
  writer.openArray('nexthops');
  for (const hop of nexthops) {
    writer.openObject();
    writer.text(`${writer.lineEnd}\tnexthop `);
    if (hop.gateway !== null) printVia(writer, family, hop.gateway);
    writer.field('dev', run.linkName(hop.ifindex), `dev ${run.linkName(hop.ifindex)} `);
    writer.field('weight', hop.weight, `weight ${hop.weight} `);
    printFlags(writer, nexthopFlags(run, hop));
    writer.closeObject();
  }
  writer.closeArray();
}
