/** The stacks of VLAN headers and MPLS labels of a flow: count, push, pop; each marking in a mask what it looked at. */
import type { Flow } from './flow.ts';
import { isIp, isMplsType, markBits, rawEthTypeOf, setWordBits, tosOf, ttlOf, word } from './packet-kind.ts';
import { ETH_TYPE } from './protocol.table.ts';
import { FLOW_WORDS, MAX_MPLS_LABELS, MAX_VLAN_HEADERS, WORD } from './words.table.ts';

const VLAN_PRESENT = 0x1000;
const MPLS_BOTTOM = 0x100;

export function countVlans(flow: Flow): number {
  let count = 0;
  while (count < MAX_VLAN_HEADERS && (word(flow, WORD.vlan + count) & VLAN_PRESENT) !== 0) count += 1;
  return count;
}

/** Removes the outer VLAN header, if there is one. */
export function popVlan(flow: Flow, mask?: Flow): void {
  const count = countVlans(flow);
  for (let i = 1; i < count; i += 1) {
    markBits(mask, WORD.vlan + i, 0xffffffff);
    flow[WORD.vlan + i - 1] = word(flow, WORD.vlan + i);
  }
  if (count > 0) flow[WORD.vlan + count - 1] = 0;
}

/** Makes room for an outer VLAN header, which is zero until it is set. The innermost is lost when there is no room. */
export function pushVlan(flow: Flow, mask?: Flow): void {
  const count = countVlans(flow);
  for (let i = 0; i < count; i += 1) markBits(mask, WORD.vlan + i, 0xffffffff);
  for (let i = MAX_VLAN_HEADERS - 1; i > 0; i -= 1) flow[WORD.vlan + i] = word(flow, WORD.vlan + i - 1);
  flow[WORD.vlan] = 0;
}

export const setEthType = (flow: Flow, type: number): void =>
  setWordBits(flow, WORD.ethDst + 3, type << 16, 0xffff0000);

export function countMplsLabels(flow: Flow, mask?: Flow): number {
  if (!isMplsType(rawEthTypeOf(flow))) return 0;
  let count = 0;
  for (let i = 0; i < MAX_MPLS_LABELS; i += 1) {
    markBits(mask, WORD.mpls + i, MPLS_BOTTOM);
    const label = word(flow, WORD.mpls + i);
    if ((label & MPLS_BOTTOM) !== 0) return i + 1;
    if (label !== 0) count += 1;
  }
  return count;
}

/** Number of labels, from the bottom, that two stacks of the given heights share. */
export function commonMplsLabels(a: Flow, heightA: number, b: Flow, heightB: number): number {
  const least = Math.min(heightA, heightB);
  let common = 0;
  while (
    common < least &&
    word(a, WORD.mpls + heightA - 1 - common) === word(b, WORD.mpls + heightB - 1 - common)
  )
    common += 1;
  return common;
}

/** Pushes a label on a stack of height `count`; the first one hides network and transport, cleared when `clear`. */
export function pushMpls(
  flow: Flow,
  count: number,
  ethType: number,
  mask: Flow | undefined,
  clear: boolean,
): void {
  if (count > 0) {
    for (let i = 0; i < count; i += 1) markBits(mask, WORD.mpls + i, 0xffffffff);
    for (let i = count; i >= 1; i -= 1) flow[WORD.mpls + i] = word(flow, WORD.mpls + i - 1);
    flow[WORD.mpls] = word(flow, WORD.mpls + 1) & ~MPLS_BOTTOM;
  } else {
    let trafficClass = 0;
    let ttl = 64;
    if (isIp(flow)) {
      trafficClass = (tosOf(flow) & 0xfc) >>> 2;
      markBits(mask, WORD.nwProto, 0x00fcff00);
      if (ttlOf(flow) !== 0) ttl = ttlOf(flow);
    }
    const label = rawEthTypeOf(flow) === ETH_TYPE.ipv6 ? 2 : 0;
    flow[WORD.mpls] = (label << 12) | ((trafficClass & 7) << 9) | MPLS_BOTTOM | ttl;
    if (clear) {
      flow.fill(0, WORD.nwSrc, FLOW_WORDS);
      flow[WORD.dpHash] = 0;
    }
  }
  setEthType(flow, ethType);
}

/** Pops a label of a stack of height `count`; false when that is not possible. */
export function popMpls(flow: Flow, count: number, ethType: number, mask?: Flow): boolean {
  if (count === 0) return false;
  if (count === MAX_MPLS_LABELS) {
    markBits(mask, WORD.mpls + count - 1, MPLS_BOTTOM);
    if ((word(flow, WORD.mpls + count - 1) & MPLS_BOTTOM) === 0) return false;
  }
  for (let i = 1; i < count; i += 1) {
    markBits(mask, WORD.mpls + i, 0xffffffff);
    flow[WORD.mpls + i - 1] = word(flow, WORD.mpls + i);
  }
  flow[WORD.mpls + count - 1] = 0;
  setEthType(flow, ethType);
  return true;
}

/** Forgets the connection of a packet. */
export function clearConntrack(flow: Flow): void {
  flow[WORD.ctState] = 0;
  flow[WORD.ctMark] = 0;
  flow.fill(0, WORD.ctLabel, WORD.ctLabel + 4);
  flow[WORD.ctTpPorts] = 0;
  const type = rawEthTypeOf(flow);
  if (type === ETH_TYPE.ip) flow.fill(0, WORD.ctNwSrc, WORD.ctNwSrc + 2);
  else if (type === ETH_TYPE.ipv6) flow.fill(0, WORD.ctIpv6Src, WORD.ctIpv6Src + 8);
}

/** Whether a tunnel's far end is known: the packet came from, or goes to, a tunnel. */
export function hasTunnel(flow: Flow): boolean {
  if (word(flow, WORD.tunDst) !== 0) return true;
  for (let i = 0; i < 4; i += 1) if (word(flow, WORD.tunIpv6Dst + i) !== 0) return true;
  return false;
}
