/** The state of one translation: a packet's key on its way through the tables, and the datapath actions so far. */
import { formatField, formatHex } from '../../flow/field-text.ts';
import { copyFlow, createFlow, getField, type Flow } from '../../flow/flow.ts';
import type { Subfield } from '../../flow/field.ts';
import { OFPP, type OfPort } from '../../flow/ofport.table.ts';
import { formatSubfield } from '../../flow/subfield-text.ts';
import { WORD } from '../../flow/words.table.ts';
import { formatActions } from '../actions/act-list.ts';
import type { ControllerAct, NatAct, OfpAct } from '../actions/ofpact.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { FlowRule } from '../bridge/flow-rule.ts';
import type { Bundle } from '../bridge/port.ts';
import type { FrozenState, RunAct, StackValue } from '../bridge/recirculation.ts';
import type { DpAction, SlowReason } from '../dp-action.ts';
import { Repetition, type Effect, type PacketStats } from './repetition.ts';
import type { TableNode, TraceNode } from './trace-node.ts';

/** Why a translation failed, in the words of `ofproto/trace`. */
export type XlateError =
  | 'Bridge not found'
  | 'Recursion too deep'
  | 'Too many resubmits'
  | 'Stack too deep'
  | 'No recirculation context'
  | 'Recirculation conflict'
  | 'Too many MPLS labels'
  | 'Invalid tunnel metadata'
  | 'Unsupported packet type'
  | 'Congestion Drop'
  | 'Forwarding is disabled';

export interface XlateInput {
  readonly bridge: Bridge;
  readonly flow: Flow;
  /** The frame, when there is one: some actions look at its size or report more. */
  readonly packet: Uint8Array | null;
  /** Whether learning and the like take place. */
  readonly sideEffects: boolean;
  /** The actions are for a megaflow that there is. */
  readonly revalidation?: boolean;
  readonly stats: PacketStats | null;
  readonly trace: boolean;
  /** Print port names instead of numbers. */
  readonly names: boolean;
  /** Instead of a table look-up (packet-out). */
  readonly actions: readonly OfpAct[] | null;
  readonly inPacketOut: boolean;
  readonly frozen: FrozenState | null;
}

/** A part of the pipeline that goes on after connection tracking: what `ofproto/trace` follows next. */
export interface RecirculationNode {
  readonly id: number;
  readonly flow: Flow;
  readonly nat: NatAct | null;
  readonly packet: Uint8Array | null;
}

/** What part of a packet's state a nested list of actions gets its own copy of. */
export interface Retained {
  readonly flow: Flow;
  readonly stack: StackValue[];
  readonly actionSet: OfpAct[];
}

export type RunActions = (x: Xlate, actions: readonly RunAct[], isLast: boolean, inBucket: boolean) => void;

/** One VLAN header as bridges with VLANs see it; `pcp` in place (0xe000). */
export interface VlanTag {
  readonly tpid: number;
  readonly vid: number;
  readonly pcp: number;
}

/** What parts of the translation that call one another need of each other. */
export interface Handlers {
  readonly run: RunActions;
  /** Sends the packet to a bundle with the given VLAN headers, outermost first. */
  readonly outputToBundle: (x: Xlate, bundle: Bundle, tags: readonly VlanTag[]) => void;
}

export class Xlate {
  readonly input: XlateInput;
  bridge: Bridge;
  /** The key as changed so far. The object stays the same all along. */
  readonly flow: Flow;
  /** The key as the datapath's packet is after `out`. */
  base: Flow;
  /** Bits of the packet that mattered. */
  readonly mask: Flow = createFlow();
  readonly ownTunnel: Flow;
  out: DpAction[] = [];
  stack: StackValue[] = [];
  actionSet: OfpAct[] = [];
  actionSetHasGroup = false;
  rule: FlowRule | null = null;
  cookie = 0xffffffffffffffffn;
  table = 0;
  depth = 0;
  resubmits = 0;
  exit = false;
  error: XlateError | null = null;
  inActionSet = false;
  pendingEncap = false;
  pendingDecap = false;
  encapMetadata: Uint8Array = new Uint8Array(0);
  mirrors = 0;
  mirrorSnapLength = 0;
  freezing = false;
  hashForRecirculation: { readonly algorithm: 'l4' | 'sym_l4'; readonly basis: number } | null = null;
  frozenActions: RunAct[] = [];
  lastUnroll: { readonly table: number; readonly cookie: bigint } | null = null;
  pause: ControllerAct | null = null;
  wasMpls = false;
  conntracked = false;
  nat: NatAct | null = null;
  readonly originalPriority: number;
  readonly slow = new Set<SlowReason>();
  readonly recirculations: RecirculationNode[] = [];
  /** Ids of frozen states, each used once by this translation. */
  readonly frozenIds: number[] = [];
  /** The list of nodes that was open when an action was added. */
  readonly origins = new Map<DpAction, readonly TraceNode[]>();
  openTable: TableNode | null = null;
  nodes: TraceNode[] | null;
  readonly handlers: Handlers;
  /** For further packets; null where none will ask for it. */
  readonly repetition: Repetition | null;

  constructor(input: XlateInput, handlers: Handlers) {
    this.input = input;
    this.handlers = handlers;
    this.bridge = input.bridge;
    this.flow = copyFlow(input.flow);
    this.flow[WORD.actsetOutput] = OFPP.unset;
    this.base = copyFlow(input.flow);
    this.ownTunnel = input.flow;
    this.base.fill(0, 0, WORD.metadata);
    this.originalPriority = input.flow[WORD.skbPriority] as number;
    this.nodes = input.trace ? [] : null;
    const isKept = input.stats !== null || input.revalidation === true;
    this.repetition = isKept ? new Repetition(input.bridge.datapath) : null;
    this.repetition?.enter(input.bridge);
  }

  /**
   * What a packet that is really on its way does beside being sent, and each further one that is treated alike. The
   * translation itself must not be referred to.
   */
  count(effect: Effect): void {
    this.repetition?.add(effect);
    if (this.input.stats) effect(this.input.stats);
  }

  /** What was just read may change by itself: others are treated alike only while `holds`. */
  onlyWhile(holds: () => boolean): void {
    this.repetition?.onlyWhile(holds);
  }

  get inPort(): OfPort {
    return this.flow[WORD.inPort] as number;
  }

  detail(text: string): void {
    this.nodes?.push({ kind: 'detail', text, children: [] });
  }

  warn(text: string): void {
    this.nodes?.push({ kind: 'warn', text, children: [] });
  }

  reportError(text: string): void {
    this.nodes?.push({ kind: 'error', text, children: [] });
  }

  thaw(text: string): void {
    this.nodes?.push({ kind: 'thaw', text, children: [] });
  }

  /** Puts `node` under the present one and goes below it; gives what to restore. */
  descend(node: TraceNode): TraceNode[] | null {
    const above = this.nodes;
    above?.push(node);
    if (above) this.nodes = node.children;
    return above;
  }

  /** Says what a subfield is now. */
  reportSubfield(subfield: Subfield): void {
    if (!this.nodes) return;
    const { field, offset, length } = subfield;
    const value = getField(this.flow, field);
    const text =
      offset === 0 && length >= field.bits
        ? formatField(field, value)
        : formatHex((value >> BigInt(offset)) & ((1n << BigInt(length)) - 1n));
    this.detail(`${formatSubfield(subfield)} is now ${text}`);
  }

  save(): Retained {
    const retained = { flow: copyFlow(this.flow), stack: this.stack, actionSet: this.actionSet };
    this.stack = [];
    this.actionSet = [];
    return retained;
  }

  restore(retained: Retained): void {
    this.flow.set(retained.flow);
    this.stack = retained.stack;
    this.actionSet = retained.actionSet;
  }

  freeze(): void {
    this.exit = true;
    this.freezing = true;
  }

  cancelFreeze(): void {
    if (!this.freezing) return;
    this.freezing = false;
    this.hashForRecirculation = null;
    this.frozenActions = [];
    this.lastUnroll = null;
    this.pause = null;
  }

  /** Runs `act` with an output list of its own, which is returned. */
  collect(act: () => void): DpAction[] {
    const outer = this.out;
    const inner: DpAction[] = [];
    this.out = inner;
    act();
    const result = this.out;
    this.out = outer;
    return result;
  }

  /** Adds a datapath action, remembering which part of the pipeline it came from. */
  emit(action: DpAction): void {
    this.out.push(action);
    if (this.nodes) this.origins.set(action, this.nodes);
  }

  formatActs(actions: readonly RunAct[]): string {
    return actions.length === 0 ? 'drop' : actions.map((act) => this.formatAct(act)).join(',');
  }

  formatAct(act: RunAct, named = false): string {
    if (act.kind === 'unroll') return `unroll_xlate(table=${act.table}, cookie=${act.cookie})`;
    const names = named && this.input.names ? { names: this.bridge.names } : {};
    return formatActions([act], { ...names, tlv: this.bridge.tlv });
  }
}
