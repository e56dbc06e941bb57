/** Packets that go up to a controller, and what it takes to bring them back. */
import type { StepId } from '../../base/step.ts';
import type { Flow } from '../../flow/flow.ts';
import type { PacketInReason } from '../actions/ofpact.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { Port } from '../bridge/port.ts';
import type { FrozenState } from '../bridge/recirculation.ts';
import type { DpPacket } from './dp-packet.ts';
import type { TunnelSend } from './tunnel-metadata.ts';

/** A paused packet's place in the pipeline: handed back unread. */
export interface Continuation {
  readonly state: FrozenState;
  readonly port: Port | null;
  readonly packet: DpPacket;
}

export interface PacketIn {
  readonly octets: Uint8Array;
  readonly reason: PacketInReason;
  readonly controllerId: number;
  /** `controller(userdata=...)`. */
  readonly userdata: Uint8Array;
  readonly table: number;
  readonly cookie: bigint;
  /** Tunnel, metadata, registers, input port and connection as they were; headers are left out. */
  readonly metadata: Flow;
  /** For `pause`: the packet waits to be resumed with it. */
  readonly continuation: Continuation | null;
}

/** Where a datapath's packets go. */
export interface DatapathSink {
  /** Out of a datapath port; `tunnel` for ports that tunnel. */
  output(dpPort: number, octets: Uint8Array, tunnel: TunnelSend | null, parent: StepId | null): void;
  packetIn(bridge: Bridge, packetIn: PacketIn, parent: StepId | null): void;
}
