/** `ip nexthop`: next hop objects that routes refer to by id. */
import { nexthopFor } from '../../linux/ip4/route-request.ts';
import { nexthopFor6 } from '../../linux/ip6/route-request.ts';
import { SCOPE, TABLE, type NexthopObject } from '../../linux/route.ts';
import type { Link } from '../../linux/link.ts';
import { removeNexthop, setNexthop } from '../../linux/nexthop-object.ts';
import { ResilientTable } from '../../linux/resilient-group.ts';
import { Arguments, matches } from './arguments.ts';
import { protocolNumber } from './names.ts';
import { bucketCommand, readResilient, type ResilientRequest } from './nexthop-bucket.ts';
import { printNexthop } from './nexthop-print.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';

/** `RES_DEFAULT_IDLE_TIMER`, in seconds. */
const IDLE_TIMER = 120;

export function nexthopCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command === undefined) return show(run, []);
  if (matches(command, 'add')) return modify(run, rest, 'add');
  if (matches(command, 'replace')) return modify(run, rest, 'replace');
  if (matches(command, 'delete')) return modify(run, rest, 'delete');
  if (matches(command, 'list') || matches(command, 'show') || matches(command, 'lst')) return show(run, rest);
  if (matches(command, 'get')) return show(run, rest);
  if (matches(command, 'flush')) return flush(run, rest);
  if (matches(command, 'bucket')) return bucketCommand(run, rest);
  if (matches(command, 'help')) return run.arguments(words).end(USAGE.nexthop ?? '', 255);
  run.err(`Command "${command}" is unknown, try "ip nexthop help".\n`);
  return 255;
}

/** The objects that a selector chooses, by their numbers; else the status of a refusal. */
function select(run: IpRun, words: readonly string[]): readonly NexthopObject[] | number {
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
      const protocol = Arguments.number(args.word) ?? args.wrong('invalid protocol value');
      wanted.push((object) => object.protocol === protocol);
    } else if (args.matches('help')) args.end(USAGE.nexthop ?? '', 255);
    // The kernel does not filter by `fdb`.
    else if (!args.is('fdb')) args.wrong('');
    if (status !== null) return status;
    args.advance();
  }
  const objects = [...run.net.nexthops.values()]
    .filter((object) => (id === null || object.id === id) && wanted.every((fits) => fits(object)))
    .sort((a, b) => a.id - b.id);
  if (id !== null && objects.length === 0) return run.refused({ errno: 'ENOENT' });
  return objects;
}

function show(run: IpRun, words: readonly string[]): number {
  const objects = select(run, words);
  if (typeof objects === 'number') return objects;
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
  let fdb = false;
  let resilient: ResilientRequest | null = null;
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
      if (word === 'resilient') resilient = readResilient(args);
      else if (word !== 'mpath') args.wrong('"type" value is invalid\n');
    } else if (args.matches('protocol')) {
      args.next();
      protocol = protocolNumber(args.word) ?? args.wrong('"protocol" value is invalid\n');
    } else if (args.is('help')) args.end(USAGE.nexthop ?? '', 255);
    else if (args.is('fdb')) fdb = true;
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
  const number = id === null || id === 0 ? free : id;
  const isTaken = command === 'add' && nexthops.has(number);
  const old = nexthops.get(number);
  const common = { id: number, protocol, fdb, gateway: null, resilient: null, nexthop: null, group: [] };
  if (group !== null) {
    const wrong = problemOfGroup(run, group, fdb);
    if (wrong !== undefined) return run.refused({ errno: 'EINVAL', message: wrong });
    if (resilient?.buckets === 0)
      return run.refused({ errno: 'EINVAL', message: 'Number of buckets needs to be non-0' });
    if (isTaken) return run.refused({ errno: 'EEXIST' });
    const isReplaced = old?.kind === 'group';
    if (isReplaced && (old.resilient === null) !== (resilient === null))
      return run.refused({
        errno: 'EINVAL',
        message: 'Can not replace a nexthop group with one of a different type',
      });
    const made =
      resilient === null ? null : resilientTable(run, isReplaced ? old.resilient : null, resilient, group);
    if (typeof made === 'string') return run.refused({ errno: 'EINVAL', message: made });
    const family = nexthops.get(group[0]?.id ?? 0)?.family ?? 4;
    setNexthop(run.net, { ...common, kind: 'group', family, group, resilient: made });
    return 0;
  }
  if (fdb && (blackhole || device !== 0))
    return run.refused({
      errno: 'EINVAL',
      message: 'Fdb attribute can not be used with encap, oif or blackhole',
    });
  if (
    old !== undefined &&
    old.fdb !== fdb &&
    [...nexthops.values()].some((each) => each.group.some(({ id: one }) => one === number))
  )
    return run.refused({ errno: 'EINVAL', message: 'Cannot change nexthop FDB status while in a group' });
  if (fdb) {
    if (gateway === null) return run.refused({ errno: 'EINVAL', message: 'Invalid address family' });
    if (isTaken) return run.refused({ errno: 'EEXIST' });
    setNexthop(run.net, { ...common, kind: 'single', family: gateway.family, gateway });
    return 0;
  }
  const family = gateway?.family ?? run.family ?? 4;
  if (blackhole) {
    if (gateway !== null || device !== 0)
      return run.refused({
        errno: 'EINVAL',
        message: 'Blackhole attribute can not be used with gateway, oif, encap or fdb',
      });
    if (onlink)
      return run.refused({
        errno: 'EINVAL',
        message: 'Invalid flags for nexthop - PERVASIVE and ONLINK can not be set',
      });
    if (!run.links().some((link) => link.kind === 'lo' && link.up))
      return run.refused({ errno: 'ENETDOWN', message: 'Device for nexthop is not up' });
    if (isTaken) return run.refused({ errno: 'EEXIST' });
    setNexthop(run.net, { ...common, kind: 'blackhole', family });
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
  setNexthop(run.net, { ...common, kind: 'single', family, nexthop: hop.value });
  return 0;
}

type Members = readonly { readonly id: number; readonly weight: number }[];

/** What the kernel finds wrong with the members of a group. */
function problemOfGroup(run: IpRun, group: Members, fdb: boolean): string | undefined {
  const { nexthops } = run.net;
  const ids = group.map((member) => member.id);
  if (new Set(ids).size < ids.length) return 'Nexthop id can not be used twice in a group';
  const first = nexthops.get(ids[0] ?? 0);
  for (const member of ids) {
    const object = nexthops.get(member);
    if (object === undefined) return 'Invalid nexthop id';
    if (object.kind === 'group')
      return `${object.resilient === null ? 'Hash-threshold' : 'Resilient'} group can not be a nexthop within a group`;
    if (object.kind === 'blackhole' && ids.length > 1)
      return 'Blackhole nexthop can not be used in a group with more than 1 path';
    if (fdb && !object.fdb) return 'FDB nexthop group can only have fdb nexthops';
    if (fdb && object.family !== first?.family) return 'FDB nexthop group cannot have mixed family nexthops';
    if (!fdb && object.fdb) return 'Non FDB nexthop group cannot have fdb nexthops';
  }
  return undefined;
}

/** The table of a resilient group that is new, or that replaces one with another's buckets; or what is wrong. */
function resilientTable(
  run: IpRun,
  old: ResilientTable | null,
  request: ResilientRequest,
  group: Members,
): ResilientTable | string {
  const { buckets, idleTimer, unbalancedTimer } = request;
  if (old !== null) {
    if (buckets !== null && buckets !== old.count)
      return 'Can not change number of buckets of a resilient nexthop group';
    const { settings } = old;
    old.setMembers(group, {
      idleTimer: idleTimer ?? settings.idleTimer,
      unbalancedTimer: unbalancedTimer ?? settings.unbalancedTimer,
    });
    return old;
  }
  if (buckets === null) return 'Number of buckets not specified for nexthop group insertion';
  const settings = { idleTimer: idleTimer ?? IDLE_TIMER, unbalancedTimer: unbalancedTimer ?? 0 };
  return new ResilientTable(run.context.clock, buckets, settings, group);
}

/** Weights are 1 to 256. */
function memberWeight(args: Arguments, word: string): number {
  const weight = Arguments.number(word);
  return weight === undefined || weight < 1 || weight > 256
    ? args.end(`Error: argument "${word}" is wrong: "weight" is invalid\n\n`, 255)
    : weight;
}

/** Objects go one by one, and groups with the last of their members: they are missed then. Without a selector groups go first. */
function flush(run: IpRun, words: readonly string[]): number {
  const objects = select(run, words);
  if (typeof objects === 'number') return objects;
  const isGroup = ({ kind }: NexthopObject): boolean => kind === 'group';
  const ordered =
    words.length > 0
      ? objects
      : [...objects.filter(isGroup), ...objects.filter((object) => !isGroup(object))];
  let count = 0;
  for (const { id } of ordered) {
    if (!run.net.nexthops.has(id)) {
      run.refused({ errno: 'ENOENT' });
      continue;
    }
    removeNexthop(run.net, id);
    count += 1;
  }
  run.output.out(objects.length === 0 ? 'Nothing to flush\n' : `Flushed ${count} nexthops\n`);
  return 0;
}
