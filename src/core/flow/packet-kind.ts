/** Questions about a flow's headers (is it TCP? tagged? tracked?), each marking in a mask what it looked at. */
import type { Field, Prerequisite } from './field.ts';
import type { Flow } from './flow.ts';
import { ETH_TYPE, IP_PROTO } from './protocol.table.ts';
import { WORD } from './words.table.ts';

export const word = (flow: Flow, at: number): number => flow[at] as number;

export const packetTypeOf = (flow: Flow): number => word(flow, WORD.packetType);
export const rawEthTypeOf = (flow: Flow): number => word(flow, WORD.ethDst + 3) >>> 16;
export const ipProtoOf = (flow: Flow): number => word(flow, WORD.nwProto) & 0xff;
export const fragmentOf = (flow: Flow): number => (word(flow, WORD.nwProto) >>> 24) & 3;
export const ttlOf = (flow: Flow): number => (word(flow, WORD.nwProto) >>> 8) & 0xff;
export const tosOf = (flow: Flow): number => (word(flow, WORD.nwProto) >>> 16) & 0xff;
export const tpSrcOf = (flow: Flow): number => word(flow, WORD.tpPorts) >>> 16;
export const tpDstOf = (flow: Flow): number => word(flow, WORD.tpPorts) & 0xffff;
export const ctStateOf = (flow: Flow): number => word(flow, WORD.ctState) & 0xff;
export const vlanTciOf = (flow: Flow, header = 0): number => word(flow, WORD.vlan + header) & 0xffff;
export const inPortOf = (flow: Flow): number => word(flow, WORD.inPort);

/** Replaces the bits of `mask` in a word. */
export function setWordBits(flow: Flow, at: number, value: number, mask: number): void {
  flow[at] = (word(flow, at) & ~mask) | (value & mask);
}

/** Marks bits as looked at, when there is a mask to mark them in. */
export function markBits(mask: Flow | undefined, at: number, bits: number): void {
  if (mask) mask[at] = word(mask, at) | bits;
}

/** Marks all of a field. Wider places (an ICMP type in a port) count whole. */
export function markField(mask: Flow | undefined, field: Field): void {
  if (!mask) return;
  let bits = (field.name === 'nw_tos' ? 0xfcn : (1n << BigInt(field.width)) - 1n) << BigInt(field.shift);
  for (let i = field.words - 1; i >= 0; i -= 1) {
    markBits(mask, field.word + i, Number(bits & 0xffffffffn));
    bits >>= 32n;
  }
}

const PROTO_MASK = 0xff;

/** The Ethernet type, or that of a packet without Ethernet header. */
export function ethTypeOf(flow: Flow): number {
  const type = packetTypeOf(flow);
  if (type === 0) return rawEthTypeOf(flow);
  return type >>> 16 === 1 ? type & 0xffff : ETH_TYPE.none;
}

function isEthernet(flow: Flow, mask?: Flow): boolean {
  markBits(mask, WORD.packetType, 0xffffffff);
  return packetTypeOf(flow) === 0;
}

function isVlan(flow: Flow, mask?: Flow): boolean {
  if (!isEthernet(flow, mask)) return false;
  markBits(mask, WORD.vlan, 0x1000);
  return (vlanTciOf(flow) & 0x1000) !== 0;
}

export const isIpType = (ethType: number): boolean => ethType === ETH_TYPE.ip || ethType === ETH_TYPE.ipv6;
export const isMplsType = (ethType: number): boolean =>
  ethType === ETH_TYPE.mpls || ethType === ETH_TYPE.mplsMulticast;

export const isIp = (flow: Flow): boolean => isIpType(ethTypeOf(flow));

function isIpProto(flow: Flow, proto: number, mask?: Flow): boolean {
  if (!isIp(flow)) return false;
  markBits(mask, WORD.nwProto, PROTO_MASK);
  return ipProtoOf(flow) === proto;
}

export function isIcmpv4(flow: Flow, mask?: Flow): boolean {
  return ethTypeOf(flow) === ETH_TYPE.ip && isIpProto(flow, IP_PROTO.icmp, mask);
}

export function isIcmpv6(flow: Flow, mask?: Flow): boolean {
  return ethTypeOf(flow) === ETH_TYPE.ipv6 && isIpProto(flow, IP_PROTO.icmpv6, mask);
}

/** Neighbor Solicitation or Advertisement. */
export function isNeighborDiscovery(flow: Flow, mask?: Flow): boolean {
  if (!isIcmpv6(flow, mask)) return false;
  markBits(mask, WORD.tpPorts, 0xffff);
  if (tpDstOf(flow) !== 0) return false;
  markBits(mask, WORD.tpPorts, 0xffff0000);
  const type = tpSrcOf(flow);
  return type === 135 || type === 136;
}

/** Whether the packet belongs to a known connection: new, established or reply. */
function isTracked(flow: Flow, mask?: Flow): boolean {
  markBits(mask, WORD.ctState, 0b1011);
  return (ctStateOf(flow) & 0b1011) !== 0;
}

/** The same for a match, of which `looked` are the bits that count. */
function isTrackedMatch(flow: Flow, looked: Flow): boolean {
  const state = ctStateOf(flow);
  return (
    (state & 0b11001111) !== 0 ||
    ((state & 0x20) !== 0 && (ctStateOf(looked) & 0x10) !== 0 && (state & 0x10) === 0)
  );
}

/**
 * Whether `flow` has what `prerequisite` asks for. `mask` gets what was looked at; `looked` tells that `flow` holds the
 * values of a match, and which of its bits count.
 */
export function meetsPrerequisite(
  flow: Flow,
  prerequisite: Prerequisite,
  mask?: Flow,
  looked?: Flow,
): boolean {
  const whole = (proto: number): boolean => isIpProto(flow, proto, mask) && (fragmentOf(flow) & 2) === 0;
  const type = ethTypeOf(flow);
  switch (prerequisite) {
    case 'none':
      return true;
    case 'ethernet':
      return isEthernet(flow, mask);
    case 'arp':
      return type === ETH_TYPE.arp || type === ETH_TYPE.rarp;
    case 'vlan':
      return isVlan(flow, mask);
    case 'ipv4':
      return type === ETH_TYPE.ip;
    case 'ipv6':
      return type === ETH_TYPE.ipv6;
    case 'ip':
      return isIpType(type);
    case 'nsh':
      return type === ETH_TYPE.nsh;
    case 'mpls':
      return isMplsType(type);
    case 'ct':
      return looked && !mask ? isTrackedMatch(flow, looked) : isTracked(flow, mask);
    case 'tcp':
      return whole(IP_PROTO.tcp);
    case 'udp':
      return whole(IP_PROTO.udp);
    case 'sctp':
      return whole(IP_PROTO.sctp);
    case 'icmpv4':
      return isIcmpv4(flow, mask);
    case 'icmpv6':
      return isIcmpv6(flow, mask);
    case 'nd':
      return isNeighborDiscovery(flow, mask);
    case 'nd-solicit':
      return isNeighborDiscovery(flow, mask) && tpSrcOf(flow) === 135;
    case 'nd-advert':
      return isNeighborDiscovery(flow, mask) && tpSrcOf(flow) === 136;
  }
}
