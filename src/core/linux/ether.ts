/** Ethernet framing as the kernel handles it: addresses, ethertype behind a header, VLAN tags. */
import { readMac, readU16, writeMac, writeU16 } from '../wire/octets.ts';

export const ETHERTYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  ipv6: 0x86dd,
  vlan: 0x8100,
  qinq: 0x88a8,
  llc: 0,
} as const;
export const BROADCAST_MAC = 0xffffffffffffn;
export const HEADER_SIZE = 14;
export const TAG_SIZE = 4;

export const destinationOf = (octets: Uint8Array): bigint => readMac(octets, 0);
export const sourceOf = (octets: Uint8Array): bigint => readMac(octets, 6);

/** The type field; 0 for an 802.3 length (LLC follows). */
export function ethertypeOf(octets: Uint8Array): number {
  const type = readU16(octets, 12);
  return type < 0x600 ? ETHERTYPE.llc : type;
}

export const isGroupMac = (mac: bigint): boolean => ((mac >> 40n) & 1n) === 1n;

/** The outermost VLAN tag; undefined when there is none. */
export function tagOf(
  octets: Uint8Array,
): { readonly protocol: number; readonly id: number; readonly priority: number } | undefined {
  if (octets.length < HEADER_SIZE + TAG_SIZE) return undefined;
  const protocol = readU16(octets, 12);
  if (protocol !== ETHERTYPE.vlan && protocol !== ETHERTYPE.qinq) return undefined;
  const control = readU16(octets, 14);
  return { protocol, id: control & 0xfff, priority: control >> 13 };
}

export function withoutTag(octets: Uint8Array): Uint8Array {
  const bare = new Uint8Array(octets.length - TAG_SIZE);
  bare.set(octets.subarray(0, 12), 0);
  bare.set(octets.subarray(16), 12);
  return bare;
}

export function withTag(octets: Uint8Array, protocol: number, id: number, priority = 0): Uint8Array {
  const tagged = new Uint8Array(octets.length + TAG_SIZE);
  tagged.set(octets.subarray(0, 12), 0);
  writeU16(tagged, 12, protocol);
  writeU16(tagged, 14, (priority << 13) | id);
  tagged.set(octets.subarray(12), 16);
  return tagged;
}

/** A frame around `payload`. */
export function frameOf(
  destination: bigint,
  source: bigint,
  ethertype: number,
  payload: Uint8Array,
): Uint8Array {
  const frame = new Uint8Array(HEADER_SIZE + payload.length);
  writeMac(frame, 0, destination);
  writeMac(frame, 6, source);
  writeU16(frame, 12, ethertype);
  frame.set(payload, HEADER_SIZE);
  return frame;
}

/** How a frame is addressed, as seen by a link with this address (`skb->pkt_type`). */
export type Addressing = 'host' | 'broadcast' | 'multicast' | 'other';

export function addressingOf(octets: Uint8Array, mac: bigint): Addressing {
  const destination = destinationOf(octets);
  if (destination === mac) return 'host';
  if (destination === BROADCAST_MAC) return 'broadcast';
  return isGroupMac(destination) ? 'multicast' : 'other';
}
