/** All headers that the decoder knows, as one union on `kind`. */
import type { ArpLayer } from './arp.ts';
import type { CookedLayer } from './cooked.ts';
import type { EthernetLayer } from './ethernet.ts';
import type { GeneveLayer } from './geneve.ts';
import type { GreLayer } from './gre.ts';
import type { IcmpLayer } from './icmp.ts';
import type { Icmpv6Layer } from './icmpv6.ts';
import type { Ipv4Layer } from './ipv4.ts';
import type { Ipv6ExtensionLayer } from './ipv6-extension.ts';
import type { Ipv6Layer } from './ipv6.ts';
import type { LlcLayer } from './llc.ts';
import type { MplsLayer } from './mpls.ts';
import type { BfdLayer } from './bfd.ts';
import type { DhcpLayer } from './dhcp.ts';
import type { Dhcpv6Layer } from './dhcpv6.ts';
import type { DnsLayer } from './dns.ts';
import type { IgmpLayer } from './igmp.ts';
import type { LacpLayer } from './lacp.ts';
import type { LldpLayer } from './lldp.ts';
import type { SctpLayer } from './sctp.ts';
import type { StpLayer } from './stp.ts';
import type { VrrpLayer } from './vrrp.ts';
import type { PayloadLayer } from './payload.ts';
import type { TcpLayer } from './tcp.ts';
import type { UdpLayer } from './udp.ts';
import type { VlanLayer } from './vlan.ts';
import type { VxlanLayer } from './vxlan.ts';

export type Layer =
  | EthernetLayer
  | CookedLayer
  | VlanLayer
  | LlcLayer
  | ArpLayer
  | Ipv4Layer
  | Ipv6Layer
  | Ipv6ExtensionLayer
  | IcmpLayer
  | Icmpv6Layer
  | UdpLayer
  | TcpLayer
  | GeneveLayer
  | VxlanLayer
  | GreLayer
  | MplsLayer
  | BfdLayer
  | DhcpLayer
  | Dhcpv6Layer
  | DnsLayer
  | IgmpLayer
  | LldpLayer
  | LacpLayer
  | SctpLayer
  | StpLayer
  | VrrpLayer
  | PayloadLayer;

export type LayerKind = Layer['kind'];

/** The layer of one kind: `LayerOf<'ipv4'>`. */
export type LayerOf<K extends LayerKind> = Extract<Layer, { readonly kind: K }>;
