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
import { execute, type Execution } from './datapath/execute.ts';
import { heldMask } from './datapath/held-mask.ts';
import type { Continuation, DatapathSink } from './datapath/packet-in.ts';
import { revalidate, treatmentOf } from './datapath/revalidate.ts';
import { recordSteps, type RecordedPass } from './datapath/record-steps.ts';
import type { TunnelMetadata } from './datapath/tunnel-metadata.ts';
import type { DpAction } from './dp-action.ts';
import { Frame } from './frame/frame.ts';
import { translate, type Translation } from './xlate/translate.ts';

export type { Continuation, DatapathSink, PacketIn } from './datapath/packet-in.ts';
export type { TunnelMetadata, TunnelSend } from './datapath/tunnel-metadata.ts';

const TCP = 6;

/** A packet may come back this often. */
const MAX_RECIRCULATIONS = 8;

/** One pass through the tables: from where, and with which instructions. */
interface Pass {
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

function dropReason(translation: Translation, last: RecordedPass['last']): DropReason {
  if (translation.error !== null) return { kind: 'loop', problem: translation.error };
  return last && last.node.rule === null ? { kind: 'table-miss' } : { kind: 'flow-drop' };
}

function runPass(packet: DpPacket, pass: Pass, parent: StepId | null): void {
  const { bridge, port, sink } = pass;
  const { datapath } = bridge;
  const { recorder, clock } = datapath.context;
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
  const tcpFlags = flagsOf(key, datapath.userspace);
  const translation = translate({
    bridge,
    flow: key,
    packet: octets,
    sideEffects: true,
    stats: { bytes: octets.length, tcpFlags },
    trace: recorder.active,
    names: false,
    actions: pass.actions,
    inPacketOut: pass.actions !== null && pass.frozen === null,
    frozen: pass.frozen,
  });
  let recorded: RecordedPass | null = null;
  if (recorder.active)
    recorded = recordSteps(
      datapath,
      translation.trace,
      { packet, start: startKey(key, pass.frozen), device: port?.name, bridge: bridge.name },
      parent,
    );
  const steps = recorded?.steps;
  const madeBy = (action: DpAction): { readonly step: StepId | null; readonly bridge: string } => {
    const nodes = translation.origins.get(action);
    return (nodes && steps?.get(nodes)) ?? { step: parent, bridge: bridge.name };
  };
  const run: Execution = {
    datapath,
    sink,
    port,
    madeBy,
    recirculate: (again, from) => comeBack(again, pass, from),
    delivered: false,
  };
  execute(run, packet, translation.actions);
  if (!run.delivered)
    drop(
      datapath,
      octets,
      dropReason(translation, recorded?.last ?? null),
      recorded?.last?.step ?? parent,
      bridge.name,
    );
  // What a controller puts in never was a packet of the datapath's.
  if (pass.actions !== null && pass.frozen === null) return;
  datapath.cache.note(
    {
      flow: key,
      mask: heldMask(key, translation.mask),
      treatment: treatmentOf(translation),
      options: packet.tunnel?.options ?? [],
      tlv: bridge.tlv,
      isGeneve: packet.tunnel !== null && port?.type === 'geneve',
      dpPort: port?.dpPort ?? null,
      tcpFlags,
    },
    octets.length,
    clock.now(),
    (other) => revalidate(datapath, other),
  );
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
  runPass(packet, { bridge, port, inPort, actions: null, frozen, depth: depth + 1, sink }, parent);
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
  if (receiver.bfd && takenByBfd(packet, receiver, receiver.bfd, parent)) return;
  expireFlows(datapath);
  runPass(
    packet,
    { bridge, port: receiver, inPort: ofPort, actions: null, frozen: null, depth: 0, sink },
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
  const pass: Pass = { bridge, port, inPort, actions, frozen: null, depth: 0, sink };
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
  runPass(again, { bridge: state.bridge, port, inPort, actions: null, frozen, depth: 0, sink }, parent);
}
