/** `ip route get`: which way a datagram would take, as the kernel answers. */
import { tosNumber } from './names.ts';
import { formatIp, widthOf, type Family, type IpAddress } from '../../linux/family.ts';
import type { Errno } from '../../linux/index.ts';
import { ownerOf } from '../../linux/ip4/source-address.ts';
import { routeInput } from '../../linux/ip4/route-input.ts';
import { routeOutput } from '../../linux/ip4/route-output.ts';
import { routeOutput6 } from '../../linux/ip6/route-output.ts';
import { selectAddress6 } from '../../linux/ip6/source-address.ts';
import { fibLookup } from '../../linux/route-lookup.ts';
import { TABLE, type Route } from '../../linux/route.ts';
import type { Arguments, Prefix } from './arguments.ts';
import { printRoute, rowOf, type RouteRow } from './route-print.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';

interface Question {
  family: Family | null;
  destination: Prefix | null;
  from: Prefix | null;
  iif: string | null;
  oif: string | null;
  mark: number;
  tos: number;
  fibMatch: boolean;
  protocol: number | null;
  sourcePort: number | null;
  destinationPort: number | null;
  uid: number;
}

const NO_QUESTION: Question = {
  family: null,
  destination: null,
  from: null,
  iif: null,
  oif: null,
  mark: 0,
  tos: 0,
  fibMatch: false,
  protocol: null,
  sourcePort: null,
  destinationPort: null,
  uid: 0,
};

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, 'ipv6-icmp': 58 };

function parse(run: IpRun, args: Arguments): Question {
  const question: Question = { ...NO_QUESTION, family: run.family };
  while (!args.done) {
    if (args.is('tos') || args.matches('dsfield')) {
      args.next();
      question.tos = tosNumber(args.word) ?? args.wrong('TOS value is invalid\n');
    } else if (args.matches('from')) {
      args.next();
      if (args.matches('help')) args.end(USAGE.route ?? '', 255);
      question.from = args.prefix(question.family);
      question.family ??= question.from.family;
    } else if (args.matches('iif')) question.iif = args.next();
    else if (args.matches('mark')) {
      args.next();
      question.mark = args.unsigned('invalid mark value');
    } else if (args.matches('oif') || args.is('dev')) question.oif = args.next();
    else if (args.matches('notify', 'connected')) {
      // Neither changes the answer.
    } else if (args.matches('vrf')) {
      const link = run.link(args.next());
      if (link?.vrfTable == null) args.wrong('Invalid VRF\n');
      question.oif = args.word;
    } else if (args.matches('uid')) {
      args.next();
      question.uid = args.unsigned('invalid UID\n');
    } else if (args.matches('fibmatch')) question.fibMatch = true;
    else if (args.is('as')) args.next();
    else if (args.matches('sport')) {
      args.next();
      question.sourcePort = args.unsigned('invalid sport\n');
    } else if (args.matches('dport')) {
      args.next();
      question.destinationPort = args.unsigned('invalid dport\n');
    } else if (args.matches('ipproto')) {
      const word = args.next();
      question.protocol = PROTOCOLS[word] ?? args.unsigned('Invalid "ipproto" value\n');
    } else {
      if (args.is('to')) args.next();
      if (args.matches('help')) args.end(USAGE.route ?? '', 255);
      question.destination = args.prefix(question.family);
      question.family ??= question.destination.family;
    }
    args.advance();
  }
  return question;
}

export function getRoute(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  const question = parse(run, args);
  const { destination } = question;
  if (destination === null) {
    run.err('need at least a destination address\n');
    return 1;
  }
  const width = widthOf(destination.family);
  if (destination.explicit && destination.length !== width)
    run.err(`Warning: /${destination.length} as prefix is invalid, only /${width} (or none) is supported.\n`);
  const device = (name: string | null): number | undefined => (name === null ? 0 : run.link(name)?.index);
  const oif = device(question.oif);
  if (oif === undefined) return run.noDevice(question.oif ?? '');
  const iif = device(question.iif);
  if (iif === undefined) return run.noDevice(question.iif ?? '');
  const row =
    destination.family === 4
      ? answer4(run, question, destination, iif, oif)
      : answer6(run, question, destination, iif, oif);
  if (typeof row === 'string') return run.refused({ errno: row });
  const writer = run.writer();
  writer.begin();
  printRoute(run, writer, row);
  writer.finish();
  return 0;
}

type Answer = RouteRow | Errno;

const portsOf = (question: Question): object => ({
  ...(question.protocol === null ? {} : { protocol: question.protocol }),
  ...(question.sourcePort === null ? {} : { sourcePort: question.sourcePort }),
  ...(question.destinationPort === null ? {} : { destinationPort: question.destinationPort }),
});

/** With the standard rules only, local routes are found through the main table. */
const localTable = (run: IpRun, route: Route | null): number =>
  route === null || (route.table === TABLE.local && !run.net.hasOwnRules) ? TABLE.main : route.table;

const base = (family: Family, destination: bigint): RouteRow => ({
  family,
  type: 'unicast',
  destination,
  length: widthOf(family),
  from: null,
  nhid: 0,
  tos: 0,
  gateway: null,
  device: null,
  table: TABLE.main,
  protocol: 0,
  scope: 0,
  source: null,
  metric: null,
  flags: [],
  mark: 0,
  uid: null,
  cache: null,
  users: null,
  expires: null,
  metrics: {},
  iif: null,
  preference: null,
  nexthops: null,
});

function answer4(run: IpRun, question: Question, destination: Prefix, iif: number, oif: number): Answer {
  const { net } = run;
  const target = Number(destination.address);
  const from = question.from === null ? 0 : Number(question.from.address);
  const fromText = question.from === null ? null : formatIp(4, question.from.address);
  if (question.fibMatch) return matched(run, 4, destination.address, question, oif);
  if (iif !== 0) {
    const link = net.links.get(iif);
    if (link === undefined) return 'ENODEV';
    const input = routeInput(net, link, {
      source: from,
      destination: target,
      tos: question.tos,
      mark: question.mark,
    });
    if (input.kind === 'martian') return 'EINVAL';
    if (input.kind === 'refused') return input.errno;
    const common = { ...base(4, destination.address), from: fromText, mark: question.mark, iif };
    if (input.kind === 'local') {
      const words =
        input.type === 'local' ? ['local'] : input.type === 'broadcast' ? ['local', 'brd'] : ['local', 'mc'];
      const lo = [...net.links.values()].find((each) => each.kind === 'lo');
      return {
        ...common,
        type: input.type,
        device: lo?.index ?? null,
        table: localTable(run, input.route),
        cache: words,
      };
    }
    return {
      ...common,
      device: input.link.index,
      gateway: input.gateway,
      table: localTable(run, input.route),
      cache: [],
    };
  }
  const asked = routeOutput(net, {
    destination: target,
    source: from,
    tos: question.tos,
    mark: question.mark,
    oif,
    ...portsOf(question),
  });
  if (!asked.ok)
    return from !== 0 && asked.errno === 'EINVAL' && asked.route === null && ownerOf(net, from) === undefined
      ? 'ENETUNREACH'
      : asked.errno;
  const { value } = asked;
  const words =
    value.type === 'local'
      ? ['local']
      : value.type === 'broadcast'
        ? ['local', 'brd']
        : value.type === 'multicast' && value.link.groups4.has(target)
          ? ['local', 'mc']
          : value.type === 'multicast'
            ? ['mc']
            : value.link.kind === 'lo'
              ? ['local']
              : [];
  const exception = value.type === 'unicast' ? net.exceptions.get(`4/${target}`) : undefined;
  const valid = exception !== undefined && exception.expires > run.now;
  return {
    ...base(4, destination.address),
    type: value.type,
    from: fromText,
    gateway: value.gateway,
    device: value.link.index,
    table: localTable(run, value.route),
    source: from === 0 && value.source !== 0 ? BigInt(value.source) : null,
    flags: value.type === 'multicast' ? ['rt_offload_failed'] : [],
    mark: question.mark,
    uid: question.uid,
    cache: words,
    users: run.options.statistics > 0 ? 2 : null,
    expires: valid ? Math.floor((exception.expires - run.now) / 1e9) : null,
    metrics:
      valid && exception.mtu !== null
        ? { ...value.route?.metrics, mtu: Math.min(exception.mtu, value.link.mtu) }
        : (value.route?.metrics ?? {}),
  };
}

/** The cached answer for a destination of which the kernel has learned something. */
export function exceptionRow(run: IpRun, destination: bigint): RouteRow | undefined {
  const row = answer4(
    run,
    NO_QUESTION,
    { family: 4, address: destination, length: 32, explicit: false },
    0,
    0,
  );
  return typeof row === 'string' ? undefined : { ...row, source: null, uid: null };
}

function answer6(run: IpRun, question: Question, destination: Prefix, iif: number, oif: number): Answer {
  const { net } = run;
  if (question.fibMatch) return matched(run, 6, destination.address, question, oif);
  const from: IpAddress = question.from ?? { family: 6, address: 0n };
  if (iif !== 0) {
    const result = fibLookup(net, {
      family: 6,
      destination: destination.address,
      source: from.address,
      tos: 0,
      mark: question.mark,
      iif,
      oif: 0,
    });
    if (result.kind === 'error') return result.errno;
    return {
      ...rowOf(run, result.route),
      destination: destination.address,
      length: 128,
      from: formatIp(6, from.address),
      iif,
    };
  }
  const asked = routeOutput6(net, {
    destination: destination.address,
    source: from.address,
    anySource: true,
    mark: question.mark,
    oif,
    ...portsOf(question),
  });
  if (!asked.ok) return asked.errno;
  const { value } = asked;
  // Whatever source was asked about, the answer names the one that would be chosen.
  const source =
    from.address === 0n
      ? value.source
      : (value.route.source ?? selectAddress6(net, value.link, destination.address) ?? 0n);
  const row = rowOf(run, value.route);
  const exception = net.exceptions.get(`6/${destination.address}`);
  const valid = value.type === 'unicast' && exception !== undefined && exception.expires > run.now;
  return {
    ...row,
    destination: destination.address,
    length: 128,
    from: formatIp(6, from.address),
    gateway: value.gateway === null ? null : { family: 6, address: value.gateway },
    device: value.link.index,
    table: value.route.table,
    source: source === 0n ? null : source,
    nexthops: null,
    expires: valid ? Math.floor((exception.expires - run.now) / 1e9) : row.expires,
    metrics: valid && exception.mtu !== null ? { ...row.metrics, mtu: exception.mtu } : row.metrics,
  };
}

/** `fibmatch`: the route itself. */
function matched(run: IpRun, family: Family, destination: bigint, question: Question, oif: number): Answer {
  const result = fibLookup(run.net, {
    family,
    destination,
    source: question.from?.address ?? 0n,
    tos: question.tos,
    mark: question.mark,
    iif: 0,
    oif,
  });
  if (result.kind === 'error') return result.errno;
  const row = rowOf(run, result.route);
  return family === 4 ? { ...row, table: localTable(run, result.route) } : row;
}
