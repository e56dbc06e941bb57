/** What ovs-ofctl needs of a machine: its bridges, and the files that hold flows. */
import type { Bridge } from '../../ofproto/bridge/bridge.ts';

export interface OfctlHost {
  bridge(name: string): Bridge | undefined;
  readFile(path: string): string | undefined;
}
