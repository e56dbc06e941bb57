/** The stages of a datapath, their flows, and which row made which flow. Plain data, part of the engine protocol. */

/** Flows of one stage with the same text but for constants. */
export interface StageShape {
  readonly match: string;
  readonly actions: string;
  readonly priorities: readonly [lowest: number, highest: number];
  readonly count: number;
  /** First eight digits of each row's uuid. */
  readonly flows: readonly string[];
}

export interface LadderStage {
  readonly pipeline: 'ingress' | 'egress';
  readonly table: number;
  readonly name: string;
  readonly count: number;
  readonly shapes: readonly StageShape[];
}

export interface Ladder {
  readonly datapath: string;
  readonly name: string;
  readonly kind: 'switch' | 'router';
  readonly stages: readonly LadderStage[];
}

export interface DatapathEntry {
  readonly uuid: string;
  /** The northbound row; '' when it is not told. */
  readonly northbound: string;
  readonly name: string;
  readonly kind: 'switch' | 'router';
  readonly flows: number;
}

export interface LogicalFlowRow {
  readonly uuid: string;
  readonly datapaths: readonly string[];
  readonly pipeline: 'ingress' | 'egress';
  readonly table: number;
  readonly stage: string;
  readonly priority: number;
  readonly match: string;
  readonly actions: string;
}

/** OpenFlow flows that a logical flow became on one machine. */
export interface ChassisCount {
  readonly host: string;
  readonly flows: number;
}

export interface Explained {
  readonly label: string;
  readonly flows: readonly (LogicalFlowRow & { readonly chassis: readonly ChassisCount[] })[];
}

export interface Causes {
  readonly flow: LogicalFlowRow;
  readonly chassis: readonly ChassisCount[];
  readonly causes: readonly { readonly table: string; readonly uuid: string; readonly label: string }[];
}
