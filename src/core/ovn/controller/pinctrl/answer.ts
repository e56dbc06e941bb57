/** What an answer to a packet has at hand: the switch, the clock, the databases as of the last pass, and a log. */
import type { Context } from '../../../base/context.ts';
import type { RowRef, StepId, What } from '../../../base/step.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import type { Subfield } from '../../../flow/field.ts';
import { copyFlow, getField, setField, type Flow } from '../../../flow/flow.ts';
import { registerField } from '../../../flow/index.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import type { Continuation } from '../../../ofproto/receive.ts';
import { readActs } from '../../actions/index.ts';
import type { ChassisState } from '../chassis-state.ts';
import { wholeField } from '../../../flow/field.ts';
import { setSubfield } from '../../../ofproto/actions/ofpact.ts';
import type { LogThread } from '../controller-log.ts';
import type { FlowStatistics } from './cache-statistics.ts';
import type { SwitchPacket } from './switch-packet.ts';

/** The OpenFlow connection to the integration bridge. */
export interface SwitchConnection {
  /** A packet from the controller's port, sent through `actions`. */
  packetOut(octets: Uint8Array, actions: readonly OfpAct[], parent: StepId | null): void;
  /** The flows of a table, as a request for flow statistics tells them. */
  flowStatistics(table: number): Iterable<FlowStatistics>;
  /** Gives a paused packet back. */
  resume(continuation: Continuation, octets: Uint8Array, metadata: Flow, parent: StepId | null): void;
}

export interface Answering {
  readonly context: Context;
  readonly host: string;
  /** Name of the integration bridge. */
  readonly bridge: string;
  readonly connection: SwitchConnection;
  /** What the last pass worked on; undefined before the first. */
  readonly state: ChassisState | undefined;
  readonly log: LogThread;
  /** Asks for a pass of the whole program, `delay` nanoseconds from now. */
  wake(delay: number): void;
}

/** Records a step of ovn-controller; gives the parent of what follows. */
export function recordStep(
  answering: Answering,
  parent: StepId | null,
  what: What,
  frame: Uint8Array | null,
  because: readonly RowRef[],
): StepId | null {
  const { recorder } = answering.context;
  if (!recorder.active) return parent;
  return recorder.record({
    parent,
    where: { host: answering.host, bridge: answering.bridge },
    what,
    frame,
    because,
  });
}

/** The packet goes no further, for a reason that the real program would log. */
export function refuse(answering: Answering, packet: SwitchPacket, problem: string): void {
  answering.log.warn('pinctrl', problem);
  const what: What = { kind: 'dropped', reason: { kind: 'malformed', problem } };
  recordStep(answering, packet.step, what, packet.octets, packet.because);
}

const RELOADED = [...Array.from({ length: 16 }, (_, index) => registerField(index)), FIELDS.metadata];

/** Actions that give a new packet the registers and metadata that another one had. */
export function reloadMetadata(metadata: Flow): OfpAct[] {
  return RELOADED.flatMap((field) => {
    const value = getField(metadata, field);
    return value === 0n ? [] : [setSubfield(wholeField(field), value)];
  });
}

/** The userdata's actions after the packet's metadata; undefined, and said, when they cannot be read. */
export function repliesActions(answering: Answering, packet: SwitchPacket): readonly OfpAct[] | undefined {
  const acts = readActs(packet.userdata.rest());
  if (acts.ok) return [...reloadMetadata(packet.metadata), ...acts.value];
  refuse(answering, packet, `failed to parse actions from userdata (${acts.error})`);
  return undefined;
}

/** Sends a packet that ovn-controller made; `text` says what it is. */
export function originate(
  answering: Answering,
  parent: StepId | null,
  octets: Uint8Array,
  actions: readonly OfpAct[],
  text: string,
  because: readonly RowRef[],
): void {
  const what: What = { kind: 'originated', program: 'ovn-controller', text };
  answering.connection.packetOut(octets, actions, recordStep(answering, parent, what, octets, because));
}

/** Answers with a new packet, which goes through the actions that the userdata ends with. */
export function reply(answering: Answering, packet: SwitchPacket, octets: Uint8Array, text: string): void {
  const actions = repliesActions(answering, packet);
  if (actions) originate(answering, packet.step, octets, actions, text, packet.because);
}

const withBit = (metadata: Flow, { field, offset }: Subfield, value: boolean): Flow => {
  const flow = copyFlow(metadata);
  const bit = 1n << BigInt(offset);
  const rest = getField(flow, field) & ~bit;
  setField(flow, field, value ? rest | bit : rest);
  return flow;
};

/** What becomes of a paused packet. */
export interface Verdict {
  /** New octets; null leaves the packet as it was and makes the result 0. */
  readonly octets: Uint8Array | null;
  readonly text: string;
  /** Another bit to set on the way. */
  readonly mark?: Subfield;
}

/** Gives a paused packet back, with `result` telling whether `verdict` has an answer. */
export function resumeWith(
  answering: Answering,
  packet: SwitchPacket,
  result: Subfield | undefined,
  verdict: Verdict,
): void {
  const { continuation } = packet.packetIn;
  if (!continuation) return;
  const octets = verdict.octets ?? packet.octets;
  let metadata = result ? withBit(packet.metadata, result, verdict.octets !== null) : packet.metadata;
  if (verdict.mark) metadata = withBit(metadata, verdict.mark, true);
  const what: What = { kind: 'controller', text: verdict.text };
  const step = recordStep(answering, packet.step, what, octets, packet.because);
  answering.connection.resume(continuation, octets, metadata, step);
}
