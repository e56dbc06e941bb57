/** `encap`, `decap` and MPLS: headers put around the packet and taken off. */
import { FIELDS } from '../../flow/fields.table.ts';
import { setField } from '../../flow/flow.ts';
import { countMplsLabels, popMpls, pushMpls, setEthType } from '../../flow/header-stack.ts';
import {
  isMplsType,
  markBits,
  packetTypeOf,
  rawEthTypeOf,
  setWordBits,
  word,
} from '../../flow/packet-kind.ts';
import { ETH_TYPE } from '../../flow/protocol.table.ts';
import { FLOW_WORDS, MAX_MPLS_LABELS, WORD } from '../../flow/words.table.ts';
import { PACKET_TYPE } from '../actions/encapsulation.ts';
import type { ActOf, EncapAct, OfpAct } from '../actions/ofpact.ts';
import { commit } from './commit.ts';
import type { Xlate } from './xlate.ts';

const ALL = 0xffffffff;
const IPV4 = 0x10800;
const IPV6 = 0x186dd;

const describe = (packetType: number): string =>
  `(${packetType >>> 16},0x${(packetType & 0xffff).toString(16)})`;

function act(x: Xlate, text: string): void {
  x.nodes?.push({ kind: 'action', text, act: null, changes: [], children: [] });
}

function clearMacs(x: Xlate): void {
  x.flow.fill(0, WORD.ethDst, WORD.ethDst + 3);
}

function tooManyLabels(x: Xlate, text: string): void {
  if (x.input.packet)
    x.reportError(
      `dropping packet on which an ${text} more MPLS LSEs than the ${MAX_MPLS_LABELS} supported.`,
    );
  x.error = 'Too many MPLS labels';
}

function encapEthernet(x: Xlate): void {
  markBits(x.mask, WORD.packetType, ALL);
  const type = packetTypeOf(x.flow);
  if (type >>> 16 !== 1) {
    act(x, 'Dropping packet as encap(ethernet) is not supported for packet type ethernet.');
    x.error = 'Unsupported packet type';
    return;
  }
  x.flow[WORD.packetType] = 0;
  clearMacs(x);
  setEthType(x.flow, type & 0xffff);
}

function encapMpls(x: Xlate, packetType: number): void {
  const { flow } = x;
  const count = countMplsLabels(flow, x.mask);
  if (count >= MAX_MPLS_LABELS) {
    tooManyLabels(x, "encap MPLS action can't be performed as it would have");
    return;
  }
  markBits(x.mask, WORD.packetType, ALL);
  if (packetTypeOf(flow) === 0 && rawEthTypeOf(flow) === ETH_TYPE.mpls)
    for (const one of [x.mask, flow, x.base]) one.fill(0, WORD.mpls, WORD.mpls + MAX_MPLS_LABELS);
  flow[WORD.packetType] = packetType;
  pushMpls(flow, count, packetType & 0xffff, x.mask, true);
  clearMacs(x);
}

const NEXT_PROTOCOL: ReadonlyMap<number, number> = new Map([
  [PACKET_TYPE.ethernet, 3],
  [IPV4, 1],
  [IPV6, 2],
  [PACKET_TYPE.nsh, 4],
]);

function nshOptions(properties: EncapAct['properties']): Uint8Array {
  const octets: number[] = [];
  for (const property of properties) {
    if (property.kind !== 'tlv') continue;
    const { tlvClass, type, value } = property;
    octets.push(tlvClass >>> 8, tlvClass & 0xff, type, value.length, ...value);
    while (octets.length % 4 !== 0) octets.push(0);
  }
  return Uint8Array.from(octets);
}

function encapNsh(x: Xlate, { properties }: EncapAct): void {
  const { flow } = x;
  const type = packetTypeOf(flow);
  const next = NEXT_PROTOCOL.get(type);
  if (next === undefined) {
    act(x, `Dropping packet as encap(nsh) is not supported for packet type ${describe(type)}`);
    x.error = 'Unsupported packet type';
    return;
  }
  markBits(x.mask, WORD.packetType, ALL);
  let mdType = 1;
  for (const property of properties) if (property.kind === 'md_type') mdType = property.type;
  flow.fill(0, WORD.ethDst, FLOW_WORDS);
  flow[WORD.packetType] = PACKET_TYPE.nsh;
  setEthType(flow, ETH_TYPE.nsh);
  setField(flow, FIELDS.nsh_ttl, 63);
  setField(flow, FIELDS.nsh_mdtype, mdType);
  setField(flow, FIELDS.nsh_np, next);
  flow[WORD.nshPath] = 255;
  x.encapMetadata = mdType === 2 ? nshOptions(properties) : new Uint8Array(0);
}

/** `encap(...)`. */
export function encapsulate(x: Xlate, encap: EncapAct): void {
  commit(x);
  switch (encap.packetType) {
    case PACKET_TYPE.ethernet:
      encapEthernet(x);
      break;
    case PACKET_TYPE.nsh:
      encapNsh(x, encap);
      break;
    default:
      encapMpls(x, encap.packetType);
      if (!x.bridge.datapath.features.addMpls) x.slow.add('action');
  }
  if (x.error === null) x.pendingEncap = true;
}

const NSH_PACKET_TYPE: ReadonlyMap<number, number> = new Map([
  [3, PACKET_TYPE.ethernet],
  [1, IPV4],
  [2, IPV6],
  [4, PACKET_TYPE.nsh],
]);

function decapNsh(x: Xlate): boolean {
  const next = word(x.flow, WORD.nshFlags) & 0xff;
  const type = NSH_PACKET_TYPE.get(next);
  if (type === undefined) {
    act(x, `Dropping packet as NSH next protocol ${next} is not supported`);
    x.error = 'Unsupported packet type';
    return false;
  }
  x.flow[WORD.packetType] = type;
  markBits(x.mask, WORD.nshFlags, 0xff);
  x.pendingDecap = true;
  return true;
}

function decapMpls(x: Xlate, newType: number | null): boolean {
  const { flow } = x;
  const wanted = newType ?? PACKET_TYPE.useNextProto;
  flow[WORD.packetType] = wanted;
  const count = countMplsLabels(flow, x.mask);
  const type = wanted & 0xffff;
  if (popMpls(flow, count, type === 0 ? 0x6558 : type, x.mask)) {
    if (!x.bridge.datapath.features.addMpls) x.slow.add('action');
    x.pendingDecap = true;
    return count === 1;
  }
  if (count >= MAX_MPLS_LABELS) {
    tooManyLabels(x, "MPLS decap can't be performed as it has");
    x.out.length = 0;
  }
  return false;
}

/** `decap()`; true when the packet must be looked at anew to go on. */
export function decapsulate(x: Xlate, { packetType }: ActOf<'decap'>): boolean {
  commit(x);
  const { flow } = x;
  const type = packetTypeOf(flow);
  switch (type) {
    case PACKET_TYPE.ethernet:
      if ((word(flow, WORD.vlan) & 0x1000) !== 0) {
        act(x, 'Dropping packet, cannot decap Ethernet if VLAN is present.');
        x.error = 'Unsupported packet type';
        return false;
      }
      flow[WORD.packetType] = (0x10000 | rawEthTypeOf(flow)) >>> 0;
      clearMacs(x);
      markBits(x.mask, WORD.ethDst + 3, 0xffff0000);
      return false;
    case PACKET_TYPE.nsh:
      return decapNsh(x);
    case PACKET_TYPE.mpls:
    case PACKET_TYPE.mpls_mc:
      return decapMpls(x, packetType);
    default:
      act(x, `Dropping packet as the decap() does not support packet type ${describe(type)}`);
      x.error = 'Unsupported packet type';
      return false;
  }
}

function pushLabel(x: Xlate, ethType: number): void {
  const count = countMplsLabels(x.flow, x.mask);
  if (count === 0) commit(x);
  else if (count >= MAX_MPLS_LABELS) {
    tooManyLabels(x, "MPLS push action can't be performed as it would have");
    return;
  }
  pushMpls(x.flow, count, ethType, x.mask, true);
}

function popLabel(x: Xlate, ethType: number): void {
  const count = countMplsLabels(x.flow, x.mask);
  if (popMpls(x.flow, count, ethType, x.mask)) {
    if (!isMplsType(ethType)) x.wasMpls = true;
  } else if (count >= MAX_MPLS_LABELS) {
    tooManyLabels(x, "MPLS pop action can't be performed as it has");
    x.out.length = 0;
  }
}

function setLabel(x: Xlate, value: number, bits: number): void {
  if (!isMplsType(rawEthTypeOf(x.flow))) return;
  markBits(x.mask, WORD.mpls, bits);
  setWordBits(x.flow, WORD.mpls, value, bits);
}

function decrementLabel(x: Xlate, tell: (controllerId: number) => void): boolean {
  if (isMplsType(rawEthTypeOf(x.flow))) {
    const ttl = word(x.flow, WORD.mpls) & 0xff;
    markBits(x.mask, WORD.mpls, 0xff);
    if (ttl > 1) {
      setWordBits(x.flow, WORD.mpls, ttl - 1, 0xff);
      return false;
    }
    tell(0);
  }
  x.warn('MPLS decrement TTL exception');
  return true;
}

/** Actions on labels; undefined when `one` is none of them, true when the list of actions ends. */
export function changeLabels(
  x: Xlate,
  one: OfpAct,
  tell: (controllerId: number) => void,
): boolean | undefined {
  switch (one.kind) {
    case 'push_mpls':
      pushLabel(x, one.ethertype);
      return false;
    case 'pop_mpls':
      popLabel(x, one.ethertype);
      return false;
    case 'set_mpls_label':
      setLabel(x, one.value << 12, 0xfffff000);
      return false;
    case 'set_mpls_tc':
      setLabel(x, one.value << 9, 0xe00);
      return false;
    case 'set_mpls_ttl':
      setLabel(x, one.value, 0xff);
      return false;
    case 'dec_mpls_ttl':
      return decrementLabel(x, tell);
    default:
      return undefined;
  }
}
