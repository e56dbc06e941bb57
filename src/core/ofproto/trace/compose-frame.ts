/** Makes octets that have a given key, for `ofproto/trace -generate`. */
import { fromBigInt } from '../../base/bytes.ts';
import { getField, type Flow } from '../../flow/flow.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import {
  fragmentOf,
  ipProtoOf,
  isMplsType,
  rawEthTypeOf,
  tosOf,
  tpDstOf,
  tpSrcOf,
  ttlOf,
  word,
} from '../../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../../flow/protocol.table.ts';
import { MAX_MPLS_LABELS, MAX_VLAN_HEADERS, WORD } from '../../flow/words.table.ts';
import { internetChecksum, writeTransportChecksum, type Pseudo } from '../../wire/checksum.ts';
import { writeMac, writeU16, writeU32 } from '../../wire/octets.ts';
import { Frame } from '../frame/frame.ts';

const join = (parts: readonly Uint8Array[]): Uint8Array => {
  const octets = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return octets;
};

function ports(flow: Flow, size: number): Uint8Array {
  const header = new Uint8Array(size);
  writeU16(header, 0, tpSrcOf(flow));
  writeU16(header, 2, tpDstOf(flow));
  return header;
}

function typeAndCode(flow: Flow): Uint8Array {
  const header = new Uint8Array(8);
  header[0] = tpSrcOf(flow);
  header[1] = tpDstOf(flow);
  return header;
}

function neighborDiscovery(flow: Flow): readonly Uint8Array[] {
  const option = (type: number, mac: bigint): Uint8Array => {
    if (mac === 0n) return new Uint8Array(0);
    const octets = new Uint8Array(8);
    octets[0] = type;
    octets[1] = 1;
    writeMac(octets, 2, mac);
    return octets;
  };
  return [
    fromBigInt(getField(flow, FIELDS.nd_target), 16),
    option(1, getField(flow, FIELDS.nd_sll)),
    option(2, getField(flow, FIELDS.nd_tll)),
  ];
}

function icmpv6(flow: Flow, payload: Uint8Array): Uint8Array {
  const header = typeAndCode(flow);
  writeU32(header, 4, word(flow, WORD.igmpGroup));
  const [type, code] = [tpSrcOf(flow), tpDstOf(flow)];
  if (code !== 0) return header;
  if (type === 135 || type === 136) return join([header, ...neighborDiscovery(flow)]);
  return type === 128 || type === 129 ? join([header, payload]) : header;
}

const SYN_FIN_RST = 7;

function transport(flow: Flow, payload: Uint8Array): Uint8Array {
  if ((fragmentOf(flow) & 2) !== 0) return new Uint8Array(0);
  switch (ipProtoOf(flow)) {
    case IP_PROTO.tcp: {
      const header = ports(flow, 20);
      const flags = getField(flow, FIELDS.tcp_flags);
      writeU16(header, 12, Number(flags) | (5 << 12));
      return (Number(flags) & SYN_FIN_RST) === 0 ? join([header, payload]) : header;
    }
    case IP_PROTO.udp: {
      const header = ports(flow, 8);
      writeU16(header, 4, 8 + payload.length);
      return join([header, payload]);
    }
    case IP_PROTO.sctp:
      return ports(flow, 12);
    case IP_PROTO.icmp: {
      const header = typeAndCode(flow);
      const echo = (tpSrcOf(flow) === 8 || tpSrcOf(flow) === 0) && tpDstOf(flow) === 0;
      return echo ? join([header, payload]) : header;
    }
    case IP_PROTO.igmp: {
      const header = typeAndCode(flow);
      writeU32(header, 4, word(flow, WORD.igmpGroup));
      return header;
    }
    case IP_PROTO.icmpv6:
      return icmpv6(flow, payload);
    default:
      return new Uint8Array(0);
  }
}

const CHECKSUM_AT: Readonly<Record<number, number>> = { 6: 16, 17: 6, 58: 2 };

function checksum(segment: Uint8Array, flow: Flow, pseudo: Pseudo): void {
  const proto = ipProtoOf(flow);
  if (segment.length === 0) return;
  if (proto === IP_PROTO.icmp || proto === IP_PROTO.igmp) {
    writeU16(segment, 2, internetChecksum(segment));
    return;
  }
  const at = CHECKSUM_AT[proto];
  if (at !== undefined)
    writeTransportChecksum(segment, at, pseudo, proto, proto === IP_PROTO.udp ? 0xffff : 0);
}

function ipv4(flow: Flow, payload: Uint8Array): Uint8Array {
  const segment = transport(flow, payload);
  const [source, destination] = [word(flow, WORD.nwSrc), word(flow, WORD.nwDst)];
  checksum(segment, flow, { family: 4, source, destination });
  const header = new Uint8Array(20);
  header[0] = 0x45;
  header[1] = tosOf(flow);
  writeU16(header, 2, 20 + segment.length);
  const fragment = fragmentOf(flow);
  writeU16(header, 6, (fragment & 1 ? 0x2000 : 0) | (fragment & 2 ? 100 : 0));
  header[8] = ttlOf(flow);
  header[9] = ipProtoOf(flow);
  writeU32(header, 12, source);
  writeU32(header, 16, destination);
  writeU16(header, 10, internetChecksum(header));
  return join([header, segment]);
}

function ipv6(flow: Flow, payload: Uint8Array): Uint8Array {
  const segment = transport(flow, payload);
  const source = getField(flow, FIELDS.ipv6_src);
  const destination = getField(flow, FIELDS.ipv6_dst);
  checksum(segment, flow, { family: 6, source, destination });
  const header = new Uint8Array(40);
  writeU32(header, 0, ((6 << 28) | (tosOf(flow) << 20) | word(flow, WORD.ipv6Label)) >>> 0);
  writeU16(header, 4, segment.length);
  header[6] = ipProtoOf(flow);
  header[7] = ttlOf(flow);
  header.set(fromBigInt(source, 16), 8);
  header.set(fromBigInt(destination, 16), 24);
  return join([header, segment]);
}

function arp(flow: Flow): Uint8Array {
  const packet = new Uint8Array(28);
  writeU16(packet, 0, 1);
  writeU16(packet, 2, ETH_TYPE.ip);
  packet[4] = 6;
  packet[5] = 4;
  const operation = ipProtoOf(flow);
  writeU16(packet, 6, operation);
  if (operation !== 1 && operation !== 2) return packet;
  writeMac(packet, 8, getField(flow, FIELDS.arp_sha));
  writeU32(packet, 14, word(flow, WORD.nwSrc));
  writeMac(packet, 18, getField(flow, FIELDS.arp_tha));
  writeU32(packet, 24, word(flow, WORD.nwDst));
  return packet;
}

function network(flow: Flow, payload: Uint8Array): Uint8Array {
  switch (rawEthTypeOf(flow)) {
    case ETH_TYPE.ip:
      return ipv4(flow, payload);
    case ETH_TYPE.ipv6:
      return ipv6(flow, payload);
    case ETH_TYPE.arp:
    case ETH_TYPE.rarp:
      return arp(flow);
    default:
      return new Uint8Array(0);
  }
}

/** A frame with key `flow`; `payload` goes behind TCP, UDP and ICMP echo headers. */
export function composeFrame(flow: Flow, payload: Uint8Array): Uint8Array {
  const header = new Uint8Array(14);
  writeMac(header, 0, getField(flow, FIELDS.eth_dst));
  writeMac(header, 6, getField(flow, FIELDS.eth_src));
  const type = rawEthTypeOf(flow);
  if (type === ETH_TYPE.none) {
    writeU16(header, 12, 14);
    return header;
  }
  writeU16(header, 12, type);
  let frame = new Frame(join([header, network(flow, payload)]));
  for (let i = MAX_VLAN_HEADERS - 1; i >= 0; i -= 1) {
    const tag = word(flow, WORD.vlan + i);
    if ((tag & 0x1000) !== 0) frame = frame.pushVlan(tag >>> 16, tag & 0xffff);
  }
  if (!isMplsType(type)) return frame.octets;
  let labels = 1;
  while (labels < MAX_MPLS_LABELS && (word(flow, WORD.mpls + labels - 1) & 0x100) === 0) labels += 1;
  for (let i = labels - 1; i >= 0; i -= 1) frame = frame.pushMpls(word(flow, WORD.mpls + i), type, false);
  return frame.octets;
}
