/** IP protocol numbers: name, and the decoder of what follows. */
import type { ProtocolName } from './layer-base.ts';

export const IP_PROTOCOL = {
  hopByHop: 0,
  icmp: 1,
  igmp: 2,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  noNext: 59,
  destinationOptions: 60,
  ospf: 89,
  vrrp: 112,
  sctp: 132,
} as const;

const ENTRIES: readonly (readonly [number: number, name: string, decoder: ProtocolName])[] = [
  [0, 'hop-by-hop options', 'ipv6-extension'],
  [1, 'ICMP', 'icmp'],
  [2, 'IGMP', 'igmp'],
  [4, 'IPv4', 'ipv4'],
  [6, 'TCP', 'tcp'],
  [17, 'UDP', 'udp'],
  [41, 'IPv6', 'ipv6'],
  [43, 'routing header', 'ipv6-extension'],
  [44, 'fragment header', 'ipv6-extension'],
  [46, 'RSVP', 'payload'],
  [47, 'GRE', 'gre'],
  [50, 'ESP', 'payload'],
  [51, 'AH', 'payload'],
  [58, 'ICMPv6', 'icmpv6'],
  [59, 'no next header', 'payload'],
  [60, 'destination options', 'ipv6-extension'],
  [88, 'EIGRP', 'payload'],
  [89, 'OSPF', 'payload'],
  [103, 'PIM', 'payload'],
  [112, 'VRRP', 'vrrp'],
  [132, 'SCTP', 'sctp'],
];

const BY_NUMBER = new Map(ENTRIES.map((entry) => [entry[0], entry]));
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 44, 60]);

/** Decoder of an IP protocol. Extension headers exist in IPv6 only. */
export function protocolOfIp(number: number, family: 4 | 6): ProtocolName {
  if (family === 4 && EXTENSIONS.has(number)) return 'payload';
  return BY_NUMBER.get(number)?.[2] ?? 'payload';
}

/** `17 UDP`, or only the number. */
export function ipProtocolText(number: number): string {
  const entry = BY_NUMBER.get(number);
  return entry === undefined ? `${number}` : `${number} ${entry[1]}`;
}
