/** One port of a spanning tree: what it knows of the bridge that serves its segment, its state and its timers. */

export type StpState = 'disabled' | 'listening' | 'learning' | 'forwarding' | 'blocking';
export type StpRole = 'root' | 'designated' | 'alternate' | 'disabled';

export const DEFAULT_BRIDGE_PRIORITY = 32_768;
export const DEFAULT_PORT_PRIORITY = 128;
/** Port numbers have eight bits, and 0 is none. */
export const MAX_STP_PORTS = 255;

/** Counts units of 1/256 second while it runs. */
export class StpTimer {
  /** What it counted so far; null while it stands still. */
  value: number | null = null;

  start(from = 0): void {
    this.value = from;
  }

  stop(): void {
    this.value = null;
  }

  /** Counts on; whether `limit` is reached, upon which it stops. */
  expired(elapsed: number, limit: number): boolean {
    if (this.value === null) return false;
    this.value += elapsed;
    if (this.value < limit) return false;
    this.value = null;
    return true;
  }
}

/** Priority in the high octet, number in the low one. */
export interface StpPort {
  readonly index: number;
  name: string;
  id: number;
  pathCost: number;
  state: StpState;
  designatedRoot: bigint;
  designatedCost: number;
  designatedBridge: bigint;
  designatedPort: number;
  topologyChangeAck: boolean;
  configPending: boolean;
  readonly messageAge: StpTimer;
  readonly forwardDelay: StpTimer;
  readonly hold: StpTimer;
  sent: number;
  received: number;
  errors: number;
}

/** In both protocols. */
export const forwardsIn = (state: string): boolean => state === 'forwarding';
export const learnsIn = (state: string): boolean => state === 'learning' || state === 'forwarding';

/** Path cost of a link of so many Mb/s (802.1D-1998, table 8-5); 2 for what is slower than all of them. */
export function costOfSpeed(mbps: number): number {
  const costs: readonly (readonly [number, number])[] = [
    [10_000, 2],
    [1000, 4],
    [100, 19],
    [16, 62],
    [10, 100],
    [4, 250],
  ];
  return costs.find(([speed]) => mbps >= speed)?.[1] ?? 2;
}
