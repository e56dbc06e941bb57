/** UDP ports with a decoder of their own, and names of well-known ports. */
import type { ProtocolName } from './layer-base.ts';

const UDP_PORT = {
  dns: 53,
  dhcpServer: 67,
  dhcpClient: 68,
  dhcpv6Client: 546,
  dhcpv6Server: 547,
  bfd: 3784,
  bfdMultihop: 4784,
  vxlan: 4789,
  mdns: 5353,
  geneve: 6081,
} as const;

const DECODERS = new Map<number, ProtocolName>([
  [UDP_PORT.dns, 'dns'],
  [UDP_PORT.dhcpServer, 'dhcp'],
  [UDP_PORT.dhcpClient, 'dhcp'],
  [UDP_PORT.dhcpv6Client, 'dhcpv6'],
  [UDP_PORT.dhcpv6Server, 'dhcpv6'],
  [UDP_PORT.bfd, 'bfd'],
  [UDP_PORT.bfdMultihop, 'bfd'],
  [UDP_PORT.vxlan, 'vxlan'],
  [UDP_PORT.mdns, 'dns'],
  [UDP_PORT.geneve, 'geneve'],
]);

/** Tunnels are known by their destination port only: the source port is a hash of the inner flow. */
const BY_DESTINATION_ONLY: ReadonlySet<number> = new Set([UDP_PORT.vxlan, UDP_PORT.geneve]);

export function protocolOfUdpPorts(source: number, destination: number): ProtocolName {
  const byDestination = DECODERS.get(destination);
  if (byDestination !== undefined) return byDestination;
  return BY_DESTINATION_ONLY.has(source) ? 'payload' : (DECODERS.get(source) ?? 'payload');
}
