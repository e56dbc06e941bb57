/** How a tunnel port carries packets: what its Interface row's options come to. */

export type TunnelType =
  | 'geneve'
  | 'vxlan'
  | 'gre'
  | 'ip6gre'
  | 'erspan'
  | 'ip6erspan'
  | 'gtpu'
  | 'stt'
  | 'bareudp'
  | 'srv6';

/** An end of a tunnel; at most one of the two is not zero. */
export interface TunnelAddress {
  readonly ipv4: number;
  readonly ipv6: bigint;
}

/** ERSPAN's header; `flow`: set by the OpenFlow pipeline. */
export interface ErspanConfig {
  readonly version: number | 'flow';
  readonly index: number | 'flow';
  readonly direction: number | 'flow';
  readonly hardwareId: number | 'flow';
}

/** Which packets a tunnel carries: with an Ethernet header, without one, or either. */
export type PacketMode = 'l2' | 'l3' | 'aware';

export interface TunnelConfig {
  readonly type: TunnelType;
  /** `flow`: set by the OpenFlow pipeline. */
  readonly remote: TunnelAddress | 'flow';
  readonly local: TunnelAddress | 'flow';
  readonly inKey: bigint | 'flow' | null;
  readonly outKey: bigint | 'flow' | null;
  readonly ttl: number | 'inherit';
  readonly tos: number | 'inherit';
  readonly dontFragment: boolean;
  /** `default`: checksums for IPv6 ends only. `none`: the type has none unless it is asked for one. */
  readonly checksum: 'default' | 'on' | 'off' | 'none';
  /** GRE's sequence numbers. */
  readonly sequence: boolean;
  /** UDP destination port, 0 for protocols without one. */
  readonly port: number;
  readonly egressMark: number | null;
  readonly packetMode: PacketMode;
  /** VXLAN's group based policy. */
  readonly groupPolicy: boolean;
  readonly erspan: ErspanConfig;
}

/** UDP ports of types that have one by default. */
export const DEFAULT_PORTS: Partial<Record<TunnelType, number>> = { geneve: 6081, vxlan: 4789, gtpu: 2152 };
export const DEFAULT_TTL = 64;

export const TUNNEL_TYPES: readonly TunnelType[] = [
  'geneve',
  'vxlan',
  'gre',
  'ip6gre',
  'erspan',
  'ip6erspan',
  'gtpu',
  'stt',
  'bareudp',
  'srv6',
];

export const isTunnelType = (type: string): type is TunnelType =>
  TUNNEL_TYPES.some((known) => known === type);

/** The mode of a tunnel that says nothing of it. */
export const usualMode = (type: TunnelType): PacketMode =>
  type === 'gtpu' || type === 'bareudp' || type === 'srv6' ? 'l3' : 'l2';

const usesUdpPort = (type: TunnelType): boolean => type in DEFAULT_PORTS || type === 'bareudp';

/** The kernel's devices that carry tunnels, one for each type and UDP port. */
export function tunnelDevice(type: TunnelType, port: number): string {
  const stem = type === 'geneve' ? 'genev_sys' : type === 'bareudp' ? 'udp_sys' : `${type}_sys`;
  return usesUdpPort(type) ? `${stem}_${port}` : stem;
}
