/** What a database program does in one transaction, and what it then waits for. */
import type { Context } from '../../base/context.ts';
import { err } from '../../base/result.ts';
import { formatTransactionError, type Database, type Schema } from '../../ovsdb/index.ts';
import type { Invocation } from '../program.ts';
import type { Command, SchemaNames } from './command.ts';
import { joinMonitored } from './commands/reads.ts';
import { CtlContext, type CtlRun } from './context.ts';
import { escapeArguments } from './escape-arguments.ts';
import type { DatabaseHost } from './host.ts';
import type { ParsedCommand } from './parse-commands.ts';
import type { OptionRules, ProgramSettings } from './program-options.ts';
import { Replica, type Monitored } from './replica-order.ts';
import { CtlError, TryAgain } from './stop.ts';
import { SymbolTable } from './symbol-table.ts';
import { TablePrinter } from './table-text.ts';
import type { Log } from './vlog.ts';

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
  /** Variables that name a daemon of the program to be used, and that hold options; null for a program without these. */
  readonly variables: { readonly daemon: string; readonly options: string } | null;
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

/** One command line, to be tried until the database lets it. */
export class CtlSession<S extends Schema> {
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
          notActing: new Set(),
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
