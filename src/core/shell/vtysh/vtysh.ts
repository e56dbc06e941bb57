/**
 * vtysh(1): FRR's shell. Commands come from `-c`, from a file (`-f`) or from standard input, where a line is echoed
 * after its prompt as the real program's line editor does. In a terminal it prompts until it is left.
 */
import type { LineResult, VtySession } from '../../frr/config/session.ts';
import { configurationFolder } from '../../sim/routing/start.ts';
import {
  END_OF_INPUT,
  type Conversation,
  type Exit,
  type Invocation,
  type Output,
  type Program,
} from '../program.ts';
import { VtyshFront } from './front.ts';
import type { VtyConnection, VtyshHost } from './host.ts';
import { readVtyshOptions, type VtyshOptions } from './options.ts';

const HELLO =
  '\nHello, this is FRRouting (version 8.4.4).\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n\n';

const HELP = `Usage : vtysh [OPTION...]

Integrated shell for FRR (version 8.4.4). 

-b, --boot               Execute boot startup configuration
-c, --command            Execute argument as command
-d, --daemon             Connect only to the specified daemon
-f, --inputfile          Execute commands from specific file and exit
-E, --echo               Echo prompt and command in -c mode
-C, --dryrun             Check configuration for validity and exit
-m, --markfile           Mark input file with context end
    --vty_socket         Override vty socket path
    --config_dir         Override config directory path
-N  --pathspace          Insert prefix into config & socket paths
-u  --user               Run as an unprivileged user
-w, --writeconfig        Write integrated config (frr.conf) and exit
-H, --histfile           Override history file
-h, --help               Display this help and exit

Note that multiple commands may be executed from the command
line by passing multiple -c args, or by embedding linefeed
characters in one or more of the commands.

Report bugs to https://github.com/frrouting/frr/issues
`;

/** FRR's numbers of results, which become the exit status of `-f`. */
const STATUS_NUMBER = {
  ok: 0,
  quit: 0,
  warning: 0,
  unknown: 2,
  ambiguous: 3,
  incomplete: 4,
  failed: 13,
  unsupported: 13,
} as const satisfies Record<LineResult['status'], number>;

const COMPLAINTS = {
  unknown: 'Unknown command',
  ambiguous: 'Ambiguous command',
  incomplete: 'Command incomplete',
} as const;

/** `-c`: the first line that fails ends it. */
function runCommands(session: VtyshFront, { commands, echo }: VtyshOptions, output: Output): Exit {
  for (const command of commands)
    for (const line of command.split('\n')) {
      if (echo) output.out(`${session.prompt}${line}\n`);
      const { text, status } = session.execute(line);
      output.out(text);
      if (status === 'quit') return { status: 0 };
      if (status !== 'ok' && status !== 'warning') return { status: 1 };
    }
  return { status: 0 };
}

/** Every line of a file is tried; complaints name the line. The answer is the worst number of a result. */
function runFile(session: VtySession, text: string, output: Output): number {
  session.configure();
  let status = 0;
  for (const [at, line] of text.replace(/\n$/, '').split('\n').entries()) {
    if (line.trim() === 'end') continue;
    const result = session.execute(line);
    switch (result.status) {
      case 'unknown':
      case 'ambiguous':
      case 'incomplete': {
        const end = result.status === 'unknown' ? '\n' : '\n\n';
        output.err(`line ${at + 1}: % ${COMPLAINTS[result.status]}[${session.nodeNumber}]: ${line}${end}`);
        break;
      }
      case 'failed':
        output.out(result.text);
        output.err(`line ${at + 1}: Failure to communicate[13] to bgpd, line: ${line}\n\n`);
        break;
      case 'quit':
        return status;
      case 'ok':
      case 'warning':
      case 'unsupported':
        output.out(result.text);
    }
    status = STATUS_NUMBER[result.status] || status;
  }
  return status;
}

/** No such file. */
const NO_FILE = 11;

/** `-f`, `-b` and `-C`. A file that is applied is locked first. */
function applyFile(
  host: VtyshHost,
  connection: VtyConnection,
  path: string,
  isApplied: boolean,
  output: Output,
): number {
  const text = host.readFile(path);
  if (text === undefined) {
    if (isApplied) output.err(`Unable to create lock file: ${path}, No such file or directory\n`);
    output.err(`% Can't open configuration file ${path} due to 'No such file or directory'.\n`);
    return NO_FILE;
  }
  if (!isApplied) return runFile(connection.rehearse(), text, output);
  let status = 0;
  connection.loading(() => {
    status = runFile(connection.session, text, output);
  });
  return status;
}

/** A terminal: lines are typed one at a time. End of input (Ctrl+D) leaves the program wherever it is. */
const conversation = (session: VtyshFront): Conversation => ({
  get prompt() {
    return session.prompt;
  },
  take: (line, output) => {
    if (line === END_OF_INPUT) return { status: 0 };
    const { text, status } = session.execute(line);
    output.out(text);
    return status === 'quit' ? { status: 0 } : null;
  },
  complete: (line) => session.complete(line),
});

function runInput(session: VtyshFront, stdin: string, output: Output): Exit {
  output.out(HELLO);
  if (output.converse && stdin === '') {
    output.converse(conversation(session));
    return { status: 0 };
  }
  const lines = stdin.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    output.out(`${session.prompt}${line}\n`);
    const { text, status } = session.execute(line);
    output.out(text);
    if (status === 'quit') return { status: 0 };
  }
  output.out(`${session.prompt}\n`);
  return { status: 0 };
}

export const vtysh: Program<VtyshHost> = ({ argv, stdin, output, host }: Invocation<VtyshHost>): Exit => {
  const options = readVtyshOptions(argv.slice(1));
  if (!options.ok) {
    const { kind, text } = options.error;
    output.err(kind === 'plain' ? text : `vtysh: ${text}\nTry \`vtysh --help' for more information.\n`);
    return { status: 1 };
  }
  const { help, unsupported, pathspace, sockets, daemon, file, mode, commands } = options.value;
  if (help) {
    output.out(HELP);
    return { status: 0 };
  }
  if (unsupported !== null) {
    output.err(`vtysh: ${unsupported}: not modelled\n`);
    return { status: 1 };
  }
  const connection = sockets === null ? undefined : host.connect(sockets);
  if (!connection || (daemon !== null && ![...connection.running].some((name) => name === daemon))) {
    output.err('Exiting: failed to connect to any daemons.\n');
    return { status: 1 };
  }
  const folder = configurationFolder(pathspace);
  const integrated = `${folder}/frr.conf`;
  if (mode === 'dryrun') return { status: applyFile(host, connection, file ?? integrated, false, output) };
  if (file !== null) return { status: applyFile(host, connection, file, true, output) };
  if (mode === 'boot') {
    const status = applyFile(host, connection, integrated, true, output);
    if (status !== 0) output.err(`Configuration file[${integrated}] processing failure: ${status}\n`);
    return { status };
  }
  const front = new VtyshFront(host, connection, folder);
  if (mode === 'writeconfig') {
    const { text, status } = front.write('');
    output.out(text);
    return { status: status === 'ok' ? 0 : 1 };
  }
  return commands.length > 0 ? runCommands(front, options.value, output) : runInput(front, stdin, output);
};
