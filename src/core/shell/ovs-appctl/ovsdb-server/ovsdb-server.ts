/** ovsdb-server as a target of ovs-appctl: what it serves and on which sockets. */
import { err, ok } from '../../../base/result.ts';
import type { DatabaseServer } from '../../../sim/index.ts';
import { commandTarget, WORK, type CommandTarget, type DaemonCommand, type Unmodelled } from '../reply.ts';

/** The database in which every server describes those that it has. */
const BUILT_IN = '_Server';

type Command = DaemonCommand<DatabaseServer>;

const command = (name: string, run: Command['run'], usage = '', [least, most] = [0, 0]): Command => ({
  name: `ovsdb-server/${name}`,
  usage,
  least,
  most,
  run,
});

const lines = (texts: Iterable<string>): string => [...texts].map((text) => `${text}\n`).join('');
const sorted = (texts: Iterable<string>): string[] => [...texts].toSorted((a, b) => (a < b ? -1 : 1));
const has = (server: DatabaseServer, name: string): boolean => name === server.database || name === BUILT_IN;

/** A file is made small again: what is in it stays, and this one is in memory. */
const compact: Command['run'] = (server, [name]) => {
  if (name === BUILT_IN) return err('cannot compact built-in databases');
  return name === undefined || has(server, name) ? ok('') : err('no database by that name');
};

/** Why a remote in a column, `db:DATABASE,TABLE,COLUMN`, cannot be: what it names is not there. */
function missingIn(server: DatabaseServer, remote: string): string | undefined {
  if (!remote.startsWith('db:')) return undefined;
  const [database = '', table, column] = remote.slice(3).split(',');
  if (table === undefined || column === undefined) return `"${remote}": invalid syntax`;
  return has(server, database) ? undefined : `"${remote}": no database named ${database}`;
}

const addRemote: Command['run'] = (server, [remote = '']) => {
  const missing = missingIn(server, remote);
  if (missing !== undefined) return err(missing);
  server.remotes.add(remote);
  return ok('');
};

const COMMANDS: readonly Command[] = [
  command('list-dbs', (server) => ok(lines(sorted([server.database, BUILT_IN])))),
  command('list-remotes', ({ remotes }) => ok(lines(sorted(remotes)))),
  command('add-remote', addRemote, 'REMOTE', [1, 1]),
  command(
    'remove-remote',
    ({ remotes }, [remote = '']) => (remotes.delete(remote) ? ok('') : err('no such remote')),
    'REMOTE',
    [1, 1],
  ),
  command('compact', compact, '', [0, 1]),
  command(
    'get-db-storage-status',
    (server, [name = '']) => (has(server, name) ? ok('status: ok\n') : err('Failed to find the database.')),
    'DB',
    [1, 1],
  ),
  // No server follows another one.
  command('sync-status', () => ok('state: active\n')),
  command('get-active-ovsdb-server', () => ok('')),
  command('get-sync-exclude-tables', () => ok('')),
  command('reload', () => err('Configuration file was not specified on command line')),
  // Clients are back before anybody sees that they were gone.
  command('reconnect', () => ok('')),
];

const REPLICATION = 'one server follows another nowhere here';
const FILES = 'databases are no files here';

const UNMODELLED: Unmodelled = [
  ['coverage/read-counter', 'COUNTER', WORK],
  ['coverage/show', '', WORK],
  ['exit', '', 'nothing starts the databases again'],
  ['memory/show', '', WORK],
  ['ovsdb-server/add-db', 'DB', FILES],
  ['ovsdb-server/connect-active-ovsdb-server', '', REPLICATION],
  ['ovsdb-server/disable-monitor-cond', '', 'how clients follow a database is not looked at'],
  ['ovsdb-server/disconnect-active-ovsdb-server', '', REPLICATION],
  ['ovsdb-server/memory-trim-on-compaction', 'on|off', FILES],
  ['ovsdb-server/perf-counters-clear', '', WORK],
  ['ovsdb-server/perf-counters-show', '', WORK],
  ['ovsdb-server/remove-db', 'DB', FILES],
  ['ovsdb-server/set-active-ovsdb-server', '', REPLICATION],
  ['ovsdb-server/set-active-ovsdb-server-probe-interval', '', REPLICATION],
  ['ovsdb-server/set-relay-source-probe-interval', '', REPLICATION],
  ['ovsdb-server/set-sync-exclude-tables', '', REPLICATION],
  ['ovsdb-server/tlog-list', '', 'transactions are not logged'],
  ['ovsdb-server/tlog-set', 'DB:TABLE on|off', 'transactions are not logged'],
  ['set-options', '[--format text|json]', 'answers are text'],
  ...['vlog/close', 'vlog/list', 'vlog/list-pattern', 'vlog/reopen'].map(
    (name) => [name, '', 'it logs nothing here'] as const,
  ),
  ['vlog/disable-rate-limit', '[module]...', 'it logs nothing here'],
  ['vlog/enable-rate-limit', '[module]...', 'it logs nothing here'],
  ['vlog/set', '{spec | PATTERN:destination:pattern}', 'it logs nothing here'],
];

export const databaseTarget = (server: DatabaseServer): CommandTarget =>
  commandTarget(server, 'ovsdb-server (Open vSwitch) 3.7.0', COMMANDS, UNMODELLED);
