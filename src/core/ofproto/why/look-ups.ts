/** What a recorded visit of a table asked: kept beside the steps, so that a question about one can be answered later. */
import type { StepId } from '../../base/step.ts';
import type { FlowRule } from '../bridge/flow-rule.ts';
import type { FlowTables } from '../bridge/flow-tables.ts';
import type { KeptKey } from '../../flow/kept-key.ts';

export interface LookUpRecord {
  readonly bridge: string;
  readonly tables: FlowTables;
  readonly table: number;
  /** Of the tables when the packet was looked up. */
  readonly version: number;
  readonly key: KeptKey;
  /** The flow that decided; null for a miss. */
  readonly rule: FlowRule | null;
}

/** Look-ups by the step that recorded them. */
export type LookUps = Map<StepId, LookUpRecord>;
