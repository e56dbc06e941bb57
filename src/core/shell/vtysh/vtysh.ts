/**
 * vtysh(1): FRR's shell. Commands come from `-c`, from a file (`-f`) or from standard input, where a line is echoed
 * after its prompt as the real program's line editor does.
 */
import type { LineResult, VtySession } from '../../frr/config/session.ts';
import type { Exit, Invocation, Output, Program } from '../program.ts';
import type { VtyshHost } from './host.ts';
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
function runCommands(session: VtySession, { commands, echo }: VtyshOptions, output: Output): Exit {
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

/** `-f`: every line is tried; complaints name the line. */
function runFile(session: VtySession, text: string, output: Output): Exit {
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
        return { status };
      case 'ok':
      case 'warning':
      case 'unsupported':
        output.out(result.text);
    }
    status = STATUS_NUMBER[result.status] || status;
  }
  return { status };
}

function runInput(session: VtySession, stdin: string, output: Output): Exit {
  output.out(HELLO);
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
    output.err(`vtysh: ${options.error}\nTry \`vtysh --help' for more information.\n`);
    return { status: 1 };
  }
  const { help, unsupported, pathspace, file, commands } = options.value;
  if (help) {
    output.out(HELP);
    return { status: 0 };
  }
  if (unsupported !== null) {
    output.err(`vtysh: ${unsupported}: not modelled\n`);
    return { status: 1 };
  }
  const session = host.connect(pathspace);
  if (!session) {
    output.err('Exiting: failed to connect to any daemons.\n');
    return { status: 1 };
  }
  if (file !== null) {
    const text = host.readFile(file);
    if (text === undefined) {
      output.err(
        `Unable to create lock file: ${file}, No such file or directory\n% Can't open configuration file ${file} due to 'No such file or directory'.\n`,
      );
      return { status: 11 };
    }
    return runFile(session, text, output);
  }
  return commands.length > 0 ? runCommands(session, options.value, output) : runInput(session, stdin, output);
};
