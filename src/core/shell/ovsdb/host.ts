/** What the database programs need of the host on which they run. */
import type { Result } from '../../base/result.ts';
import type { Database } from '../../ovsdb/index.ts';

export interface DatabaseHost {
  /**
   * Reaches the server at `remote` (`unix:FILE`, `tcp:HOST:PORT`, `ssl:HOST:PORT`) for the database named `database`.
   * The error is what strerror(3) says, e.g. `Connection refused`, `No such file or directory`.
   */
  connect(database: string, remote: string): Result<Database, string>;
  /** A variable of the environment, e.g. `OVN_NB_DB`. */
  variable(name: string): string | undefined;
}
