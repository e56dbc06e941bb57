/** The ovsdb-server of one database: on which sockets it answers. */

/** Where a service starts it to listen, besides what the rows of the database say. */
interface DatabaseServerPlace {
  /** The database's name. */
  readonly database: string;
  /** Path of its socket. */
  readonly socket: string;
  /** The column whose rows name more sockets, as `--remote=db:...` names it: `TABLE,COLUMN`. */
  readonly column: string;
}

export class DatabaseServer {
  readonly database: string;
  /** What `--remote` and `add-remote` gave, by text. */
  readonly remotes: Set<string>;
  readonly #column: string;
  readonly #targets: () => Iterable<string>;

  /** `targets`: what the rows behind the column ask for. */
  constructor({ database, socket, column }: DatabaseServerPlace, targets: () => Iterable<string>) {
    this.database = database;
    this.#column = `db:${database},${column}`;
    this.#targets = targets;
    this.remotes = new Set([this.#column, `punix:${socket}`]);
  }

  /** Whether a connection to this address and TCP port is answered: `ptcp:6641:127.0.0.1` is for one address alone. */
  listens(port: number, address: string): boolean {
    const rows = this.remotes.has(this.#column) ? this.#targets() : [];
    return [...this.remotes, ...rows].some((target) => {
      const [kind, listening, ...rest] = target.split(':');
      if ((kind !== 'ptcp' && kind !== 'pssl') || Number(listening) !== port) return false;
      const only = rest.join(':').replaceAll(/[[\]]/g, '');
      return ANY.has(only) || only === address;
    });
  }
}

const ANY: ReadonlySet<string> = new Set(['', '0.0.0.0', '::']);
