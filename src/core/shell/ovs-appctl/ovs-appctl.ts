/** ovs-appctl(8): sends one command to a daemon of this machine. */
import { err, ok, type Result } from '../../base/result.ts';
import { utcText } from '../../base/calendar.ts';
import type { Program } from '../program.ts';
import type { AppctlHost } from './host.ts';
import { asLine, type CommandTarget } from './reply.ts';

interface Options {
  /** Undefined: the program's own. */
  readonly target: string | undefined;
  readonly help: boolean;
  readonly showVersion: boolean;
  readonly words: readonly string[];
}

const WITH_VALUE: ReadonlySet<string> = new Set(['-t', '--target', '-T', '--timeout', '-f', '--format']);

/** Options stand before the command: what follows it belongs to the command. */
function parseOptions(argv: readonly string[]): Result<Options> {
  let target: string | undefined;
  let at = 0;
  for (; at < argv.length; at += 1) {
    const word = argv[at] as string;
    if (!word.startsWith('-') || word === '-') break;
    if (word === '--') {
      at += 1;
      break;
    }
    const [name = '', attached] = word.startsWith('--')
      ? word.split(/=(.*)/s)
      : [word.slice(0, 2), word.slice(2) || undefined];
    if (name === '-h' || name === '--help')
      return ok({ target: '', help: true, showVersion: false, words: [] });
    if (name === '-V' || name === '--version')
      return ok({ target: '', help: false, showVersion: true, words: [] });
    if (name === '-e' || name === '--execute' || name === '-v' || name === '--verbose') continue;
    if (!WITH_VALUE.has(name))
      return err(
        word.startsWith('--') ? `unrecognized option '${word}'` : `invalid option -- '${word.charAt(1)}'`,
      );
    const value = attached ?? argv[(at += 1)];
    if (value === undefined)
      return err(
        word.startsWith('--')
          ? `option '${name}' requires an argument`
          : `option requires an argument -- '${name.charAt(1)}'`,
      );
    if (name !== '-t' && name !== '--target') continue;
    if (target !== undefined) return err('-t or --target may be specified only once');
    target = value;
  }
  return ok({ target, help: false, showVersion: false, words: argv.slice(at) });
}

const helpText = (
  program: string,
  daemons: string,
  forms: string,
): string => `${program}, for querying and controlling ${daemons} daemon
usage: ${program} [TARGET] COMMAND [ARG...]
Targets:
  -t, --target=TARGET  pidfile or socket to contact
Common commands:
  list-commands      List commands supported by the target
  version            Print version of the target
  vlog/list          List current logging levels
  vlog/list-pattern  List logging patterns for each destination.
  vlog/set [SPEC]
      Set log levels as detailed in SPEC, which may include:
      A valid module name (all modules, by default)
      'syslog', 'console', 'file' (all destinations, by default))
      'off', 'emer', 'err', 'warn', 'info', or 'dbg' ('dbg', bydefault)
  vlog/reopen        Make the program reopen its log file
Other options:
  --timeout=SECS     wait at most SECS seconds for a response
${forms}  -h, --help         Print this helpful information
  -V, --version      Display ${program} version information
`;

/** What ovs-appctl can do with answers, ovn-appctl not. */
const FORMS = `  -f, --format=FMT   Output format. One of: 'json', or 'text'
                     (default: text)
  --pretty           Format the output in a more readable fashion.
                     Requires: --format=json.
`;

/** A daemon's name out of a pidfile's or control socket's path. */
const daemonName = (target: string): string =>
  target.replace(/^.*\//, '').replace(/(\.\d+)?\.ctl$|\.pid$/, '');

/** A program in the background, by its socket's path or by its name where that has a pidfile. */
function background(host: AppctlHost, directory: string, target: string): CommandTarget | undefined {
  if (target.startsWith('/')) return host.background?.at(target);
  const pid = host.background?.pidIn(`${directory}/${target}.pid`);
  return pid === undefined ? undefined : host.background?.at(`${directory}/${target}.${pid}.ctl`);
}

interface Identity {
  readonly program: string;
  readonly help: string;
  readonly version: string;
  readonly directory: string;
  readonly defaultTarget: string;
}

/** ovs-appctl or ovn-appctl, which differ in whom they ask first and where they look for it. */
const appctlProgram =
  ({ program, help: text, version, directory, defaultTarget }: Identity): Program<AppctlHost> =>
  ({ argv, host, output, context }) => {
    const fail = (message: string, status = 1): { readonly status: number } => {
      output.err(`${program}: ${message}\n`);
      return { status };
    };
    const parsed = parseOptions(argv.slice(1));
    if (!parsed.ok) return fail(parsed.error);
    const { help, showVersion, words } = parsed.value;
    if (help || showVersion) {
      output.out(help ? text : version);
      return { status: 0 };
    }
    const [command, ...args] = words;
    if (command === undefined)
      return fail('at least one non-option argument is required (use --help for help)');
    const target = parsed.value.target ?? defaultTarget;
    const daemon = host.target(daemonName(target)) ?? background(host, directory, target);
    if (!daemon) {
      const missing = 'No such file or directory';
      const warn = (text: string): void => output.err(`${utcText(context.clock.wallMs())}|00001|${text}\n`);
      const file = `${directory}/${target}.pid`;
      const pid = host.background?.pidIn(file);
      const socket = pid === undefined ? target : `${directory}/${target}.${pid}.ctl`;
      if (socket.startsWith('/')) {
        warn(`unixctl|WARN|failed to connect to ${socket}`);
        return fail(`cannot connect to "${socket}" (${missing})`);
      }
      warn(`daemon_unix|WARN|${file}: open: ${missing}`);
      return fail(`cannot read pidfile "${file}" (${missing})`);
    }
    const reply = daemon.call(command, args);
    if (reply.ok) {
      output.out(asLine(reply.value));
      return { status: 0 };
    }
    output.err(asLine(reply.error));
    return fail(`${target}: server returned an error`, 2);
  };

export const ovsAppctl = appctlProgram({
  program: 'ovs-appctl',
  help: helpText('ovs-appctl', 'Open vSwitch', FORMS),
  version: 'ovs-appctl (Open vSwitch) 3.7.0\n',
  directory: '/var/run/openvswitch',
  defaultTarget: 'ovs-vswitchd',
});

export const ovnAppctl = appctlProgram({
  program: 'ovn-appctl',
  help: helpText('ovn-appctl', 'OVN', ''),
  version: 'ovn-appctl 26.03.2\nOpen vSwitch Library 3.7.0\n',
  directory: '/var/run/ovn',
  defaultTarget: 'ovn-controller',
});
