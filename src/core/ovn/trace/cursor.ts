/** Where a trace stands, and what the effects of actions may use. */
import type { Random } from '../../base/random.ts';
import type { Uuid } from '../../base/uuid.ts';
import type { Flow } from '../../flow/flow.ts';
import type { Action, ActionKind, ActionOf, Pipeline } from '../actions/action.ts';
import type { LflowIndex } from './lflow-index.ts';
import type { TraceDatapath, TraceNetwork, TracePort } from './network.ts';
import type { NodeKind, TraceNode } from './node.ts';

/**
 * Work that a trace goes on with: it yields work to be done first. Traces run deep, so what is under way waits on a
 * stack of its own instead of in nested calls.
 */
export type Work = Generator<Work, void, void>;

/** Where one list of actions stands. */
export interface Cursor {
  readonly datapath: TraceDatapath;
  readonly pipeline: Pipeline;
  readonly table: number;
  /** The packet; actions change it in place. */
  readonly flow: Flow;
  /** Where nodes are added. */
  readonly nodes: TraceNode[];
  /** The flow whose actions these are. */
  readonly lflow: Uuid | null;
  /** What `push` has saved, with its size in octets. */
  readonly stack: { readonly value: bigint; readonly size: number }[];
}

export interface LbDestination {
  readonly family: 4 | 6;
  readonly address: bigint;
  readonly port: number;
}

/** What the user wants assumed. */
export interface TraceOptions {
  /** States for the connection tracking actions, in turn. */
  readonly ctStates: readonly number[];
  readonly lbDestination: LbDestination | undefined;
  readonly selectId: number;
  readonly friendlyNames: boolean;
  /** Where choices come from that the user did not make; the first candidate without it. */
  readonly random: Random | undefined;
  /** The OpenFlow flows whose cookie is the first half of a logical flow's uuid, as text; undefined without a switch to ask. */
  readonly openFlow?: ((cookie: bigint) => readonly string[]) | undefined;
}

/** A trace under way. */
export interface TraceRun {
  readonly network: TraceNetwork;
  readonly lflows: LflowIndex;
  readonly options: TraceOptions;
  /** The load balancer destination, until a backend list has used it. */
  lbDestination: LbDestination | undefined;
  readonly warn: (message: string) => void;
  /** Gets what the real program logs as an error of one of its modules. */
  readonly error: (module: string, message: string) => void;
  /** The state for the next tracking action, and a remark when it is the default. */
  nextCtState(): { readonly state: number; readonly remark: string };
  /** Number of a port or multicast group of a datapath by name. */
  portNumber(datapath: TraceDatapath, name: string): number | undefined;
  nameOf(datapath: TraceDatapath): string;
  portNameOf(port: TracePort): string;
  /** Traces a packet from `table` on. */
  traceTable(
    datapath: TraceDatapath,
    flow: Flow,
    table: number,
    pipeline: Pipeline,
    nodes: TraceNode[],
  ): Work;
  /** Traces a list of actions. */
  traceActions(actions: readonly Action[], cursor: Cursor): Work;
}

/** What one kind of action does to the packet and what it says. Work given back is done before the next action. */
export type Effect<K extends ActionKind> = (
  action: ActionOf<K>,
  cursor: Cursor,
  run: TraceRun,
) => Work | undefined | void;

type PlainNodeKind = Exclude<NodeKind, 'pipeline' | 'table'>;

/** Adds a node; gives the list for what comes under it. */
export function addNode(
  cursor: Pick<Cursor, 'nodes' | 'lflow'>,
  kind: PlainNodeKind,
  text: string,
): TraceNode[] {
  const children: TraceNode[] = [];
  cursor.nodes.push({ kind, text, lflow: cursor.lflow, children });
  return children;
}

/** Adds a pipeline node; gives the list for what comes under it. */
export function addPipeline(
  cursor: Pick<Cursor, 'nodes' | 'lflow'>,
  pipeline: Pipeline | 'multicast',
  datapath: TraceDatapath,
  text: string,
  alwaysIndent = false,
): TraceNode[] {
  const children: TraceNode[] = [];
  const node = {
    kind: 'pipeline',
    text,
    lflow: cursor.lflow,
    children,
    pipeline,
    datapath: datapath.uuid,
  } as const;
  cursor.nodes.push(alwaysIndent ? { ...node, alwaysIndent } : node);
  return children;
}
