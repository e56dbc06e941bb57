/**
 * Sessions as text: `$ command`, what it printed on standard output and then on standard error, and `[status]` unless that is
 * 0. Rows made in a session are `<1>`, `<2>`... in the order in which they are first printed; `${Table:column=value}` in a
 * command is the uuid of that row; the time of a log line is `<time>`. Recorded sessions of the real programs are played this way.
 */
import { createRandom } from '../../base/random.ts';
import type { Database } from '../../ovsdb/index.ts';
import type { Program } from '../program.ts';
import { splitWords } from '../words.ts';
import type { DatabaseHost } from './host.ts';
import { runOnDatabase } from './run-alone.ts';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;
const ROW = /\$\{(\w+):(\w+)=([^}]*)\}/g;

/** Every uuid of a row, for telling rows that were there from those that a session made. */
function uuidsIn(database: Database): ReadonlySet<string> {
  return new Set(
    Object.keys(database.schema.tables).flatMap((table) =>
      [...database.rows(table)].map(({ _uuid }) => _uuid),
    ),
  );
}

/** Plays the commands of `session` on `database` and gives the session as it went. */
export function playSession(session: string, program: Program<DatabaseHost>, database: Database): string {
  const known = uuidsIn(database);
  const random = createRandom(0x5e55);
  const names = new Map<string, string>();
  const named = (uuid: string): string => {
    if (known.has(uuid)) return uuid;
    const name = names.get(uuid) ?? `<${names.size + 1}>`;
    names.set(uuid, name);
    return name;
  };
  const rowCalled = (table: string, column: string, value: string): string =>
    [...database.rows(table)].find((row) => {
      const held = row[column] ?? '';
      return typeof held !== 'object' && String(held) === value;
    })?._uuid ?? 'no such row';
  const lines = session.split('\n').filter((line) => line.startsWith('$ '));
  return lines
    .map((line) => {
      const command = line
        .slice(2)
        .replace(ROW, (_, table: string, column: string, value: string) => rowCalled(table, column, value));
      const words = splitWords(command);
      if (!words.ok) return `${line}\n${words.error}\n`;
      const { out, err, status } = runOnDatabase(program, words.value, database, random);
      const printed = (out + err).replace(UUID, named).replace(TIME, '<time>');
      const end = printed === '' || printed.endsWith('\n') ? '' : '\n';
      return `${line}\n${printed}${end}${status === 0 ? '' : `[${status}]\n`}`;
    })
    .join('');
}
