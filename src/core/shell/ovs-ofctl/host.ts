/** What ovs-ofctl needs of a machine: its bridges, and the files that hold flows. */
import type { Flow } from '../../flow/flow.ts';
import type { OfpAct } from '../../ofproto/actions/ofpact.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { Port } from '../../ofproto/bridge/port.ts';

export interface OfctlHost {
  bridge(name: string): Bridge | undefined;
  readFile(path: string): string | undefined;
  /** The address of a port; the switch makes one for tunnels and patch ports. */
  macOf(port: Port): bigint;
  /** Sends a packet through `actions` as a controller does. `said`: a key with its port and what else it comes with. */
  packetOut(bridge: Bridge, octets: Uint8Array, said: Flow, actions: readonly OfpAct[]): void;
}
