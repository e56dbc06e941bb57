/** What the show texts read: the daemons of one set, and the time. */
import type { Clock } from '../../base/context.ts';
import type { BgpDaemon, BgpInstance } from '../bgp/instance.ts';
import type { FrrConfig } from '../config/frr-config.ts';
import type { ConfiguredPolicy } from '../policy/configured-policy.ts';
import type { Zebra } from '../zebra/zebra.ts';
import type { BfdSessionView } from './bfd.ts';

export interface ShowContext {
  readonly config: FrrConfig;
  readonly bgp: BgpDaemon;
  readonly zebra: Zebra;
  readonly policy: ConfiguredPolicy;
  /** Sessions in bfdd's order. */
  readonly bfd: () => readonly BfdSessionView[];
  readonly clock: Clock;
  /** Daemons that run, in vtysh's order. */
  readonly daemons: () => readonly string[];
  /** Counts of packets of the session with this discriminator go back to nothing. */
  readonly clearBfd: (id: number) => void;
}

/** Seconds since 1970 at a simulated time. */
export const epochOf = (clock: Clock, at: number): number =>
  Math.floor(clock.wallMs() / 1000) - (Math.floor(clock.now() / 1e9) - Math.floor(at / 1e9));

/** Milliseconds since 1970 at a simulated time. */
export const epochMilliseconds = (clock: Clock, at: number): number =>
  Math.floor(clock.wallMs() - (clock.now() - at) / 1e6);

/** `vrf-id` of an instance; -1 while zebra does not know the VRF. */
export const vrfIdOf = (instance: BgpInstance): number => instance.vrfId ?? -1;
