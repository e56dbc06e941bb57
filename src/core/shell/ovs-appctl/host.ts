/** What ovs-appctl needs of a machine: the daemons that run on it. */
import type { CommandTarget } from './reply.ts';

export interface AppctlHost {
  /** A daemon by name, e.g. `ovs-vswitchd`; undefined when it does not run. */
  target(name: string): CommandTarget | undefined;
}
