/** `ip nexthop`: next hop objects that routes refer to by id. */
import { nexthopFor } from '../../linux/ip4/route-request.ts';
import { nexthopFor6 } from '../../linux/ip6/route-request.ts';
import type { Nexthop, Route } from '../../linux/route.ts';
import { SCOPE, TABLE } from '../../linux/route.ts';
import { allRoutes, removeRoute, sameWay, tableFor } from '../../linux/route-table.ts';
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
  while (!args.done) {
    if (args.is('id')) {
      args.next();
      id = args.unsigned('invalid id value');
    } else if (args.matches('help')) args.end(USAGE.nexthop ?? '', 255);
    args.advance();
  }
  const objects = [...run.net.nexthops.values()]
    .filter((object) => id === null || object.id === id)
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
      if (link === undefined) return args.wrong('invalid device\n');
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
    remove(run, id);
    return 0;
  }
  let free = 1;
  while (nexthops.has(free)) free += 1;
  const number = id ?? free;
  if (command === 'add' && nexthops.has(number)) return run.refused({ errno: 'EEXIST' });
  if (group !== null) {
    if (group.some((member) => !nexthops.has(member.id)))
      return run.refused({ errno: 'EINVAL', message: 'Invalid nexthop id' });
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
    nexthops.set(number, { id: number, kind: 'blackhole', family, nexthop: null, group: [], protocol });
    return 0;
  }
  if (device === 0)
    return run.refused({
      errno: 'EINVAL',
      message: 'Device attribute required for non-blackhole and non-fdb nexthops',
    });
  const way = { gateway, device, weight: 1, onlink };
  const hop = family === 4 ? nexthopFor(run.net, way, TABLE.main, SCOPE.global) : nexthopFor6(run.net, way);
  if (!hop.ok) return run.refused(hop.error);
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

/** Removes an object with the routes that use it, and from its groups; a group without members goes as well. */
function remove(run: IpRun, id: number): void {
  const { nexthops } = run.net;
  const gone = nexthops.get(id);
  nexthops.delete(id);
  for (const family of [4, 6] as const)
    for (const route of allRoutes(run.net, family)) if (route.nhid === id) removeRoute(run.net, route);
  for (const group of [...nexthops.values()]) {
    const rest = group.group.filter((member) => member.id !== id);
    if (rest.length === group.group.length) continue;
    if (rest.length === 0) {
      remove(run, group.id);
      continue;
    }
    nexthops.set(group.id, { ...group, group: rest });
    if (gone?.nexthop != null) withoutHop(run, group.id, gone.nexthop);
  }
}

/** Routes over a group lose the next hop that left it. */
function withoutHop(run: IpRun, group: number, hop: Nexthop): void {
  const isIt = (each: Nexthop): boolean =>
    each.ifindex === hop.ifindex && each.gateway?.address === hop.gateway?.address;
  for (const family of [4, 6] as const)
    for (const route of allRoutes(run.net, family)) {
      if (route.nhid !== group) continue;
      const changed: Route = { ...route, nexthops: route.nexthops.filter((each) => !isIt(each)) };
      tableFor(run.net, family, route.table).insert(changed, 'replace', sameWay);
    }
}

function flush(run: IpRun): number {
  const ids = [...run.net.nexthops.keys()].sort((a, b) => a - b);
  for (const id of ids) if (run.net.nexthops.has(id)) remove(run, id);
  run.output.out(ids.length === 0 ? 'Nothing to flush\n' : `Flushed ${ids.length} nexthops\n`);
  return 0;
}
