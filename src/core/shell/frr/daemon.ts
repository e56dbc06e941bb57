/** FRR's daemons as typed by hand: `/usr/lib/frr/zebra -d -N name`. They run in the namespace in which they are started. */
import { USUAL_SOCKET_BUFFER } from '../../frr/zebra/host-state.ts';
import { isModelled } from '../../sim/routing/frr-daemon.ts';
import { configurationFolder } from '../../sim/routing/start.ts';
import type { Exit, Invocation, Program } from '../program.ts';
import { alreadyRunning } from './already-running.ts';
import type { FrrHost } from './host.ts';

interface Option {
  readonly names: readonly string[];
  /** Whether a value follows. */
  readonly takes: boolean;
  /** Whether it can be left out of account here: it changes nothing that is modelled. */
  readonly idle: boolean;
}

const flag = (...names: readonly string[]): Option => ({ names, takes: false, idle: false });
const value = (...names: readonly string[]): Option => ({ names, takes: true, idle: false });
const idle = (option: Option): Option => ({ ...option, idle: true });

const DAEMON = flag('-d', '--daemon');
const PATHSPACE = value('-N', '--pathspace');
const FILE = value('-f', '--config_file');
const PROFILE = value('-F', '--profile');
const SOCKET_BUFFER = value('-s', '--nl-bufsize');

/** Those of every daemon. */
const COMMON: readonly Option[] = [
  DAEMON,
  PATHSPACE,
  FILE,
  PROFILE,
  flag('-h', '--help'),
  flag('-v', '--version'),
  flag('-t', '--terminal'),
  flag('-C', '--dryrun'),
  flag('--tcli'),
  idle(value('-M', '--module')),
  idle(value('--moduledir')),
  idle(value('--scriptdir')),
  idle(value('--log')),
  idle(value('--log-level')),
  idle(value('--limit-fds')),
  idle(value('-u', '--user')),
  idle(value('-g', '--group')),
  idle(value('-A', '--vty_addr')),
  idle(value('-P', '--vty_port')),
  value('-o', '--vrfdefaultname'),
  value('--vty_socket'),
  value('-i', '--pid_file'),
  value('-z', '--socket'),
];

const OWN: Readonly<Record<string, readonly Option[]>> = {
  zebra: [
    flag('-b', '--batch'),
    flag('-a', '--allow_delete'),
    flag('-r', '--retain'),
    flag('-n', '--vrfwnetns'),
    flag('--v6-rr-semantics'),
    idle(flag('--asic-offload')),
    SOCKET_BUFFER,
    value('-e', '--ecmp'),
    value('-K', '--graceful_restart'),
  ],
  bgpd: [
    flag('-n', '--no_kernel'),
    flag('-Z', '--no_zebra'),
    idle(flag('-S', '--skip_runas')),
    idle(value('-s', '--socket_size')),
    value('-p', '--bgp_port'),
    value('-l', '--listenon'),
    value('-e', '--ecmp'),
    value('-I', '--int_num'),
  ],
  staticd: [],
  bfdd: [value('--bfdctl'), value('--dplaneaddr')],
};

/** A word of the line that is no option of the daemon, and what getopt says of it. */
interface Read {
  readonly given: ReadonlyMap<Option, string>;
  readonly complaint: string | null;
}

function readOptions(words: readonly string[], options: readonly Option[]): Read {
  const given = new Map<Option, string>();
  const pending = [...words];
  const refuse = (complaint: string): Read => ({ given, complaint });
  for (let word = pending.shift(); word !== undefined; word = pending.shift()) {
    if (!word.startsWith('-') || word === '-' || word === '--') continue;
    const isLong = word.startsWith('--');
    const [name = '', attached] = isLong ? word.split(/=(.*)/s) : [word.slice(0, 2)];
    const option = options.find((one) => one.names.includes(name));
    if (option === undefined)
      return refuse(isLong ? `unrecognized option '${word}'` : `invalid option -- '${word.charAt(1)}'`);
    const rest = isLong ? attached : word.slice(2);
    if (!option.takes) {
      given.set(option, '');
      if (!isLong && rest !== undefined && rest !== '') pending.unshift(`-${rest}`);
      continue;
    }
    const text = rest === undefined || rest === '' ? pending.shift() : rest;
    if (text === undefined)
      return refuse(
        isLong
          ? `option '${name}' requires an argument`
          : `option requires an argument -- '${word.charAt(1)}'`,
      );
    given.set(option, text);
  }
  return { given, complaint: null };
}

const FAILED: Exit = { status: 1 };

export const frrDaemon: Program<FrrHost> = ({
  argv,
  host,
  output,
  namespace,
  context,
}: Invocation<FrrHost>): Exit => {
  const [self = '', ...words] = argv;
  const name = self.slice(self.lastIndexOf('/') + 1);
  if (!isModelled(name)) {
    output.err(`${self}: not modelled\n`);
    return FAILED;
  }
  const { given, complaint } = readOptions(words, [...COMMON, ...(OWN[name] ?? [])]);
  if (complaint !== null) {
    output.err(`${self}: ${complaint}\nInvalid options.\n\n`);
    return FAILED;
  }
  const pathspace = given.get(PATHSPACE) ?? '';
  if (/[/.]/.test(pathspace)) {
    output.err('slashes or dots are not permitted in the --pathspace option.\nInvalid options.\n\n');
    return FAILED;
  }
  const known: ReadonlySet<Option> = new Set([DAEMON, PATHSPACE, FILE, PROFILE, SOCKET_BUFFER]);
  const other = [...given.keys()].find((option) => !option.idle && !known.has(option));
  const profile = given.get(PROFILE) ?? 'traditional';
  const refused =
    other?.names.at(-1) ??
    (profile === 'traditional' ? (given.has(DAEMON) ? null : 'without --daemon') : `--profile ${profile}`);
  if (refused !== null) {
    output.err(`${name}: ${refused}: not modelled\n`);
    return FAILED;
  }
  const path = given.get(FILE) ?? `${configurationFolder(pathspace)}/${name}.conf`;
  const isThere = host.readFile(path) !== undefined;
  if (Number(given.get(SOCKET_BUFFER) ?? USUAL_SOCKET_BUFFER) < USUAL_SOCKET_BUFFER)
    output.err(`Rcvbufsize is smaller than recommended value: ${USUAL_SOCKET_BUFFER}\n`);
  if (!host.start(pathspace, namespace, name, words)) {
    output.err(alreadyRunning(context.clock, name, pathspace));
    return FAILED;
  }
  if (isThere) {
    const session = pathspace === '' ? [] : ['-N', pathspace];
    return host.vtysh(['vtysh', ...session, '-f', path], output).status === 0 ? { status: 0 } : FAILED;
  }
  return { status: 0 };
};
