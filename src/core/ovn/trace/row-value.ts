/**
 * Columns of southbound rows of any release: an older schema may lack a column or give it another shape (a reference
 * that is optional now was not then).
 */
import type { Uuid } from '../../base/uuid.ts';
import type { Row } from '../../ovsdb/schema.ts';
import type { Atom, Value } from '../../ovsdb/value.ts';

/** Read access to a southbound database: what `SbDatabase` and a database file both give. */
export interface SouthboundRows {
  readonly schema: { readonly version: string; readonly tables: Readonly<Record<string, unknown>> };
  rows(table: string): Iterable<Row>;
}

const NO_MAP: ReadonlyMap<string, string> = new Map();

/** The rows of a table, none when the schema does not have it. */
export function rowsOf(database: SouthboundRows, table: string): Iterable<Row> {
  return Object.hasOwn(database.schema.tables, table) ? database.rows(table) : [];
}

function isSet(value: Value | undefined): value is readonly Atom[] {
  return Array.isArray(value);
}

export function textOf(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}

export function numberOf(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : 0;
}

export function mapOf(row: Row, column: string): ReadonlyMap<string, string> {
  const value = row[column];
  return value instanceof Map ? (value as ReadonlyMap<string, string>) : NO_MAP;
}

/** A set of strings, or the one string of an optional or plain column. */
export function textsOf(row: Row, column: string): readonly string[] {
  const value = row[column];
  if (isSet(value)) return value.map(String);
  return typeof value === 'string' && value !== '' ? [value] : [];
}

/** The rows that a column refers to. */
export const uuidsOf = (row: Row, column: string): readonly Uuid[] => textsOf(row, column) as readonly Uuid[];
