/** Why a packet stopped where it did: the flow that decided and those that nearly let it pass. Plain data, part of the engine protocol. */
import type { NearMiss, RowRef } from '../../core/base/step.ts';

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
  /** The earlier table that set what the deciding flow looks at, if one did. */
  readonly earlier: WhyNotAnswer | null;
}
