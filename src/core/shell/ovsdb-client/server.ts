/** What a server holds, found by asking it for each database that there may be. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Database } from '../../ovsdb/index.ts';
import type { DatabaseHost } from '../ovsdb/host.ts';
import { fail } from '../ovsdb/stop.ts';

const KNOWN = ['OVN_Northbound', 'OVN_Southbound', 'Open_vSwitch'] as const;

export const DEFAULT_REMOTE = 'unix:/var/run/openvswitch/db.sock';

/** The databases of the server at `remote` by name, in order. */
export function databasesAt(host: DatabaseHost, remote: string): ReadonlyMap<string, Database> {
  const tried = KNOWN.map((name): readonly [string, Result<Database, string>] => [
    name,
    host.connect(name, remote),
  ]);
  const found = tried.flatMap(([name, result]) => (result.ok ? [[name, result.value] as const] : []));
  const [, first = err('Connection refused')] = tried[0] ?? [];
  if (found.length === 0 && !first.ok) fail(`failed to connect to "${remote}" (${first.error})`);
  return new Map(found);
}

/** The database that is meant when none is named. */
export function defaultDatabase(databases: ReadonlyMap<string, Database>): Result<Database> {
  const [only] = databases.values();
  const chosen = databases.get('Open_vSwitch') ?? (databases.size === 1 ? only : undefined);
  return chosen === undefined
    ? err('could not find a default database, please specify a database name')
    : ok(chosen);
}
