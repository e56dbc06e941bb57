/** `bridge link`: ports of bridges and their settings. */
import { setPort, type PortFlag, type PortSetting } from '../../linux/bridge/settings.ts';
import { scopeOf } from '../../linux/bridge/spanning-tree.ts';
import type { BridgePort, PortState } from '../../linux/bridge/state.ts';
import type { Link } from '../../linux/link.ts';
import { Arguments, matches } from '../ip/arguments.ts';
import { linkFlags, nameAndIndex } from '../ip/link-print.ts';
import type { IpRun } from '../ip/run.ts';
import type { Writer } from '../ip/writer.ts';
import { USAGE } from './usage.table.ts';

export function linkCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command === undefined) return show(run, []);
  if (matches(command, 'set') || matches(command, 'change')) return set(run, rest);
  if (matches(command, 'show') || matches(command, 'lst') || matches(command, 'list')) return show(run, rest);
  if (matches(command, 'help')) return run.arguments(words).end(USAGE.link ?? '', 255);
  run.err(`Command "${command}" is unknown, try "bridge link help".\n`);
  return 255;
}

function show(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  let device: string | null = null;
  while (!args.done) {
    if (args.is('dev')) {
      args.next();
      if (device !== null) args.duplicate('dev');
      device = args.word;
    }
    args.advance();
  }
  if (device !== null && run.link(device) === undefined) {
    run.err(`Cannot find device "${device}"\n`);
    return 255;
  }
  const writer = run.writer();
  writer.begin();
  for (const link of run.links()) {
    if (link.port === null || link.master === null || (device !== null && link.name !== device)) continue;
    print(run, writer, link, link.master, link.port);
  }
  writer.finish();
  return 0;
}

const FLAGS_BEFORE: readonly (readonly [string, PortFlag])[] = [
  ['hairpin', 'hairpin'],
  ['guard', 'guard'],
  ['root_block', 'rootBlock'],
  ['fastleave', 'fastLeave'],
  ['learning', 'learning'],
  ['flood', 'flood'],
  ['mcast_flood', 'multicastFlood'],
  ['bcast_flood', 'broadcastFlood'],
];
const FLAGS_AFTER: readonly (readonly [string, PortFlag])[] = [
  ['mcast_to_unicast', 'multicastToUnicast'],
  ['neigh_suppress', 'neighbourSuppress'],
  ['vlan_tunnel', 'vlanTunnel'],
  ['isolated', 'isolated'],
  ['locked', 'locked'],
];

function print(run: IpRun, writer: Writer, link: Link, master: Link, port: BridgePort): void {
  writer.openObject();
  writer.field('ifindex', link.index, `${link.index}: `);
  const { name, down } = nameAndIndex(run, writer, link);
  writer.field('ifname', name, `${name}: `);
  const flags = linkFlags(link);
  writer.openArray('flags', '<');
  flags.forEach((flag, index) => writer.field(null, flag, `${flag}${index < flags.length - 1 ? ',' : ''}`));
  if (down) writer.field(null, 'M-DOWN', ',M-DOWN');
  writer.closeArray('> ');
  writer.field('mtu', link.mtu, `mtu ${link.mtu} `);
  writer.field('master', master.name, `master ${master.name} `);
  writer.field('state', port.state, `state ${port.state} `);
  writer.field('priority', port.priority, `priority ${port.priority} `);
  writer.field('cost', port.pathCost, `cost ${port.pathCost} `);
  if (run.options.details) {
    const onOff = ([word, flag]: readonly [string, PortFlag]): void => {
      writer.json(word, port[flag]);
      writer.text(`${word} ${port[flag] ? 'on' : 'off'} `);
    };
    writer.text(`${writer.lineEnd}    `);
    FLAGS_BEFORE.forEach(onOff);
    writer.field('mcast_router', port.multicastRouter, `mcast_router ${port.multicastRouter} `);
    FLAGS_AFTER.forEach(onOff);
  }
  writer.text('\n');
  writer.closeObject();
}

const STATES: readonly PortState[] = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'];

const WORDS: Readonly<Record<string, PortFlag>> = {
  guard: 'guard',
  hairpin: 'hairpin',
  fastleave: 'fastLeave',
  root_block: 'rootBlock',
  learning: 'learning',
  flood: 'flood',
  mcast_flood: 'multicastFlood',
  bcast_flood: 'broadcastFlood',
  mcast_to_unicast: 'multicastToUnicast',
  neigh_suppress: 'neighbourSuppress',
  vlan_tunnel: 'vlanTunnel',
  isolated: 'isolated',
  locked: 'locked',
};

function set(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  /** A number that is no state is the kernel's to refuse. */
  let isRefused = false;
  let device: string | null = null;
  const settings: PortSetting[] = [];
  while (!args.done) {
    const flag = Object.hasOwn(WORDS, args.word) ? WORDS[args.word] : undefined;
    if (args.is('dev')) device = args.next();
    else if (flag !== undefined) {
      const word = args.word;
      args.next();
      if (args.word !== 'on' && args.word !== 'off')
        return args.end(`Error: argument of "${word}" must be one of "off", "on", not "${args.word}"\n`, 234);
      settings.push({ kind: 'flag', flag, on: args.word === 'on' });
    } else if (args.is('cost') || args.is('priority')) {
      const kind = args.is('cost') ? 'cost' : 'priority';
      args.next();
      settings.push({ kind, value: Arguments.number(args.word) ?? 0 });
    } else if (args.is('mcast_router')) {
      args.next();
      settings.push({ kind: 'multicast-router', value: Arguments.number(args.word) ?? 0 });
    } else if (args.is('state')) {
      args.next();
      const number = Arguments.number(args.word);
      const state = number === undefined ? STATES.find((name) => name === args.word) : STATES[number];
      isRefused = number !== undefined && state === undefined;
      if (state !== undefined) settings.push({ kind: 'state', state });
      else if (!isRefused) return args.end('Error: invalid STP port state\n', 255);
    } else if (args.is('hwmode', 'learning_sync', 'backup_port')) args.next();
    else if (!args.is('self', 'master', 'nobackup_port')) return args.end(USAGE.link ?? '', 255);
    args.advance();
  }
  if (device === null) {
    run.err('Device is a required argument.\n');
    return 255;
  }
  const link = run.link(device);
  if (link === undefined) {
    run.err(`Cannot find bridge device "${device}"\n`);
    return 255;
  }
  const scope = link.master === null ? undefined : scopeOf(run.net, link.master);
  if (link.port === null || scope === undefined) {
    run.refused({ errno: 'EOPNOTSUPP' });
    return 255;
  }
  if (isRefused) {
    run.refused({ errno: 'EINVAL' });
    return 255;
  }
  for (const setting of settings) {
    const result = setPort(scope, link.port, setting);
    if (!result.ok) {
      run.refused(result.error);
      return 255;
    }
  }
  return 0;
}
