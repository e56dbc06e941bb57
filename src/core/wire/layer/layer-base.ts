/** What every decoder of a header is given and gives back. */
import type { Problem } from '../../base/result.ts';

/** Where a header lies. Offsets count octets from the first of the frame. */
export interface LayerBase {
  readonly offset: number;
  /** Octets of the header itself, options included. */
  readonly headerSize: number;
  /** Octets of header and payload, as far as the frame holds them. */
  readonly size: number;
}

/** A checksum as found, and what it should be. `absent` = not used (UDP zero); `unchecked` = octets are missing. */
export interface Checksum {
  readonly value: number;
  readonly expected: number;
  readonly verdict: 'correct' | 'wrong' | 'absent' | 'unchecked';
}

/** A stretch of the frame. */
export interface Range {
  readonly offset: number;
  readonly size: number;
}

/** Names of decoders, as the tables of ethertypes, IP protocols and ports use them. */
export type ProtocolName =
  | 'ethernet'
  | 'cooked'
  | 'vlan'
  | 'llc'
  | 'arp'
  | 'ipv4'
  | 'ipv6'
  | 'ipv6-extension'
  | 'icmp'
  | 'icmpv6'
  | 'igmp'
  | 'udp'
  | 'tcp'
  | 'sctp'
  | 'geneve'
  | 'vxlan'
  | 'gre'
  | 'mpls'
  | 'bfd'
  | 'dhcp'
  | 'dhcpv6'
  | 'dns'
  | 'lldp'
  | 'lacp'
  | 'stp'
  | 'vrrp'
  | 'payload';

/** A header to decode: by which decoder, where it begins, and where the octets that belong to it end. */
export interface Target {
  readonly protocol: ProtocolName;
  readonly offset: number;
  readonly end: number;
  /** Number by which the outer header named it, for decoders of more than one header. */
  readonly selector?: number;
}

/** What transports need of the IP header around them. `whole` = neither cut nor a fragment: checksums can be checked. */
type NetworkHeader =
  | { readonly family: 4; readonly source: number; readonly destination: number; readonly whole: boolean }
  | { readonly family: 6; readonly source: bigint; readonly destination: bigint; readonly whole: boolean };

/** One run over a frame: the octets, the problems so far, and the innermost network header so far. */
export interface DecodeContext {
  readonly octets: Uint8Array;
  readonly problems: Problem[];
  network: NetworkHeader | null;
}

/** One header decoded, or null when too little of it is there, and what follows it. */
export interface Parsed<L extends LayerBase> {
  readonly layer: L | null;
  readonly next: Target | null;
}

/** Notes what is wrong at an octet. */
export function report(context: DecodeContext, message: string, offset: number): void {
  context.problems.push({ message, place: { offset } });
}

/** What is left, as plain payload; null when nothing is. */
export function payloadFrom(offset: number, end: number): Target | null {
  return offset < end ? { protocol: 'payload', offset, end } : null;
}

/** True, with a problem noted, when fewer than `size` octets are left for the header `name`. */
export function isCut(context: DecodeContext, name: string, { offset, end }: Target, size: number): boolean {
  if (end - offset >= size) return false;
  report(context, `${name} header cut: ${Math.max(0, end - offset)} of ${size} octets`, offset);
  return true;
}

/** The result for a header of which too little is there. */
export const cutAt = (target: Target): { readonly layer: null; readonly next: Target | null } => ({
  layer: null,
  next: payloadFrom(target.offset, target.end),
});

/** Compares a checksum field with what it should be. */
export const compareChecksum = (value: number, expected: number): Checksum => ({
  value,
  expected,
  // In one's complement 0xffff is zero too.
  verdict: value === expected || (value === 0xffff && expected === 0) ? 'correct' : 'wrong',
});

/** A checksum that cannot be computed. */
export const uncheckedChecksum = (value: number): Checksum => ({
  value,
  expected: value,
  verdict: 'unchecked',
});
