/** Rows of every database by the first digits of their uuid: what a cookie, a log or a trace names. */
import type { FoundRows } from '../../questions/rows.ts';
import type { BrowsableDatabase } from '../table-page.ts';
import { rowLabel } from './row-label.ts';

/** Rows told of; a start that more have is counted. */
const MOST = 20;

/** `start`: a uuid in lower case, whole or its first digits with the hyphens between them. */
export function findRows(databases: readonly BrowsableDatabase[], start: string): FoundRows {
  const rows: FoundRows['rows'][number][] = [];
  let total = 0;
  for (const database of databases)
    for (const table of Object.keys(database.schema.tables))
      for (const row of database.rows(table)) {
        if (!row._uuid.startsWith(start)) continue;
        total += 1;
        if (rows.length < MOST)
          rows.push({
            database: database.name,
            table,
            uuid: row._uuid,
            label: rowLabel(database, table, row).trim(),
          });
      }
  return { rows, total };
}
