/** The plain form of a filter: what a packet is, said in words that may look inside a tunnel. */

export const PROTOCOLS = ['ip', 'ip6', 'arp', 'icmp', 'icmp6', 'tcp', 'udp', 'sctp'] as const;
export type PlainProtocol = (typeof PROTOCOLS)[number];

/** `gre` carries IP, `gretap` Ethernet frames, as the devices of these names do. */
export const TUNNELS = ['geneve', 'vxlan', 'gre', 'gretap'] as const;
export type TunnelName = (typeof TUNNELS)[number];

/** `either`: at one end or the other. */
export type End = 'from' | 'to' | 'either';

/** An IPv4 address as a number, an IPv6 address as a bigint, with the bits of it that count. */
export type AddressRange =
  | { readonly family: 4; readonly address: number; readonly bits: number }
  | { readonly family: 6; readonly address: bigint; readonly bits: number };

export type Trait =
  | { readonly kind: 'protocol'; readonly protocol: PlainProtocol }
  | { readonly kind: 'address'; readonly end: End; readonly range: AddressRange }
  | { readonly kind: 'mac'; readonly end: End; readonly mac: bigint }
  | { readonly kind: 'port'; readonly end: End; readonly port: number };

export interface Tunnel {
  readonly name: TunnelName;
  /** The VNI, or the key of GRE. */
  readonly vni: number | null;
}

export type Phrase =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Phrase[] }
  | { readonly kind: 'not'; readonly phrase: Phrase }
  /** All traits hold for the packet itself. */
  | { readonly kind: 'packet'; readonly traits: readonly Trait[] }
  /** The packet is of the tunnel, and what it carries has all the traits (none: any packet). */
  | { readonly kind: 'inner'; readonly traits: readonly Trait[]; readonly tunnel: Tunnel };

/** A whole filter: what the packet is, and the VLAN that it is in. */
export interface PlainFilter {
  readonly phrase: Phrase;
  readonly vlan: number | null;
}
