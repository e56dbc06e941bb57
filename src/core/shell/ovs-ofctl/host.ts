/** What ovs-ofctl needs of a machine: its bridges, and the files that hold flows. */
import type { OfPort } from '../../flow/ofport.table.ts';
import type { OfpAct } from '../../ofproto/actions/ofpact.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';

export interface OfctlHost {
  bridge(name: string): Bridge | undefined;
  readFile(path: string): string | undefined;
  /** Sends a packet through `actions` as a controller does. */
  packetOut(bridge: Bridge, octets: Uint8Array, inPort: OfPort, actions: readonly OfpAct[]): void;
}
