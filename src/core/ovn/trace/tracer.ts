/** Follows one packet through the logical pipelines of a southbound database, as ovn-trace does. */
import type { Flow } from '../../flow/flow.ts';
import { keepKey } from '../../flow/kept-key.ts';
import type { Action, ActionKind, Pipeline } from '../actions/action.ts';
import { formatAction } from '../actions/actions.ts';
import { evaluate } from '../expr/evaluate.ts';
import { type Cursor, type Effect, type TraceOptions, type TraceRun, type Work, addNode } from './cursor.ts';
import { CT } from './ct-state.ts';
import { EFFECTS } from './effects.table.ts';
import { friendlyText } from './friendly-name.ts';
import type { Lflow, LflowIndex } from './lflow-index.ts';
import {
  type TraceDatapath,
  type TraceNetwork,
  type TracePort,
  type Warn,
  datapathName,
  portName,
} from './network.ts';
import type { TableNode, TraceNode } from './node.ts';
import { findPort } from './port-lookup.ts';

/** Where a trace ends that goes round in circles, or would never be read. */
export interface TraceLimits {
  /** Tables in all. */
  readonly tables: number;
  /** Tables and lists of actions inside of one another. */
  readonly depth: number;
}

const effectOf = (kind: ActionKind): Effect<ActionKind> => EFFECTS[kind] as unknown as Effect<ActionKind>;

/** A table whose only flow is `next` says nothing. */
function isEmptyStage(flow: Lflow | undefined, table: number): boolean {
  const [only, ...rest] = flow?.actions ?? [];
  return (
    flow?.match.kind === 'boolean' &&
    flow.match.value &&
    rest.length === 0 &&
    only?.kind === 'next' &&
    only.table === table + 1
  );
}

export class Tracer implements TraceRun {
  readonly network: TraceNetwork;
  readonly lflows: LflowIndex;
  readonly options: TraceOptions;
  readonly warn: Warn;
  readonly error: TraceRun['error'];
  lbDestination: TraceOptions['lbDestination'];
  private readonly limits: TraceLimits;
  #ctStatesUsed = 0;
  private tables = 0;
  private depth = 0;
  private isCut = false;

  constructor(
    network: TraceNetwork,
    lflows: LflowIndex,
    options: TraceOptions,
    log: Pick<TraceRun, 'warn' | 'error'>,
    limits: TraceLimits,
  ) {
    this.limits = limits;
    this.network = network;
    this.lflows = lflows;
    this.options = options;
    this.warn = log.warn;
    this.error = log.error;
    this.lbDestination = options.lbDestination;
  }

  /** How many of the given connection states it took. */
  get ctStatesUsed(): number {
    return this.#ctStatesUsed;
  }

  nextCtState(): { readonly state: number; readonly remark: string } {
    const state = this.options.ctStates[this.#ctStatesUsed];
    if (state === undefined)
      return { state: CT.est | CT.trk, remark: ' /* default (use --ct to customize) */' };
    this.#ctStatesUsed += 1;
    return { state, remark: '' };
  }

  nameOf(datapath: TraceDatapath): string {
    return datapathName(datapath, this.options.friendlyNames);
  }

  portNameOf(port: TracePort): string {
    return portName(port, this.options.friendlyNames);
  }

  portNumber(datapath: TraceDatapath, name: string): number | undefined {
    if (name === '' || name === 'none') return 0;
    const port = findPort(this.network, name, this.warn);
    if (port !== undefined) return port.datapath === datapath ? port.tunnelKey : undefined;
    const group = datapath.groups.find((each) => each.name === name);
    if (group === undefined) this.warn(`${name}: unknown logical port`);
    return group?.tunnelKey;
  }

  private friendly(text: string): string {
    if (!this.options.friendlyNames) return text;
    return friendlyText(text, (name) => {
      const port = this.network.ports.get(name);
      return port && this.portNameOf(port);
    });
  }

  private lookup(datapath: TraceDatapath, flow: Flow, pipeline: Pipeline, table: number): Lflow | undefined {
    const number = (name: string): number | undefined => this.portNumber(datapath, name);
    for (const entry of this.lflows.entries(datapath, pipeline, table)) {
      const lflow = this.lflows.parse(entry, datapath);
      if (lflow !== null && evaluate(lflow.match, flow, number)) return lflow;
    }
    return undefined;
  }

  private tableNode(
    datapath: TraceDatapath,
    pipeline: Pipeline,
    table: number,
    flow: Lflow | undefined,
    packet: Flow,
  ): TableNode {
    const entry = flow?.entry;
    const number = String(table).padStart(2);
    const key = keepKey(packet);
    const base = { kind: 'table', datapath: datapath.uuid, pipeline, table, key, children: [] } as const;
    if (entry === undefined) {
      const stage = this.lflows.entries(datapath, pipeline, table)[0]?.stage ?? '';
      const text = `${number}. ${stage === '' ? '' : `${stage}: `}no match (implicit drop)`;
      return { ...base, children: [], text, lflow: null, stage, source: '', priority: 0, match: '' };
    }
    const { stage = '', source = '', priority, uuid } = entry;
    const place = `${stage}${stage !== '' && source !== '' ? ' ' : ''}${source === '' ? '' : `(${source})`}`;
    const match = this.friendly(entry.match);
    const text = `${number}. ${place === '' ? '' : `${place}: `}${match}, priority ${priority}, uuid ${uuid.slice(0, 8)}`;
    return { ...base, children: [], text, lflow: uuid, stage, source, priority, match };
  }

  /** What a switch has made of the logical flow (`--ovs`). */
  private traceOpenFlow(cursor: Cursor, uuid: string): void {
    const { openFlow } = this.options;
    if (openFlow === undefined) return;
    const rows = openFlow(BigInt(`0x${uuid.slice(0, 8)}`));
    if (rows.length === 0) addNode(cursor, 'error', '*** no OpenFlow flows');
    for (const row of rows) addNode(cursor, 'action', row);
  }

  *traceTable(
    datapath: TraceDatapath,
    flow: Flow,
    firstTable: number,
    pipeline: Pipeline,
    nodes: TraceNode[],
  ): Work {
    this.tables += 1;
    if (this.tables > this.limits.tables || this.depth > this.limits.depth) {
      if (!this.isCut) addNode({ nodes, lflow: null }, 'error', '*** the trace goes on without end');
      this.isCut = true;
    }
    if (this.isCut) return;
    let table = firstTable;
    let found = this.lookup(datapath, flow, pipeline, table);
    while (isEmptyStage(found, table)) {
      table += 1;
      found = this.lookup(datapath, flow, pipeline, table);
    }
    const node = this.tableNode(datapath, pipeline, table, found, flow);
    nodes.push(node);
    if (found === undefined) return;
    const cursor: Cursor = {
      datapath,
      pipeline,
      table,
      flow,
      nodes: node.children,
      lflow: found.entry.uuid,
      stack: [],
    };
    this.traceOpenFlow(cursor, found.entry.uuid);
    yield this.traceActions(found.actions, cursor);
  }

  *traceActions(actions: readonly Action[], cursor: Cursor): Work {
    if (actions.length === 0) addNode(cursor, 'action', 'drop;');
    for (const action of actions) {
      addNode(cursor, 'action', this.friendly(formatAction(action)));
      const work = effectOf(action.kind)(action, cursor, this);
      if (work !== undefined) yield work;
    }
  }

  /** Does work and all that it asks to be done first. */
  private finish(work: Work): void {
    const stack = [work];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      this.depth = stack.length;
      const step = top.next();
      if (step.done === true) stack.pop();
      else stack.push(step.value);
    }
  }

  /** Whether the trace came to its limits. */
  get wasCut(): boolean {
    return this.isCut;
  }

  /** Traces `flow` from its input port on; `flow` is changed on the way. */
  run(datapath: TraceDatapath, flow: Flow, inport: TracePort | undefined): TraceNode {
    const name = inport === undefined ? '(unnamed)' : this.portNameOf(inport);
    const children: TraceNode[] = [];
    this.finish(this.traceTable(datapath, flow, 0, 'ingress', children));
    return {
      kind: 'pipeline',
      text: `ingress(dp="${this.nameOf(datapath)}", inport="${name}")`,
      lflow: null,
      children,
      pipeline: 'ingress',
      datapath: datapath.uuid,
    };
  }
}
