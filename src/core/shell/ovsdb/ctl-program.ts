/** A database program: options, one transaction for all its commands, output, and waiting for daemons to follow. */
import type { Context } from '../../base/context.ts';
import { err } from '../../base/result.ts';
import { formatTransactionError, type Database, type Schema } from '../../ovsdb/index.ts';
import type { Exit, Invocation, Program, RunningProgram } from '../program.ts';
import { commandList, optionList } from './command-list.ts';
import type { Command, SchemaNames } from './command.ts';
import { joinMonitored } from './commands/reads.ts';
import { CtlContext, type CtlRun } from './context.ts';
import { escapeArguments } from './escape-arguments.ts';
import type { DatabaseHost } from './host.ts';
import { parseCommands, type ParsedCommand } from './parse-commands.ts';
import {
  allCommandOptions,
  programSettings,
  type OptionRules,
  type ProgramSettings,
} from './program-options.ts';
import { Replica, type Monitored } from './replica-order.ts';
import { runOn } from './run-on.ts';
import { CtlError, TryAgain } from './stop.ts';
import { SymbolTable } from './symbol-table.ts';
import { TablePrinter } from './table-text.ts';
import { Log } from './vlog.ts';

/** What to wait for after a transaction that changed something. `finish` may still print, and gives the exit status. */
export interface Waiting {
  isOver(database: Database): boolean;
  finish(database: Database, print: { out(text: string): void; err(text: string): void }): number;
}

export interface CtlProgram<S extends Schema> {
  readonly rules: OptionRules;
  /** The log module of the program's commands, and that of its main part. */
  readonly module: string;
  readonly mainModule: string;
  readonly names: SchemaNames & { readonly schema: S };
  /** All commands, in the order in which the program registers them. */
  readonly commands: readonly Command<S>[];
  /** Variable of the environment that names the server, and what is used without it. */
  readonly remote: { readonly variable: string | null; readonly fallback: string };
  readonly version: string;
  usage(remote: string): string;
  /** The beginning of the transaction's comment. */
  readonly commentPrefix: string;
  /** Tables that are read whatever the command. */
  baseReads(settings: ProgramSettings): Monitored;
  /** Runs before the commands, in their transaction. */
  begin(ctx: CtlContext<S>, settings: ProgramSettings): void;
  /** Runs after the commands, in their transaction; tells what to wait for once it is committed. */
  end(ctx: CtlContext<S>, settings: ProgramSettings, context: Context): Waiting | null;
}

/** How one try at the transaction went. */
type Attempt =
  | { readonly kind: 'done'; readonly output: string; readonly waiting: Waiting | null }
  | { readonly kind: 'failed'; readonly message: string; readonly status: number }
  | { readonly kind: 'again' };

/** Leaves a transaction that is not to be kept, with what it would have printed. */
class DryRun extends Error {
  readonly output: string;

  constructor(output: string) {
    super();
    this.output = output;
  }
}

function oneline(text: string): string {
  return `${text.replace(/\n$/, '').replace(/[\\\n]/g, (char) => (char === '\n' ? '\\n' : '\\\\'))}\n`;
}

class CtlSession<S extends Schema> {
  private readonly program: CtlProgram<S>;
  private readonly invocation: Invocation<DatabaseHost>;
  private readonly settings: ProgramSettings;
  private readonly parsed: readonly ParsedCommand[];
  private readonly log: Log;
  private readonly comment: string;
  private readonly monitored: Monitored;

  constructor(
    program: CtlProgram<S>,
    invocation: Invocation<DatabaseHost>,
    settings: ProgramSettings,
    parsed: readonly ParsedCommand[],
    log: Log,
  ) {
    this.program = program;
    this.invocation = invocation;
    this.settings = settings;
    this.parsed = parsed;
    this.log = log;
    const line = escapeArguments(invocation.argv);
    this.comment = `${program.commentPrefix}: ${line}`;
    if (parsed.some(({ command }) => command.writes))
      log.log(program.mainModule, 'INFO', `Called as ${line}`);
    for (const call of parsed) call.command.prepare?.(call, program.names, log);
    this.monitored = parsed
      .map((call) => call.command.reads?.(call, program.names) ?? {})
      .reduce(joinMonitored, program.baseReads(settings));
  }

  attempt(database: Database): Attempt {
    let output = '';
    let waiting: Waiting | null = null;
    try {
      const result = database.transact((txn) => {
        txn.comment(this.comment);
        const run: CtlRun<Schema> = {
          txn,
          names: this.program.names,
          schemaVersion: database.schema.version,
          lacks: database.schema.lacks,
          symbols: new SymbolTable(this.invocation.context.random),
          log: this.log,
          module: this.program.module,
          replica: new Replica(database, this.monitored),
          openFlow: (remote) => this.invocation.host.openFlow?.(remote) ?? err('No such file or directory'),
          expected: [],
          isForced: { value: false },
        };
        const own = new CtlContext(run, { argv: [], options: new Map() });
        this.program.begin(own as unknown as CtlContext<S>, this.settings);
        output = this.runCommands(run);
        run.symbols.check((text) => this.log.log(this.program.mainModule, 'WARN', text));
        waiting = this.program.end(own as unknown as CtlContext<S>, this.settings, this.invocation.context);
        if (this.settings.isDryRun) throw new DryRun(output);
      });
      if (!result.ok) {
        const message = `transaction error: ${formatTransactionError(result.error)}`;
        this.log.log('ovsdb_idl', 'WARN', message);
        return { kind: 'failed', message, status: 1 };
      }
      return { kind: 'done', output, waiting };
    } catch (stop) {
      if (stop instanceof CtlError) return { kind: 'failed', message: stop.message, status: stop.status };
      if (stop instanceof TryAgain) return { kind: 'again' };
      if (stop instanceof DryRun) return { kind: 'done', output: stop.output, waiting: null };
      throw stop;
    }
  }

  private runCommands(run: CtlRun<Schema>): string {
    const printer = new TablePrinter(this.settings.style);
    const contexts = this.parsed.map((call) => {
      const ctx = new CtlContext(run, call);
      call.command.run(ctx);
      return ctx;
    });
    return contexts
      .map((ctx) => {
        if (ctx.table !== undefined) return printer.print(ctx.table);
        return this.settings.isOneline ? oneline(ctx.output) : ctx.output;
      })
      .join('');
  }
}

function start<S extends Schema>(
  program: CtlProgram<S>,
  invocation: Invocation<DatabaseHost>,
): Exit | RunningProgram {
  const { argv, output, context, host } = invocation;
  const log = new Log(
    (line) => output.err(line),
    () => context.clock.wallMs(),
  );
  const registered = new Map(
    (program.commands as unknown as readonly Command[]).map((each) => [each.name, each]),
  );
  const words = argv.slice(1);
  const ownOptions = allCommandOptions(registered);
  const settings = programSettings(words, program.rules, ownOptions);
  const fallback =
    (program.remote.variable === null ? undefined : host.variable(program.remote.variable)) ??
    program.remote.fallback;
  switch (settings.instead) {
    case 'help':
      output.out(program.usage(fallback));
      return { status: 0 };
    case 'version':
      output.out(program.version);
      return { status: 0 };
    case 'commands':
      output.out(commandList(registered));
      return { status: 0 };
    case 'options':
      // ovs-vsctl leaves its commands' options out.
      output.out(
        optionList([...program.rules.options, ...(program.rules.words === 'ovn' ? ownOptions : [])]),
      );
      return { status: 0 };
    case null:
      break;
  }
  if (settings.unsupported !== null)
    throw new CtlError(`${settings.unsupported.feature} is not modelled here`);
  const parsed = parseCommands(words.slice(settings.rest), settings.commandOptions, registered);
  const session = new CtlSession(program, invocation, settings, parsed, log);
  const remote = settings.remote ?? fallback;
  const connected = host.connect(program.names.schema.name, remote);
  if (!connected.ok) throw new CtlError(`${remote}: database connection failed (${connected.error})`);
  const database = connected.value;
  const report = (message: string): void => {
    if (message !== '') output.err(`${program.rules.program}: ${message}\n`);
  };
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
