/** Hashes of parts of a flow, as multipath, bundle, select groups and bonds use them, and the bits each looks at. */
import { assertNever } from '../base/assert.ts';
import { fromBigInt } from '../base/bytes.ts';
import { FIELDS } from '../flow/fields.table.ts';
import { getField, type Flow } from '../flow/flow.ts';
import {
  fragmentOf,
  ipProtoOf,
  isIp,
  markBits,
  markField,
  packetTypeOf,
  rawEthTypeOf,
  tpDstOf,
  tpSrcOf,
  word,
} from '../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../flow/protocol.table.ts';
import { MAX_VLAN_HEADERS, WORD } from '../flow/words.table.ts';
import type { HashFields } from './actions/ofpact.ts';
import { hashAdd, hashAdd64, hashFinish, jenkinsBytes } from '../base/ovs-hash.ts';

const swap32 = (value: number): number =>
  (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24) | 0;
const swap16 = (value: number): number => ((value & 0xff) << 8) | (value >>> 8);

/** The four words of two IPv6 addresses, combined. */
const ipv6Xor = (flow: Flow): readonly number[] =>
  [0, 1, 2, 3].map((i) => (word(flow, WORD.ipv6Src + i) ^ word(flow, WORD.ipv6Dst + i)) >>> 0);

const put32 = (octets: Uint8Array, at: number, value: number): void => {
  octets[at] = value >>> 24;
  octets[at + 1] = value >>> 16;
  octets[at + 2] = value >>> 8;
  octets[at + 3] = value;
};
const put16 = (octets: Uint8Array, at: number, value: number): void => {
  octets[at] = value >>> 8;
  octets[at + 1] = value;
};

function vlanXor(flow: Flow): number {
  let vid = 0;
  for (let i = 0; i < MAX_VLAN_HEADERS; i += 1) vid ^= word(flow, WORD.vlan + i) & 0xfff;
  return vid;
}

const etherXor = (flow: Flow): Uint8Array =>
  fromBigInt(getField(flow, FIELDS.eth_src) ^ getField(flow, FIELDS.eth_dst), 6);

const hasPorts = (proto: number): boolean => proto === IP_PROTO.tcp || proto === IP_PROTO.sctp;

/** Equal for both directions of a connection; UDP ports do not count. */
export function hashSymmetricL4(flow: Flow, basis: number): number {
  // Address (16), Ethernet type, VLAN, port, MAC, protocol, padded to 32 octets.
  const octets = new Uint8Array(32);
  const ethType = rawEthTypeOf(flow);
  put16(octets, 16, ethType);
  put16(octets, 18, vlanXor(flow));
  octets.set(etherXor(flow), 22);
  if (ethType === ETH_TYPE.ip) put32(octets, 0, word(flow, WORD.nwSrc) ^ word(flow, WORD.nwDst));
  else if (ethType === ETH_TYPE.ipv6) ipv6Xor(flow).forEach((part, i) => put32(octets, 4 * i, part));
  if (ethType === ETH_TYPE.ip || ethType === ETH_TYPE.ipv6) {
    octets[28] = ipProtoOf(flow);
    if (hasPorts(ipProtoOf(flow))) put16(octets, 20, tpSrcOf(flow) ^ tpDstOf(flow));
  }
  return jenkinsBytes(octets, basis);
}

function hashSymmetricL3(flow: Flow, basis: number): number {
  const octets = new Uint8Array(20);
  const ethType = rawEthTypeOf(flow);
  put16(octets, 16, ethType);
  if (ethType === ETH_TYPE.ip) put32(octets, 0, word(flow, WORD.nwSrc) ^ word(flow, WORD.nwDst));
  else if (ethType === ETH_TYPE.ipv6) ipv6Xor(flow).forEach((part, i) => put32(octets, 4 * i, part));
  return jenkinsBytes(octets, basis);
}

function hashSymmetricL2(flow: Flow, basis: number): number {
  if (packetTypeOf(flow) !== 0) return 0;
  const octets = new Uint8Array(12);
  put16(octets, 0, rawEthTypeOf(flow));
  put16(octets, 2, vlanXor(flow));
  octets.set(etherXor(flow), 4);
  let hash = basis;
  for (let at = 0; at < 12; at += 4)
    hash = hashAdd(
      hash,
      swap32(
        ((octets[at] as number) << 24) |
          ((octets[at + 1] as number) << 16) |
          ((octets[at + 2] as number) << 8) |
          (octets[at + 3] as number),
      ),
    );
  return hashFinish(hash, basis);
}

function hashSymmetricL3L4(flow: Flow, basis: number, udpPorts: boolean): number {
  const ethType = rawEthTypeOf(flow);
  let hash = basis;
  if (ethType === ETH_TYPE.ip) {
    hash = hashAdd(hash, swap32(word(flow, WORD.nwSrc) ^ word(flow, WORD.nwDst)));
  } else if (ethType === ETH_TYPE.ipv6) {
    const parts = ipv6Xor(flow).map(swap32);
    hash = hashAdd64(hash, parts[0] as number, parts[1] as number);
    hash = hashAdd64(hash, parts[2] as number, parts[3] as number);
  } else {
    return hashSymmetricL2(flow, basis);
  }
  const proto = ipProtoOf(flow);
  hash = hashAdd(hash, proto);
  if (fragmentOf(flow) === 0 && (hasPorts(proto) || (udpPorts && proto === IP_PROTO.udp)))
    hash = hashAdd(hash, swap16(tpSrcOf(flow) ^ tpDstOf(flow)));
  return hashFinish(hash, basis);
}

function hashAddress(flow: Flow, ipv4Word: number, ipv6Word: number, basis: number): number {
  const ethType = rawEthTypeOf(flow);
  const count = ethType === ETH_TYPE.ip ? 1 : ethType === ETH_TYPE.ipv6 ? 4 : 0;
  if (count === 0) return basis;
  const octets = new Uint8Array(4 * count);
  for (let i = 0; i < count; i += 1)
    put32(octets, 4 * i, word(flow, (count === 1 ? ipv4Word : ipv6Word) + i));
  return jenkinsBytes(octets, basis);
}

/** The hash of the fields that `fields` names. */
export function hashFlowFields(flow: Flow, fields: HashFields, basis: number): number {
  switch (fields) {
    case 'eth_src':
      return jenkinsBytes(fromBigInt(getField(flow, FIELDS.eth_src), 6), basis);
    case 'symmetric_l4':
      return hashSymmetricL4(flow, basis);
    case 'symmetric_l3l4':
      return hashSymmetricL3L4(flow, basis, false);
    case 'symmetric_l3l4+udp':
      return hashSymmetricL3L4(flow, basis, true);
    case 'nw_src':
      return hashAddress(flow, WORD.nwSrc, WORD.ipv6Src, basis);
    case 'nw_dst':
      return hashAddress(flow, WORD.nwDst, WORD.ipv6Dst, basis);
    case 'symmetric_l3':
      return hashSymmetricL3(flow, basis);
    default:
      return assertNever(fields);
  }
}

function markAddresses(flow: Flow, mask: Flow): boolean {
  const ethType = rawEthTypeOf(flow);
  if (ethType === ETH_TYPE.ip) {
    markField(mask, FIELDS.ip_src);
    markField(mask, FIELDS.ip_dst);
  } else if (ethType === ETH_TYPE.ipv6) {
    markField(mask, FIELDS.ipv6_src);
    markField(mask, FIELDS.ipv6_dst);
  } else {
    return false;
  }
  return true;
}

const markProto = (mask: Flow): void => markBits(mask, WORD.nwProto, 0xff);
const markPorts = (mask: Flow): void => markBits(mask, WORD.tpPorts, 0xffffffff);

/** Marks the bits that `hashFlowFields` looks at. */
export function markHashFields(flow: Flow, mask: Flow, fields: HashFields): void {
  const proto = ipProtoOf(flow);
  const whole = fragmentOf(flow) === 0;
  switch (fields) {
    case 'eth_src':
      markField(mask, FIELDS.eth_src);
      break;
    case 'symmetric_l4':
      markField(mask, FIELDS.eth_src);
      markField(mask, FIELDS.eth_dst);
      markAddresses(flow, mask);
      if (isIp(flow)) {
        markProto(mask);
        if (proto === IP_PROTO.icmp) markBits(mask, WORD.tpPorts, 0x00ff00ff);
        else if (proto !== IP_PROTO.udp) markPorts(mask);
      }
      for (let i = 0; i < MAX_VLAN_HEADERS; i += 1) markBits(mask, WORD.vlan + i, 0x1fff);
      break;
    case 'symmetric_l3l4+udp':
    case 'symmetric_l3l4':
      if (fields === 'symmetric_l3l4+udp' && isIp(flow) && proto === IP_PROTO.udp && whole) markPorts(mask);
      if (!markAddresses(flow, mask)) break;
      markProto(mask);
      if (hasPorts(proto) && whole) markPorts(mask);
      break;
    case 'nw_src':
    case 'nw_dst': {
      const source = fields === 'nw_src';
      const ethType = rawEthTypeOf(flow);
      if (ethType === ETH_TYPE.ip) markField(mask, source ? FIELDS.ip_src : FIELDS.ip_dst);
      else if (ethType === ETH_TYPE.ipv6) markField(mask, source ? FIELDS.ipv6_src : FIELDS.ipv6_dst);
      break;
    }
    case 'symmetric_l3':
      markAddresses(flow, mask);
      break;
    default:
      assertNever(fields);
  }
}

/** The hash of addresses, protocol and ports that the datapath computes for `hash(l4(...))`. */
export function hashFiveTuple(flow: Flow, basis: number): number {
  const ethType = rawEthTypeOf(flow);
  let hash = basis;
  if (ethType === ETH_TYPE.ipv6) {
    for (let i = 0; i < 8; i += 1) hash = hashAdd(hash, swap32(word(flow, WORD.ipv6Src + i)));
  } else if (ethType === ETH_TYPE.ip || ethType === ETH_TYPE.arp) {
    hash = hashAdd(hash, swap32(word(flow, WORD.nwSrc)));
    hash = hashAdd(hash, swap32(word(flow, WORD.nwDst)));
  } else {
    return hashFinish(hash, 42);
  }
  const proto = ipProtoOf(flow);
  hash = hashAdd(hash, proto);
  const known: readonly number[] = [
    IP_PROTO.tcp,
    IP_PROTO.udp,
    IP_PROTO.sctp,
    IP_PROTO.icmp,
    IP_PROTO.icmpv6,
  ];
  if (known.includes(proto)) hash = hashAdd(hash, swap32(word(flow, WORD.tpPorts)));
  return hashFinish(hash, 42);
}
