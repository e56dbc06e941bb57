/** ovn-trace(8): where the logical flows of a southbound database take a packet. */
import type { Database } from '../../ovsdb/index.ts';
import { SouthboundTrace } from '../../ovn/trace/index.ts';
import type { DatabaseHost } from '../ovsdb/host.ts';
import { Log } from '../ovsdb/vlog.ts';
import type { Exit, Invocation, Program } from '../program.ts';
import { startTraceDaemon } from './daemon.ts';
import { type Messages, type TraceCommand, readCommand } from './options.ts';
import { switchAt } from './switch-flows.ts';
import { traceText } from './text.ts';
import { TRACE_USAGE } from './usage.table.ts';

const DATABASE = 'OVN_Southbound';
const DEFAULT_REMOTE = 'unix:/var/run/ovn/ovnsb_db.sock';
const VERSION = 'ovn-trace 26.03.2\nOpen vSwitch Library 3.7.0\nDB Schema 21.8.0\n';

function traceOn(
  database: Database,
  command: TraceCommand,
  messages: Messages,
  invocation: Invocation<DatabaseHost>,
): Exit {
  const [first = '', second] = command.words;
  const request =
    second === undefined ? { datapath: undefined, microflow: first } : { datapath: first, microflow: second };
  const southbound = new SouthboundTrace(database, { ...messages, isEager: true });
  const openFlow =
    command.ovs === undefined ? undefined : switchAt(command.ovs, messages.warn, invocation.host);
  const trace = southbound.trace(request, {
    ...command.trace,
    random: invocation.context.random,
    openFlow,
  });
  invocation.output.out(trace.ok ? traceText(trace.value, command.forms) : trace.error);
  return { status: 0 };
}

/** The program: it reads the whole database for each invocation, or once with `--detach`. */
export const ovnTrace: Program<DatabaseHost> = (invocation) => {
  const { argv, output, context, host } = invocation;
  const fail = (message: string): Exit => {
    output.err(`ovn-trace: ${message}\n`);
    return { status: 1 };
  };
  const log = new Log(
    (line) => output.err(line),
    () => context.clock.wallMs(),
  );
  // The real program's limit lets one warning through.
  let warned = false;
  const warn = (text: string): void => {
    if (!warned) log.log('ovntrace', 'WARN', text);
    warned = true;
  };
  const error = (module: string, text: string): void => log.log(module, 'ERR', text);
  const read = readCommand(argv.slice(1), { warn, error });
  if (!read.ok) return fail(read.error);
  const command = read.value;
  if (command.instead !== undefined) {
    output.out(command.instead === 'help' ? TRACE_USAGE : VERSION);
    return { status: 0 };
  }
  const { isDetached } = command.daemon;
  if (isDetached && command.words.length > 0)
    return fail('non-option arguments not supported with --detach (use --help for help)');
  if (!isDetached && command.words.length !== 1 && command.words.length !== 2)
    return fail('one or two non-option arguments are required (use --help for help)');
  const remote = command.remote ?? host.variable('OVN_SB_DB') ?? DEFAULT_REMOTE;
  const connected = host.connect(DATABASE, remote);
  if (!connected.ok) return fail(`${remote}: database connection failed (${connected.error})`);
  if (!isDetached) return traceOn(connected.value, command, { warn, error }, invocation);
  const version = VERSION.replace(/DB Schema.*\n/, '');
  const started = startTraceDaemon(connected.value, command, remote, version, invocation);
  return started.ok ? { status: 0 } : fail(started.error);
};
