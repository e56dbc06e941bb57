/** What a running command sees: its arguments, the rows as the client has them, and where its output goes. */
import { present } from '../../base/assert.ts';
import type { Uuid } from '../../base/uuid.ts';
import type { ColumnName, Row, RowOf, Schema, Sought, TableName, Txn, Values } from '../../ovsdb/index.ts';
import type { CommandCall, SchemaNames } from './command.ts';
import type { Replica } from './replica-order.ts';
import type { SymbolTable } from './symbol-table.ts';
import type { ResultTable } from './table-text.ts';
import type { Result } from '../../base/result.ts';
import type { OpenFlowPeer } from './host.ts';
import type { Log } from './vlog.ts';

/** The transaction that all commands of one command line share. */
export interface CtlRun<S extends Schema> {
  readonly txn: Txn<S>;
  readonly names: SchemaNames;
  /** The version of the schema that the server has: an older release prints less. */
  readonly schemaVersion: string;
  /** Columns that the server's release does not have. */
  readonly lacks: ReadonlySet<string> | undefined;
  readonly symbols: SymbolTable;
  readonly log: Log;
  /** The program's own log module, e.g. `nbctl`. */
  readonly module: string;
  readonly replica: Replica;
  /** Reaches a switch, as `DatabaseHost.openFlow`. */
  readonly openFlow: (remote: string) => Result<OpenFlowPeer, string>;
  /** New rows whose outcome the program reports once daemons have followed. */
  readonly expected: Uuid[];
  /** Settings that nothing acts on, as they were before the commands. */
  readonly notActing: Set<string>;
  /** Set by a command that makes the program wait although nothing changed (`sync`). */
  readonly isForced: { value: boolean };
}

export class CtlContext<S extends Schema = Schema> implements CommandCall {
  readonly argv: readonly string[];
  readonly options: ReadonlyMap<string, string | null>;
  readonly run: CtlRun<S>;
  /** Text that the command prints. */
  output = '';
  /** A table that is printed instead of the text. */
  table: ResultTable | undefined;

  constructor(run: CtlRun<S>, call: CommandCall) {
    this.run = run;
    this.argv = call.argv;
    this.options = call.options;
  }

  /** Argument `index`, which the command's syntax guarantees. */
  argument(index: number): string {
    return present(this.argv[index], `argument ${index}`);
  }

  has(option: string): boolean {
    return this.options.has(option);
  }

  /** The argument of an option, when it was given with one. */
  option(name: string): string | undefined {
    return this.options.get(name) ?? undefined;
  }

  print(text: string): void {
    this.output += text;
  }

  warn(text: string, module = this.run.module): void {
    this.run.log.log(module, 'WARN', text);
  }

  get txn(): Txn<S> {
    return this.run.txn;
  }

  /** Rows in the order in which the real client walks them. */
  rows<T extends TableName<S>>(table: T): RowOf<S, T>[] {
    const found: RowOf<S, T>[] = [];
    for (const uuid of this.run.replica.uuids(table)) {
      const row = this.txn.get(table, uuid);
      if (row !== undefined) found.push(row);
    }
    return found;
  }

  first<T extends TableName<S>>(table: T): RowOf<S, T> | undefined {
    return this.rows(table)[0];
  }

  get<T extends TableName<S>>(table: T, uuid: Uuid | null): RowOf<S, T> | undefined {
    return uuid === null ? undefined : this.txn.get(table, uuid);
  }

  /** The row that a strong reference leads to. */
  target<T extends TableName<S>>(table: T, uuid: Uuid): RowOf<S, T> {
    return present(this.txn.get(table, uuid), `${table} ${uuid}`);
  }

  /** The rows that a set of references leads to. */
  targets<T extends TableName<S>>(table: T, uuids: readonly Uuid[]): RowOf<S, T>[] {
    return uuids.flatMap((uuid) => this.txn.get(table, uuid) ?? []);
  }

  find<T extends TableName<S>, C extends ColumnName<S, T>>(
    table: T,
    column: C,
    value: Sought<RowOf<S, T>[C]>,
  ): readonly RowOf<S, T>[] {
    return this.txn.find(table, column, value);
  }

  insert<T extends TableName<S>>(table: T, values: Partial<Values<S, T>>, uuid?: Uuid): Uuid {
    const made = this.txn.insert(table, values, uuid);
    this.run.replica.insert(table, made);
    return made;
  }

  update<T extends TableName<S>>(table: T, uuid: Uuid, values: Partial<Values<S, T>>): void {
    this.txn.update(table, uuid, values);
  }

  delete(table: TableName<S>, uuid: Uuid): void {
    const row = this.txn.get(table, uuid);
    if (row === undefined) return;
    this.run.replica.delete(table, row as Row);
    this.txn.delete(table, uuid);
  }
}
