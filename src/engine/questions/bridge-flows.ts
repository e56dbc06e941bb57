/** What a bridge's tables hold: flows in pages, their shapes, and what can never work in them. Plain data, part of the engine protocol. */

/** What is wrong in a bridge's tables, one line each. */
export interface TableFinding {
  readonly kind: string;
  readonly weight: 'fault' | 'remark';
  readonly text: string;
  readonly count: number;
  readonly flows: readonly {
    readonly table: number;
    readonly priority: number;
    readonly cookie: string;
    readonly match: string;
    readonly actions: string;
  }[];
}

export interface BridgeEntry {
  readonly host: string;
  readonly bridge: string;
  readonly flows: number;
  readonly ports: number;
}

/** Which flows of a bridge: `filter` as ovs-ofctl takes it, `search` plain text in match, actions or cookie. */
export interface FlowsRequest {
  readonly host: string;
  readonly bridge: string;
  readonly filter: string;
  readonly search: string;
  /** Only flows of this shape, as `flowShapes` names it. */
  readonly shape: string | null;
  /** Only flows with these keys, as `flowKey` makes them; null: all. */
  readonly only: readonly string[] | null;
  readonly offset: number;
  readonly limit: number;
}

export interface FlowRow {
  readonly table: number;
  readonly stage: string;
  readonly priority: number;
  readonly cookie: string;
  readonly match: string;
  readonly actions: string;
  readonly packets: number;
  readonly bytes: number;
}

/** What tells a flow of a bridge from the others. */
export const flowKey = ({
  table,
  priority,
  cookie,
  match,
}: Pick<FlowRow, 'table' | 'priority' | 'cookie' | 'match'>): string =>
  `${table} ${priority} ${cookie} ${match}`;

export interface FlowsPage {
  readonly total: number;
  readonly mostPackets: number;
  readonly rows: readonly FlowRow[];
  /** What ovs-ofctl says of a filter that it cannot read; '' otherwise. */
  readonly error: string;
}

/** Flows of one table that look at the same fields and do the same kinds of things. */
export interface FlowShape {
  readonly key: string;
  readonly table: number;
  readonly stage: string;
  /** The fields, their values left open. */
  readonly match: string;
  readonly actions: string;
  readonly count: number;
  readonly packets: number;
}
