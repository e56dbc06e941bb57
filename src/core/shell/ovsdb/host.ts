/** What the database programs need of the host on which they run. */
import type { Result } from '../../base/result.ts';
import type { Database } from '../../ovsdb/index.ts';
import type { BackgroundPrograms } from '../../sim/background.ts';

export interface DatabaseHost {
  /**
   * Reaches the server at `remote` (`unix:FILE`, `tcp:HOST:PORT`, `ssl:HOST:PORT`) for the database named `database`.
   * The error is what strerror(3) says, e.g. `Connection refused`, `No such file or directory`.
   */
  connect(database: string, remote: string): Result<Database, string>;
  /** Reaches a switch at `remote`, e.g. `unix:/var/run/openvswitch/br-int.mgmt`; absent where there is none to reach. */
  openFlow?(remote: string): Result<OpenFlowPeer, string>;
  /** Programs in the background; absent where there can be none. */
  readonly background?: BackgroundPrograms;
  /** An exported variable of the environment, e.g. `OVN_NB_DB`. */
  variable(name: string): string | undefined;
}

/** A switch that tells its flows in OpenFlow 1.5. */
export interface OpenFlowPeer {
  /** In the switch's order. */
  flows(cookie: bigint): readonly OpenFlowRow[];
}

/** A flow as text: with its statistics, and as its table, match and actions alone. */
export interface OpenFlowRow {
  readonly withStatistics: string;
  readonly plain: string;
}

/** The management socket of the integration bridge. */
export const DEFAULT_SWITCH = 'unix:/var/run/openvswitch/br-int.mgmt';
