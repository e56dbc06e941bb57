/**
 * Brings the datapath's packet up to the key: compares what the packet is after the actions so far (`base`) with what
 * it should be (`flow`), and adds the actions that make up the difference.
 */
import type { Flow } from '../../flow/flow.ts';
import { getField, setField, writeBits } from '../../flow/flow.ts';
import {
  commonMplsLabels,
  countMplsLabels,
  countVlans,
  hasTunnel,
  popMpls,
  pushMpls,
} from '../../flow/header-stack.ts';
import {
  ipProtoOf,
  isIcmpv4,
  isIcmpv6,
  isIp,
  isMplsType,
  markBits,
  packetTypeOf,
  rawEthTypeOf,
  tosOf,
  word,
} from '../../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../../flow/protocol.table.ts';
import type { TlvMap } from '../../flow/tlv-map.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { FLOW_WORDS, WORD } from '../../flow/words.table.ts';
import type { DpAction, SetKey, SetPart, SlowReason } from '../dp-action.ts';
import { KEY_PARTS, NSH_PARTS, type KeyPart } from '../dp-key.table.ts';
import { PACKET_TYPE } from '../actions/encapsulation.ts';

/** What committing needs: the key, the packet as it is after the actions so far, and where to put more actions. */
export interface CommitState {
  readonly flow: Flow;
  readonly base: Flow;
  readonly mask: Flow;
  readonly slow: Set<SlowReason>;
  pendingEncap: boolean;
  pendingDecap: boolean;
  encapMetadata: Uint8Array;
  emit(action: DpAction): void;
}

const partOnes = (part: KeyPart): bigint => (1n << BigInt(part.field.bits)) - 1n;

function writePart(flow: Flow, part: KeyPart, value: bigint): void {
  const { field } = part;
  writeBits(flow, field.word, field.words, field.shift, field.width, value);
}

interface CommitOptions {
  /** False where the datapath has no partial writes. */
  readonly masked: boolean;
  /** Bits of the mask to leave out. */
  readonly adjust?: (part: KeyPart, mask: bigint) => bigint;
}

/** Whether the words in which the parts stand are alike, whatever else is in them. */
const sameWords = ({ flow, base }: CommitState, parts: readonly KeyPart[]): boolean =>
  parts.every(({ field: { word: first, words } }) => {
    for (let at = first; at < first + words; at += 1) if (flow[at] !== base[at]) return false;
    return true;
  });

/** Writes one group of fields if any of them differs; whether it did. */
function commitGroup(
  x: CommitState,
  key: SetKey,
  parts: readonly KeyPart[],
  { masked, adjust }: CommitOptions,
): boolean {
  if (sameWords(x, parts)) return false;
  const masks: bigint[] = [];
  let differ = false;
  for (const part of parts) {
    if (getField(x.flow, part.field) === getField(x.base, part.field)) {
      masks.push(0n);
      continue;
    }
    differ = true;
    const mask = part.readOnly ? 0n : getField(x.mask, part.field);
    masks.push(adjust ? adjust(part, mask) : mask);
  }
  if (!differ) return false;
  const exact = parts.every((part, index) => masks[index] === partOnes(part));
  const whole = exact || !masked;
  const set: SetPart[] = parts.map((part, index) => {
    const mask = whole ? partOnes(part) : (masks[index] as bigint);
    const value = getField(x.flow, part.field);
    writePart(x.base, part, value);
    if (!part.readOnly) {
      const known = getField(x.mask, part.field) | mask;
      writePart(x.mask, part, known);
    }
    return { name: part.name, field: part.field, value: value & mask, mask };
  });
  x.emit({ kind: 'set', key, parts: set, masked: !whole });
  return true;
}

function commitEthernet(x: CommitState): void {
  if (packetTypeOf(x.flow) !== 0 || packetTypeOf(x.base) !== 0) return;
  commitGroup(x, 'eth', KEY_PARTS.eth, { masked: true });
}

function commitVlan(x: CommitState): void {
  let baseAt = countVlans(x.base) - 1;
  let flowAt = countVlans(x.flow) - 1;
  while (
    baseAt >= 0 &&
    flowAt >= 0 &&
    word(x.base, WORD.vlan + baseAt) === word(x.flow, WORD.vlan + flowAt)
  ) {
    baseAt -= 1;
    flowAt -= 1;
  }
  for (; baseAt >= 0; baseAt -= 1) {
    x.emit({ kind: 'pop_vlan' });
    markBits(x.mask, WORD.vlan + baseAt, 0xffffffff);
  }
  for (; flowAt >= 0; flowAt -= 1) {
    const header = word(x.flow, WORD.vlan + flowAt);
    x.emit({ kind: 'push_vlan', tpid: header >>> 16, tci: header & 0xffff });
  }
  x.base[WORD.vlan] = word(x.flow, WORD.vlan);
  x.base[WORD.vlan + 1] = word(x.flow, WORD.vlan + 1);
}

function commitMpls(x: CommitState, encap: boolean): void {
  const { flow, base } = x;
  let have = countMplsLabels(base);
  const want = countMplsLabels(flow);
  let common = commonMplsLabels(flow, want, base, have);
  while (have > common) {
    if (have - 1 === common && want > common) {
      const label = word(flow, WORD.mpls + want - have);
      const part = { name: '', field: FIELDS.mpls_label, value: BigInt(label), mask: 0xffffffffn };
      x.emit({ kind: 'set', key: 'mpls', parts: [part], masked: false });
      base[WORD.mpls] = label;
      common += 1;
    } else {
      const type = rawEthTypeOf(flow);
      x.emit({ kind: 'pop_mpls', ethType: !isMplsType(type) && have > 1 ? ETH_TYPE.mpls : type });
      popMpls(base, have, type);
      have -= 1;
    }
  }
  while (have < want) {
    const label = word(flow, WORD.mpls + want - have - 1);
    const ethType = rawEthTypeOf(flow);
    x.emit({ kind: encap ? 'add_mpls' : 'push_mpls', label, ethType });
    pushMpls(base, have, ethType, undefined, false);
    base[WORD.mpls] = label;
    have += 1;
  }
}

const ECN = 3n;

function commitNetwork(x: CommitState): void {
  const { flow, base } = x;
  if (ipProtoOf(flow) === 0) return;
  // The outer header takes care of congestion marks that stay as they are.
  const keepEcn = hasTunnel(base) && ((tosOf(base) ^ tosOf(flow)) & 3) === 0;
  const adjust = (part: KeyPart, mask: bigint): bigint =>
    keepEcn && part.field.name === 'tos' ? mask & ~ECN : mask;
  switch (rawEthTypeOf(base)) {
    case ETH_TYPE.ip:
      commitGroup(x, 'ipv4', KEY_PARTS.ipv4, { masked: true, adjust });
      break;
    case ETH_TYPE.ipv6:
      commitGroup(x, 'ipv6', KEY_PARTS.ipv6, { masked: true, adjust });
      if (ipProtoOf(base) === IP_PROTO.icmpv6) {
        if (commitGroup(x, 'nd_ext', KEY_PARTS.nd_ext, { masked: true })) x.slow.add('action');
        if (commitGroup(x, 'nd', KEY_PARTS.nd, { masked: true })) x.slow.add('action');
      }
      break;
    case ETH_TYPE.arp:
      if (commitGroup(x, 'arp', KEY_PARTS.arp, { masked: true })) x.slow.add('action');
      break;
  }
}

function commitTransport(x: CommitState): void {
  const { flow, base } = x;
  const proto = ipProtoOf(flow);
  if (!isIp(base)) return;
  const key =
    proto === IP_PROTO.tcp ? 'tcp' : proto === IP_PROTO.udp ? 'udp' : proto === IP_PROTO.sctp ? 'sctp' : null;
  if (key) commitGroup(x, key, KEY_PARTS[key], { masked: true });
  const icmp = isIcmpv4(flow) ? 'icmp' : isIcmpv6(flow) ? 'icmpv6' : null;
  if (icmp && commitGroup(x, icmp, KEY_PARTS[icmp], { masked: false })) x.slow.add('action');
}

function commitNsh(x: CommitState): void {
  const { flow, base, mask } = x;
  if (rawEthTypeOf(flow) !== ETH_TYPE.nsh) return;
  let differ = false;
  for (let at = WORD.nshFlags as number; at < WORD.tpPorts; at += 1) {
    if (flow[at] !== base[at]) differ = true;
  }
  if (!differ) return;
  const parts = NSH_PARTS.map((part): SetPart => {
    const bits = getField(mask, part.field);
    return { name: part.name, field: part.field, value: getField(flow, part.field) & bits, mask: bits };
  });
  x.emit({ kind: 'set', key: 'nsh', parts, masked: true });
  base.set(flow.subarray(WORD.nshFlags, WORD.tpPorts), WORD.nshFlags);
}

const isEtherType = (packetType: number): boolean => packetType >>> 16 === 1;

function commitEncapsulation(x: CommitState): void {
  const { flow, base } = x;
  const type = packetTypeOf(flow);
  const baseType = packetTypeOf(base);
  if (x.pendingEncap) {
    if (type === 0) {
      const source = getField(flow, FIELDS.eth_src);
      const destination = getField(flow, FIELDS.eth_dst);
      x.emit({ kind: 'push_eth', source, destination });
      base[WORD.packetType] = type;
      setField(base, FIELDS.eth_src, source);
      setField(base, FIELDS.eth_dst, destination);
    } else if (type === PACKET_TYPE.nsh) {
      x.emit({ kind: 'push_nsh', flow: flow.slice() as Flow, metadata: x.encapMetadata });
      base[WORD.packetType] = type;
      base.set(flow.subarray(WORD.ethDst, FLOW_WORDS), WORD.ethDst);
    } else {
      commitMpls(x, true);
    }
  } else if (x.pendingDecap || type !== baseType) {
    if (isEtherType(type) && baseType === 0) {
      x.emit({ kind: 'pop_eth' });
      base[WORD.packetType] = type;
      base.fill(0, WORD.ethDst, WORD.ethDst + 3);
    } else if (baseType === PACKET_TYPE.nsh) {
      x.emit({ kind: 'pop_nsh' });
    } else {
      commitMpls(x, x.pendingEncap);
    }
  }
  markBits(x.mask, WORD.packetType, 0xffffffff);
}

/** Adds the actions that make the datapath's packet like the key. */
export function commit(x: CommitState): void {
  commitEncapsulation(x);
  commitEthernet(x);
  const leavesMpls = isMplsType(rawEthTypeOf(x.base)) && !isMplsType(rawEthTypeOf(x.flow));
  if (leavesMpls) commitMpls(x, false);
  commitNsh(x);
  commitNetwork(x);
  commitTransport(x);
  if (!leavesMpls) commitMpls(x, false);
  commitVlan(x);
  commitGroup(x, 'skb_priority', KEY_PARTS.skb_priority, { masked: true });
  commitGroup(x, 'skb_mark', KEY_PARTS.skb_mark, { masked: true });
  x.pendingEncap = false;
  x.pendingDecap = false;
  x.encapMetadata = new Uint8Array(0);
}

/** Sets the tunnel that packets sent to a tunnel port get, unless it is set already. */
export function commitTunnel(x: CommitState, type: string, tlv: TlvMap): void {
  const { flow, base } = x;
  if (!hasTunnel(flow)) return;
  let differ = false;
  for (let at = 0; at < WORD.metadata; at += 1) if (flow[at] !== base[at]) differ = true;
  if (!differ) return;
  base.set(flow.subarray(0, WORD.metadata), 0);
  x.emit({ kind: 'set_tunnel', tunnel: flow.slice() as Flow, type, tlv });
}

/** The actions that make a packet with key `before` one with key `after`. */
export function difference(before: Flow, after: Flow): readonly DpAction[] {
  const actions: DpAction[] = [];
  const mask = before.slice().fill(0xffffffff) as Flow;
  const state: CommitState = {
    flow: after,
    base: before.slice() as Flow,
    mask,
    slow: new Set(),
    pendingEncap: false,
    pendingDecap: false,
    encapMetadata: new Uint8Array(0),
    emit: (action) => void actions.push(action),
  };
  commit(state);
  return actions;
}
