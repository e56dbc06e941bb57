/** Turns the trace of a translation into recorded steps, one for each table visited. */
import type { FieldChange, RowRef, StepId } from '../../base/step.ts';
import type { Flow } from '../../flow/flow.ts';
import { WORD } from '../../flow/words.table.ts';
import type { Datapath } from '../bridge/datapath.ts';
import type { FlowRule } from '../bridge/flow-rule.ts';
import { difference } from '../xlate/commit.ts';
import type { TableNode, TraceNode } from '../xlate/trace-node.ts';
import { rowOfRule } from '../why/near-misses.ts';
import type { DpPacket } from './dp-packet.ts';
import { rewritten } from './execute.ts';

/** Steps of a pass through the tables. */
export interface RecordedPass {
  /** The step of each list of nodes, and the bridge that it is in. */
  readonly steps: ReadonlyMap<readonly TraceNode[], { readonly step: StepId; readonly bridge: string }>;
  /** The last table visited, null when there was none. */
  readonly last: { readonly step: StepId; readonly node: TableNode } | null;
}

/** The row of a flow, as a step refers to it. */
function rowOf(datapath: Datapath, bridge: string, rule: FlowRule): RowRef {
  const known = datapath.rowTexts.get(rule);
  if (known && known.actions === rule.actions) return known.row;
  const tlv = datapath.bridges.get(bridge)?.tlv;
  const options = tlv ? { tlv } : {};
  const row = rowOfRule(datapath.host, bridge, rule, options);
  datapath.rowTexts.set(rule, { actions: rule.actions, row });
  return row;
}

function sameHeaders(a: Flow, b: Flow): boolean {
  for (let at = WORD.ethDst as number; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return a[WORD.packetType] === b[WORD.packetType];
}

class Recorder {
  readonly steps = new Map<readonly TraceNode[], { readonly step: StepId; readonly bridge: string }>();
  last: RecordedPass['last'] = null;
  private readonly datapath: Datapath;
  private readonly packet: DpPacket;
  private readonly start: Flow;
  private readonly device: string | undefined;

  constructor(datapath: Datapath, packet: DpPacket, start: Flow, device: string | undefined) {
    this.datapath = datapath;
    this.packet = packet;
    this.start = start;
    this.device = device;
  }

  private frameAt(node: TableNode): Uint8Array {
    const { octets } = this.packet.frame;
    const { after } = node;
    if (!after || sameHeaders(this.start, after) || this.start[WORD.packetType] !== after[WORD.packetType])
      return octets;
    return rewritten(this.packet, difference(this.start, after));
  }

  private table(node: TableNode, parent: StepId | null): StepId {
    const changes: FieldChange[] = node.children.flatMap((child) =>
      child.kind === 'action' ? child.changes : [],
    );
    const { rule } = node;
    const step = this.datapath.context.recorder.record({
      parent,
      where: {
        host: this.datapath.host,
        bridge: node.bridge,
        ...(this.device === undefined ? {} : { device: this.device }),
        table: node.table,
      },
      what: { kind: 'table', table: node.table, matched: rule !== null, changes },
      frame: this.frameAt(node),
      because: rule ? [rowOf(this.datapath, node.bridge, rule)] : [],
    });
    this.last = { step, node };
    const { asked } = node;
    const tables = this.datapath.bridges.get(node.bridge)?.tables;
    if (asked && tables)
      this.datapath.lookUps.set(step, { bridge: node.bridge, tables, table: node.table, rule, ...asked });
    return step;
  }

  walk(nodes: readonly TraceNode[], parent: StepId | null, bridge: string): void {
    if (parent !== null) this.steps.set(nodes, { step: parent, bridge });
    for (const node of nodes) {
      const table = node.kind === 'table' && node.table >= 0;
      if (table) this.walk(node.children, this.table(node, parent), node.bridge);
      else this.walk(node.children, parent, bridge);
    }
  }
}

/** Records the tables of a trace under `parent`. `start` is the key that the pass began with. */
export function recordSteps(
  datapath: Datapath,
  trace: readonly TraceNode[],
  pass: {
    readonly packet: DpPacket;
    readonly start: Flow;
    readonly device: string | undefined;
    readonly bridge: string;
  },
  parent: StepId | null,
): RecordedPass {
  const recorder = new Recorder(datapath, pass.packet, pass.start, pass.device);
  recorder.walk(trace, parent, pass.bridge);
  return { steps: recorder.steps, last: recorder.last };
}
