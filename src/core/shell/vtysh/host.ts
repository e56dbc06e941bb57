/** What vtysh needs of a machine: the routing daemons that run on it, and files. */
import type { VtySession } from '../../frr/config/session.ts';

export interface VtyshHost {
  /** A terminal on the daemons of a pathspace (`-N`; '' without); undefined when none runs there. */
  connect(pathspace: string): VtySession | undefined;
  readFile(path: string): string | undefined;
}
