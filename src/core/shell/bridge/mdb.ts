/** `bridge mdb`: multicast groups of bridge ports. */
import { addGroup, forgetGroup, isRouterPort } from '../../linux/bridge/multicast.ts';
import { timeLeft } from '../../linux/bridge/timer.ts';
import { formatIp, isMulticastIp, parseIp, type IpAddress } from '../../linux/family.ts';
import { Arguments, matches } from '../ip/arguments.ts';
import type { IpRun } from '../ip/run.ts';
import { USAGE } from './usage.table.ts';

/** ff02::1, and the first 24 bits of 224.0.0.0/24. */
const ALL_NODES = (0xff02n << 112n) | 1n;
const LOCAL_GROUPS = 0xe00000n;

export function mdbCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command === undefined) return show(run, []);
  if (matches(command, 'add')) return modify(run, rest, true);
  if (matches(command, 'delete')) return modify(run, rest, false);
  if (matches(command, 'show') || matches(command, 'lst') || matches(command, 'list')) return show(run, rest);
  if (matches(command, 'help')) return run.arguments(words).end(USAGE.mdb ?? '', 255);
  run.err(`Command "${command}" is unknown, try "bridge mdb help".\n`);
  return 255;
}

function show(run: IpRun, words: readonly string[]): number {
  const args: Arguments = run.arguments(words);
  let device: string | null = null;
  while (!args.done) {
    if (args.is('dev')) device = args.next();
    args.advance();
  }
  const writer = run.writer();
  writer.begin();
  writer.openObject();
  writer.openArray('mdb');
  for (const master of run.links()) {
    if (master.bridge === null || (device !== null && master.name !== device)) continue;
    for (const group of [...master.bridge.groups].reverse()) {
      const port = group.port === null ? master.name : run.linkName(group.port);
      const address = formatIp(group.family, group.group);
      const state = group.permanent ? 'permanent' : 'temp';
      writer.openObject();
      writer.json('index', master.index);
      writer.field('dev', master.name, `dev ${master.name} `);
      writer.field('port', port, `port ${port} `);
      writer.field('grp', address, `grp ${address} `);
      writer.field('state', state, state);
      writer.openArray('flags');
      writer.closeArray();
      if (run.options.details && group.port !== null) {
        const protocol = group.byUser ? 'static' : 'kernel';
        writer.field('protocol', protocol, ` proto ${protocol} `);
      }
      if (group.vlan !== 0) writer.field('vid', group.vlan, ` vid ${group.vlan}`);
      if (run.options.statistics > 0) {
        const left = Math.floor(timeLeft(run.context.clock, group.timer) / 1e7);
        const text = `${String(Math.floor(left / 100)).padStart(4)}.${String(left % 100).padStart(2, '0')}`;
        writer.field('timer', text, ` ${text}`);
      }
      writer.text('\n');
      writer.closeObject();
    }
  }
  writer.closeArray();
  if (run.options.details && !writer.isJson) printRouterPorts(run, writer, device);
  writer.openObject('router');
  writer.closeObject();
  writer.closeObject();
  writer.finish();
  return 0;
}

function printRouterPorts(run: IpRun, writer: ReturnType<IpRun['writer']>, device: string | null): void {
  for (const master of run.links()) {
    const routers = (master.bridge?.ports ?? []).filter(isRouterPort);
    if (routers.length === 0 || (device !== null && master.name !== device)) continue;
    const names = routers.map((port) => `${run.linkName(port.ifindex)} `).join('');
    writer.text(`router ports on ${master.name}: ${names}\n`);
  }
}

function modify(run: IpRun, words: readonly string[], add: boolean): number {
  const args = run.arguments(words);
  let device: string | null = null;
  let port: string | null = null;
  let group: ReturnType<typeof parseIp>;
  let permanent = false;
  let vlan = 0;
  while (!args.done) {
    if (args.is('dev')) device = args.next();
    else if (args.is('port')) port = args.next();
    else if (args.is('grp'))
      group = parseIp(args.next()) ?? args.end(`Invalid address "${args.word}"\n`, 255);
    else if (args.is('permanent')) permanent = true;
    else if (args.is('vid')) {
      args.next();
      vlan = Arguments.number(args.word) ?? 0;
    } else if (args.is('temp')) permanent = false;
    else if (args.is('src')) return args.end('bridge: sources of groups are not modelled\n', 1);
    args.advance();
  }
  if (device === null || port === null || group === undefined)
    return args.end('Device, group address and port name are required arguments.\n', 255);
  const master = run.link(device);
  const member = run.link(port);
  if (master === undefined) return args.end(`Cannot find device "${device}"\n`, 255);
  if (member === undefined) return args.end(`Cannot find device "${port}"\n`, 255);
  const wanted = group;
  const refuse = (errno: 'EINVAL' | 'EOPNOTSUPP' | 'EEXIST', message?: string): number => {
    run.refused({ errno, ...(message === undefined ? {} : { message }) });
    return 255;
  };
  const bad = problemOfGroup(wanted);
  if (bad !== undefined) return refuse('EINVAL', bad);
  if (master.vxlan !== null)
    return member === master
      ? refuse('EOPNOTSUPP')
      : refuse('EINVAL', 'vxlan: Port net device must be the VXLAN net device');
  if (master.bridge === null) return refuse('EOPNOTSUPP', 'Device does not support MDB operations');
  const { groups } = master.bridge;
  if (!master.up) return refuse('EINVAL', 'bridge: Bridge device is not running');
  if (member !== master && member.port === null)
    return refuse('EINVAL', 'bridge: Net device is not a bridge port');
  const index = member === master ? null : member.index;
  const at = groups.findIndex(
    (each) =>
      each.group === wanted.address &&
      each.family === wanted.family &&
      each.port === index &&
      each.vlan === vlan,
  );
  if (add) {
    if (at >= 0) return refuse('EEXIST', 'bridge: (*, G) group is already joined by port');
    if (!permanent && member.port?.state === 'disabled')
      return refuse('EINVAL', 'bridge: Port is in disabled state and entry is not permanent');
    addGroup(run.net, master.bridge, {
      family: wanted.family,
      group: wanted.address,
      vlan,
      port: index,
      permanent,
    });
    return 0;
  }
  if (at < 0) return refuse('EINVAL');
  const entry = groups[at];
  if (entry !== undefined) forgetGroup(master.bridge, entry);
  return 0;
}

/** What the kernel finds wrong with the address of a group, whatever the device is. */
function problemOfGroup({ family, address }: IpAddress): string | undefined {
  if (family === 6)
    return address === ALL_NODES ? 'IPv6 entry group address is link-local all nodes' : undefined;
  if (address !== 0n && !isMulticastIp(4, address))
    return 'IPv4 entry group address is not multicast or 0.0.0.0';
  return address >> 8n === LOCAL_GROUPS ? 'IPv4 entry group address is local multicast' : undefined;
}
