/** A database of any release as ovn-detrace reads it: rows by the first digits of their uuid, columns as text. */
import type { Uuid } from '../../base/uuid.ts';
import { isMap, keysOf, type Database, type Row } from '../../ovsdb/index.ts';
import { pythonText } from './python-text.ts';

const PREFIX = 8;

export class DatabaseView {
  readonly #database: Database;
  readonly #byPrefix = new Map<string, Map<string, Row[]>>();

  constructor(database: Database) {
    this.#database = database;
  }

  get version(): string {
    return this.#database.schema.version;
  }

  rows(table: string): readonly Row[] {
    return this.#database.schema.tables[table] === undefined ? [] : [...this.#database.rows(table)];
  }

  row(table: string, uuid: Uuid): Row | undefined {
    return this.#database.get(table, uuid);
  }

  /** Rows whose uuid begins with a cookie's digits; leading zeros that the cookie lost are put back. */
  withCookie(table: string, cookie: string): readonly Row[] {
    const digits = cookie.padStart(PREFIX, '0');
    return digits.length > PREFIX ? [] : (this.#index(table).get(digits) ?? []);
  }

  #index(table: string): Map<string, Row[]> {
    const known = this.#byPrefix.get(table);
    if (known) return known;
    const index = new Map<string, Row[]>();
    for (const row of this.rows(table).toSorted((a, b) => (a._uuid < b._uuid ? -1 : 1))) {
      const digits = row._uuid.slice(0, PREFIX);
      const same = index.get(digits);
      if (same) same.push(row);
      else index.set(digits, [row]);
    }
    this.#byPrefix.set(table, index);
    return index;
  }

  /** A column as Python's `%s` shows it. */
  text(table: string, row: Row, column: string): string {
    const type = this.#database.schema.tables[table]?.columns[column]?.type;
    return type === undefined ? 'None' : pythonText(row[column], type);
  }

  /** The rows that a column refers to, in the order of their uuids. */
  referred(row: Row, column: string, table: string): readonly Row[] {
    const value = row[column];
    if (value === undefined || isMap(value)) return [];
    return keysOf(value)
      .map(String)
      .toSorted()
      .flatMap((uuid) => this.row(table, uuid as Uuid) ?? []);
  }

  /** A key of a map column. */
  entry(row: Row, column: string, key: string): string | undefined {
    const value = row[column];
    const found = value !== undefined && isMap(value) ? value.get(key) : undefined;
    return found === undefined ? undefined : String(found);
  }

  /** Whether a column holds one element exactly in this release. */
  isScalar(table: string, column: string): boolean {
    const type = this.#database.schema.tables[table]?.columns[column]?.type;
    return type !== undefined && type.min === 1 && type.max === 1;
  }
}
