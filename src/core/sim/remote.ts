/** How programs find a database: `unix:` on their own machine, `tcp:ADDRESS:PORT` on the machine that has the address. */
import { err, ok, type Result } from '../base/result.ts';
import type { NbDatabase, OvsDatabase, SbDatabase } from '../ovsdb/index.ts';
import type { DatabaseServer } from './database-server.ts';
import type { Host } from './host.ts';

export interface DatabaseOf {
  readonly OVN_Northbound: NbDatabase;
  readonly OVN_Southbound: SbDatabase;
  readonly Open_vSwitch: OvsDatabase;
}

export type DatabaseName = keyof DatabaseOf;

/** The socket of each database's server, whatever folder a distribution puts it in. */
const SOCKET: Readonly<Record<DatabaseName, string>> = {
  OVN_Northbound: 'ovnnb_db.sock',
  OVN_Southbound: 'ovnsb_db.sock',
  Open_vSwitch: 'db.sock',
};

/** The servers of a machine's databases. */
export const databaseServers = (host: Host): readonly DatabaseServer[] => [
  ...(host.switch ? [host.switch.server] : []),
  ...(host.central?.servers ?? []),
];

function local<Name extends DatabaseName>(host: Host, name: Name): DatabaseOf[Name] | undefined {
  const all: { readonly [N in DatabaseName]: DatabaseOf[N] | undefined } = {
    OVN_Northbound: host.central?.nb,
    OVN_Southbound: host.central?.sb,
    Open_vSwitch: host.switch?.ovs,
  };
  return all[name];
}

/** One alternative of a remote, e.g. `tcp:192.168.50.10:6642` or `unix:/var/run/ovn/ovnsb_db.sock`. */
function connectOne<Name extends DatabaseName>(
  hosts: Iterable<Host>,
  from: Host,
  name: Name,
  remote: string,
): Result<DatabaseOf[Name]> {
  const [kind, ...rest] = remote.split(':');
  if (kind === 'unix') {
    const database = rest.join(':').endsWith(`/${SOCKET[name]}`) ? local(from, name) : undefined;
    return database ? ok(database) : err('No such file or directory');
  }
  if (kind !== 'tcp' && kind !== 'ssl') return err('Address family not supported by protocol');
  const port = Number(rest.pop());
  const address = rest.join(':').replaceAll(/[[\]]/g, '');
  for (const host of hosts) {
    if (!host.hasAddress(address) && !(host === from && address === '127.0.0.1')) continue;
    if (host !== from && !from.canReach(address)) return err('No route to host');
    const database = local(host, name);
    const server = databaseServers(host).find((one) => one.database === name);
    return database && server?.listens(port, address) === true ? ok(database) : err('Connection refused');
  }
  return err(from.canReach(address) ? 'Connection timed out' : 'Network is unreachable');
}

/** Tries each of a comma-separated list of remotes. The error is that of the last. */
export function connectDatabase<Name extends DatabaseName>(
  hosts: Iterable<Host>,
  from: Host,
  name: Name,
  remote: string,
): Result<DatabaseOf[Name]> {
  const all = [...hosts];
  let last: Result<DatabaseOf[Name]> = err('No such file or directory');
  for (const one of remote.split(',')) {
    last = connectOne(all, from, name, one.trim());
    if (last.ok) return last;
  }
  return last;
}
