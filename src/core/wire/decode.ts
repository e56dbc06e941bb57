/** A frame as the list of its headers, outermost first; what is inside a tunnel follows in the same list. */
import type { Problem } from '../base/result.ts';
import { LINK_TYPE, LINK_TYPES } from './link-type.table.ts';
import { decodeArp } from './layer/arp.ts';
import { decodeCooked } from './layer/cooked.ts';
import { decodeEthernet } from './layer/ethernet.ts';
import { decodeGeneve } from './layer/geneve.ts';
import { decodeGre } from './layer/gre.ts';
import { decodeIcmp } from './layer/icmp.ts';
import { decodeIcmpv6 } from './layer/icmpv6.ts';
import { decodeIpv4 } from './layer/ipv4.ts';
import { decodeIpv6Extension } from './layer/ipv6-extension.ts';
import { decodeIpv6 } from './layer/ipv6.ts';
import { decodeBfd } from './layer/bfd.ts';
import { decodeDhcp } from './layer/dhcp.ts';
import { decodeDhcpv6 } from './layer/dhcpv6.ts';
import { decodeDns } from './layer/dns.ts';
import { decodeIgmp } from './layer/igmp.ts';
import { decodeLldp } from './layer/lldp.ts';
import { decodeLacp } from './layer/lacp.ts';
import { decodeSctp } from './layer/sctp.ts';
import { decodeStp } from './layer/stp.ts';
import { decodeVrrp } from './layer/vrrp.ts';
import type { DecodeContext, Parsed, ProtocolName, Range, Target } from './layer/layer-base.ts';
import type { Layer, LayerKind, LayerOf } from './layer/layer.ts';
import { decodeLlc } from './layer/llc.ts';
import { decodeMpls } from './layer/mpls.ts';
import { decodePayload } from './layer/payload.ts';
import { decodeTcp } from './layer/tcp.ts';
import { decodeUdp } from './layer/udp.ts';
import { decodeVlan } from './layer/vlan.ts';
import { decodeVxlan } from './layer/vxlan.ts';

/** A decoded frame. Problems are in the order found; their places are offsets in octets. */
export interface Decoded {
  readonly octets: Uint8Array;
  readonly layers: readonly Layer[];
  readonly problems: readonly Problem[];
}

type Decoder = (context: DecodeContext, target: Target) => Parsed<Layer>;

const DECODERS = {
  ethernet: decodeEthernet,
  cooked: decodeCooked,
  vlan: decodeVlan,
  llc: decodeLlc,
  arp: decodeArp,
  ipv4: decodeIpv4,
  ipv6: decodeIpv6,
  'ipv6-extension': decodeIpv6Extension,
  icmp: decodeIcmp,
  icmpv6: decodeIcmpv6,
  igmp: decodeIgmp,
  udp: decodeUdp,
  tcp: decodeTcp,
  sctp: decodeSctp,
  geneve: decodeGeneve,
  vxlan: decodeVxlan,
  gre: decodeGre,
  mpls: decodeMpls,
  bfd: decodeBfd,
  dhcp: decodeDhcp,
  dhcpv6: decodeDhcpv6,
  dns: decodeDns,
  lldp: decodeLldp,
  lacp: decodeLacp,
  stp: decodeStp,
  vrrp: decodeVrrp,
  payload: decodePayload,
} satisfies Record<ProtocolName, Decoder>;

/** Deeper nesting than this is no network but an attack, and is left as payload. */
const MAXIMUM_LAYERS = 64;

function decodeFrom(octets: Uint8Array, start: Target): Decoded {
  const context: DecodeContext = { octets, problems: [], network: null };
  const layers: Layer[] = [];
  let target: Target | null = start;
  while (target !== null) {
    // An empty rest is nothing; only a missing header is worth a problem, and its decoder reports it.
    if (target.protocol === 'payload' && target.offset >= target.end) break;
    const deep: boolean = layers.length >= MAXIMUM_LAYERS && target.protocol !== 'payload';
    if (deep) context.problems.push({ message: 'too many headers', place: { offset: target.offset } });
    const decode: Decoder = deep ? decodePayload : DECODERS[target.protocol];
    const parsed: Parsed<Layer> = decode(context, target);
    if (parsed.layer !== null) layers.push(parsed.layer);
    target = parsed.next;
  }
  return { octets, layers, problems: context.problems };
}

/**
 * Decodes a frame; `linkType` is a LINKTYPE_ number, Ethernet if not given. Never throws: damage becomes a problem,
 * and what comes before it stays. A kind of link that is not known is payload.
 */
export function decode(octets: Uint8Array, linkType: number = LINK_TYPE.ethernet): Decoded {
  const end = octets.length;
  const kind = LINK_TYPES.get(linkType)?.kind;
  switch (kind) {
    case 'ethernet':
      return decodeFrom(octets, { protocol: 'ethernet', offset: 0, end });
    case 'cooked':
      return decodeFrom(octets, { protocol: 'cooked', offset: 0, end, selector: 1 });
    case 'cooked2':
      return decodeFrom(octets, { protocol: 'cooked', offset: 0, end, selector: 2 });
    case 'raw':
      return decodePacket(octets, { offset: 0, size: end });
    case undefined:
      return decodeFrom(octets, { protocol: 'payload', offset: 0, end });
  }
}

/** Decodes a bare IP packet that begins at `offset`, e.g. what an ICMP error quotes: its end is usually missing. */
export function decodePacket(octets: Uint8Array, { offset, size }: Range): Decoded {
  const version = size > 0 ? (octets[offset] as number) >>> 4 : 0;
  return decodeFrom(octets, { protocol: version === 6 ? 'ipv6' : 'ipv4', offset, end: offset + size });
}

/** The first layer of a kind from index `from` on. */
export function findLayer<K extends LayerKind>(decoded: Decoded, kind: K, from = 0): LayerOf<K> | undefined {
  const { layers } = decoded;
  for (let i = from; i < layers.length; i += 1) {
    const layer = layers[i];
    if (layer !== undefined && isKind(layer, kind)) return layer;
  }
  return undefined;
}

const isKind = <K extends LayerKind>(layer: Layer, kind: K): layer is LayerOf<K> => layer.kind === kind;

/** The octets that a layer carries. */
export const payloadOf = (octets: Uint8Array, layer: Layer): Uint8Array =>
  octets.subarray(layer.offset + layer.headerSize, layer.offset + layer.size);
