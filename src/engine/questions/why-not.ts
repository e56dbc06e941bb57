/** Why a packet stopped where it did: the flow that decided and those that nearly let it pass. Plain data, part of the engine protocol. */
import type { NearMiss, RowRef } from '../../core/base/step.ts';

export interface ContradictedFlow {
  readonly uuid: string;
  readonly stage: string;
  readonly priority: number;
  readonly match: string;
  readonly actions: string;
  /** OpenFlow flows that the table had of it. */
  readonly flows: number;
}

export interface WhyNotAnswer {
  /** Where it was looked up, e.g. `hv1 br-int, table 44 ls_out_acl_eval`. */
  readonly place: string;
  /** The flow that decided; null for a miss. */
  readonly decided: RowRef | null;
  /** Flows that the table had then. */
  readonly considered: number;
  readonly misses: readonly NearMiss[];
  /** The same in the logical network's language, where the table is a logical stage. */
  readonly logical: readonly NearMiss[];
  /** The logical flow above the one that decided which the packet meets, although none of its OpenFlow flows took it. */
  readonly contradicted: ContradictedFlow | null;
  /** The earlier table that set what the deciding flow looks at, if one did. */
  readonly earlier: WhyNotAnswer | null;
}
