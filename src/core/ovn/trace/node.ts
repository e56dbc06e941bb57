/** A trace: a tree of nodes, each with the line that ovn-trace prints for it and the logical flow that decided it. */
import type { Uuid } from '../../base/uuid.ts';
import type { KeptKey } from '../../flow/kept-key.ts';
import type { Pipeline } from '../actions/action.ts';

interface NodeBase {
  /** The line, without indentation. */
  readonly text: string;
  /** The `Logical_Flow` row that made this happen; null for the pipeline a trace begins with. */
  readonly lflow: Uuid | null;
  /** Filled while the trace is made. */
  readonly children: TraceNode[];
  /** Indented even as the last of its siblings. */
  readonly alwaysIndent?: boolean;
}

/** A packet enters the pipeline of a datapath, or a multicast group's copies do. */
interface PipelineNode extends NodeBase {
  readonly kind: 'pipeline';
  readonly pipeline: Pipeline | 'multicast';
  /** `Datapath_Binding` row. */
  readonly datapath: Uuid;
}

/** One table: the flow that matched, or none. */
export interface TableNode extends NodeBase {
  readonly kind: 'table';
  readonly datapath: Uuid;
  readonly pipeline: Pipeline;
  readonly table: number;
  /** The packet as it was looked up. */
  readonly key: KeptKey;
  /** As northd names it, e.g. `ls_in_l2_lkup`; '' when unknown. */
  readonly stage: string;
  /** Where northd made the flow, e.g. `northd.c:11245`; '' when unknown. */
  readonly source: string;
  readonly priority: number;
  /** The flow's match with names for people; '' without a flow. */
  readonly match: string;
}

/** The packet becomes another: connection tracking, NAT, a reply made by the controller, a clone. */
interface TransformationNode extends NodeBase {
  readonly kind: 'transformation';
}

/** An action as it is written, or a remark on what it found. */
interface ActionNode extends NodeBase {
  readonly kind: 'action';
}

/** A field of the packet changed, or the packet left. Only the minimal text shows these. */
interface ModifyNode extends NodeBase {
  readonly kind: 'modify';
}

/** What became of an `output`. */
interface OutputNode extends NodeBase {
  readonly kind: 'output';
}

/** Something that cannot be, or an assumption. */
interface ErrorNode extends NodeBase {
  readonly kind: 'error';
}

export type TraceNode =
  | PipelineNode
  | TableNode
  | TransformationNode
  | ActionNode
  | ModifyNode
  | OutputNode
  | ErrorNode;

export type NodeKind = TraceNode['kind'];

/** What a trace gives: its nodes and what the program says on standard error meanwhile. */
export interface Trace {
  /** The packet as OVS writes it, after `# `. */
  readonly packet: string;
  readonly root: TraceNode;
  /** How many of the connection states given for `ct_next` it took. */
  readonly ctStatesUsed: number;
}
