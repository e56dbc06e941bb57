/** Writes pcapng files: one section, little-endian, time stamps in nanoseconds. */
import { concatBytes } from '../../base/bytes.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import { LINK_TYPE_ETHERNET, MAXIMUM_SNAP_LENGTH, type CaptureTime } from './capture.ts';
import { BLOCK, BYTE_ORDER_MAGIC, OPTION } from './pcapng.ts';

/** Time stamps count 10^-9 seconds. */
const NANOSECONDS = 9;

export interface InterfaceToWrite {
  readonly name?: string;
  readonly description?: string;
  readonly linkType?: number;
  readonly snapLength?: number;
}

/** A packet of interface number `interface`. `length`, its size on the wire, defaults to that of its octets. */
export interface PacketToWriteNg {
  readonly interface?: number;
  readonly time: CaptureTime;
  readonly octets: Uint8Array;
  readonly length?: number;
  readonly comment?: string;
}

function option(code: number, value: Uint8Array): Uint8Array {
  const octets = new Uint8Array(4 + ((value.length + 3) & ~3));
  const view = new DataView(octets.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  octets.set(value, 4);
  return octets;
}

/** Options and their end, or nothing when there are none. */
function optionList(options: readonly Uint8Array[]): Uint8Array {
  return options.length === 0 ? new Uint8Array(0) : concatBytes([...options, new Uint8Array(4)]);
}

function block(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(parts);
  const size = 12 + ((body.length + 3) & ~3);
  const octets = new Uint8Array(size);
  const view = new DataView(octets.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, size, true);
  octets.set(body, 8);
  view.setUint32(size - 4, size, true);
  return octets;
}

function sectionBlock(): Uint8Array {
  const body = new Uint8Array(16).fill(0xff, 8);
  const view = new DataView(body.buffer);
  view.setUint32(0, BYTE_ORDER_MAGIC, true);
  view.setUint16(4, 1, true);
  return block(BLOCK.section, body);
}

function interfaceBlock({
  name,
  description,
  linkType = LINK_TYPE_ETHERNET,
  snapLength = MAXIMUM_SNAP_LENGTH,
}: InterfaceToWrite): Uint8Array {
  const body = new Uint8Array(8);
  const view = new DataView(body.buffer);
  view.setUint16(0, linkType, true);
  view.setUint32(4, snapLength, true);
  const options = [option(OPTION.resolution, Uint8Array.of(NANOSECONDS))];
  if (description !== undefined) options.unshift(option(OPTION.description, encodeUtf8(description)));
  if (name !== undefined) options.unshift(option(OPTION.name, encodeUtf8(name)));
  return block(BLOCK.interface, body, optionList(options));
}

function packetBlock(packet: PacketToWriteNg, snapLength: number): Uint8Array {
  const { time, length = packet.octets.length, comment } = packet;
  const octets = packet.octets.subarray(0, snapLength);
  const body = new Uint8Array(20 + ((octets.length + 3) & ~3));
  const view = new DataView(body.buffer);
  const stamp = BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanoseconds);
  view.setUint32(0, packet.interface ?? 0, true);
  view.setUint32(4, Number((stamp >> 32n) & 0xffffffffn), true);
  view.setUint32(8, Number(stamp & 0xffffffffn), true);
  view.setUint32(12, octets.length, true);
  view.setUint32(16, length, true);
  body.set(octets, 20);
  return block(
    BLOCK.packet,
    body,
    optionList(comment === undefined ? [] : [option(OPTION.comment, encodeUtf8(comment))]),
  );
}

/** A pcapng file with the interfaces in the order in which packets number them. */
export function writePcapng(
  interfaces: readonly InterfaceToWrite[],
  packets: readonly PacketToWriteNg[],
): Uint8Array {
  return concatBytes([
    sectionBlock(),
    ...interfaces.map(interfaceBlock),
    ...packets.map((packet) =>
      packetBlock(packet, interfaces[packet.interface ?? 0]?.snapLength ?? MAXIMUM_SNAP_LENGTH),
    ),
  ]);
}
