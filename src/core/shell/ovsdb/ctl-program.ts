/** A database program: options, then its commands, on a server, in the background, or by a daemon that is there already. */
import type { Context } from '../../base/context.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Schema } from '../../ovsdb/index.ts';
import type { Exit, Invocation, Program, RunningProgram } from '../program.ts';
import { splitWords } from '../words.ts';
import { commandList, optionList } from './command-list.ts';
import type { Command } from './command.ts';
import { CtlSession, type CtlProgram, type Waiting } from './ctl-session.ts';
import { DAEMON_UNMODELLED, socketPath, startService } from './daemon-mode.ts';
import type { DatabaseHost } from './host.ts';
import { parseCommands } from './parse-commands.ts';
import { allCommandOptions, programSettings, type ProgramSettings } from './program-options.ts';
import { runOn } from './run-on.ts';
import { CtlError } from './stop.ts';
import { Log } from './vlog.ts';

/** What is run on which server, and where it tells what went wrong. */
interface Task {
  readonly words: readonly string[];
  readonly settings: ProgramSettings;
  readonly remote: string;
  readonly log: Log;
  report(message: string): void;
}

function carryOut<S extends Schema>(
  program: CtlProgram<S>,
  invocation: Invocation<DatabaseHost>,
  { words, settings, remote, log, report }: Task,
): Exit | RunningProgram {
  const { argv, output, context, host } = invocation;
  const parsed = parseCommands(words.slice(settings.rest), settings.commandOptions, registered(program));
  const asTyped = { ...invocation, argv: [...argv.slice(0, 1), ...words] };
  const session = new CtlSession(program, asTyped, settings, parsed, log);
  const connected = host.connect(program.names.schema.name, remote);
  if (!connected.ok) throw new CtlError(`${remote}: database connection failed (${connected.error})`);
  const database = connected.value;
  let waiting: Waiting | null = null;
  const step = (): number | null => {
    if (waiting !== null) return waiting.isOver(database) ? waiting.finish(database, output) : null;
    const attempt = session.attempt(database);
    if (attempt.kind === 'again') return null;
    if (attempt.kind === 'failed') {
      report(attempt.message);
      return attempt.status;
    }
    output.out(attempt.output);
    ({ waiting } = attempt);
    if (waiting === null) return 0;
    return waiting.isOver(database) ? waiting.finish(database, output) : null;
  };
  const status = step();
  return status === null ? runOn(database, step, settings, log, context) : { status };
}

const registered = <S extends Schema>(program: CtlProgram<S>): ReadonlyMap<string, Command> =>
  new Map((program.commands as unknown as readonly Command[]).map((each) => [each.name, each]));

const settingsOf = <S extends Schema>(program: CtlProgram<S>, words: readonly string[]): ProgramSettings =>
  programSettings(words, program.rules, allCommandOptions(registered(program)));

/** What the real program would log in the background, where nobody sees it. */
const silentLog = ({ clock }: Context): Log =>
  new Log(
    () => undefined,
    () => clock.wallMs(),
  );

/** A command line that a daemon of the program was given. */
function runInDaemon<S extends Schema>(
  program: CtlProgram<S>,
  invocation: Invocation<DatabaseHost>,
  remote: string,
  words: readonly string[],
): Result<string> {
  let printed = '';
  let problem = '';
  const output = { out: (text: string) => void (printed += text), err: () => undefined };
  try {
    const settings = settingsOf(program, words);
    const report = (message: string): void => void (problem = message);
    const log = silentLog(invocation.context);
    const ended = carryOut(program, { ...invocation, output }, { words, settings, remote, log, report });
    if (!('status' in ended)) {
      ended.cancel();
      return err('waiting for other daemons is not modelled here');
    }
    return ended.status === 0 ? ok(printed) : err(problem);
  } catch (stop) {
    if (stop instanceof CtlError) return err(stop.message);
    throw stop;
  }
}

function detach<S extends Schema>(
  program: CtlProgram<S>,
  invocation: Invocation<DatabaseHost>,
  { words, settings, remote }: Task,
): Exit {
  const { host, output } = invocation;
  const name = program.rules.program;
  if (settings.rest < words.length)
    throw new CtlError('non-option arguments not supported with --detach (use --help for help)');
  if (host.background === undefined) throw new CtlError('option --detach is not modelled here');
  const connected = host.connect(program.names.schema.name, remote);
  if (!connected.ok) throw new CtlError(`${remote}: database connection failed (${connected.error})`);
  const started = startService(host.background, invocation, settings.daemon, {
    program: name,
    version: program.version.replace(/DB Schema.*\n/, ''),
    remote,
    commands: [
      {
        name: 'run',
        usage: '',
        least: 0,
        most: Infinity,
        run: (_daemon, args) => runInDaemon(program, invocation, remote, args),
      },
    ],
    unmodelled: [...DAEMON_UNMODELLED, ['memory/show', '']],
  });
  if (!started.ok) throw new CtlError(started.error);
  output.out(`${started.value}\n`);
  return { status: 0 };
}

/**
 * Has a daemon of the program do the task, where options or the environment name one: with the server that the daemon
 * works on, and without what it logs. Null where there is none to be used.
 */
function byDaemon<S extends Schema>(
  program: CtlProgram<S>,
  invocation: Invocation<DatabaseHost>,
  task: Task,
): Exit | RunningProgram | null {
  const { settings, log, words } = task;
  const { host, output, context } = invocation;
  const name = program.rules.program;
  if (program.variables === null) return null;
  const socket = settings.daemon.socket ?? host.variable(program.variables.daemon) ?? '';
  if (socket === '') return null;
  if (settings.remote !== null) {
    log.log(program.mainModule, 'WARN', `not using ${name} daemon because of db option`);
    return null;
  }
  const daemon = host.background?.at(socketPath(socket));
  if (daemon === undefined) {
    log.log('unixctl', 'WARN', `failed to connect to ${socketPath(socket)}`);
    const text =
      `${socket}: could not connect to ${name} daemon (No such file or directory); ` +
      `unset ${program.variables.daemon} to avoid using daemon`;
    log.log(program.mainModule, 'ERR', text);
    throw new CtlError(text);
  }
  if (daemon.program === name)
    return carryOut(program, invocation, { ...task, remote: daemon.remote, log: silentLog(context) });
  const reply = daemon.call('run', words);
  if (!reply.ok) throw new CtlError(reply.error);
  output.out(reply.value);
  return { status: 0 };
}

/** What is printed in place of running commands; null when nothing is. */
function shown<S extends Schema>(
  program: CtlProgram<S>,
  instead: ProgramSettings['instead'],
  remote: string,
): string | null {
  switch (instead) {
    case 'help':
      return program.usage(remote);
    case 'version':
      return program.version;
    case 'commands':
      return commandList(registered(program));
    case 'options': {
      // ovs-vsctl leaves its commands' options out.
      const own = program.rules.words === 'ovn' ? allCommandOptions(registered(program)) : [];
      return optionList([...program.rules.options, ...own]);
    }
    case null:
      return null;
  }
}

/** The words of the command line, after the options that the environment puts before them. */
function givenWords<S extends Schema>(
  program: CtlProgram<S>,
  { argv, host }: Invocation<DatabaseHost>,
): readonly string[] {
  const options = program.variables && host.variable(program.variables.options);
  if (!options) return argv.slice(1);
  const split = splitWords(options);
  return [...(split.ok ? split.value : options.trim().split(/\s+/)), ...argv.slice(1)];
}

function start<S extends Schema>(
  program: CtlProgram<S>,
  invocation: Invocation<DatabaseHost>,
): Exit | RunningProgram {
  const { output, context, host } = invocation;
  const log = new Log(
    (line) => output.err(line),
    () => context.clock.wallMs(),
  );
  const words = givenWords(program, invocation);
  const settings = settingsOf(program, words);
  const fallback =
    (program.remote.variable === null ? undefined : host.variable(program.remote.variable)) ??
    program.remote.fallback;
  const text = shown(program, settings.instead, fallback);
  if (text !== null) {
    output.out(text);
    return { status: 0 };
  }
  const report = (message: string): void => {
    if (message !== '') output.err(`${program.rules.program}: ${message}\n`);
  };
  const task: Task = { words, settings, remote: settings.remote ?? fallback, log, report };
  if (settings.daemon.isDetached) return detach(program, invocation, task);
  return byDaemon(program, invocation, task) ?? carryOut(program, invocation, task);
}

/** Makes the program that the shell runs. */
export function ctlProgram<S extends Schema>(program: CtlProgram<S>): Program<DatabaseHost> {
  return (invocation) => {
    try {
      return start(program, invocation);
    } catch (stop) {
      if (!(stop instanceof CtlError)) throw stop;
      if (stop.message !== '') invocation.output.err(`${program.rules.program}: ${stop.message}\n`);
      return { status: stop.status };
    }
  };
}
