/** Tables and columns by name, abbreviated or not: case, `-` and `_` do not matter, and a unique beginning is enough. */
import { present } from '../../base/assert.ts';
import type { Column, Schema, Table } from '../../ovsdb/index.ts';
import { fail } from './stop.ts';

const EXACT = 2 ** 32;

/** How well `typed` names `name`: 0 is not at all, an exact match beats any other. */
function score(name: string, typed: string): number {
  if (name === typed) return EXACT;
  const fold = (text: string): string => text.toLowerCase().replaceAll('-', '_');
  if (fold(name) === fold(typed)) return EXACT - 1;
  return fold(name).startsWith(fold(typed)) ? typed.length : 0;
}

function bestMatches(names: readonly string[], typed: string): readonly string[] {
  const scores = names.map((name) => score(name, typed));
  const best = Math.max(0, ...scores);
  return best === 0 ? [] : names.filter((_, i) => scores[i] === best).sort();
}

/** A table with its name. */
export interface NamedTable {
  readonly name: string;
  readonly table: Table;
}

export function findTable(schema: Schema, typed: string): NamedTable {
  const matches = bestMatches(Object.keys(schema.tables), typed);
  const [name] = matches;
  if (name === undefined) return fail(`unknown table "${typed}"`);
  if (matches.length > 1) fail(`"${typed}" matches multiple table names: ${matches.join(', ')}`);
  return { name, table: present(schema.tables[name]) };
}

/** A column with its name. */
export interface NamedColumn {
  readonly name: string;
  readonly column: Column;
}

export function findColumn({ name: tableName, table }: NamedTable, typed: string): NamedColumn {
  const matches = bestMatches(Object.keys(table.columns), typed);
  const [name] = matches;
  if (name === undefined) return fail(`${tableName} does not contain a column whose name matches "${typed}"`);
  if (matches.length > 1)
    fail(`${tableName} contains more than one column whose name matches "${typed}": ${matches.join(', ')}`);
  return { name, column: present(table.columns[name]) };
}
