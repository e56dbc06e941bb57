/** A packet's whole key as text, as `ofproto/trace` prints it after `Flow:`. */
import type { Flow } from './flow.ts';
import { createFlow } from './flow.ts';
import { hasTunnel } from './header-stack.ts';
import { formatMatch, type MatchTextOptions } from './match-text.ts';
import { matchOfFlow } from './match.ts';
import {
  fragmentOf,
  ipProtoOf,
  isMplsType,
  isNeighborDiscovery,
  markBits,
  meetsPrerequisite,
  packetTypeOf,
  rawEthTypeOf,
  vlanTciOf,
  word,
} from './packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from './protocol.table.ts';
import { MAX_MPLS_LABELS, MAX_VLAN_HEADERS, REGISTERS, WORD } from './words.table.ts';

const ALL = 0xffffffff;

function fillRange(mask: Flow, from: number, count: number): void {
  for (let i = 0; i < count; i += 1) mask[from + i] = ALL;
}

function maskTunnel(mask: Flow, flow: Flow): void {
  if (!hasTunnel(flow)) {
    if (word(flow, WORD.tunId) !== 0 || word(flow, WORD.tunId + 1) !== 0) fillRange(mask, WORD.tunId, 2);
    return;
  }
  // The key counts only when the packet carried one (flag `key`).
  if ((word(flow, WORD.tunFlags) & 8) !== 0) fillRange(mask, WORD.tunId, 2);
  fillRange(mask, WORD.tunDst, WORD.tunId - WORD.tunDst);
  fillRange(mask, WORD.tunFlags, WORD.tunErspan + 1 - WORD.tunFlags);
  mask[WORD.tunPresent] = word(flow, WORD.tunPresent);
  mask[WORD.tunPresent + 1] = word(flow, WORD.tunPresent + 1);
  if (word(flow, WORD.tunPresent) !== 0 || word(flow, WORD.tunPresent + 1) !== 0)
    fillRange(mask, WORD.tunOptions, 64);
}

function maskTransport(mask: Flow, flow: Flow): void {
  const proto = ipProtoOf(flow);
  const known: readonly number[] = [
    IP_PROTO.icmp,
    IP_PROTO.icmpv6,
    IP_PROTO.tcp,
    IP_PROTO.udp,
    IP_PROTO.sctp,
    IP_PROTO.igmp,
  ];
  if ((fragmentOf(flow) & 2) !== 0 || !known.includes(proto)) return;
  mask[WORD.tpPorts] = ALL;
  if (proto === IP_PROTO.tcp) markBits(mask, WORD.arpSha + 3, 0xffff0000);
  else if (proto === IP_PROTO.igmp) mask[WORD.igmpGroup] = ALL;
}

/** The parts of a key that a packet of its kind has: what can be matched exactly. Registers and metadata are left out. */
export function packetMask(flow: Flow): Flow {
  const mask = createFlow();
  maskTunnel(mask, flow);
  for (const at of [
    WORD.skbPriority,
    WORD.pktMark,
    WORD.dpHash,
    WORD.inPort,
    WORD.recircId,
    WORD.ctMark,
    WORD.packetType,
  ])
    mask[at] = ALL;
  // State and zone; the protocol of the original direction is marked further down.
  mask[WORD.ctState] = 0xffff00ff;
  fillRange(mask, WORD.ctLabel, 4);
  let ethType: number;
  if (packetTypeOf(flow) === 0) {
    fillRange(mask, WORD.ethDst, 3);
    markBits(mask, WORD.ethDst + 3, 0xffff0000);
    for (let i = 0; i < MAX_VLAN_HEADERS; i += 1) {
      mask[WORD.vlan + i] = ALL;
      if (vlanTciOf(flow, i) === 0) break;
    }
    ethType = rawEthTypeOf(flow);
  } else {
    ethType = packetTypeOf(flow) & 0xffff;
  }
  if (ethType === ETH_TYPE.ip) {
    fillRange(mask, WORD.nwSrc, 4);
  } else if (ethType === ETH_TYPE.ipv6) {
    fillRange(mask, WORD.ipv6Src, 8);
    mask[WORD.ipv6Label] = ALL;
    if (isNeighborDiscovery(flow, mask)) {
      fillRange(mask, WORD.ndTarget, 4);
      fillRange(mask, WORD.arpSha, 3);
    } else {
      fillRange(mask, WORD.ctIpv6Src, 8);
    }
  } else if (ethType === ETH_TYPE.arp || ethType === ETH_TYPE.rarp) {
    fillRange(mask, WORD.nwSrc, 2);
    markBits(mask, WORD.nwProto, 0xff);
    fillRange(mask, WORD.arpSha, 3);
    return mask;
  } else if (isMplsType(ethType)) {
    for (let i = 0; i < MAX_MPLS_LABELS; i += 1) {
      mask[WORD.mpls + i] = ALL;
      if ((word(flow, WORD.mpls + i) & 0x100) !== 0) break;
    }
    return mask;
  } else if (rawEthTypeOf(flow) === ETH_TYPE.nsh) {
    fillRange(mask, WORD.nshFlags, 6);
  } else {
    return mask;
  }
  mask[WORD.nwProto] = 0x03ffffff;
  markBits(mask, WORD.ctState, 0xff00);
  mask[WORD.ctTpPorts] = ALL;
  maskTransport(mask, flow);
  return mask;
}

/** The text of a key; context that is zero (registers, marks, connection) is left out. */
export function formatFlow(flow: Flow, options: MatchTextOptions = {}): string {
  const mask = packetMask(flow);
  for (const at of [WORD.skbPriority, WORD.pktMark, WORD.dpHash, WORD.inPort, WORD.recircId, WORD.ctMark])
    if (word(flow, at) === 0) mask[at] = 0;
  const state = word(flow, WORD.ctState);
  if ((state & 0xff) === 0) mask[WORD.ctState] = word(mask, WORD.ctState) & ~0xff;
  if (state >>> 16 === 0) mask[WORD.ctState] = word(mask, WORD.ctState) & 0xffff;
  if (flow.subarray(WORD.ctLabel, WORD.ctLabel + 4).every((part) => part === 0))
    mask.fill(0, WORD.ctLabel, WORD.ctLabel + 4);
  if (!meetsPrerequisite(flow, 'ct', undefined, mask) || (state & 0xff00) === 0) {
    mask[WORD.ctState] = word(mask, WORD.ctState) & ~0xff00;
    mask[WORD.ctTpPorts] = 0;
    mask.fill(0, WORD.ctNwSrc, WORD.ctNwSrc + 2);
    mask.fill(0, WORD.ctIpv6Src, WORD.ctIpv6Src + 8);
  }
  for (let i = 0; i < REGISTERS; i += 1) if (word(flow, WORD.reg0 + i) !== 0) mask[WORD.reg0 + i] = ALL;
  if (word(flow, WORD.metadata) !== 0 || word(flow, WORD.metadata + 1) !== 0)
    fillRange(mask, WORD.metadata, 2);
  return formatMatch(matchOfFlow(flow, mask), options);
}
