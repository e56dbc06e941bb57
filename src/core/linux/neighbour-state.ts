/** One entry of the neighbour table and its states (`ip neigh`). */
import type { StepId } from '../base/step.ts';
import type { Family } from './family.ts';

export type NeighbourState =
  | 'NONE'
  | 'INCOMPLETE'
  | 'REACHABLE'
  | 'STALE'
  | 'DELAY'
  | 'PROBE'
  | 'FAILED'
  | 'NOARP'
  | 'PERMANENT';

/** A datagram that waits for an address: how to send it, and what to do when nobody answers. */
export interface Waiting {
  readonly octets: Uint8Array;
  readonly parent: StepId | null;
  /** Sends to this Ethernet address. */
  send(mac: bigint, parent: StepId | null): void;
  /** The resolution failed. */
  fail(parent: StepId | null): void;
}

export interface Neighbour {
  readonly family: Family;
  readonly address: bigint;
  readonly ifindex: number;
  state: NeighbourState;
  mac: bigint | null;
  router: boolean;
  proxy: boolean;
  /** `extern_learn` of `ip neigh`. */
  externLearn: boolean;
  protocol: number;
  /** Simulated times in nanoseconds. */
  updated: number;
  confirmed: number;
  used: number;
  probes: number;
  cancelTimer: (() => void) | null;
  queue: Waiting[];
}

/** States in which the address is known and used without question. */
export const isConnected = (state: NeighbourState): boolean =>
  state === 'REACHABLE' || state === 'PERMANENT' || state === 'NOARP';

/** States in which frames may be sent to the known address. */
export const isValid = (state: NeighbourState): boolean =>
  isConnected(state) || state === 'STALE' || state === 'DELAY' || state === 'PROBE';
