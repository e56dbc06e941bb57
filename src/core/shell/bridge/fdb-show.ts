/** What `bridge fdb show` and `get` print. */
import { formatMac, parseMac } from '../../base/address.ts';
import { fdbEntries, findFdb, hasExpired } from '../../linux/bridge/fdb.ts';
import type { FdbEntry } from '../../linux/bridge/state.ts';
import { isGroupMac } from '../../linux/ether.ts';
import { formatIp, type IpAddress } from '../../linux/family.ts';
import type { Link, VxlanFdbEntry, VxlanState } from '../../linux/link.ts';
import { vxlanEntries } from '../../linux/links/vxlan.ts';
import { Arguments } from '../ip/arguments.ts';
import type { IpRun } from '../ip/run.ts';
import type { Writer } from '../ip/writer.ts';
import { USAGE } from './usage.table.ts';

type State = 'permanent' | 'static' | 'stale' | '';

/** One line of `bridge fdb show`. */
interface Row {
  readonly mac: bigint;
  readonly link: Link;
  readonly destination: IpAddress | null;
  readonly vlan: number;
  readonly port: number | null;
  readonly vni: number | null;
  readonly via: number | null;
  readonly times: readonly [used: number, updated: number] | null;
  readonly flags: readonly string[];
  readonly master: string | null;
  readonly state: State;
}

const bare = { destination: null, vlan: 0, port: null, vni: null, via: null, times: null } as const;

const ago = (run: IpRun, time: number): number => Math.floor((run.now - time) / 1e9);

function bridgeRow(run: IpRun, master: Link, link: Link, entry: FdbEntry): Row {
  const expired = master.bridge !== null && hasExpired(master.bridge, entry, run.now);
  return {
    ...bare,
    mac: entry.mac,
    link,
    vlan: entry.vlan,
    times: [ago(run, entry.used), ago(run, entry.updated)],
    flags: [...(entry.externLearn ? ['extern_learn'] : []), ...(entry.isSticky ? ['sticky'] : [])],
    master: master.name,
    state: entry.isLocal ? 'permanent' : entry.isStatic ? 'static' : expired ? 'stale' : '',
  };
}

/** A line for each destination of an address. */
const vxlanRows = (run: IpRun, link: Link, vxlan: VxlanState, entry: VxlanFdbEntry): Row[] =>
  entry.remotes.map((remote) => ({
    ...bare,
    mac: entry.mac,
    link,
    destination: { family: remote.family, address: remote.address },
    port: remote.port === vxlan.port ? null : remote.port,
    vni: remote.vni === vxlan.vni ? null : remote.vni,
    via: remote.ifindex === 0 ? null : remote.ifindex,
    times: [ago(run, entry.used), ago(run, entry.updated)],
    flags: ['self', ...(entry.externLearn ? ['extern_learn'] : [])],
    master: null,
    state: entry.state === 'permanent' ? 'permanent' : entry.state === 'static' ? 'static' : '',
  }));

/** What a dump says of one link: its place in its bridge's database first, then its own. */
function rowsOf(run: IpRun, link: Link): Row[] {
  const rows: Row[] = [];
  const { master } = link;
  if (link.port !== null && master?.bridge != null)
    for (const entry of fdbEntries(master.bridge))
      if (entry.port === link.index) rows.push(bridgeRow(run, master, link, entry));
  if (link.vxlan !== null) {
    for (const entry of vxlanEntries(run.net, link.vxlan))
      rows.push(...vxlanRows(run, link, link.vxlan, entry));
    return rows;
  }
  const own = [...link.multicast.keys()];
  for (const mac of [...own.filter((each) => !isGroupMac(each)), ...own.filter(isGroupMac)])
    rows.push({ ...bare, mac, link, flags: ['self'], master: null, state: 'permanent' });
  if (link.bridge !== null)
    for (const entry of fdbEntries(link.bridge))
      if (entry.port === null) rows.push(bridgeRow(run, link, link, entry));
  return rows;
}

function printRow(run: IpRun, writer: Writer, row: Row, hideDevice: boolean): void {
  writer.openObject();
  writer.field('mac', formatMac(row.mac), `${formatMac(row.mac)} `);
  if (!hideDevice) {
    writer.text('dev ');
    writer.field('ifname', row.link.name, `${row.link.name} `);
  }
  if (row.destination !== null) {
    writer.text('dst ');
    writer.field(
      'dst',
      formatIp(row.destination.family, row.destination.address),
      `${formatIp(row.destination.family, row.destination.address)} `,
    );
  }
  if (row.vlan !== 0) writer.field('vlan', row.vlan, `vlan ${row.vlan} `);
  if (row.port !== null) writer.field('port', row.port, `port ${row.port} `);
  if (row.vni !== null) writer.field('vni', row.vni, `vni ${row.vni} `);
  if (row.via !== null) writer.field('viaIf', run.linkName(row.via), `via ${run.linkName(row.via)} `);
  if (run.options.statistics > 0 && row.times !== null) {
    writer.field('used', row.times[0], `used ${row.times[0]}`);
    writer.field('updated', row.times[1], `/${row.times[1]} `);
  }
  writer.openArray('flags');
  for (const flag of row.flags) writer.field(null, flag, `${flag} `);
  writer.closeArray();
  if (row.master !== null) writer.field('master', row.master, `master ${row.master} `);
  writer.field('state', row.state, `${row.state}\n`);
  writer.closeObject();
}

const STATES: Readonly<Record<string, readonly State[]>> = {
  permanent: ['permanent'],
  static: ['static'],
  temp: ['static'],
  stale: ['stale'],
  use: [''],
  reachable: [''],
  all: ['permanent', 'static', 'stale', ''],
};

export function showFdb(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  let device: string | null = null;
  let bridge: string | null = null;
  let vlan = 0;
  let states: readonly State[] | null = null;
  let dynamic = false;
  while (!args.done) {
    if (args.is('brport', 'dev')) device = args.next();
    else if (args.is('br')) bridge = args.next();
    else if (args.is('vlan')) {
      args.next();
      vlan = Arguments.number(args.word) ?? 0;
    } else if (args.is('state')) {
      args.next();
      states = STATES[args.word] ?? args.wrong('invalid state');
    } else if (args.matches('dynamic')) dynamic = true;
    else if (args.matches('help')) return args.end(USAGE.fdb ?? '', 255);
    args.advance();
  }
  const master = bridge === null ? null : run.link(bridge);
  if (master === undefined) {
    run.err(`Cannot find bridge device "${bridge ?? ''}"\n`);
    return 255;
  }
  const only = device === null ? null : run.link(device);
  if (only === undefined) {
    run.err(`Cannot find device "${device ?? ''}"\n`);
    return 255;
  }
  const writer = run.writer();
  writer.begin();
  for (const link of run.links()) {
    if (only !== null && link !== only) continue;
    if (master !== null && (master.bridge === null || (link !== master && link.master !== master))) continue;
    if (link.kind === 'lo') continue;
    for (const row of rowsOf(run, link)) {
      if (vlan !== 0 && row.vlan !== vlan) continue;
      if (states !== null && !states.includes(row.state)) continue;
      if (dynamic && row.state === 'permanent') continue;
      printRow(run, writer, row, only !== null);
    }
  }
  writer.finish();
  return 0;
}

export function getFdb(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  let bridge: string | null = null;
  let device: string | null = null;
  let address: string | null = null;
  let vlan = 0;
  let self = false;
  while (!args.done) {
    if (args.is('brport', 'dev')) device = args.next();
    else if (args.is('br')) bridge = args.next();
    else if (args.is('vlan')) {
      args.next();
      vlan = Arguments.number(args.word) ?? 0;
    } else if (args.is('self')) self = true;
    else if (!args.is('master', 'dynamic')) {
      if (args.is('to')) args.next();
      address = args.word;
    }
    args.advance();
  }
  const mac = address === null ? undefined : parseMac(address);
  if (mac === undefined || (bridge === null && device === null))
    return args.end('Device or master and address are required arguments.\n', 255);
  const link = run.link(bridge ?? device ?? '');
  if (link === undefined)
    return args.end(
      bridge === null ? `Cannot find device "${device ?? ''}"\n` : `Cannot find bridge device "${bridge}"\n`,
      255,
    );
  const refuse = (message: string): number => {
    run.refused({ errno: 'EINVAL', message });
    return 254;
  };
  if (bridge !== null && device !== null) return refuse('Master and device are mutually exclusive');
  if (bridge === null && !self && link.port === null) return refuse('Device is not a bridge port');
  const master = bridge === null && !self ? link.master : link;
  if (master?.bridge == null && master?.vxlan == null)
    return refuse(
      bridge === null ? 'Fdb get operation not supported by device' : 'Device is not a bridge master',
    );
  const row = rowAt(run, master, mac, vlan);
  if (row === undefined) return refuse('Fdb entry not found');
  const writer = run.writer();
  writer.begin();
  printRow(run, writer, row, false);
  writer.finish();
  return 0;
}

/** The entry of a bridge or of a VXLAN device for an address. */
function rowAt(run: IpRun, master: Link, mac: bigint, vlan: number): Row | undefined {
  if (master.vxlan !== null) {
    const entry = vxlanEntries(run.net, master.vxlan).find((each) => each.mac === mac);
    return entry === undefined ? undefined : vxlanRows(run, master, master.vxlan, entry)[0];
  }
  const entry = master.bridge === null ? undefined : findFdb(master.bridge, mac, vlan);
  if (entry === undefined) return undefined;
  const owner = entry.port === null ? master : (run.net.links.get(entry.port) ?? master);
  return bridgeRow(run, master, owner, entry);
}
