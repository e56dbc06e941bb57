/** How an OVN program goes on in the background: `--detach`, its pidfile and control socket, and the commands that all have. */
import { err, ok, type Result } from '../../base/result.ts';
import type { BackgroundPrograms } from '../../sim/background.ts';
import type { Invocation } from '../program.ts';
import { commandTarget, type DaemonCommand, type Unmodelled } from '../ovs-appctl/reply.ts';

/** The options of a program that may go into the background. */
export interface DaemonOptions {
  readonly isDetached: boolean;
  /** `--unixctl`. */
  readonly socket: string | null;
  /** `--pidfile`: a name, or null for the program's own; undefined when there is to be none. */
  readonly pidfile: string | null | undefined;
  readonly overwritesPidfile: boolean;
}

export const IN_FOREGROUND: DaemonOptions = {
  isDetached: false,
  socket: null,
  pidfile: undefined,
  overwritesPidfile: false,
};

/** Takes one of the options that all daemons have; undefined when it is none of them. */
export function takeDaemonOption(
  options: DaemonOptions,
  name: string,
  argument: string | null,
): DaemonOptions | undefined {
  switch (name) {
    case 'detach':
      return { ...options, isDetached: true };
    case 'unixctl':
      return { ...options, socket: argument };
    case 'pidfile':
      return { ...options, pidfile: argument };
    case 'overwrite-pidfile':
      return { ...options, overwritesPidfile: true };
    default:
      return undefined;
  }
}

export interface Service {
  readonly program: string;
  /** What `version` answers. */
  readonly version: string;
  readonly remote: string;
  readonly commands: readonly DaemonCommand<undefined>[];
  readonly unmodelled: Unmodelled;
}

const OVN_DIRECTORY = '/var/run/ovn';
/** Where control sockets are looked for by name. */
const OVS_DIRECTORY = '/var/run/openvswitch';

const inDirectory = (directory: string, path: string): string =>
  path.startsWith('/') ? path : `${directory}/${path}`;

/** The path under which a client looks for the socket `name`. */
export const socketPath = (name: string): string => inDirectory(OVS_DIRECTORY, name);

/** Commands of all daemons that are not modelled. */
export const DAEMON_UNMODELLED: Unmodelled = [
  ['coverage/read-counter', 'COUNTER'],
  ['coverage/show', ''],
  ['set-options', '[--format text|json]'],
  ['vlog/close', ''],
  ['vlog/disable-rate-limit', '[module]...'],
  ['vlog/enable-rate-limit', '[module]...'],
  ['vlog/list', ''],
  ['vlog/list-pattern', ''],
  ['vlog/reopen', ''],
  ['vlog/set', '{spec | PATTERN:destination:pattern}'],
];

/** Starts the service. The value is the path of its control socket; the error is what the program ends with, after its name. */
export function startService(
  programs: BackgroundPrograms,
  { argv, namespace, context }: Pick<Invocation<unknown>, 'argv' | 'namespace' | 'context'>,
  { socket, pidfile, overwritesPidfile }: DaemonOptions,
  { program, version, remote, commands, unmodelled }: Service,
): Result<string> {
  const file = pidfile === undefined ? null : inDirectory(OVN_DIRECTORY, pidfile ?? `${program}.pid`);
  const other = file === null || overwritesPidfile ? undefined : programs.pidIn(file);
  if (other !== undefined) return err(`${file}: already running as pid ${other}, aborting`);
  const process = { argv, namespace, started: context.clock.now() };
  const started = programs.start(process, (pid) => {
    const path = inDirectory(OVN_DIRECTORY, socket ?? `${program}.${pid}.ctl`);
    const exit: DaemonCommand<undefined> = {
      name: 'exit',
      usage: '',
      least: 0,
      most: 0,
      run() {
        programs.end(path);
        return ok('');
      },
    };
    const target = commandTarget(undefined, version, [...commands, exit], unmodelled);
    return { program, pid, socket: path, pidfile: file, remote, call: target.call.bind(target) };
  });
  return ok(started.socket);
}
