/** `ip nexthop`: next hop objects that routes refer to by id. */
import { nexthopFor } from '../../linux/ip4/route-request.ts';
import { nexthopFor6 } from '../../linux/ip6/route-request.ts';
import { SCOPE, TABLE, type NexthopObject } from '../../linux/route.ts';
import type { Link } from '../../linux/link.ts';
import { removeNexthop } from '../../linux/nexthop-object.ts';
import { Arguments, matches } from './arguments.ts';
import { protocolNumber } from './names.ts';
import { printNexthop } from './nexthop-print.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';

export function nexthopCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command === undefined) return show(run, []);
  if (matches(command, 'add')) return modify(run, rest, 'add');
  if (matches(command, 'replace')) return modify(run, rest, 'replace');
  if (matches(command, 'delete')) return modify(run, rest, 'delete');
  if (matches(command, 'list') || matches(command, 'show') || matches(command, 'lst')) return show(run, rest);
  if (matches(command, 'get')) return show(run, rest);
  if (matches(command, 'flush')) return flush(run);
  if (matches(command, 'help')) return run.arguments(words).end(USAGE.nexthop ?? '', 255);
  run.err(`Command "${command}" is unknown, try "ip nexthop help".\n`);
  return 255;
}

function show(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  let id: number | null = null;
  const wanted: ((object: NexthopObject) => boolean)[] = [];
  const over = (link: Link | undefined, fits: (device: Link) => boolean): number | null => {
    if (link === undefined) return run.noDevice(args.word);
    wanted.push(({ nexthop }) => {
      const device = nexthop === null ? undefined : run.net.links.get(nexthop.ifindex);
      return device !== undefined && fits(device);
    });
    return null;
  };
  while (!args.done) {
    let status: number | null = null;
    if (args.is('id')) {
      args.next();
      id = args.unsigned('invalid id value');
    } else if (args.is('dev')) {
      const link = run.link(args.next());
      if (link === undefined) return args.wrong('Device does not exist\n');
      status = over(link, (device) => device === link);
    } else if (args.matches('vrf') || args.is('master')) {
      const link = run.link(args.next());
      status = over(link, (device) => device.master === link);
    } else if (args.matches('groups')) wanted.push(({ kind }) => kind === 'group');
    else if (args.matches('protocol')) {
      args.next();
      const protocol = protocolNumber(args.word) ?? args.wrong('invalid protocol value');
      wanted.push((object) => object.protocol === protocol);
    } else if (args.matches('help')) args.end(USAGE.nexthop ?? '', 255);
    else if (args.is('fdb')) wanted.push(() => false);
    else args.wrong('');
    if (status !== null) return status;
    args.advance();
  }
  const objects = [...run.net.nexthops.values()]
    .filter((object) => (id === null || object.id === id) && wanted.every((fits) => fits(object)))
    .sort((a, b) => a.id - b.id);
  if (id !== null && objects.length === 0) return run.refused({ errno: 'ENOENT' });
  const writer = run.writer();
  writer.begin();
  for (const object of objects) {
    writer.openObject();
    printNexthop(run, writer, object);
    writer.text('\n');
    writer.closeObject();
  }
  writer.finish();
  return 0;
}

function modify(run: IpRun, words: readonly string[], command: 'add' | 'replace' | 'delete'): number {
  const args = run.arguments(words);
  let id: number | null = null;
  let gateway: ReturnType<Arguments['address']> | null = null;
  let device = 0;
  let blackhole = false;
  let onlink = false;
  let group: { id: number; weight: number }[] | null = null;
  let protocol = 0;
  while (!args.done) {
    if (args.is('id')) {
      args.next();
      id = args.unsigned('invalid id value');
    } else if (args.is('via')) {
      const word = args.next();
      const family = word === 'inet' ? 4 : word === 'inet6' ? 6 : null;
      if (family !== null) args.next();
      gateway = args.address(family ?? run.family);
    } else if (args.is('dev')) {
      const link = run.link(args.next());
      if (link === undefined) return args.wrong('Device does not exist\n');
      device = link.index;
    } else if (args.is('blackhole')) blackhole = true;
    else if (args.is('onlink')) onlink = true;
    else if (args.is('group')) {
      args.next();
      group = args.word.split('/').map((part) => {
        const [member, weight] = part.split(',');
        return {
          id: Arguments.number(member ?? '') ?? args.wrong('"group" value is invalid\n'),
          weight: weight === undefined ? 1 : memberWeight(args, part.slice((member ?? '').length + 1)),
        };
      });
    } else if (args.is('type')) {
      const word = args.next();
      if (word === 'resilient') return args.end('ip: resilient groups of next hops are not modelled\n', 1);
      if (word !== 'mpath') args.wrong('"type" value is invalid\n');
    } else if (args.matches('protocol')) {
      args.next();
      protocol = protocolNumber(args.word) ?? args.wrong('"protocol" value is invalid\n');
    } else if (args.is('help')) args.end(USAGE.nexthop ?? '', 255);
    else args.wrong('');
    args.advance();
  }
  const { nexthops } = run.net;
  if (command === 'delete') {
    if (id === null || !nexthops.has(id)) return run.refused({ errno: 'ENOENT' });
    removeNexthop(run.net, id);
    return 0;
  }
  let free = 1;
  while (nexthops.has(free)) free += 1;
  const number = id ?? free;
  const isTaken = command === 'add' && nexthops.has(number);
  if (group !== null) {
    const ids = group.map((member) => member.id);
    if (new Set(ids).size < ids.length)
      return run.refused({ errno: 'EINVAL', message: 'Nexthop id can not be used twice in a group' });
    for (const member of ids) {
      const object = nexthops.get(member);
      if (object === undefined) return run.refused({ errno: 'EINVAL', message: 'Invalid nexthop id' });
      if (object.kind === 'group')
        return run.refused({
          errno: 'EINVAL',
          message: 'Hash-threshold group can not be a nexthop within a group',
        });
      if (object.kind === 'blackhole' && ids.length > 1)
        return run.refused({
          errno: 'EINVAL',
          message: 'Blackhole nexthop can not be used in a group with more than 1 path',
        });
    }
    if (isTaken) return run.refused({ errno: 'EEXIST' });
    nexthops.set(number, {
      id: number,
      kind: 'group',
      family: nexthops.get(group[0]?.id ?? 0)?.family ?? 4,
      nexthop: null,
      group,
      protocol,
    });
    return 0;
  }
  const family = gateway?.family ?? run.family ?? 4;
  if (blackhole) {
    if (!run.links().some((link) => link.kind === 'lo' && link.up))
      return run.refused({ errno: 'ENETDOWN', message: 'Device for nexthop is not up' });
    if (isTaken) return run.refused({ errno: 'EEXIST' });
    nexthops.set(number, { id: number, kind: 'blackhole', family, nexthop: null, group: [], protocol });
    return 0;
  }
  if (device === 0)
    return run.refused({
      errno: 'EINVAL',
      message: 'Device attribute required for non-blackhole and non-fdb nexthops',
    });
  const link = run.net.links.get(device);
  if (link !== undefined && !link.up)
    return run.refused({ errno: 'ENETDOWN', message: 'Nexthop device is not up' });
  if (link !== undefined && link.operReported && !link.carrier)
    return run.refused({ errno: 'ENETDOWN', message: 'Carrier for nexthop device is down' });
  const way = { gateway, device, weight: 1, onlink };
  const hop = family === 4 ? nexthopFor(run.net, way, TABLE.main, SCOPE.global) : nexthopFor6(run.net, way);
  if (!hop.ok) return run.refused(hop.error);
  if (isTaken) return run.refused({ errno: 'EEXIST' });
  nexthops.set(number, { id: number, kind: 'single', family, nexthop: hop.value, group: [], protocol });
  return 0;
}

/** Weights are 1 to 254. */
function memberWeight(args: Arguments, word: string): number {
  const weight = Arguments.number(word);
  return weight === undefined || weight < 1 || weight > 255
    ? args.end(`Error: argument "${word}" is wrong: "weight" is invalid\n\n`, 255)
    : weight;
}

function flush(run: IpRun): number {
  const ids = [...run.net.nexthops.keys()].sort((a, b) => a - b);
  for (const id of ids) if (run.net.nexthops.has(id)) removeNexthop(run.net, id);
  run.output.out(ids.length === 0 ? 'Nothing to flush\n' : `Flushed ${ids.length} nexthops\n`);
  return 0;
}
