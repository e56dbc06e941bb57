/** A frame as the packet panel shows it: header tree, encapsulation stack, and what differs from the frame before. */
import { isBare, type Step } from '../../core/base/step.ts';
import {
  decode,
  decodePacket,
  encodeEthernet,
  ETHERTYPE,
  headerTree,
  ovnKeys,
  type Decoded,
  type HeaderNode,
  type Layer,
} from '../../core/wire/index.ts';
import type { HeaderRow, StackLayer } from '../protocol.ts';

const row = (node: HeaderNode): HeaderRow => ({
  name: node.name,
  text: node.text,
  offset: node.offset,
  size: node.size,
  problem: node.problem ?? null,
  children: node.children.map(row),
});

export const decodeStep = (step: Step, frame: Uint8Array): Decoded =>
  isBare(step) ? decodePacket(frame, { offset: 0, size: frame.length }) : decode(frame);

/** For those who read frames only: a packet that has no Ethernet header gets an empty one. */
export function framed(step: Step, octets: Uint8Array): Uint8Array {
  if (!isBare(step)) return octets;
  const type = (octets[0] ?? 0) >>> 4 === 6 ? ETHERTYPE.ipv6 : ETHERTYPE.ipv4;
  return encodeEthernet({ source: 0n, destination: 0n, type }, octets);
}

export const headerRows = (decoded: Decoded): readonly HeaderRow[] => headerTree(decoded).map(row);

/** Names of layers for people. */
export const LAYER_NAME: Readonly<Record<Layer['kind'], string>> = {
  ethernet: 'Ethernet',
  vlan: 'VLAN',
  llc: 'LLC',
  arp: 'ARP',
  ipv4: 'IPv4',
  ipv6: 'IPv6',
  'ipv6-extension': 'IPv6 extension',
  icmp: 'ICMP',
  icmpv6: 'ICMPv6',
  udp: 'UDP',
  tcp: 'TCP',
  geneve: 'Geneve',
  vxlan: 'VXLAN',
  gre: 'GRE',
  mpls: 'MPLS',
  igmp: 'IGMP',
  cooked: 'Linux cooked',
  sctp: 'SCTP',
  bfd: 'BFD',
  dhcp: 'DHCP',
  dhcpv6: 'DHCPv6',
  dns: 'DNS',
  lldp: 'LLDP',
  lacp: 'LACP',
  stp: 'STP',
  vrrp: 'VRRP',
  payload: 'Payload',
};

function layerText(decoded: Decoded, layer: Layer): string {
  const node = headerTree({ ...decoded, layers: [layer] })[0];
  if (layer.kind === 'geneve') {
    const keys = ovnKeys(layer);
    return keys ? `VNI ${layer.vni}, key ${keys.ingress} → ${keys.egress}` : `VNI ${layer.vni}`;
  }
  return node?.text ?? '';
}

/** Layers up to a tunnel header are one push of the kernel; the tunnel header is one of its own; the inner frame is another. */
export function encapsulationStack(decoded: Decoded): readonly StackLayer[] {
  return decoded.layers.map((layer) => ({
    name: LAYER_NAME[layer.kind],
    text: layerText(decoded, layer),
    offset: layer.offset,
    size: layer.headerSize,
    protocol: layer.kind,
    pushedBy: null,
  }));
}

/** Runs of octets in `after` that are not in `before`. A frame that grew at the front is compared from its end. */
export function changedRanges(
  before: Uint8Array | null,
  after: Uint8Array,
): readonly (readonly [number, number])[] {
  if (before === null || before === after) return [];
  const shift = after.length - before.length;
  const ranges: [number, number][] = [];
  let from = -1;
  for (let i = 0; i <= after.length; i += 1) {
    const differs = i < after.length && (i - shift < 0 || after[i] !== before[i - shift]);
    if (differs && from < 0) from = i;
    if (!differs && from >= 0) {
      ranges.push([from, i - from]);
      from = -1;
    }
  }
  return ranges;
}
