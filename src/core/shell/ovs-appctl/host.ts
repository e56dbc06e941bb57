/** What ovs-appctl needs of a machine: the daemons that run on it. */
import type { BackgroundPrograms } from '../../sim/background.ts';
import type { CommandTarget } from './reply.ts';

export interface AppctlHost {
  /** A daemon by name, e.g. `ovs-vswitchd`; undefined when it does not run. */
  target(name: string): CommandTarget | undefined;
  /** Programs that were started with `--detach`; absent where there can be none. */
  readonly background?: BackgroundPrograms;
}
