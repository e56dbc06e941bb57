/** One row with what it refers to and what refers to it, and what each command changed. */
import { parseUuid } from '../../../core/base/uuid.ts';
import { isMap, keysOf, type Changes, type Row, type Value } from '../../../core/ovsdb/index.ts';
import type { CommandChanges, RowAnswer, RowChange, RowReference } from '../../questions/rows.ts';
import { cellText, type BrowsableDatabase } from '../table-page.ts';
import { rowLabel } from './row-label.ts';

/** References told of; a row that thousands refer to is not read to its end. */
const MOST_REFERENCES = 200;

function references(database: BrowsableDatabase, table: string, column: string, row: Row): RowReference[] {
  const type = database.schema.tables[table]?.columns[column]?.type;
  const value = row[column] as Value | undefined;
  if (type === undefined || value === undefined) return [];
  const found: RowReference[] = [];
  const take = (target: string | undefined, atoms: Iterable<unknown>): void => {
    if (target === undefined) return;
    for (const atom of atoms) {
      if (found.length >= MOST_REFERENCES) return;
      const uuid = parseUuid(String(atom));
      const other = uuid === undefined ? undefined : database.get(target, uuid);
      if (other !== undefined)
        found.push({ table: target, column, uuid: other._uuid, label: rowLabel(database, target, other) });
    }
  };
  take(type.key.ref?.table, keysOf(value));
  if (isMap(value)) take(type.value?.ref?.table, value.values());
  return found;
}

function referredBy(database: BrowsableDatabase, table: string, row: Row): RowReference[] {
  const found: RowReference[] = [];
  for (const [name, { columns }] of Object.entries(database.schema.tables))
    for (const [column, { type }] of Object.entries(columns)) {
      if (type.key.ref?.table !== table && type.value?.ref?.table !== table) continue;
      const rows =
        type.value === undefined
          ? database.find(name, column, row._uuid)
          : [...database.rows(name)].filter((other) => {
              const value = other[column];
              return (
                isMap(value as Value) &&
                [...(value as ReadonlyMap<unknown, unknown>).values()].includes(row._uuid)
              );
            });
      for (const other of rows.slice(0, MOST_REFERENCES))
        found.push({ table: name, column, uuid: other._uuid, label: rowLabel(database, name, other) });
    }
  return found;
}

export function rowAnswer(database: BrowsableDatabase, table: string, text: string): RowAnswer | null {
  const uuid = parseUuid(text);
  const schema = database.schema.tables[table];
  const row = uuid === undefined || !schema ? undefined : database.get(table, uuid);
  if (row === undefined || !schema) return null;
  return {
    uuid: row._uuid,
    label: rowLabel(database, table, row),
    columns: Object.keys(schema.columns)
      .toSorted()
      .map((name) => ({
        name,
        text: cellText(database, table, name, row),
        references: references(database, table, name, row),
      })),
    referredBy: referredBy(database, table, row),
  };
}

/** Commands that are remembered, and row changes told of each. */
const MOST_COMMANDS = 100;
const MOST_CHANGES = 300;
/** What northd and chassis count all the time is no news. */
const SILENT: ReadonlySet<string> = new Set(['statistics', 'status', 'link_resets', 'nb_cfg_timestamp']);

/** What each command changed in the databases, from the moment at which this is made. */
export class ChangeLog {
  readonly #entries: { id: number; host: string; line: string; changes: RowChange[]; more: number }[] = [];
  #next = 1;

  constructor(databases: readonly BrowsableDatabase[]) {
    for (const database of databases) database.subscribe((changes) => this.#note(database, changes));
  }

  /** What comes from now on is this command's doing. */
  begin(host: string, line: string): void {
    this.#entries.push({ id: this.#next, host, line, changes: [], more: 0 });
    this.#next += 1;
    if (this.#entries.length > MOST_COMMANDS) this.#entries.shift();
  }

  answer(): CommandChanges[] {
    return this.#entries.filter(({ changes }) => changes.length > 0).toReversed();
  }

  #note(database: BrowsableDatabase, changes: Changes): void {
    const entry = this.#entries.at(-1);
    if (!entry) return;
    const add = (
      table: string,
      kind: RowChange['kind'],
      before: Row | undefined,
      after: Row | undefined,
    ): void => {
      const row = after ?? before;
      if (row === undefined) return;
      if (entry.changes.length >= MOST_CHANGES) {
        entry.more += 1;
        return;
      }
      const columns = Object.keys(database.schema.tables[table]?.columns ?? {});
      const cells = columns.flatMap((column) => {
        const old = before ? cellText(database, table, column, before) : '';
        const now = after ? cellText(database, table, column, after) : '';
        const isNews = kind === 'updated' ? old !== now : !['', '[]', '{}'].includes(old || now);
        return isNews && !SILENT.has(column) ? [{ column, before: old, after: now }] : [];
      });
      if (kind === 'updated' && cells.length === 0) return;
      entry.changes.push({
        database: database.name,
        table,
        kind,
        uuid: row._uuid,
        label: rowLabel(database, table, row),
        cells,
      });
    };
    for (const [table, change] of Object.entries(changes.tables)) {
      if (!change) continue;
      for (const row of change.inserted) add(table, 'inserted', undefined, row as Row);
      for (const [before, after] of change.updated) add(table, 'updated', before as Row, after as Row);
      for (const row of change.deleted) add(table, 'deleted', row as Row, undefined);
    }
  }
}
