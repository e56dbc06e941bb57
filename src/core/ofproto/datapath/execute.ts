/** Does datapath actions to a packet's octets. */
import type { StepId } from '../../base/step.ts';
import { copyFlow, createFlow, type Flow } from '../../flow/flow.ts';
import { WORD } from '../../flow/words.table.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { Datapath } from '../bridge/datapath.ts';
import { isTunnelType } from '../bridge/tunnel-config.ts';
import { putMetadata, type FrozenState } from '../bridge/recirculation.ts';
import { formatFlags, CT_STATE_FLAGS } from '../../flow/flag-text.ts';
import type { ControllerUpcall, CtDpAction, DpAction } from '../dp-action.ts';
import { isTranslated } from '../conntrack/connection.ts';
import { cutAgain } from '../conntrack/fragments.ts';
import { formatDpAction } from '../dp-action-text.ts';
import { hashFiveTuple, hashFlowFields } from '../flow-hash.ts';
import { Frame } from '../frame/frame.ts';
import { setFields } from '../frame/set-fields.ts';
import { HtbQos } from '../qos/htb.ts';
import type { DpPacket } from './dp-packet.ts';
import type { DatapathSink } from './packet-in.ts';
import { readTunnel } from './tunnel-metadata.ts';
import type { Port } from '../bridge/port.ts';

/** The surroundings of one execution. */
export interface Execution {
  readonly datapath: Datapath;
  readonly sink: DatapathSink;
  /** The port that the packet came in through, null for one that a controller made. */
  readonly port: Port | null;
  /** The step that an action belongs to, and the bridge whose flow asked for it. */
  readonly madeBy: (action: DpAction) => { readonly step: StepId | null; readonly bridge: string };
  /** Lets a packet go through the tables once more. */
  readonly recirculate: (packet: DpPacket, parent: StepId | null) => void;
  /** Set when the packet went anywhere at all. */
  delivered: boolean;
}

/** Why a packet is lost that goes up when the daemon is gone. */
export const NOBODY_ABOVE = 'its megaflow sends it to ovs-vswitchd, and there is none';

const ETHERNET = 14;
/** Keys of the tables start here; what stands before is tunnel, metadata and registers. */
const HEADERS = WORD.ethDst;

/** False when the packet goes no further. */
function track(run: Execution, packet: DpPacket, action: CtDpAction): boolean {
  const { datapath } = run;
  const { recorder } = datapath.context;
  const { step: parent, bridge } = run.madeBy(action);
  const bare = packet.frame.packetType !== 0;
  let frame = bare ? packet.frame.pushEthernet(0n, 0n) : packet.frame;
  const whole = datapath.conntrack.fragments.take(action.zone, frame.octets, datapath.context.clock.now());
  if (whole === null) {
    run.delivered = true;
    if (recorder.active)
      recorder.record({
        parent,
        where: { host: datapath.host, bridge },
        what: { kind: 'queued', reason: 'a fragment waits for the rest of its datagram' },
        frame: packet.frame.octets,
        because: [],
      });
    return false;
  }
  if (whole) {
    frame = new Frame(whole.octets);
    packet.largestFragment = whole.largest;
  }
  const options = {
    zone: action.zone,
    commit: action.commit,
    force: action.force,
    nat: action.nat,
    mark: action.mark,
    label: action.label,
    helper: action.helper ?? '',
    timeouts:
      action.timeout === null ? null : (datapath.conntrack.timeouts.of(action.zone)?.timeouts ?? null),
  };
  const { octets, ...tracking } = datapath.conntrack.execute(frame.octets, options, packet.tracking);
  if (whole || octets !== frame.octets)
    packet.frame = bare ? new Frame(octets.slice(ETHERNET), packet.frame.packetType) : new Frame(octets);
  packet.tracking = tracking;
  if (tracking.refusal !== undefined) {
    run.delivered = true;
    const problem = tracking.refusal;
    if (recorder.active)
      recorder.record({
        parent,
        where: { host: datapath.host, bridge },
        what: { kind: 'dropped', reason: { kind: 'blocked', problem } },
        frame: packet.frame.octets,
        because: [],
      });
    return false;
  }
  if (!recorder.active) return true;
  const state = formatFlags(tracking.state, CT_STATE_FLAGS);
  const connection = tracking.held?.connection;
  const absent =
    connection && connection.helper !== '' && isTranslated(connection)
      ? `; alg=${connection.helper} of a translated connection is not modelled here`
      : '';
  recorder.record({
    parent,
    where: { host: datapath.host, bridge },
    what: { kind: 'conntrack', text: `${formatDpAction(action)}: ct_state=${state}${absent}` },
    frame: packet.frame.octets,
    because: [],
  });
  return true;
}

function output(run: Execution, packet: DpPacket, action: DpAction & { readonly kind: 'output' }): void {
  const { datapath, sink } = run;
  const port = datapath.ports.get(action.port);
  const all = packet.frame.octets;
  const octets = packet.cut !== null && packet.cut < all.length ? all.slice(0, packet.cut) : all;
  packet.cut = null;
  run.delivered = true;
  const tunnels = port !== undefined && isTunnelType(port.type);
  const { recorder, random, clock } = datapath.context;
  const { step } = run.madeBy(action);
  const name = port?.name ?? String(action.port);
  const where = { host: datapath.host, device: name };
  const { largestFragment, sendTunnel, priority } = packet;
  const frames = largestFragment === null ? [octets] : cutAgain(octets, largestFragment, random.next32());
  for (const frame of frames) {
    if (port && !tunnels) {
      port.counters.sent.packets += 1;
      port.counters.sent.bytes += frame.length;
    }
    let parent = step;
    if (recorder.active)
      parent = recorder.record({
        parent,
        where,
        what: { kind: 'output', port: name, text: '' },
        frame,
        because: [],
      });
    const send = (): void => sink.output(action.port, frame, tunnels ? sendTunnel : null, parent);
    // Of an internal port the queues hold up what the host sends, which is not looked at.
    if (!(port?.qos instanceof HtbQos) || port.type === 'internal') send();
    else if (!port.qos.enqueue(priority, frame.length, clock, send) && recorder.active)
      recorder.record({
        parent,
        where,
        what: { kind: 'dropped', reason: { kind: 'blocked', problem: 'the queue is full' } },
        frame,
        because: [],
      });
  }
}

/** Of a datagram that came in fragments the largest of these counts. */
const largestSize = ({ frame, largestFragment }: DpPacket): number =>
  largestFragment === null ? frame.octets.length : largestFragment + ETHERNET;

/** Metadata of a frozen packet, with what the datapath knows of it. */
function pipelineFields(state: FrozenState, packet: DpPacket): Flow {
  const flow = packet.key(0, state.bridge.tlv, 1) ?? createFlow();
  const fields = copyFlow(flow);
  fields.fill(0, HEADERS);
  putMetadata(fields, state.metadata);
  return fields;
}

function toController(run: Execution, packet: DpPacket, action: DpAction, upcall: ControllerUpcall): void {
  const state = run.datapath.frozen.find(upcall.recircId);
  if (!state || upcall.dontSend) return;
  run.delivered = true;
  const { cache, context, host } = run.datapath;
  const { recorder } = context;
  const bridge: Bridge = state.bridge;
  let parent = run.madeBy(action).step;
  if (!cache.attended) {
    cache.lost += 1;
    if (recorder.active)
      recorder.record({
        parent,
        where: { host, bridge: bridge.name },
        what: { kind: 'dropped', reason: { kind: 'fault', problem: NOBODY_ABOVE } },
        frame: packet.frame.octets,
        because: [],
      });
    return;
  }
  if (recorder.active)
    parent = recorder.record({
      parent,
      where: { host, bridge: bridge.name, table: state.table },
      what: { kind: 'controller', text: upcall.reason },
      frame: packet.frame.octets,
      because: [],
    });
  const all = packet.frame.octets;
  const octets = upcall.maxLen < all.length && upcall.maxLen !== 0xffff ? all.slice(0, upcall.maxLen) : all;
  run.sink.packetIn(
    bridge,
    {
      octets: upcall.continuation ? all : octets,
      reason: upcall.reason,
      controllerId: upcall.controllerId,
      userdata: state.userdata,
      table: state.table,
      cookie: upcall.ruleCookie,
      metadata: pipelineFields(state, packet),
      continuation: upcall.continuation ? { state, port: run.port, packet: packet.clone() } : null,
    },
    parent,
  );
}

function recirculate(run: Execution, packet: DpPacket, action: DpAction & { readonly kind: 'recirc' }): void {
  run.delivered = true;
  packet.recircId = action.id;
  const { recorder } = run.datapath.context;
  const { step, bridge } = run.madeBy(action);
  let parent = step;
  if (recorder.active)
    parent = recorder.record({
      parent,
      where: { host: run.datapath.host, bridge },
      what: { kind: 'recirculated', text: `recirc(0x${action.id.toString(16)})` },
      frame: packet.frame.octets,
      because: [],
    });
  run.recirculate(packet, parent);
}

function hash(packet: DpPacket, action: DpAction & { readonly kind: 'hash' }): void {
  const key = packet.key(0, { entries: [] }, 1) ?? createFlow();
  const value =
    action.algorithm === 'l4'
      ? hashFiveTuple(key, action.basis)
      : hashFlowFields(key, 'symmetric_l3l4', action.basis);
  // Zero means that there is no hash yet.
  packet.hash = value >>> 0 === 0 ? 1 : value >>> 0;
}

function rewrite(packet: DpPacket, action: DpAction): void {
  const { frame } = packet;
  switch (action.kind) {
    case 'set':
      if (action.key === 'skb_priority') packet.priority = Number(action.parts[0]?.value ?? 0n);
      else if (action.key === 'skb_mark') packet.mark = Number(action.parts[0]?.value ?? 0n);
      else packet.frame = setFields(frame, action.key, action.parts);
      break;
    case 'set_tunnel':
      if (isTunnelType(action.type)) packet.sendTunnel = readTunnel(action.tunnel, action.type, action.tlv);
      break;
    case 'push_vlan':
      packet.frame = frame.pushVlan(action.tpid, action.tci);
      break;
    case 'pop_vlan':
      packet.frame = frame.popVlan();
      break;
    case 'push_mpls':
    case 'add_mpls':
      packet.frame = frame.pushMpls(action.label, action.ethType, action.kind === 'add_mpls');
      break;
    case 'pop_mpls':
      packet.frame = frame.popMpls(action.ethType);
      break;
    case 'push_eth':
      packet.frame = frame.pushEthernet(action.source, action.destination);
      break;
    case 'pop_eth':
      packet.frame = frame.popEthernet();
      break;
    case 'push_nsh':
      packet.frame = frame.pushNsh(action.flow, action.metadata);
      break;
    case 'pop_nsh':
      packet.frame = frame.popNsh();
      break;
    default:
      break;
  }
}

/** Whether a meter lets the packet go on. One that is not there any more holds nobody up. */
function passes(run: Execution, packet: DpPacket, action: DpAction & { readonly kind: 'meter' }): boolean {
  const { meters, context, host } = run.datapath;
  const { octets } = packet.frame;
  if (meters.get(action.meter)?.admits(octets.length, context.clock.now()) !== false) return true;
  run.delivered = true;
  const { step: parent, bridge } = run.madeBy(action);
  if (context.recorder.active)
    context.recorder.record({
      parent,
      where: { host, bridge },
      what: {
        kind: 'dropped',
        reason: { kind: 'blocked', problem: `over the rate of ${formatDpAction(action)}` },
      },
      frame: octets,
      because: [],
    });
  return false;
}

/** Applies actions that only rewrite, giving the octets; for showing a packet in the middle of the pipeline. */
export function rewritten(packet: DpPacket, actions: readonly DpAction[]): Uint8Array {
  const copy = packet.clone();
  for (const action of actions) rewrite(copy, action);
  return copy.frame.octets;
}

/** Executes `actions` on `packet`, which is changed. */
export function execute(run: Execution, packet: DpPacket, actions: readonly DpAction[]): void {
  for (const [index, action] of actions.entries()) {
    const last = index === actions.length - 1;
    const nested = (inner: readonly DpAction[]): void => execute(run, last ? packet : packet.clone(), inner);
    switch (action.kind) {
      case 'output':
        output(run, packet, action);
        break;
      case 'trunc':
        packet.cut = action.size;
        break;
      case 'ct':
        if (!track(run, packet, action)) return;
        break;
      case 'meter':
        if (!passes(run, packet, action)) return;
        break;
      case 'ct_clear':
        packet.tracking = null;
        break;
      case 'hash':
        hash(packet, action);
        break;
      case 'recirc':
        recirculate(run, last ? packet : packet.clone(), action);
        break;
      case 'userspace':
        if (action.upcall.kind === 'controller') toController(run, packet, action, action.upcall);
        break;
      case 'clone':
        nested(action.actions);
        break;
      case 'sample': {
        const always = action.probability === 0xffffffff;
        if (always || run.datapath.context.random.next32() < action.probability) nested(action.actions);
        break;
      }
      case 'check_pkt_len':
        nested(largestSize(packet) > action.size ? action.greater : action.lessEqual);
        break;
      default:
        rewrite(packet, action);
    }
  }
}
