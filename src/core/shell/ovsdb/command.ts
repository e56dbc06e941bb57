/** What a database program's command is: its syntax, what it reads, what it does. */
import type { Column, Schema } from '../../ovsdb/index.ts';
import type { CtlContext } from './context.ts';
import type { Monitored } from './replica-order.ts';
import type { Log } from './vlog.ts';

/** A command as it was given: `argv[0]` is its name. */
export interface CommandCall {
  readonly argv: readonly string[];
  readonly options: ReadonlyMap<string, string | null>;
}

export interface Command<S extends Schema = Schema> {
  readonly name: string;
  readonly least: number;
  /** Most arguments; `Infinity` when there is no limit. */
  readonly most: number;
  /** The arguments as `--commands` shows them. */
  readonly synopsis: string;
  /** As in the programs' tables: `--may-exist,--type=,--bfd?`. */
  readonly options: string;
  readonly writes: boolean;
  /** Tables and columns that the command asks the server for: they decide the order of rows. Refuses wrong names. */
  reads?(call: CommandCall, names: SchemaNames): Monitored;
  /** What the command says before the database is asked. */
  prepare?(call: CommandCall, names: SchemaNames, log: Log): void;
  run(ctx: CtlContext<S>): void;
}

/** How rows of a table can be named besides by uuid: by a column, by one key of a map, or through a referring column. */
export interface RowId {
  readonly table: string;
  readonly column: string;
  readonly key?: string;
  /** A column of `table` that refers to the row that is meant. */
  readonly via?: string;
}

/** The names that a program's generic commands look up. */
export interface SchemaNames {
  readonly schema: Schema;
  readonly rowIds: Readonly<Record<string, readonly RowId[]>>;
  /** Columns that the program's own code adds to tables: the database does not hold them, and they show their default. */
  readonly synthetic?: Readonly<Record<string, Readonly<Record<string, Column>>>>;
}
