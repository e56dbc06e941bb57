/** What the iproute2 programs need of a machine. */
import type { Kernel } from '../../linux/index.ts';
import type { Exit, Output, RunningProgram } from '../program.ts';

export interface IpHost {
  readonly kernel: Kernel;
  /** Runs another program of the machine, for `ip netns exec` and `ip vrf exec`. */
  run?(argv: readonly string[], namespace: string, output: Output): Exit | RunningProgram;
}
