/** Runs packets through the bridges of a host: keys read, tables looked up, octets rewritten, sent on. */
import type { DropReason, StepId } from '../base/step.ts';
import { copyFlow, type Flow } from '../flow/flow.ts';
import { OFPP, type OfPort } from '../flow/ofport.table.ts';
import { WORD } from '../flow/words.table.ts';
import type { OfpAct } from './actions/ofpact.ts';
import { decode, findLayer } from '../wire/index.ts';
import type { BfdSession } from './bridge/bfd.ts';
import type { Bridge } from './bridge/bridge.ts';
import type { Datapath } from './bridge/datapath.ts';
import type { Port } from './bridge/port.ts';
import { metadataOf, putMetadata, type FrozenMetadata, type FrozenState } from './bridge/recirculation.ts';
import { DpPacket } from './datapath/dp-packet.ts';
import { execute, NOBODY_ABOVE, type Execution } from './datapath/execute.ts';
import type { Megaflow, Treatment } from './datapath/flow-cache.ts';
import { heldMask } from './datapath/held-mask.ts';
import {
  itineraryOf,
  recordVisits,
  sameKey,
  type Itinerary,
  type RecordedPass,
} from './datapath/itinerary.ts';
import type { Continuation, DatapathSink } from './datapath/packet-in.ts';
import { revalidate, treatmentOf } from './datapath/revalidate.ts';
import type { TunnelMetadata } from './datapath/tunnel-metadata.ts';
import type { DpAction } from './dp-action.ts';
import { Frame } from './frame/frame.ts';
import type { PacketStats } from './xlate/repetition.ts';
import { translate, type Translation } from './xlate/translate.ts';

export type { Continuation, DatapathSink, PacketIn } from './datapath/packet-in.ts';
export type { TunnelMetadata, TunnelSend } from './datapath/tunnel-metadata.ts';

const TCP = 6;

/** Why a packet without a megaflow is lost when the daemon is gone. */
const NOBODY = 'no megaflow fits, and there is no ovs-vswitchd to ask';

/** A packet may come back this often. */
const MAX_RECIRCULATIONS = 8;

/** One pass through the tables: from where, and with which instructions. */
interface Pass {
  /** A megaflow may decide, or is made: what a controller puts in never was a packet of the datapath's. */
  readonly isCached: boolean;
  readonly bridge: Bridge;
  readonly port: Port | null;
  readonly inPort: OfPort;
  readonly actions: readonly OfpAct[] | null;
  readonly frozen: FrozenState | null;
  /** What a controller says of a packet beside its octets. */
  readonly metadata?: FrozenMetadata;
  readonly depth: number;
  readonly sink: DatapathSink;
}

/** What counts as TCP flags: the kernel's datapath looks at TCP alone, the other one at what shares their place (ND options). */
function flagsOf(key: Flow, userspace: boolean): number {
  const isTcp = ((key[WORD.nwProto] as number) & 0xff) === TCP;
  return userspace || isTcp ? ((key[WORD.arpSha + 3] as number) >>> 16) & 0xfff : 0;
}

function drop(
  datapath: Datapath,
  octets: Uint8Array,
  reason: DropReason,
  parent: StepId | null,
  bridge: string,
): void {
  const { recorder } = datapath.context;
  if (!recorder.active) return;
  recorder.record({
    parent,
    where: { host: datapath.host, bridge },
    what: { kind: 'dropped', reason },
    frame: octets,
    because: [],
  });
}

/** How a packet is treated, and where it goes on its way through the tables, when that is to be recorded. */
interface Decision {
  readonly treatment: Treatment;
  readonly itinerary: Itinerary | null;
  readonly error: Translation['error'];
  /** A megaflow has the treatment, and ends the use of what that refers to. */
  readonly isHeld: boolean;
}

const itineraryFor = ({ itinerary }: Treatment, key: Flow): Itinerary | null =>
  itinerary && sameKey(itinerary.key, key) ? itinerary : null;

/** A megaflow's word for a packet; undefined when it has to be translated. One that is recorded has to have its very key. */
function decisionOf(megaflow: Megaflow | undefined, key: Flow, isRecorded: boolean): Decision | undefined {
  const treatment = megaflow?.treatment;
  if (treatment?.repetition?.stands !== true) return undefined;
  const itinerary = itineraryFor(treatment, key);
  if (isRecorded && !itinerary) return undefined;
  return { treatment, itinerary, error: null, isHeld: true };
}

function dropReason(error: Translation['error'], last: RecordedPass['last']): DropReason {
  if (error !== null) return { kind: 'loop', problem: error };
  return last && last.rule === null ? { kind: 'table-miss' } : { kind: 'flow-drop' };
}

/**
 * What the kernel does while there is no vswitchd: the megaflows that there are decide, whatever tables they came from.
 * Else the reason why the packet is lost.
 */
function decideUnattended(datapath: Datapath, key: Flow, pass: Pass, stats: PacketStats): Decision | string {
  const { cache, context } = datapath;
  const now = context.clock.now();
  const found = pass.isCached && !datapath.userspace;
  const megaflow = found ? cache.find(key, pass.port?.dpPort ?? null, now) : undefined;
  if (!megaflow) {
    cache.misses += 1;
    cache.lost += 1;
    return NOBODY;
  }
  cache.hit(megaflow, stats, now);
  const { treatment } = megaflow;
  if (treatment.slow.size > 0) {
    cache.lost += 1;
    return NOBODY_ABOVE;
  }
  return { treatment, itinerary: itineraryFor(treatment, key), error: null, isHeld: true };
}

function decide(packet: DpPacket, key: Flow, pass: Pass, stats: PacketStats): Decision {
  const { bridge, port, frozen, actions } = pass;
  const { datapath } = bridge;
  const { cache, context } = datapath;
  const isRecorded = context.recorder.active;
  const now = context.clock.now();
  const dpPort = port?.dpPort ?? null;
  if (pass.isCached) {
    const known = cache.find(key, dpPort, now);
    const decision = decisionOf(known, key, isRecorded);
    if (known && decision) {
      cache.hit(known, stats, now);
      decision.treatment.repetition?.credit(stats);
      return decision;
    }
  }
  const translation = translate({
    bridge,
    flow: key,
    packet: packet.frame.octets,
    sideEffects: true,
    stats,
    trace: isRecorded,
    names: false,
    actions,
    inPacketOut: actions !== null && frozen === null,
    frozen,
  });
  const itinerary = isRecorded ? itineraryOf(key, startKey(key, frozen), translation, bridge.name) : null;
  const held = heldMask(key, translation.mask, datapath.userspace);
  const treatment = treatmentOf(translation, held, itinerary);
  const isHeld =
    pass.isCached &&
    cache.note(
      {
        flow: key,
        mask: held.mask,
        treatment,
        options: packet.tunnel?.options ?? [],
        tlv: bridge.tlv,
        isGeneve: packet.tunnel !== null && port?.type === 'geneve',
        dpPort,
        tcpFlags: stats.tcpFlags,
      },
      stats.bytes,
      now,
      (other) => revalidate(datapath, other),
    );
  return { treatment, itinerary, error: translation.error, isHeld };
}

function runPass(packet: DpPacket, pass: Pass, parent: StepId | null): void {
  const { bridge, port, sink } = pass;
  const { datapath } = bridge;
  const { octets } = packet.frame;
  const key = packet.key(pass.inPort, bridge.tlv, datapath.vlanLimit);
  if (!key) {
    drop(
      datapath,
      octets,
      { kind: 'malformed', problem: 'Invalid Geneve tunnel metadata' },
      parent,
      bridge.name,
    );
    return;
  }
  if (pass.metadata) putMetadata(key, pass.metadata);
  const stats = { bytes: octets.length, tcpFlags: flagsOf(key, datapath.userspace) };
  const decision = datapath.cache.attended
    ? decide(packet, key, pass, stats)
    : decideUnattended(datapath, key, pass, stats);
  if (typeof decision === 'string') {
    drop(datapath, octets, { kind: 'fault', problem: decision }, parent, bridge.name);
    return;
  }
  const { treatment, itinerary, error, isHeld } = decision;
  const recorded = itinerary && recordVisits(datapath, itinerary, packet, port?.name, parent);
  const madeBy = (action: DpAction): { readonly step: StepId | null; readonly bridge: string } => {
    const origin = itinerary?.origins.get(action);
    return { step: recorded?.steps[origin?.visit ?? -1] ?? parent, bridge: origin?.bridge ?? bridge.name };
  };
  const run: Execution = {
    datapath,
    sink,
    port,
    madeBy,
    recirculate: (again, from) => comeBack(again, pass, from),
    delivered: false,
  };
  execute(run, packet, treatment.actions);
  if (!run.delivered) {
    const last = recorded?.last ?? null;
    drop(datapath, octets, dropReason(error, last), last?.step ?? parent, bridge.name);
  }
  // What is in no megaflow is not kept for another packet.
  if (!isHeld) datapath.cache.release(treatment);
}

/** The key with the metadata that a frozen packet brings back. */
function startKey(key: Flow, frozen: FrozenState | null): Flow {
  if (!frozen) return key;
  const flow = copyFlow(key);
  flow.set(frozen.metadata.words, 0);
  return flow;
}

function comeBack(packet: DpPacket, pass: Pass, parent: StepId | null): void {
  const { datapath } = pass.bridge;
  const frozen = datapath.frozen.find(packet.recircId);
  if (!frozen || pass.depth >= MAX_RECIRCULATIONS) {
    const problem = frozen ? 'Max recirculation depth exceeded' : 'No recirculation context';
    drop(datapath, packet.frame.octets, { kind: 'loop', problem }, parent, pass.bridge.name);
    return;
  }
  const { bridge, port, inPort, depth, sink } = pass;
  const isCached = true;
  runPass(packet, { isCached, bridge, port, inPort, actions: null, frozen, depth: depth + 1, sink }, parent);
}

/**
 * A frame comes in through `port`, or, with `tunnel`, through whichever tunnel port of the same device fits its outer
 * header. Steps go under `parent`.
 */
export function receivePacket(
  datapath: Datapath,
  port: Port,
  octets: Uint8Array,
  tunnel: TunnelMetadata | null,
  parent: StepId | null,
  sink: DatapathSink,
): void {
  const packet = new DpPacket(new Frame(octets));
  packet.tunnel = tunnel;
  let receiver: Port | undefined = port;
  if (tunnel) {
    const outer = packet.key(0, port.bridge.tlv, 0);
    receiver = outer && port.dpPort !== null ? datapath.receivingPort(port.dpPort, outer) : undefined;
    if (!receiver) {
      drop(
        datapath,
        octets,
        { kind: 'no-tunnel', problem: 'receive tunnel port not found' },
        parent,
        port.bridge.name,
      );
      return;
    }
  }
  const { bridge, ofPort } = receiver;
  receiver.counters.received.packets += 1;
  receiver.counters.received.bytes += octets.length;
  if (receiver.bfd && datapath.cache.attended && takenByBfd(packet, receiver, receiver.bfd, parent)) return;
  expireFlows(datapath);
  runPass(
    packet,
    { isCached: true, bridge, port: receiver, inPort: ofPort, actions: null, frozen: null, depth: 0, sink },
    parent,
  );
}

/** Control packets of a port's BFD session go no further. */
function takenByBfd(packet: DpPacket, port: Port, session: BfdSession, parent: StepId | null): boolean {
  const { datapath, name } = port.bridge;
  const { octets } = packet.frame;
  const key = packet.key(port.ofPort, port.bridge.tlv, datapath.vlanLimit);
  if (!key || !session.accepts(key)) return false;
  session.process(key, findLayer(decode(octets), 'bfd'));
  const { recorder } = datapath.context;
  if (recorder.active)
    recorder.record({
      parent,
      where: { host: datapath.host, bridge: name, device: port.name },
      what: { kind: 'delivered', to: 'bfd' },
      frame: octets,
      because: [],
    });
  return true;
}

/** Removes flows whose time is up. */
function expireFlows(datapath: Datapath): void {
  for (const bridge of datapath.bridges.values()) bridge.tables.expire(datapath.context.clock.now());
}

/**
 * A controller sends a packet through `actions`, as if it had come in through `inPort`. `said`: a key with the registers,
 * tunnel and kind of packet that come with it.
 */
export function packetOut(
  bridge: Bridge,
  octets: Uint8Array,
  inPort: OfPort,
  actions: readonly OfpAct[],
  parent: StepId | null,
  sink: DatapathSink,
  said: Flow | null = null,
): void {
  const packet = new DpPacket(new Frame(octets, said?.[WORD.packetType] ?? 0));
  const port = bridge.ports.get(inPort) ?? null;
  const pass: Pass = { isCached: false, bridge, port, inPort, actions, frozen: null, depth: 0, sink };
  runPass(packet, said ? { ...pass, metadata: { ...metadataOf(said), inPort } } : pass, parent);
}

const NOTHING: OfpAct = { kind: 'note', data: new Uint8Array(0) };

/**
 * A controller gives a paused packet back, perhaps with other octets, and with `metadata` (the packet-in's, perhaps
 * changed) in place of what it had.
 */
export function resume(
  continuation: Continuation,
  octets: Uint8Array,
  metadata: Flow,
  parent: StepId | null,
  sink: DatapathSink,
): void {
  const { state, port, packet } = continuation;
  const again = packet.clone();
  again.frame = new Frame(octets, packet.frame.packetType);
  again.recircId = 0;
  const frozen: FrozenState = {
    ...state,
    table: 0,
    actions: state.actions.length > 0 ? state.actions : [NOTHING],
    metadata: metadataOf(metadata),
  };
  const inPort = metadata[WORD.inPort] ?? OFPP.none;
  const { bridge } = state;
  const { datapath } = bridge;
  if (datapath.bridges.get(bridge.name) !== bridge) {
    drop(datapath, octets, { kind: 'loop', problem: 'Bridge not found' }, parent, bridge.name);
    return;
  }
  runPass(again, { isCached: false, bridge, port, inPort, actions: null, frozen, depth: 0, sink }, parent);
}
