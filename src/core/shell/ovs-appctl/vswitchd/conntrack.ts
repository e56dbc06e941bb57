/** `dpctl/dump-conntrack` and `dpctl/flush-conntrack`: the connections that the datapath tracks. */
import { err, ok } from '../../../base/result.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import { parseCtMatch } from '../../../ofproto/conntrack/ct-match.ts';
import type { DaemonCommand, Reply } from '../reply.ts';
import { connectionText, shortState } from './connection-text.ts';
import { NO_DATAPATH, namesDatapath, readOptions } from './dpctl-options.ts';

/** `zone=N` at the end of the arguments, read as far as it is a number. */
function takeZone(args: readonly string[]): {
  readonly zone: number | undefined;
  readonly rest: readonly string[];
} {
  const digits = /^zone=\s*\+?(\d+)/.exec(args.at(-1) ?? '')?.[1];
  return digits === undefined
    ? { zone: undefined, rest: args }
    : { zone: Number(BigInt(digits) & 0xffffn), rest: args.slice(0, -1) };
}

function dump(datapath: Datapath, args: readonly string[]): Reply {
  const options = readOptions(args);
  if (!options.ok) return options;
  const { verbose, statistics } = options.value;
  const { zone, rest } = takeZone(options.value.rest);
  if (rest.length === 1 && !namesDatapath(rest[0])) return err(NO_DATAPATH);
  const now = statistics ? datapath.context.clock.now() : null;
  const { conntrack } = datapath;
  return ok(
    conntrack
      .connections(zone)
      .map((one) => connectionText(one, { now, verbose }))
      .join(''),
  );
}

function flush({ conntrack }: Datapath, args: readonly string[]): Reply {
  const match = parseCtMatch(namesDatapath(args[0]) ? args.slice(1) : args);
  if (!match.ok) return err(`ovs-vswitchd: ${match.error} (Invalid argument)`);
  const { zone, isWholeTuple, fits } = match.value;
  // A tuple without a zone is one of zone 0.
  const where = isWholeTuple ? (zone ?? 0) : zone;
  if (isWholeTuple && !conntrack.connections(where).some(fits))
    return err('ovs-vswitchd: failed to flush conntrack (No such file or directory)');
  conntrack.flush(where, fits);
  return ok('');
}

/** Protocols that are counted apart, in the order in which they are told. */
const COUNTED: readonly (readonly [protocol: number, name: string])[] = [
  [6, 'TCP'],
  [17, 'UDP'],
  [136, 'UDPLITE'],
  [132, 'SCTP'],
  [1, 'ICMP'],
  [33, 'DCCP'],
  [2, 'IGMP'],
];
const ICMPV6 = 58;
/** The order of Open vSwitch's TCP states. */
const STATE_ORDER = [
  'SYN_SENT',
  'ESTABLISHED',
  'CLOSE_WAIT',
  'FIN_WAIT_1',
  'CLOSING',
  'LAST_ACK',
  'TIME_WAIT',
];

function countBy<T>(items: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function statistics(datapath: Datapath, args: readonly string[]): Reply {
  const options = readOptions(args);
  if (!options.ok) return options;
  let { verbose } = options.value;
  let { rest } = options.value;
  let zone: number | undefined;
  for (;;) {
    const taken = takeZone(rest);
    if (rest.at(-1)?.startsWith('verbose') === true) {
      verbose = true;
      rest = rest.slice(0, -1);
    } else if (taken.rest.length < rest.length) ({ zone, rest } = taken);
    else break;
  }
  if (rest.length === 1 && !namesDatapath(rest[0])) return err(NO_DATAPATH);
  const all = datapath.conntrack.connections(zone);
  const protocols = countBy(all.map(({ original }) => original.protocol));
  const lines = ['Connections Stats:', `    Total: ${all.length}`];
  let others = all.length - (protocols.get(ICMPV6) ?? 0);
  for (const [protocol, name] of COUNTED) {
    const count = protocols.get(protocol) ?? 0;
    others -= count;
    if (count === 0) continue;
    lines.push(`  ${name}: ${count}`);
    if (name !== 'TCP' || !verbose) continue;
    const states = countBy(all.flatMap(({ tcp }) => (tcp === null ? [] : shortState(tcp.state))));
    lines.push('    Conn per TCP states:');
    for (const state of STATE_ORDER) if (states.has(state)) lines.push(`\t  [${state}]=${states.get(state)}`);
  }
  if (others > 0) lines.push(`  Other: ${others}`);
  return ok(`${lines.join('\n')}\n`);
}

export const CONNTRACK_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  { name: 'dpctl/dump-conntrack', usage: '[-m] [-s] [dp] [zone=N]', least: 0, most: 4, run: dump },
  {
    name: 'dpctl/flush-conntrack',
    usage: '[dp] [zone=N] [mark=X[/M]] [labels=Y[/N]] [ct-orig-tuple [ct-reply-tuple]]',
    least: 0,
    most: 6,
    run: flush,
  },
  { name: 'dpctl/ct-stats-show', usage: '[dp] [zone=N]', least: 0, most: 3, run: statistics },
  {
    name: 'dpctl/ct-bkts',
    usage: '[dp] [gt=N]',
    least: 0,
    most: 2,
    run: (_datapath, args) => {
      const rest = /^gt=\d/.test(args.at(-1) ?? '') ? args.slice(0, -1) : args;
      return rest.length === 1 && !namesDatapath(rest[0])
        ? err(NO_DATAPATH)
        : ok('Command is available for UserSpace ConnTracker only.\n');
    },
  },
];
