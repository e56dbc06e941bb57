/** Where a described packet would go: ovn-trace as data. Plain data, part of the engine protocol. */

/** A node of an ovn-trace: its line, the logical flow behind it, and whether it ends the packet's way. */
export interface LogicalTraceNode {
  readonly kind: string;
  readonly text: string;
  readonly lflow: string | null;
  readonly stage: string;
  readonly pipeline: string;
  readonly datapath: string;
  readonly depth: number;
  readonly drop: boolean;
}

export interface LogicalTraceAnswer {
  /** As ovn-trace prints it. */
  readonly text: string;
  readonly errors: string;
  readonly status: number;
  readonly nodes: readonly LogicalTraceNode[];
}

/** A port that a microflow may enter by, with what it would be made of. */
export interface TraceablePort {
  readonly name: string;
  readonly datapath: string;
  readonly macs: readonly string[];
  readonly ips: readonly string[];
}
