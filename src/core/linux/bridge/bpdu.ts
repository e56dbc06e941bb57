/** Bridge protocol data units of 802.1D: building, sending, reading. Times travel in 1/256 s. */
import type { StepId } from '../../base/step.ts';
import { readU16, readU32, readU64, writeMac, writeU16, writeU32, writeU64 } from '../../wire/octets.ts';
import { transmit } from '../device.ts';
import { HEADER_SIZE } from '../ether.ts';
import type { Namespace } from '../namespace.ts';
import { record } from '../recording.ts';
import type { Bridge, BridgePort } from './state.ts';

export interface ConfigBpdu {
  readonly topologyChange: boolean;
  readonly topologyChangeAck: boolean;
  readonly root: bigint;
  readonly rootPathCost: number;
  readonly bridgeId: bigint;
  readonly portId: number;
  /** Nanoseconds, as all times here. */
  readonly messageAge: number;
  readonly maxAge: number;
  readonly helloTime: number;
  readonly forwardDelay: number;
}

interface Sender {
  readonly net: Namespace;
  readonly bridge: Bridge;
  readonly parent: StepId | null;
}

const UNIT = 1e9 / 256;
const LLC = Uint8Array.of(0x42, 0x42, 0x03);
const CONFIG_SIZE = 35;
const TCN_SIZE = 4;

/** Rounded up, as the kernel turns its ticks into units. */
const units = (time: number): number => Math.ceil(Math.round((time / UNIT) * 1000) / 1000);

export function sendConfig(sender: Sender, port: BridgePort, bpdu: ConfigBpdu): void {
  const body = new Uint8Array(CONFIG_SIZE);
  body[4] = (bpdu.topologyChange ? 1 : 0) | (bpdu.topologyChangeAck ? 0x80 : 0);
  writeU64(body, 5, bpdu.root);
  writeU32(body, 13, bpdu.rootPathCost);
  writeU64(body, 17, bpdu.bridgeId);
  writeU16(body, 25, bpdu.portId);
  writeU16(body, 27, units(bpdu.messageAge));
  writeU16(body, 29, units(bpdu.maxAge));
  writeU16(body, 31, units(bpdu.helloTime));
  writeU16(body, 33, units(bpdu.forwardDelay));
  send(sender, port, body, 'STP configuration');
}

export function sendTcn(sender: Sender, port: BridgePort): void {
  const body = new Uint8Array(TCN_SIZE);
  body[3] = 0x80;
  send(sender, port, body, 'STP topology change notification');
}

function send(sender: Sender, port: BridgePort, body: Uint8Array, text: string): void {
  const { net, bridge, parent } = sender;
  const link = net.links.get(port.ifindex);
  if (link === undefined) return;
  const frame = new Uint8Array(HEADER_SIZE + LLC.length + body.length);
  writeMac(frame, 0, bridge.groupAddress);
  writeMac(frame, 6, link.mac);
  writeU16(frame, 12, LLC.length + body.length);
  frame.set(LLC, HEADER_SIZE);
  frame.set(body, HEADER_SIZE + LLC.length);
  const step = record(net, link.name, { kind: 'originated', program: 'kernel', text }, frame, parent);
  transmit(net, link, frame, step);
}

/** Reads a BPDU; undefined when it is none. */
export function readBpdu(
  frame: Uint8Array,
): { readonly kind: 'config'; readonly config: ConfigBpdu } | { readonly kind: 'tcn' } | undefined {
  const body = frame.subarray(HEADER_SIZE + LLC.length);
  if (
    body.length < TCN_SIZE ||
    readU16(frame, HEADER_SIZE) !== 0x4242 ||
    readU16(body, 0) !== 0 ||
    body[2] !== 0
  )
    return undefined;
  if (body[3] === 0x80) return { kind: 'tcn' };
  if (body[3] !== 0 || body.length < CONFIG_SIZE) return undefined;
  const flags = body[4] as number;
  const time = (at: number): number => Math.round(readU16(body, at) * UNIT);
  return {
    kind: 'config',
    config: {
      topologyChange: (flags & 1) !== 0,
      topologyChangeAck: (flags & 0x80) !== 0,
      root: readU64(body, 5),
      rootPathCost: readU32(body, 13),
      bridgeId: readU64(body, 17),
      portId: readU16(body, 25),
      messageAge: time(27),
      maxAge: time(29),
      helloTime: time(31),
      forwardDelay: time(33),
    },
  };
}
