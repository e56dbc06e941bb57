/** `bridge fdb`: the forwarding databases of bridges and VXLAN devices, and the filters of all links. */
import { formatMac, parseMac } from '../../base/address.ts';
import { addUserFdb, deleteFdb, fdbEntries, findFdb, hasExpired } from '../../linux/bridge/fdb.ts';
import type { FdbEntry } from '../../linux/bridge/state.ts';
import { formatIp, parseIp, type IpAddress } from '../../linux/family.ts';
import { isGroupMac } from '../../linux/ether.ts';
import type { Link } from '../../linux/link.ts';
import { vxlanEntries } from '../../linux/links/vxlan.ts';
import { Arguments, matches } from '../ip/arguments.ts';
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

export function fdbCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command === undefined) return show(run, []);
  if (matches(command, 'add')) return modify(run, rest, 'add');
  if (matches(command, 'append')) return modify(run, rest, 'append');
  if (matches(command, 'replace')) return modify(run, rest, 'replace');
  if (matches(command, 'delete')) return modify(run, rest, 'delete');
  if (matches(command, 'get')) return get(run, rest);
  if (matches(command, 'show') || matches(command, 'lst') || matches(command, 'list')) return show(run, rest);
  if (matches(command, 'flush')) return flush(run, rest);
  if (matches(command, 'help')) return run.arguments(words).end(USAGE.fdb ?? '', 255);
  run.err(`Command "${command}" is unknown, try "bridge fdb help".\n`);
  return 255;
}

const bare = { destination: null, vlan: 0, port: null, vni: null, via: null, times: null } as const;

function bridgeRow(run: IpRun, master: Link, link: Link, entry: FdbEntry): Row {
  const ago = (time: number): number => Math.floor((run.now - time) / 1e9);
  const expired = master.bridge !== null && hasExpired(master.bridge, entry, run.now);
  return {
    ...bare,
    mac: entry.mac,
    link,
    vlan: entry.vlan,
    times: [ago(entry.used), ago(entry.updated)],
    flags: [...(entry.externLearn ? ['extern_learn'] : []), ...(entry.isSticky ? ['sticky'] : [])],
    master: master.name,
    state: entry.isLocal ? 'permanent' : entry.isStatic ? 'static' : expired ? 'stale' : '',
  };
}

/** What a dump says of one link: its place in its bridge's database first, then its own. */
function rowsOf(run: IpRun, link: Link): Row[] {
  const rows: Row[] = [];
  const { master } = link;
  if (link.port !== null && master?.bridge != null)
    for (const entry of fdbEntries(master.bridge)) if (entry.port === link.index) rows.push(bridgeRow(run, master, link, entry));
  if (link.vxlan !== null) {
    for (const entry of vxlanEntries(run.net, link.vxlan))
      for (const remote of entry.remotes)
        rows.push({
          ...bare,
          mac: entry.mac,
          link,
          destination: { family: remote.family, address: remote.address },
          port: remote.port === link.vxlan.port ? null : remote.port,
          vni: remote.vni === link.vxlan.vni ? null : remote.vni,
          via: remote.ifindex === 0 ? null : remote.ifindex,
          flags: ['self'],
          master: null,
          state: entry.state === 'permanent' ? 'permanent' : entry.state === 'static' ? 'static' : '',
        });
    return rows;
  }
  for (const mac of link.multicast.keys()) rows.push({ ...bare, mac, link, flags: ['self'], master: null, state: 'permanent' });
  if (link.bridge !== null) for (const entry of fdbEntries(link.bridge)) if (entry.port === null) rows.push(bridgeRow(run, link, link, entry));
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
    writer.field('dst', formatIp(row.destination.family, row.destination.address), `${formatIp(row.destination.family, row.destination.address)} `);
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

const STATES: Readonly<Record<string, readonly State[]>> = { permanent: ['permanent'], static: ['static'], temp: ['static'], stale: ['stale'], use: [''], reachable: [''], all: ['permanent', 'static', 'stale', ''] };

function show(run: IpRun, words: readonly string[]): number {
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
    if (master !== null && link !== master && link.master !== master) continue;
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

interface Request {
  readonly link: Link;
  readonly mac: bigint;
  readonly self: boolean;
  readonly master: boolean;
  readonly kind: 'permanent' | 'static' | 'dynamic';
  readonly sticky: boolean;
  readonly vlan: number;
  readonly destination: IpAddress | null;
  readonly port: number | null;
  readonly vni: number | null;
  readonly via: number;
}

function parse(run: IpRun, words: readonly string[]): Request | { readonly status: number } {
  const args = run.arguments(words);
  let device: string | null = null;
  let address: string | null = null;
  let self = false;
  let master = false;
  let kind: Request['kind'] = 'permanent';
  let sticky = false;
  let vlan = 0;
  let destination: IpAddress | null = null;
  let port: number | null = null;
  let vni: number | null = null;
  let via = 0;
  const number = (): number => {
    args.next();
    return Arguments.number(args.word) ?? args.wrong(`invalid ${args.peek(-1) ?? ''}`);
  };
  while (!args.done) {
    if (args.is('dev')) device = args.next();
    else if (args.is('dst')) {
      args.next();
      destination = parseIp(args.word) ?? args.wrong('invalid dst address');
    } else if (args.is('nhid', 'src_vni')) args.next();
    else if (args.is('port')) port = number();
    else if (args.is('vni')) vni = number();
    else if (args.is('via')) via = run.link(args.next())?.index ?? args.end(`Cannot find device "${args.word}"\n`, 255);
    else if (args.is('self')) self = true;
    else if (args.matches('master')) master = true;
    else if (args.matches('router')) {
      // Only devices with their own neighbour suppression use it.
    } else if (args.matches('local') || args.matches('permanent')) kind = 'permanent';
    else if (args.matches('temp') || args.matches('static')) kind = 'static';
    else if (args.matches('dynamic')) kind = 'dynamic';
    else if (args.matches('vlan')) vlan = number();
    else if (args.matches('use') || args.matches('extern_learn')) {
      // Marks that change nothing here.
    } else if (args.matches('sticky')) sticky = true;
    else {
      if (args.is('to')) args.next();
      if (args.matches('help')) return args.end(USAGE.fdb ?? '', 255);
      if (address !== null) args.duplicateOrGarbage('to');
      address = args.word;
    }
    args.advance();
  }
  if (device === null || address === null) return args.end('Device and address are required arguments.\n', 255);
  const mac = parseMac(address);
  if (mac === undefined) return args.end(`Invalid mac address ${address}\n`, 255);
  const link = run.link(device);
  if (link === undefined) return args.end(`Cannot find device "${device}"\n`, 255);
  return { link, mac, self: self || !master, master, kind, sticky, vlan, destination, port, vni, via };
}

const refused = (run: IpRun, errno: 'EEXIST' | 'ENOENT' | 'EOPNOTSUPP' | 'EINVAL' | 'EPERM'): number => {
  run.refused({ errno });
  return 255;
};

function modify(run: IpRun, words: readonly string[], command: 'add' | 'append' | 'replace' | 'delete'): number {
  const request = parse(run, words);
  if ('status' in request) return request.status;
  const { link } = request;
  if (request.master) {
    const status = modifyBridge(run, request, command, link.master, link.index);
    if (status !== 0) return status;
  }
  if (!request.self) return 0;
  if (link.vxlan !== null) return modifyVxlan(run, request, command);
  if (link.bridge !== null) return modifyBridge(run, request, command, link, null);
  return modifyFilter(run, request, command);
}

function modifyBridge(run: IpRun, request: Request, command: string, master: Link | null, port: number | null): number {
  const bridge = master?.bridge;
  if (master === null || bridge == null) return refused(run, 'EOPNOTSUPP');
  if (request.vlan !== 0 && !run.kernel.machine.features.has('vlan-filtering')) return refused(run, 'EINVAL');
  const known = findFdb(bridge, request.mac, request.vlan);
  if (command === 'delete') {
    if (known === undefined || known.port !== port) return refused(run, 'ENOENT');
    deleteFdb(run.net, master, bridge, known);
    return 0;
  }
  const state = bridge.ports.find((each) => each.ifindex === port)?.state;
  if (request.kind === 'dynamic' && state !== 'forwarding' && state !== 'learning') return refused(run, 'EPERM');
  if (known !== undefined && command === 'add') return refused(run, 'EEXIST');
  addUserFdb(run.net, master, bridge, port, request.mac, request.vlan, request.kind, request.sticky);
  return 0;
}

function modifyVxlan(run: IpRun, request: Request, command: string): number {
  const { vxlan } = request.link;
  if (vxlan === null) return refused(run, 'EOPNOTSUPP');
  const entry = vxlan.fdb.get(request.mac);
  const remote = request.destination === null ? null : { ...request.destination, port: request.port ?? vxlan.port, vni: request.vni ?? vxlan.vni, ifindex: request.via };
  if (command === 'delete') {
    if (entry === undefined) return refused(run, 'ENOENT');
    entry.remotes = entry.remotes.filter((each) => remote !== null && each.address !== remote.address);
    if (entry.remotes.length === 0) vxlan.fdb.delete(request.mac);
    return 0;
  }
  if (remote === null) return refused(run, 'EINVAL');
  if (entry !== undefined && command === 'add') return refused(run, 'EEXIST');
  const state = request.kind === 'dynamic' ? 'reachable' : request.kind;
  if (entry !== undefined && command === 'append') {
    if (!entry.remotes.some((each) => each.address === remote.address && each.port === remote.port && each.vni === remote.vni)) entry.remotes.push(remote);
    return 0;
  }
  vxlan.fdb.set(request.mac, { mac: request.mac, state, remotes: [remote], updated: run.now, used: run.now });
  return 0;
}

/** The link's own filter. */
function modifyFilter(run: IpRun, request: Request, command: string): number {
  const { link, mac } = request;
  if (command === 'delete') return link.multicast.delete(mac) ? 0 : refused(run, 'ENOENT');
  if (link.multicast.has(mac)) return refused(run, 'EEXIST');
  if (!isGroupMac(mac) && link.kind !== 'veth' && link.kind !== 'physical' && link.kind !== 'tap') return refused(run, 'EINVAL');
  link.multicast.set(mac, 1);
  return 0;
}

function get(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  let bridge: string | null = null;
  let device: string | null = null;
  let address: string | null = null;
  let vlan = 0;
  while (!args.done) {
    if (args.is('brport', 'dev')) device = args.next();
    else if (args.is('br')) bridge = args.next();
    else if (args.is('vlan')) {
      args.next();
      vlan = Arguments.number(args.word) ?? 0;
    } else if (!args.is('self', 'master', 'dynamic')) {
      if (args.is('to')) args.next();
      address = args.word;
    }
    args.advance();
  }
  const mac = address === null ? undefined : parseMac(address);
  if (mac === undefined || (bridge === null && device === null)) return args.end('Device and address are required arguments.\n', 255);
  const link = run.link(bridge ?? device ?? '');
  if (link === undefined) return args.end(bridge === null ? `Cannot find device "${device ?? ''}"\n` : `Cannot find bridge device "${bridge}"\n`, 255);
  const master = link.bridge === null ? link.master : link;
  const entry = master?.bridge == null ? undefined : findFdb(master.bridge, mac, vlan);
  if (master === null || entry === undefined) {
    run.refused({ errno: 'ENOENT', message: 'Fdb entry not found' });
    return 254;
  }
  const owner = entry.port === null ? master : (run.net.links.get(entry.port) ?? master);
  const writer = run.writer();
  writer.begin();
  printRow(run, writer, bridgeRow(run, master, owner, entry), false);
  writer.finish();
  return 0;
}

function flush(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  let device: string | null = null;
  while (!args.done) {
    if (args.is('dev')) device = args.next();
    args.advance();
  }
  const link = device === null ? undefined : run.link(device);
  if (link === undefined) return args.end(device === null ? 'Device is a required argument.\n' : `Cannot find bridge device "${device}"\n`, 255);
  const master = link.bridge === null ? link.master : link;
  if (master?.bridge == null) return refused(run, 'EOPNOTSUPP');
  for (const entry of fdbEntries(master.bridge)) if (link.bridge !== null || entry.port === link.index) deleteFdb(run.net, master, master.bridge, entry);
  return 0;
}
