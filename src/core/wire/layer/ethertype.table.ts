/** Ethertypes: number, name, and the decoder of what follows. */
import type { ProtocolName } from './layer-base.ts';

export const ETHERTYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  transparentEthernet: 0x6558,
  vlan: 0x8100,
  ipv6: 0x86dd,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  serviceVlan: 0x88a8,
  lldp: 0x88cc,
  slow: 0x8809,
  oldServiceVlan: 0x9100,
} as const;

const DECODERS = new Map<number, ProtocolName>([
  [ETHERTYPE.ipv4, 'ipv4'],
  [ETHERTYPE.arp, 'arp'],
  [ETHERTYPE.rarp, 'arp'],
  [ETHERTYPE.transparentEthernet, 'ethernet'],
  [ETHERTYPE.vlan, 'vlan'],
  [ETHERTYPE.ipv6, 'ipv6'],
  [ETHERTYPE.mpls, 'mpls'],
  [ETHERTYPE.mplsMulticast, 'mpls'],
  [ETHERTYPE.serviceVlan, 'vlan'],
  [ETHERTYPE.lldp, 'lldp'],
  [ETHERTYPE.slow, 'lacp'],
  [ETHERTYPE.oldServiceVlan, 'vlan'],
]);

const NAMES = new Map<number, string>([
  [ETHERTYPE.ipv4, 'IPv4'],
  [ETHERTYPE.arp, 'ARP'],
  [ETHERTYPE.rarp, 'RARP'],
  [ETHERTYPE.transparentEthernet, 'TEB'],
  [ETHERTYPE.vlan, '802.1Q'],
  [ETHERTYPE.ipv6, 'IPv6'],
  [ETHERTYPE.mpls, 'MPLS'],
  [ETHERTYPE.mplsMulticast, 'MPLS multicast'],
  [ETHERTYPE.serviceVlan, '802.1ad'],
  [ETHERTYPE.lldp, 'LLDP'],
  [ETHERTYPE.oldServiceVlan, '802.1Q 9100'],
  [0x8863, 'PPPoE discovery'],
  [0x8864, 'PPPoE session'],
  [ETHERTYPE.slow, 'slow protocols'],
  [0x888e, 'EAPOL'],
  [0x9000, 'loopback'],
  [0x88b5, 'local experimental 1'],
  [0x88b6, 'local experimental 2'],
  [0x894f, 'NSH'],
]);

/** Numbers below this in the type field are the length of an 802.3 frame. */
export const MINIMUM_ETHERTYPE = 0x0600;

/** Decoder of what an ethertype (or an 802.3 length) announces. */
export const protocolOfEthertype = (type: number): ProtocolName =>
  type < MINIMUM_ETHERTYPE ? 'llc' : (DECODERS.get(type) ?? 'payload');

/** `0x0800 IPv4`, or only the number where it has no name here. */
export function ethertypeText(type: number): string {
  const number = `0x${type.toString(16).padStart(4, '0')}`;
  const name = NAMES.get(type);
  return name === undefined ? number : `${number} ${name}`;
}
