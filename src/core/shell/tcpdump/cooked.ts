/** Linux cooked captures: the header that stands for the link header when all devices are captured at once. */
import { concatBytes } from '../../base/bytes.ts';
import { addressingOf, ETHERTYPE, ethertypeOf, HEADER_SIZE, tagOf, withoutTag } from '../../linux/ether.ts';
import type { CapturedFrame } from '../../linux/index.ts';
import { readU16, readU32, writeU16, writeU32 } from '../../wire/octets.ts';
import type { CookedVersion } from './options.ts';

const SIZE: Readonly<Record<CookedVersion, number>> = { 1: 16, 2: 20 };
const HARDWARE = { ethernet: 1, loopback: 772 } as const;
/** In place of the ethertype of a frame that has an LLC header. */
export const LLC_TYPE = 4;

const PACKET_TYPE = { host: 0, broadcast: 1, multicast: 2, other: 3, out: 4 } as const;
const DIRECTIONS = ['In', 'B', 'M', 'P', 'Out'];

export interface CookedHeader {
  readonly size: number;
  readonly ifindex: number | null;
  readonly type: number;
  readonly direction: string;
  /** Where the six octets of the sender's address are, if it has them. */
  readonly address: number | null;
}

/** The frame without its outer VLAN tag, if it has one. */
export const untagged = (octets: Uint8Array): Uint8Array =>
  tagOf(octets) === undefined ? octets : withoutTag(octets);

/** The frame with a cooked header; a VLAN tag, which the kernel keeps beside the frame, is lost. */
export function toCooked(version: CookedVersion, { link, direction, octets }: CapturedFrame): Uint8Array {
  const frame = untagged(octets);
  const header = new Uint8Array(SIZE[version]);
  const type = ethertypeOf(frame) === ETHERTYPE.llc ? LLC_TYPE : ethertypeOf(frame);
  const packetType = PACKET_TYPE[direction === 'out' ? 'out' : addressingOf(octets, link.mac)];
  const hardware = link.kind === 'lo' ? HARDWARE.loopback : HARDWARE.ethernet;
  if (version === 1) {
    writeU16(header, 0, packetType);
    writeU16(header, 2, hardware);
    writeU16(header, 4, 6);
    header.set(frame.subarray(6, 12), 6);
    writeU16(header, 14, type);
  } else {
    writeU16(header, 0, type);
    writeU32(header, 4, link.index);
    writeU16(header, 8, hardware);
    header[10] = packetType;
    header[11] = 6;
    header.set(frame.subarray(6, 12), 12);
  }
  return concatBytes([header, frame.subarray(HEADER_SIZE)]);
}

/** Undefined when the header is cut. */
export function readCooked(version: CookedVersion, octets: Uint8Array): CookedHeader | undefined {
  const size = SIZE[version];
  if (octets.length < size) return undefined;
  const direction = (packetType: number): string => DIRECTIONS[packetType] ?? '?';
  if (version === 1)
    return {
      size,
      ifindex: null,
      type: readU16(octets, 14),
      direction: direction(readU16(octets, 0)),
      address: readU16(octets, 4) === 6 ? 6 : null,
    };
  return {
    size,
    ifindex: readU32(octets, 4),
    type: readU16(octets, 0),
    direction: direction(octets[10] as number),
    address: octets[11] === 6 ? 12 : null,
  };
}

/** An Ethernet frame as filters want it: the addresses of a cooked packet are not known to them. */
export function toEthernet(version: CookedVersion, octets: Uint8Array): Uint8Array {
  const header = readCooked(version, octets);
  if (header === undefined) return octets;
  const frame = new Uint8Array(HEADER_SIZE);
  const payload = octets.subarray(header.size);
  if (header.address !== null) frame.set(octets.subarray(header.address, header.address + 6), 6);
  writeU16(frame, 12, header.type === LLC_TYPE ? Math.min(payload.length, 1500) : header.type);
  return concatBytes([frame, payload]);
}

export const isOutgoing = (version: CookedVersion, octets: Uint8Array): boolean =>
  readCooked(version, octets)?.direction === 'Out';

export const cookedSize = (version: CookedVersion): number => SIZE[version];
