/**
 * Which tables a packet visited, one recorded step each. It is worked out from the trace of a translation once, and recorded
 * again for every packet with the same key that a megaflow decides.
 */
import type { FieldChange, RowRef, StepId } from '../../base/step.ts';
import type { Flow } from '../../flow/flow.ts';
import type { KeptKey } from '../../flow/kept-key.ts';
import { WORD } from '../../flow/words.table.ts';
import type { Datapath } from '../bridge/datapath.ts';
import type { FlowRule } from '../bridge/flow-rule.ts';
import type { DpAction } from '../dp-action.ts';
import { rowOfRule } from '../why/near-misses.ts';
import { difference } from '../xlate/commit.ts';
import type { TableNode, TraceNode } from '../xlate/trace-node.ts';
import type { Translation } from '../xlate/translate.ts';
import type { DpPacket } from './dp-packet.ts';
import { rewritten } from './execute.ts';

interface Visit {
  /** Index of the visit that led here; -1 for the first. */
  readonly from: number;
  readonly bridge: string;
  readonly table: number;
  readonly rule: FlowRule | null;
  readonly changes: readonly FieldChange[];
  readonly asked: { readonly key: KeptKey; readonly version: number } | null;
  /** What turns the packet that came into the one that left the table; null where nothing does. */
  readonly rewrites: readonly DpAction[] | null;
}

export interface Itinerary {
  /** The packet's whole key. */
  readonly key: Flow;
  readonly visits: readonly Visit[];
  /** Index of the visit that each action comes from, -1 for none, and the bridge that it is in. */
  readonly origins: ReadonlyMap<DpAction, { readonly visit: number; readonly bridge: string }>;
}

/** The steps of one packet's way through the tables. */
export interface RecordedPass {
  /** By index of the visit. */
  readonly steps: readonly StepId[];
  /** The last table visited, null when there was none. */
  readonly last: { readonly step: StepId; readonly rule: FlowRule | null } | null;
}

/** Whether two keys are the same in every word. */
export function sameKey(a: Flow, b: Flow): boolean {
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function sameHeaders(a: Flow, b: Flow): boolean {
  for (let at = WORD.ethDst as number; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return a[WORD.packetType] === b[WORD.packetType];
}

/** What makes of a packet with the key `start` one with the headers of `after`. */
function rewritesTo(start: Flow, after: Flow | null): readonly DpAction[] | null {
  if (!after || sameHeaders(start, after) || start[WORD.packetType] !== after[WORD.packetType]) return null;
  return difference(start, after);
}

class Itinerant {
  readonly visits: Visit[] = [];
  readonly placed = new Map<readonly TraceNode[], { readonly visit: number; readonly bridge: string }>();
  readonly #start: Flow;

  constructor(start: Flow) {
    this.#start = start;
  }

  #visit({ bridge, table, rule, asked, after, children }: TableNode, from: number): number {
    const changes = children.flatMap((child) => (child.kind === 'action' ? child.changes : []));
    const rewrites = rewritesTo(this.#start, after);
    return this.visits.push({ from, bridge, table, rule, changes, asked, rewrites }) - 1;
  }

  walk(nodes: readonly TraceNode[], from: number, bridge: string): void {
    this.placed.set(nodes, { visit: from, bridge });
    for (const node of nodes) {
      const isVisit = node.kind === 'table' && node.table >= 0;
      if (isVisit) this.walk(node.children, this.#visit(node, from), node.bridge);
      else this.walk(node.children, from, bridge);
    }
  }
}

/** The way of the packet with `key`, which the translation began with as `start`. */
export function itineraryOf(
  key: Flow,
  start: Flow,
  { trace, origins }: Translation,
  bridge: string,
): Itinerary {
  const one = new Itinerant(start);
  one.walk(trace, -1, bridge);
  const placed = [...origins].map(
    ([action, nodes]) => [action, one.placed.get(nodes) ?? { visit: -1, bridge }] as const,
  );
  return { key, visits: one.visits, origins: new Map(placed) };
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

/** Records a packet's visits under `parent`. `device`: the port that it came in through. */
export function recordVisits(
  datapath: Datapath,
  { visits }: Itinerary,
  packet: DpPacket,
  device: string | undefined,
  parent: StepId | null,
): RecordedPass {
  const { octets } = packet.frame;
  const steps: StepId[] = [];
  let last: RecordedPass['last'] = null;
  for (const { from, bridge, table, rule, changes, asked, rewrites } of visits) {
    const step = datapath.context.recorder.record({
      parent: steps[from] ?? parent,
      where: { host: datapath.host, bridge, ...(device === undefined ? {} : { device }), table },
      what: { kind: 'table', table, matched: rule !== null, changes },
      frame: rewrites ? rewritten(packet, rewrites) : octets,
      because: rule ? [rowOf(datapath, bridge, rule)] : [],
    });
    const tables = datapath.bridges.get(bridge)?.tables;
    if (asked && tables) datapath.lookUps.set(step, { bridge, tables, table, rule, ...asked });
    steps.push(step);
    last = { step, rule };
  }
  return { steps, last };
}
