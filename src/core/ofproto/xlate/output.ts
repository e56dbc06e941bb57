/** Sending a packet out of ports: devices, tunnels, patch ports, floods, the controller, and mirrors of what leaves. */
import { formatPort } from '../../flow/ofport-text.ts';
import { OFPP, type OfPort } from '../../flow/ofport.table.ts';
import { packetTypeOf, rawEthTypeOf, tosOf, setWordBits } from '../../flow/packet-kind.ts';
import { WORD } from '../../flow/words.table.ts';
import type { ActOf } from '../actions/ofpact.ts';
import type { Bond } from '../bond/bond.ts';
import type { Port, PortCounter } from '../bridge/port.ts';
import { markSubfield, readSubfield } from './change-field.ts';
import { commit, commitTunnel } from './commit.ts';
import { toController } from './freeze.ts';
import { goToTable } from './look-up.ts';
import { mirrorOutput } from './mirror.ts';
import { enterPeer } from './nested.ts';
import { heldByStp } from './stp.ts';
import { fillTunnel } from './tunnel-send.ts';
import type { Xlate } from './xlate.ts';

export interface OutputOptions {
  readonly isLast: boolean;
  /** The packet was cut just before. */
  readonly truncated: boolean;
  /** The bond whose members are chosen only when the packet comes back by its hash. */
  readonly balanced?: Bond | undefined;
}

const WHOLE: OutputOptions = { isLast: false, truncated: false };

function mayOutput(x: Xlate, port: Port | undefined): port is Port {
  const held = port && heldByStp(x, port);
  if (!port) {
    x.warn('Nonexistent output port');
  } else if (port.flags.noForward) {
    x.detail('OFPPC_NO_FWD set, skipping output');
  } else if (x.mirrorSnapLength !== 0 && port.dpPort === null) {
    x.warn('Mirror truncate to ODPP_NONE, skipping output');
  } else if (
    x.bridge.ports.get(x.inPort)?.bundle?.config.protected === true &&
    port.bundle?.config.protected === true
  ) {
    x.warn('Flow is between protected ports, skipping output.');
  } else if (held !== undefined) {
    x.warn(held);
  } else if ((port.tunnel?.packetMode ?? 'l2') === 'l2' && packetTypeOf(x.flow) !== 0) {
    x.warn('Trying to send non-Ethernet packet through legacy L2 port. Dropping packet.');
  } else {
    return true;
  }
  return false;
}

function sameTunnelEnd(x: Xlate): boolean {
  const { flow, ownTunnel } = x;
  for (let at = WORD.tunDst as number; at < WORD.tunSrc; at += 1)
    if (flow[at] !== ownTunnel[at]) return false;
  return true;
}

/** Prepares the tunnel; false when the packet is not sent. */
function sendToTunnel(x: Xlate, port: Port): boolean {
  const { flow, tunnel } = { flow: x.flow, tunnel: port.tunnel };
  if (!tunnel) return true;
  const kept = flow.slice(0, WORD.metadata);
  fillTunnel(x, tunnel);
  if (sameTunnelEnd(x)) {
    x.warn('Not tunneling to our own address');
    return false;
  }
  x.detail('output to kernel tunnel');
  commitTunnel(x, tunnel.type, x.bridge.tlv);
  flow.set(kept, 0);
  return true;
}

function countAt(x: Xlate, counter: PortCounter): void {
  x.count(({ bytes }) => {
    counter.packets += 1;
    counter.bytes += bytes;
  });
}

/** A packet that is really on its way counts at ports that are no devices; those count what they are given. */
function countOutput(x: Xlate, port: Port): void {
  if (port.tunnel !== null || port.dpPort === null) countAt(x, port.counters.sent);
}

/** Lets the packet come back by its hash, to be sent by a member of the bond. */
function sendRound(x: Xlate, bond: Bond): void {
  x.emit({ kind: 'hash', algorithm: 'l4', basis: bond.settings.basis });
  x.emit({ kind: 'recirc', id: bond.recircId });
}

function putOut(x: Xlate, port: Port, dpPort: number): void {
  if (x.mirrorSnapLength > 0 && x.mirrorSnapLength < 0xffff) {
    x.emit({ kind: 'trunc', size: x.mirrorSnapLength });
    if (!x.bridge.datapath.features.truncate) x.slow.add('action');
  }
  x.emit({ kind: 'output', port: dpPort });
  countOutput(x, port);
}

/** Puts the packet out of one port as it is now. */
export function outputToPort(x: Xlate, ofPort: OfPort, options: OutputOptions = WHOLE): void {
  const port = x.bridge.ports.get(ofPort);
  if (!mayOutput(x, port)) return;
  const { flow } = x;
  const packetType = packetTypeOf(flow);
  const pendingEncap = x.pendingEncap;
  if (packetType === 0 && port.tunnel?.packetMode === 'l3') {
    flow[WORD.packetType] = ((1 << 16) | rawEthTypeOf(flow)) >>> 0;
    if (pendingEncap) x.pendingEncap = false;
  }
  const peer = x.bridge.datapath.peerOf(port);
  if (peer) {
    countOutput(x, port);
    countAt(x, peer.counters.received);
    if (options.truncated) x.reportError('Cannot truncate output to patch port');
    enterPeer(x, port, peer, options.isLast);
    return;
  }
  const headers = flow.slice(WORD.ethDst, WORD.nwSrc);
  const tos = tosOf(flow);
  if (sendToTunnel(x, port)) {
    if (port.dpPort !== null) {
      commit(x);
      if (options.balanced) sendRound(x, options.balanced);
      else putOut(x, port, port.dpPort);
    }
    // What comes back is not sent yet.
    if (!options.balanced) mirrorOutput(x, port.bundle);
  }
  flow.set(headers, WORD.ethDst);
  setWordBits(flow, WORD.nwProto, tos << 16, 0xff0000);
  flow[WORD.packetType] = packetType;
}

function flood(x: Xlate, all: boolean, isLast: boolean): void {
  const ports = x.bridge
    .floodPorts()
    .filter((port) => port !== x.inPort && (all || x.bridge.ports.get(port)?.flags.noFlood !== true));
  ports.forEach((port, index) => {
    outputToPort(x, port, { isLast: isLast && index === ports.length - 1, truncated: false });
  });
}

export interface OutputContext extends OutputOptions {
  readonly maxLen: number;
  readonly mayPacketIn: boolean;
  readonly inBucket: boolean;
  /** What `NORMAL` does. */
  readonly normal: (x: Xlate) => void;
}

const NO_DATA = new Uint8Array(0);

/** `output`: to a port, or to what a reserved port stands for. */
export function output(x: Xlate, port: OfPort, context: OutputContext): void {
  switch (port) {
    case OFPP.inPort:
      outputToPort(x, x.inPort, context);
      return;
    case OFPP.table:
      goToTable(x, 0, {
        inPort: x.inPort,
        mayPacketIn: context.mayPacketIn,
        honorTableMiss: true,
        withConnection: false,
        isLast: false,
      });
      return;
    case OFPP.normal:
      context.normal(x);
      return;
    case OFPP.flood:
      flood(x, false, context.isLast);
      return;
    case OFPP.all:
      flood(x, true, context.isLast);
      return;
    case OFPP.controller:
      toController(x, {
        reason: x.input.inPacketOut
          ? 'packet_out'
          : context.inBucket
            ? 'group'
            : x.inActionSet
              ? 'action_set'
              : 'action',
        controllerId: 0,
        maxLen: context.maxLen,
        meter: 0,
        userdata: NO_DATA,
      });
      return;
    case OFPP.none:
      return;
    default:
      if (port === x.inPort) x.warn('skipping output to input port');
      else outputToPort(x, port, context);
  }
}

/** `output:FIELD[]`. */
export function outputToField(
  x: Xlate,
  { source, maxLen }: ActOf<'output_reg'>,
  context: OutputContext,
): void {
  const port = readSubfield(x.flow, source);
  if (port > 0xffffn) {
    x.warn(`output port ${port} is out of range`);
    return;
  }
  x.detail(`output port is ${port}`);
  markSubfield(x.mask, source);
  output(x, Number(port), { ...context, maxLen, mayPacketIn: false });
}

const NO_TRUNCATION: ReadonlySet<OfPort> = new Set([
  OFPP.table,
  OFPP.normal,
  OFPP.flood,
  OFPP.all,
  OFPP.controller,
  OFPP.none,
]);

/** `output(port=,max_len=)`. */
export function outputTruncated(
  x: Xlate,
  { port, maxLen }: ActOf<'output_trunc'>,
  context: OutputContext,
): void {
  if (NO_TRUNCATION.has(port)) {
    x.warn(`output_trunc does not support port: ${port === OFPP.none ? 'NONE' : formatPort(port)}`);
    return;
  }
  if (port === x.inPort) {
    x.warn('skipping output to input port');
    return;
  }
  const device = x.bridge.ports.get(port);
  if (!device || device.dpPort === null) {
    x.reportError(`output_trunc does not support patch port ${formatPort(port)}`);
    return;
  }
  x.emit({ kind: 'trunc', size: maxLen });
  output(x, port, { ...context, maxLen: 0, mayPacketIn: false, truncated: true });
  if (!x.bridge.datapath.features.truncate) x.slow.add('action');
}

/** The datapath's priority of a queue of a port. */
export const queuePriority = (queue: number): number => queue;

/** `enqueue`. */
export function enqueue(x: Xlate, act: ActOf<'enqueue'>, context: OutputContext): void {
  const port = act.port === OFPP.inPort ? x.inPort : act.port;
  if (act.port !== OFPP.inPort && port === x.inPort) return;
  const priority = x.flow[WORD.skbPriority] as number;
  x.flow[WORD.skbPriority] = queuePriority(act.queue);
  outputToPort(x, port, { isLast: context.isLast, truncated: false });
  x.flow[WORD.skbPriority] = priority;
}
