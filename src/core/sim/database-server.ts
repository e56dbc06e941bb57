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

  /** TCP ports that it listens on. */
  get ports(): readonly number[] {
    return [...this.#sockets()].map(({ port }) => port);
  }

  /** Whether a connection to this address and TCP port is answered: `ptcp:6641:127.0.0.1` is for one address alone. */
  listens(port: number, address: string): boolean {
    return [...this.#sockets()].some(
      (one) => one.port === port && (ANY.has(one.only) || one.only === address),
    );
  }

  *#sockets(): Generator<{ readonly port: number; readonly only: string }> {
    const rows = this.remotes.has(this.#column) ? this.#targets() : [];
    for (const target of [...this.remotes, ...rows]) {
      const [kind, port, ...rest] = target.split(':');
      if (kind === 'ptcp' || kind === 'pssl')
        yield { port: Number(port), only: rest.join(':').replaceAll(/[[\]]/g, '') };
    }
  }
}

const ANY: ReadonlySet<string> = new Set(['', '0.0.0.0', '::']);
