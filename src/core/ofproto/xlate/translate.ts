/** Turns a packet's key into datapath actions by way of a bridge's flow tables: what ovs-vswitchd does for an upcall. */
import type { Flow } from '../../flow/flow.ts';
import { clearConntrack, hasTunnel } from '../../flow/header-stack.ts';
import {
  isIcmpv4,
  isIcmpv6,
  isIp,
  isMplsType,
  markBits,
  packetTypeOf,
  rawEthTypeOf,
  word,
} from '../../flow/packet-kind.ts';
import { MAX_VLAN_HEADERS, REGISTERS, WORD } from '../../flow/words.table.ts';
import type { FlowRule } from '../bridge/flow-rule.ts';
import { isMirrorOutput } from '../bridge/mirror.ts';
import { putMetadata, type FrozenState, type RunAct } from '../bridge/recirculation.ts';
import type { DpAction, SlowReason } from '../dp-action.ts';
import { finishFreezing } from './freeze.ts';
import { credit, lookUp, reportTable } from './look-up.ts';
import { mirrorInput } from './mirror.ts';
import { runActionSet, writeActions } from './nested.ts';
import { outputToBundle } from './normal.ts';
import { runActions } from './run.ts';
import { takenBySwitch } from './control-packets.ts';
import { forwards, isBpdu, takesIn } from './stp.ts';
import type { Repetition } from './repetition.ts';
import type { TraceNode } from './trace-node.ts';
import { acceptCongestion } from './tunnel-send.ts';
import { Xlate, type RecirculationNode, type XlateError, type XlateInput } from './xlate.ts';

/** The result of a translation. */
export interface Translation {
  readonly actions: readonly DpAction[];
  /** The key at the end. */
  readonly flow: Flow;
  /** The bits of the key that the result depends on. */
  readonly mask: Flow;
  readonly slow: ReadonlySet<SlowReason>;
  readonly error: XlateError | null;
  readonly trace: readonly TraceNode[];
  /** Copies of the packet that went to connection tracking, in order. */
  readonly recirculations: readonly RecirculationNode[];
  /** Frozen states that the actions refer to; the caller ends their use. */
  readonly frozenIds: readonly number[];
  /** Where in the trace each action comes from. */
  readonly origins: ReadonlyMap<DpAction, readonly TraceNode[]>;
  /** What lets further packets do without a translation; null where each needs its own. */
  readonly repetition: Repetition | null;
}

const HANDLERS = { run: runActions, outputToBundle };
const ALL = 0xffffffff;
const CE = 3;

function startMask(x: Xlate): void {
  const { mask, flow } = x;
  mask[WORD.packetType] = ALL;
  mask[WORD.inPort] = ALL;
  markBits(mask, WORD.ethDst + 3, 0xffff0000);
  if (isIp(flow)) markBits(mask, WORD.nwProto, 0x03000000);
  if (x.bridge.datapath.features.recirculation) mask[WORD.recircId] = ALL;
  if (!hasTunnel(flow)) return;
  markBits(mask, WORD.tunId, ALL);
  markBits(mask, WORD.tunId + 1, ALL);
  if (word(flow, WORD.tunDst) !== 0) {
    mask[WORD.tunSrc] = ALL;
    mask[WORD.tunDst] = ALL;
  } else {
    mask.fill(ALL, WORD.tunIpv6Src, WORD.tunIpv6Src + 4);
    mask.fill(ALL, WORD.tunIpv6Dst, WORD.tunIpv6Dst + 4);
  }
  mask[WORD.tunFlags] = 0x00ff0008;
  if (isIp(flow) && ((word(flow, WORD.tunFlags) >>> 16) & CE) === CE) markBits(mask, WORD.nwProto, 0x030000);
}

const isVlanType = (type: number): boolean => type === 0x8100 || type === 0x88a8;

/** Takes out of the mask what is no part of the packet as it came. */
function finishMask(x: Xlate): void {
  const { mask, flow } = x;
  const original = x.input.flow;
  mask.fill(0, WORD.metadata, WORD.reg0 + REGISTERS);
  mask[WORD.actsetOutput] = 0;
  mask[WORD.conjId] = 0;
  if (packetTypeOf(original) !== 0) mask.fill(0, WORD.ethDst, WORD.ethDst + 3);
  if (isIcmpv4(flow) || isIcmpv6(flow)) mask[WORD.tpPorts] = word(mask, WORD.tpPorts) & 0x00ff00ff;
  for (let i = 0; i < MAX_VLAN_HEADERS; i += 1)
    if ((word(mask, WORD.vlan + i) & 0xffff) !== 0) markBits(mask, WORD.vlan + i, 0x1000);
  if (((word(flow, WORD.nwProto) >>> 24) & 2) !== 0) mask[WORD.tpPorts] = 0;
  if (!isMplsType(rawEthTypeOf(original))) mask.fill(0, WORD.mpls, WORD.mpls + 3);
  for (let i = 0; i < MAX_VLAN_HEADERS; i += 1)
    if (!isVlanType(word(original, WORD.vlan + i) >>> 16)) mask[WORD.vlan + i] = 0;
  if (!hasTunnel(original)) mask.fill(0, 0, WORD.metadata);
}

/** Takes a frozen packet up again; the actions that were left to do. */
function thaw(x: Xlate, state: FrozenState): readonly RunAct[] {
  const above = x.descend({ kind: 'thaw', text: 'thaw', children: [] });
  x.bridge = state.bridge;
  x.repetition?.enter(state.bridge);
  x.table = state.table;
  x.thaw(`Resuming from table ${state.table}`);
  x.conntracked = state.conntracked;
  if (!state.conntracked) clearConntrack(x.flow);
  putMetadata(x.flow, state.metadata);
  x.stack.push(...state.stack);
  x.mirrors = state.mirrors;
  if (state.actionSet.length > 0) {
    if (x.nodes) x.thaw(`Restoring action set: ${x.formatActs(state.actionSet)}`);
    writeActions(x, state.actionSet);
  }
  if (state.actions.length > 0 && x.nodes) x.thaw(`Restoring actions: ${x.formatActs(state.actions)}`);
  x.nodes = above;
  return state.actions;
}

/** Finds the first flow and opens its node. */
function firstLookUp(x: Xlate): FlowRule {
  const conjunction: FlowRule[] = [];
  const found = lookUp(
    x,
    x.table,
    { inPort: x.inPort, mayPacketIn: true, honorTableMiss: true },
    conjunction,
  );
  x.table = found.table;
  credit(x, found.rule);
  reportTable(x, found.rule, x.table, conjunction);
  return found.rule;
}

function runPipeline(x: Xlate): void {
  const { input } = x;
  let actions: readonly RunAct[] | null = input.actions;
  if (input.frozen) {
    const left = thaw(x, input.frozen);
    if (left.length > 0) actions = left;
  } else if (word(x.flow, WORD.recircId) !== 0) {
    x.reportError(`Recirculation context not found for ID ${word(x.flow, WORD.recircId).toString(16)}`);
    x.error = 'No recirculation context';
    return;
  }
  if (!input.frozen && (word(x.flow, WORD.ctState) & 0x20) !== 0) x.conntracked = true;
  const port = input.bridge.ports.get(word(input.flow, WORD.inPort));
  if (packetTypeOf(x.flow) !== 0 && port?.tunnel?.packetMode === 'l3' && x.table === 0) {
    x.flow[WORD.packetType] = 0;
    x.flow.fill(0, WORD.ethDst, WORD.ethDst + 3);
    x.pendingEncap = true;
  }
  if (!actions) {
    x.rule = firstLookUp(x);
    actions = x.rule.actions;
  }
  if (port?.bundle && isMirrorOutput(input.bridge.mirrors, port.bundle)) {
    x.reportError(
      `dropping packet received on port ${port.bundle.name}, which is reserved exclusively for mirroring`,
    );
    return;
  }
  if (!acceptCongestion(x, hasTunnel(x.flow))) {
    x.error = 'Congestion Drop';
    return;
  }
  if (takenBySwitch(x, port)) return;
  if (port && (isBpdu(x.flow) ? port.flags.noReceiveStp : port.flags.noReceive)) return;
  if (port && !takesIn(x, port)) return;
  if (x.rule && !(input.actions && !input.frozen)) x.cookie = x.rule.cookie;
  mirrorInput(x);
  runActions(x, actions, true, false);
  if (x.error !== null) return;
  if (port && !forwards(x, port)) {
    // The port only learns: learning took place, and nothing else does.
    x.out = [];
    x.cancelFreeze();
    x.actionSet = [];
    x.error = 'Forwarding is disabled';
    return;
  }
  if (!x.freezing) runActionSet(x);
  if (x.freezing) finishFreezing(x);
  if (x.openTable && !x.openTable.after) x.openTable.after = x.flow;
}

/** A `clone` at the very end needs no copy of the packet. */
function tidy(actions: readonly DpAction[]): readonly DpAction[] {
  const last = actions.at(-1);
  return last?.kind === 'clone' ? [...actions.slice(0, -1), ...last.actions] : actions;
}

/** Translates. Side effects (learning, counters) happen on the way when the input allows them. */
export function translate(input: XlateInput): Translation {
  const x = new Xlate(input, HANDLERS);
  startMask(x);
  const top = x.nodes;
  x.descend({ kind: 'bridge', text: `bridge("${x.bridge.name}")`, bridge: x.bridge.name, children: [] });
  runPipeline(x);
  const failed = x.error !== null && x.error !== 'Congestion Drop' && x.error !== 'Forwarding is disabled';
  if (!failed) finishMask(x);
  return {
    actions: x.error === null ? tidy(x.out) : [],
    flow: x.flow,
    mask: x.mask,
    slow: x.error === null ? x.slow : new Set(),
    error: failed ? x.error : null,
    trace: top ?? [],
    recirculations: x.recirculations,
    frozenIds: x.frozenIds,
    origins: x.origins,
    repetition: failed || x.slow.size > 0 ? null : x.repetition,
  };
}
