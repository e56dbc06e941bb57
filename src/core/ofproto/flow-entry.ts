/** One row of a flow table: what it matches, what it does, and how long it lives. */
import type { Match } from '../flow/match.ts';
import type { OfpAct } from './actions/ofpact.ts';

/** What a controller installs (a flow_mod's content). Timeouts in seconds, 0 for none. */
export interface FlowSpec {
  readonly table: number;
  readonly priority: number;
  readonly cookie: bigint;
  readonly match: Match;
  readonly actions: readonly OfpAct[];
  readonly idleTimeout?: number;
  readonly hardTimeout?: number;
  readonly importance?: number;
  readonly flags?: FlowFlags;
}

export interface FlowFlags {
  readonly sendFlowRemoved?: boolean;
  readonly checkOverlap?: boolean;
  readonly resetCounts?: boolean;
  readonly noPacketCounts?: boolean;
  readonly noByteCounts?: boolean;
}

/** The priority of a flow whose text gives none. */
export const DEFAULT_PRIORITY = 0x8000;
