/** `ofproto/trace`: follows one packet through the tables and says what happens to it, as vswitchd words it. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import { setField, type Flow } from '../../flow/flow.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { CT_STATE_FLAGS, formatFlags } from '../../flow/flag-text.ts';
import { formatFlow } from '../../flow/flow-text.ts';
import { formatMatch } from '../../flow/match-text.ts';
import { matchOfFlow } from '../../flow/match.ts';
import { setWordBits, tpDstOf, tpSrcOf, word } from '../../flow/packet-kind.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { WORD } from '../../flow/words.table.ts';
import type { NatAct, OfpAct } from '../actions/ofpact.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { FrozenState } from '../bridge/recirculation.ts';
import { DpPacket } from '../datapath/dp-packet.ts';
import { execute } from '../datapath/execute.ts';
import type { DpAction, SlowReason } from '../dp-action.ts';
import { SLOW_EXPLANATIONS } from '../dp-action.ts';
import { formatDpActions } from '../dp-action-text.ts';
import { Frame } from '../frame/frame.ts';
import { formatTraceNodes } from '../xlate/trace-node.ts';
import { translate, type Translation } from '../xlate/translate.ts';
import type { RecirculationNode } from '../xlate/xlate.ts';

/** One pass through the tables; the first, or one after connection tracking. */
export interface TracePass {
  readonly flow: Flow;
  readonly translation: Translation;
  /** The state that was taken up, null in the first pass. */
  readonly frozen: FrozenState | null;
  /** What stands above the pass; empty for the first. */
  readonly heading: string;
}

/** A whole trace: passes in order, with the text that `ovs-appctl` prints. */
export interface Trace {
  readonly passes: readonly TracePass[];
  readonly text: string;
}

export interface TraceInput {
  readonly bridge: Bridge;
  readonly flow: Flow;
  readonly packet: Uint8Array | null;
  /** `--ct-next`: ct_state of each packet that comes back, in order. */
  readonly nextStates: readonly number[];
  readonly names: boolean;
  /** `ofproto/trace-packet-out`. */
  readonly actions?: readonly OfpAct[];
}

const LINE = '='.repeat(79);
const MAX_RECIRCULATIONS = 4096;
const DEFAULT_STATE = 0x21;

function formatTuple(flow: Flow, family: 4 | 6): string {
  const [source, destination] = [tpSrcOf(flow), tpDstOf(flow)];
  if (family === 4)
    return (
      `nw_src=${formatIpv4(word(flow, WORD.nwSrc))},tp_src=${source},` +
      `nw_dst=${formatIpv4(word(flow, WORD.nwDst))},tp_dst=${destination}`
    );
  const address = (at: number): string => {
    let value = 0n;
    for (let i = 0; i < 4; i += 1) value = (value << 32n) | BigInt(word(flow, at + i));
    return `[${formatIpv6(value)}]`;
  };
  return (
    `ipv6_src=${address(WORD.ipv6Src)},tp_src=${source}` +
    `,ipv6_dst=${address(WORD.ipv6Dst)},tp_dst=${destination}`
  );
}

/** Gives the packet the first address and port of a translation's range, and tells so. */
function simulateNat(flow: Flow, nat: NatAct): string {
  const family = nat.addresses?.family;
  const show = (): string => `${family === undefined ? '' : formatTuple(flow, family)}\n`;
  let text = `Replacing src/dst IP/ports to simulate NAT:\n Initial flow: ${show()}`;
  if (nat.direction !== null && nat.addresses) {
    const source = nat.direction === 'src';
    const { minAddress } = nat.addresses;
    if (family === 4) flow[source ? WORD.nwSrc : WORD.nwDst] = Number(minAddress);
    else setField(flow, source ? FIELDS.ipv6_src : FIELDS.ipv6_dst, minAddress);
    if (nat.minPort !== 0)
      setWordBits(flow, WORD.tpPorts, source ? nat.minPort << 16 : nat.minPort, source ? 0xffff0000 : 0xffff);
  }
  text += ` Modified flow: ${show()}`;
  return text;
}

function heading(node: RecirculationNode, states: number[]): string {
  const next = states.shift();
  const state = next ?? DEFAULT_STATE;
  let text = `\n\n${LINE}\nrecirc(0x${node.id.toString(16)}) - resume conntrack with `;
  text +=
    next === undefined
      ? 'default ct_state=trk|new (use --ct-next to customize)'
      : `ct_state=${formatFlags(state, CT_STATE_FLAGS)}`;
  text += '\n';
  setWordBits(node.flow, WORD.ctState, state, 0xff);
  if (node.nat) text += simulateNat(node.flow, node.nat);
  return `${text}${LINE}\n\n`;
}

function explainSlowPath(slow: ReadonlySet<SlowReason>): string {
  if (slow.size === 0) return '';
  const reasons = (Object.keys(SLOW_EXPLANATIONS) as SlowReason[]).filter((reason) => slow.has(reason));
  const lines = reasons.map((reason) => `\n  - ${SLOW_EXPLANATIONS[reason]}.`);
  return `\nThis flow is handled by the userspace slow path because it:${lines.join('')}`;
}

/** Actions without those that send the packet anywhere: what a trace with a packet leaves behind. */
function withoutOutputs(actions: readonly DpAction[]): readonly DpAction[] {
  return actions.flatMap((action): readonly DpAction[] => {
    if (action.kind === 'output' || action.kind === 'recirc') return [];
    return action.kind === 'clone' ? [{ ...action, actions: withoutOutputs(action.actions) }] : [action];
  });
}

function leaveTraces(bridge: Bridge, packet: Uint8Array, translation: Translation): void {
  const { datapath } = bridge;
  const nowhere = { output: () => undefined, packetIn: () => undefined };
  execute(
    {
      datapath,
      sink: nowhere,
      port: null,
      madeBy: () => ({ step: null, bridge: '' }),
      recirculate: () => undefined,
      delivered: false,
    },
    new DpPacket(new Frame(packet)),
    withoutOutputs(translation.actions),
  );
}

function sameFlow(input: Flow, output: Flow): boolean {
  return input.every((value, at) => output[at] === (at === WORD.actsetOutput ? OFPP.unset : value));
}

function tracePass(
  input: TraceInput,
  flow: Flow,
  packet: Uint8Array | null,
  frozen: FrozenState | null,
): { readonly translation: Translation; readonly text: string } {
  const { bridge } = input;
  const { datapath } = bridge;
  const translation = translate({
    bridge,
    flow,
    packet,
    sideEffects: packet !== null,
    stats: null,
    trace: true,
    names: input.names,
    actions: input.actions ?? null,
    inPacketOut: false,
    frozen,
  });
  const named = { tlv: bridge.tlv, ...(input.names ? { names: bridge.names } : {}) };
  const flowText = (one: Flow): string => {
    const whole = formatFlow(one, named);
    return datapath.release === '2.15' ? whole.replace(',nw_frag=no', '') : whole;
  };
  let text = `Flow: ${flowText(flow)}\n`;
  text += formatTraceNodes(translation.trace);
  text += `\nFinal flow: ${sameFlow(flow, translation.flow) ? 'unchanged' : flowText(translation.flow)}\n`;
  text += `Megaflow: ${formatMatch(matchOfFlow(flow, translation.mask), named)}\n`;
  const portName = input.names ? (port: number) => datapath.ports.get(port)?.name : undefined;
  text += `Datapath actions: ${formatDpActions(translation.actions, { portName })}`;
  if (translation.error !== null) text += `\nTranslation failed (${translation.error}), packet is dropped.\n`;
  else text += explainSlowPath(translation.slow);
  return { translation, text };
}

/** Traces a packet and whatever comes back from connection tracking. */
export function tracePacket(input: TraceInput): Trace {
  const { datapath } = input.bridge;
  const states = input.nextStates.slice();
  const passes: TracePass[] = [];
  const queue: RecirculationNode[] = [];
  const follow = (flow: Flow, packet: Uint8Array | null, head: string): string => {
    const recircId = word(flow, WORD.recircId);
    const frozen = recircId === 0 ? null : (datapath.frozen.find(recircId) ?? null);
    const { translation, text } = tracePass(input, flow, packet, frozen);
    passes.push({ flow, translation, frozen, heading: head });
    for (const node of translation.recirculations) {
      datapath.frozen.retain(node.id);
      queue.push(node);
    }
    if (packet && translation.error === null) leaveTraces(input.bridge, packet, translation);
    for (const id of translation.frozenIds) datapath.frozen.release(id);
    return head + text;
  };
  let text = follow(input.flow, input.packet, '');
  for (let count = 0; ; count += 1) {
    const node = queue.shift();
    if (!node) break;
    if (count > MAX_RECIRCULATIONS) {
      text += `\n\n${LINE}\nTrace reached the recirculation limit.  Sopping the trace here.`;
      text += `\nQueued but not processed: ${queue.length + 1} recirculations.`;
      break;
    }
    text += follow(node.flow, node.packet, heading(node, states));
    datapath.frozen.release(node.id);
  }
  for (const node of queue) datapath.frozen.release(node.id);
  return { passes, text: text.endsWith('\n') ? text : `${text}\n` };
}
