/** `ip neigh`: the neighbour table shown, changed, flushed. */
import { formatMac } from '../../base/address.ts';
import { formatIp, inPrefix, type IpAddress } from '../../linux/family.ts';
import { neighbourKey } from '../../linux/neighbour.ts';
import type { Link } from '../../linux/link.ts';
import type { Neighbour, NeighbourState } from '../../linux/neighbour-state.ts';
import { Arguments, type Prefix } from './arguments.ts';
import { linkAddress, macOf } from './link-address.ts';
import { protocolName, protocolNumber } from './names.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';
import type { Writer } from './writer.ts';

const STATES: Readonly<Record<string, NeighbourState>> = {
  permanent: 'PERMANENT',
  reachable: 'REACHABLE',
  noarp: 'NOARP',
  none: 'NONE',
  stale: 'STALE',
  incomplete: 'INCOMPLETE',
  delay: 'DELAY',
  probe: 'PROBE',
  failed: 'FAILED',
};

/** The kernel's bits. */
const STATE_BITS: Readonly<Record<number, NeighbourState>> = {
  0: 'NONE',
  1: 'INCOMPLETE',
  2: 'REACHABLE',
  4: 'STALE',
  8: 'DELAY',
  16: 'PROBE',
  32: 'FAILED',
  64: 'NOARP',
  128: 'PERMANENT',
};

/** A state by its name or its bit. */
const stateOf = (word: string): NeighbourState | undefined =>
  STATES[word] ?? STATE_BITS[Arguments.number(word) ?? -1];

export function neighbourCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  const is = (...names: readonly string[]): boolean =>
    command !== undefined && names.some((name) => name.startsWith(command));
  if (command === undefined) return show(run, [], false);
  if (is('add')) return modify(run, rest, 'add');
  if (command === 'change' || command === 'chg') return modify(run, rest, 'change');
  if (is('replace')) return modify(run, rest, 'replace');
  if (is('delete')) return modify(run, rest, 'delete');
  if (is('get')) return get(run, rest);
  if (is('show', 'lst', 'list')) return show(run, rest, false);
  if (is('flush')) return show(run, rest, true);
  if (is('help')) return run.arguments(words).end(USAGE.neigh ?? '', 255);
  run.err(`Command "${command}" is unknown, try "ip neigh help".\n`);
  return 255;
}

interface Request {
  readonly device: Link;
  readonly address: IpAddress;
  readonly mac: readonly number[] | null;
  readonly state: NeighbourState;
  readonly proxy: boolean;
  readonly router: boolean;
  readonly externLearn: boolean;
  readonly protocol: number;
}

function parse(run: IpRun, words: readonly string[]): Request | { readonly status: number } {
  const args = run.arguments(words);
  let device: string | null = null;
  let address: IpAddress | null = null;
  let mac: readonly number[] | null = null;
  let state: NeighbourState = 'PERMANENT';
  let proxy = false;
  let router = false;
  let externLearn = false;
  let protocol = 0;
  while (!args.done) {
    if (args.matches('lladdr')) {
      args.next();
      if (mac !== null) args.duplicate('lladdr');
      mac = linkAddress(args);
    } else if (args.is('nud')) {
      args.next();
      state = stateOf(args.word) ?? args.wrong('nud state is bad');
    } else if (args.matches('proxy')) {
      args.next();
      address = args.address(run.family);
      proxy = true;
    } else if (args.is('router')) router = true;
    else if (args.is('use', 'managed')) {
      // The kernel starts to resolve; nothing else changes.
    } else if (args.matches('extern_learn')) externLearn = true;
    else if (args.is('dev')) device = args.next();
    else if (args.matches('protocol')) {
      args.next();
      protocol = protocolNumber(args.word) ?? args.wrong('"protocol" value is invalid\n');
    } else {
      if (args.is('to')) args.next();
      if (args.matches('help')) return args.end(USAGE.neigh ?? '', 255);
      if (address !== null) args.duplicateOrGarbage('to');
      address = args.address(run.family);
    }
    args.advance();
  }
  if (device === null || address === null)
    return args.end('Device and destination are required arguments.\n', 255);
  const link = run.link(device);
  if (link === undefined) return { status: run.noDevice(device) };
  return { device: link, address, mac, state, proxy, router, externLearn, protocol };
}

type Command = 'add' | 'change' | 'replace' | 'delete';

function modify(run: IpRun, words: readonly string[], command: Command): number {
  const request = parse(run, words);
  if ('status' in request) return request.status;
  const { device, address, mac } = request;
  const { net, kernel } = run;
  const { neighbours } = kernel.stack;
  if (mac !== null && mac.length < 6)
    return run.refused({ errno: 'EINVAL', message: 'Invalid link address' });
  if (address.family === 6 && net.sysctl.number(`net.ipv6.conf.${device.name}.disable_ipv6`) !== 0)
    return run.refused({ errno: 'EINVAL', message: 'IPv6 is disabled on this device' });
  const key = request.proxy ? address.address : neighbourKey(device, address.family, address.address);
  const find = (): Neighbour | undefined =>
    request.proxy
      ? net.neighbours.findProxy(address.family, device.index, key)
      : net.neighbours.find(address.family, device.index, address.address);
  const known = find();
  if (command === 'delete') {
    if (known === undefined) return run.refused({ errno: 'ENOENT' });
    neighbours.remove(net, known);
    return 0;
  }
  if (request.proxy) {
    if (known === undefined)
      net.neighbours.create(address.family, device.index, address.address, run.now, true);
    return 0;
  }
  if (known === undefined && command === 'change') return run.refused({ errno: 'ENOENT' });
  if (known !== undefined && command === 'add') return run.refused({ errno: 'EEXIST' });
  const neighbour =
    known ??
    net.neighbours.find(address.family, device.index, key) ??
    net.neighbours.create(address.family, device.index, key, run.now);
  // The loopback device's entries are valid from the start.
  if (known === undefined && device.kind === 'lo') {
    neighbour.state = 'NOARP';
    neighbour.mac = 0n;
  }
  const valid = request.state !== 'NONE' && request.state !== 'FAILED' && request.state !== 'INCOMPLETE';
  neighbour.externLearn = request.externLearn;
  neighbour.protocol = request.protocol;
  if (mac === null && neighbour.mac === null && valid && request.state !== 'NOARP')
    return run.refused({ errno: 'EINVAL', message: 'No link layer address given' });
  neighbours.update(net, device, neighbour, mac === null ? null : macOf(mac), request.state, null, {
    admin: true,
    override: true,
    isRouter: request.router,
  });
  return 0;
}

function get(run: IpRun, words: readonly string[]): number {
  const request = parse(run, words);
  if ('status' in request) return request.status;
  const found = run.net.neighbours.find(
    request.address.family,
    request.device.index,
    request.address.address,
  );
  if (found === undefined) return run.refused({ errno: 'ENOENT', message: 'Neighbour entry not found' });
  const writer = run.writer();
  writer.begin();
  printNeighbour(run, writer, found);
  writer.finish();
  return 0;
}

const PERMANENT: ReadonlySet<NeighbourState> = new Set(['PERMANENT', 'NOARP']);

function show(run: IpRun, words: readonly string[], flush: boolean): number {
  const args = run.arguments(words);
  if (flush && args.done) {
    run.err('Flush requires arguments.\n');
    return 1;
  }
  const states = new Set<NeighbourState>();
  let all = false;
  let device: Link | null = null;
  let master: Link | null = null;
  let proxy = false;
  let unused = false;
  let prefix: Prefix | null = null;
  let protocol: number | null = null;
  while (!args.done) {
    if (args.is('dev')) {
      const link = run.link(args.next());
      if (link === undefined) return run.noDevice(args.word);
      device = link;
    } else if (args.is('master')) master = run.link(args.next()) ?? args.wrong('Device does not exist\n');
    else if (args.is('vrf')) {
      master = run.link(args.next()) ?? args.wrong('Not a valid VRF name\n');
      if (master.vrfTable === null) args.wrong('Not a valid VRF name\n');
    } else if (args.is('nomaster')) master = null;
    else if (args.is('unused')) unused = true;
    else if (args.is('nud')) {
      const word = args.next();
      if (word === 'all') all = true;
      else states.add(stateOf(word) ?? args.wrong('nud state is bad'));
    } else if (args.is('proxy')) proxy = true;
    else if (args.matches('protocol')) {
      const word = args.next();
      if (word !== 'all') protocol = protocolNumber(word) ?? args.wrong('invalid "protocol"\n');
    } else {
      if (args.is('to')) args.next();
      if (args.matches('help')) return args.end(USAGE.neigh ?? '', 255);
      prefix = args.is('all', 'any', 'default') ? null : args.prefix(run.family);
    }
    args.advance();
  }
  const wanted = (neighbour: Neighbour): boolean => {
    if (neighbour.proxy !== proxy) return false;
    if (run.family !== null && neighbour.family !== run.family) return false;
    if (
      prefix !== null &&
      (prefix.family !== neighbour.family ||
        !inPrefix(prefix.family, neighbour.address, prefix.address, prefix.length))
    )
      return false;
    if (device !== null && neighbour.ifindex !== device.index) return false;
    if (master !== null && run.net.links.get(neighbour.ifindex)?.master !== master) return false;
    if (protocol !== null && neighbour.protocol !== protocol) return false;
    if (unused && neighbour.queue.length > 0) return false;
    if (proxy || all) return true;
    // What a routing daemon put there is shown whatever its state.
    if (neighbour.externLearn && !flush) return true;
    if (states.size > 0) return states.has(neighbour.state);
    return flush
      ? !PERMANENT.has(neighbour.state)
      : neighbour.state !== 'NOARP' && neighbour.state !== 'NONE';
  };
  const entries = [...run.net.neighbours.all(4), ...run.net.neighbours.all(6)].filter(wanted);
  if (flush) {
    for (const entry of entries) run.kernel.stack.neighbours.remove(run.net, entry);
    if (run.options.statistics > 0) {
      if (entries.length === 0) run.output.out('Nothing to flush.\n');
      else
        run.output.out(
          `\n*** Round 1, deleting ${entries.length} entries ***\n*** Flush is complete after 1 round ***\n`,
        );
    }
    return 0;
  }
  const writer = run.writer();
  writer.begin();
  for (const entry of entries) printNeighbour(run, writer, entry, device !== null);
  writer.finish();
  return 0;
}

export function printNeighbour(
  run: IpRun,
  writer: Writer,
  neighbour: Neighbour,
  hideDevice = false,
  deleted = false,
): void {
  const { options } = run;
  const address = formatIp(neighbour.family, neighbour.address);
  const device = run.linkName(neighbour.ifindex);
  writer.openObject();
  if (deleted) writer.field('deleted', true, 'Deleted ');
  if (options.brief) {
    writer.field('dst', address, `${address.padEnd(39)} `);
    if (!hideDevice) writer.field('dev', device, `${device.padEnd(16)} `);
    if (neighbour.mac !== null) writer.field('lladdr', formatMac(neighbour.mac), formatMac(neighbour.mac));
    writer.text('\n');
    writer.closeObject();
    return;
  }
  writer.field('dst', address, `${address} `);
  if (!hideDevice) writer.field('dev', device, `dev ${device} `);
  const known =
    neighbour.mac !== null &&
    neighbour.state !== 'FAILED' &&
    neighbour.state !== 'INCOMPLETE' &&
    neighbour.state !== 'NONE';
  if (known && neighbour.mac !== null)
    writer.field('lladdr', formatMac(neighbour.mac), `lladdr ${formatMac(neighbour.mac)} `);
  if (neighbour.router) writer.field('router', null, 'router ');
  if (neighbour.proxy) writer.field('proxy', null, 'proxy ');
  if (neighbour.externLearn) writer.field('extern_learn', null, 'extern_learn ');
  if (options.statistics > 0 && !neighbour.proxy) {
    const ago = (time: number): number => Math.max(0, Math.floor((run.now - time) / 1e9));
    const references =
      neighbour.state === 'REACHABLE' ||
      neighbour.state === 'DELAY' ||
      neighbour.state === 'PROBE' ||
      neighbour.queue.length > 0
        ? 1
        : 0;
    if (references > 0) writer.field('refcnt', references, ` ref ${references}`);
    writer.field('used', ago(neighbour.used), ` used ${ago(neighbour.used)}`);
    writer.field('confirmed', ago(neighbour.confirmed), `/${ago(neighbour.confirmed)}`);
    writer.field('updated', ago(neighbour.updated), `/${ago(neighbour.updated)}`);
    writer.field('probes', neighbour.probes, `probes ${neighbour.probes} `);
  }
  if (!neighbour.proxy && neighbour.state !== 'NONE') {
    writer.openArray('state');
    writer.field(null, neighbour.state, `${neighbour.state} `);
    writer.closeArray();
  }
  if (neighbour.protocol !== 0)
    writer.field('protocol', protocolName(neighbour.protocol), `proto ${protocolName(neighbour.protocol)} `);
  writer.text('\n');
  writer.closeObject();
}
