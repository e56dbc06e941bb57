/** Resilient groups of `ip nexthop`: their settings as they are typed, and `ip nexthop bucket`. */
import type { NexthopObject } from '../../linux/route.ts';
import { matches, type Arguments } from './arguments.ts';
import { secondsText } from './nexthop-print.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';

/** What follows `type resilient`; null: not said. Timers are in seconds. */
export interface ResilientRequest {
  readonly buckets: number | null;
  readonly idleTimer: number | null;
  readonly unbalancedTimer: number | null;
}

const MOST_BUCKETS = 0xffff;

/** Reads the settings; the last word read is the present one. */
export function readResilient(args: Arguments): ResilientRequest {
  let buckets: number | null = null;
  let idleTimer: number | null = null;
  let unbalancedTimer: number | null = null;
  for (;;) {
    const next = args.peek();
    if (next === 'buckets') {
      args.advance();
      args.next();
      buckets = args.unsigned('invalid buckets value');
      if (buckets > MOST_BUCKETS) args.wrong('invalid buckets value');
    } else if (next === 'idle_timer') {
      args.advance();
      args.next();
      idleTimer = args.unsigned('invalid idle timer value');
    } else if (next === 'unbalanced_timer') {
      args.advance();
      args.next();
      unbalancedTimer = args.unsigned('invalid unbalanced timer value');
    } else return { buckets, idleTimer, unbalancedTimer };
  }
}

export function bucketCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command === undefined) return show(run, []);
  if (matches(command, 'list') || matches(command, 'show') || matches(command, 'lst')) return show(run, rest);
  if (matches(command, 'get')) return get(run, rest);
  if (matches(command, 'help')) return run.arguments(words).end(USAGE.nexthop ?? '', 255);
  run.err(`Command "${command}" is unknown, try "ip nexthop help".\n`);
  return 255;
}

interface Row {
  readonly group: number;
  readonly index: number;
  readonly idle: number;
  readonly member: number;
}

const rowsOf = ({ id: group, resilient }: NexthopObject): readonly Row[] =>
  (resilient?.buckets() ?? []).flatMap(({ id: member, idle }, index) =>
    member === null ? [] : [{ group, index, idle, member }],
  );

function print(run: IpRun, rows: readonly Row[]): number {
  const writer = run.writer();
  writer.begin();
  for (const { group, index, idle, member } of rows) {
    writer.openObject();
    writer.field('id', group, `id ${group} `);
    writer.openObject('bucket');
    writer.field('index', index, `index ${index} `);
    writer.jsonRaw('idle_time', secondsText(idle));
    writer.text(`idle_time ${secondsText(idle)} `);
    writer.field('nhid', member, `nhid ${member} `);
    writer.closeObject();
    writer.openArray('flags');
    writer.closeArray();
    writer.text('\n');
    writer.closeObject();
  }
  writer.finish();
  return 0;
}

/** The kernel's refusal of a listing. */
function ended(run: IpRun, message: string): number {
  run.err(`${message}Dump terminated\n`);
  return 2;
}

function show(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  const { net } = run;
  let id: number | null = null;
  const wanted: ((row: Row) => boolean)[] = [];
  const device = (fits: (index: number) => boolean): void =>
    void wanted.push(({ member }) => fits(net.nexthops.get(member)?.nexthop?.ifindex ?? 0));
  for (; !args.done; args.advance())
    if (args.is('id')) {
      args.next();
      id = args.unsigned('invalid id value');
    } else if (args.is('nhid')) {
      args.next();
      const member = args.unsigned('invalid id value');
      wanted.push((row) => row.member === member);
    } else if (args.is('dev')) {
      const link = run.link(args.next());
      if (link === undefined) return args.wrong('Device does not exist\n');
      device((index) => index === link.index);
    } else if (args.matches('vrf') || args.is('master')) {
      const link = run.link(args.next());
      if (link === undefined) return run.noDevice(args.word);
      device((index) => net.links.get(index)?.master === link);
    } else if (args.matches('help')) args.end(USAGE.nexthop ?? '', 255);
    else args.wrong('');
  const object = id === null ? undefined : net.nexthops.get(id);
  if (id !== null && object === undefined) return ended(run, '');
  if (object !== undefined && object.resilient === null) return ended(run, 'Error: Not a nexthop group.\n');
  const objects = object === undefined ? [...net.nexthops.values()].sort((a, b) => a.id - b.id) : [object];
  return print(
    run,
    objects.flatMap(rowsOf).filter((row) => wanted.every((fits) => fits(row))),
  );
}

function get(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  let id: number | null = null;
  let index: number | null = null;
  for (; !args.done; args.advance())
    if (args.is('id')) {
      args.next();
      id = args.unsigned('invalid id value');
    } else if (args.is('index')) {
      args.next();
      index = args.unsigned('invalid bucket index value');
    } else args.end(USAGE.nexthop ?? '', 255);
  if (id === null || index === null) return args.end(USAGE.nexthop ?? '', 255);
  const object = run.net.nexthops.get(id);
  if (object === undefined) return run.refused({ errno: 'ENOENT' });
  if (object.resilient === null) return run.refused({ errno: 'EINVAL', message: 'Not a nexthop group' });
  const row = rowsOf(object).find((each) => each.index === index);
  return row === undefined
    ? run.refused({ errno: 'ENOENT', message: 'Bucket index out of bounds' })
    : print(run, [row]);
}
