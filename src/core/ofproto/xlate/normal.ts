/** `NORMAL`: what a switch without OpenFlow does. Learning addresses, VLANs of ports, flooding, bonds. */
import { formatMac } from '../../base/address.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { getField } from '../../flow/flow.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { ipProtoOf, markBits, markField, packetTypeOf, rawEthTypeOf, word } from '../../flow/packet-kind.ts';
import { ETH_TYPE } from '../../flow/protocol.table.ts';
import { WORD } from '../../flow/words.table.ts';
import { isMirrorOutput } from '../bridge/mirror.ts';
import type { Bundle, Port } from '../bridge/port.ts';
import { bondMember, isRecirculated } from './balance.ts';
import { outputToPort } from './output.ts';
import { isReservedMac } from './reserved-mac.ts';
import { acceptsVlan, includesVlan, putTags, tagsInside, tagsOf, tagsOutside } from './vlan-translation.ts';
import type { VlanTag, Xlate } from './xlate.ts';

const BROADCAST = 0xffffffffffffn;

/** Sends the packet to a bundle, with the VLAN headers that the bundle gives it. */
export function outputToBundle(x: Xlate, bundle: Bundle, tags: readonly VlanTag[]): void {
  const { config } = bundle;
  if (config.vlanMode === 'dot1q-tunnel' && config.cvlans) markBits(x.mask, WORD.vlan + 1, 0xffff);
  let outside = tagsOutside(bundle, tags);
  if (config.priorityTags !== 'never') {
    const pcp = word(x.flow, WORD.vlan) & 0xe000;
    outside = [{ ...(outside[0] as VlanTag), pcp }, ...outside.slice(1)];
  }
  const { bond } = bundle;
  const port = bond ? bondMember(x, bond, outside[0]?.vid ?? 0) : (bundle.ports[0] ?? null);
  if (!port) return;
  const headers = [word(x.flow, WORD.vlan), word(x.flow, WORD.vlan + 1)];
  putTags(x.flow, outside, config.priorityTags);
  const balanced = bond !== null && isRecirculated(x, bond) ? bond : undefined;
  outputToPort(x, port.ofPort, { isLast: false, truncated: false, balanced });
  x.flow.set(headers, WORD.vlan);
}

function isGratuitousArp(x: Xlate): boolean {
  const { flow, mask } = x;
  if (rawEthTypeOf(flow) !== ETH_TYPE.arp) return false;
  markField(mask, FIELDS.eth_dst);
  if (getField(flow, FIELDS.eth_dst) !== BROADCAST) return false;
  markBits(mask, WORD.nwProto, 0xff);
  const operation = ipProtoOf(flow);
  if (operation === 2) return true;
  if (operation !== 1) return false;
  markBits(mask, WORD.nwSrc, 0xffffffff);
  markBits(mask, WORD.nwDst, 0xffffffff);
  return word(flow, WORD.nwSrc) === word(flow, WORD.nwDst);
}

/** Where an address was learned. */
function learnedPlace(x: Xlate, mac: bigint, vlan: number): Bundle | undefined {
  const { macs } = x.bridge;
  const known = macs.lookup(mac, vlan)?.bundle;
  x.onlyWhile(() => macs.lookup(mac, vlan)?.bundle === known);
  return known;
}

function isAdmissible(x: Xlate, port: Port, vlan: number): boolean {
  const destination = getField(x.flow, FIELDS.eth_dst);
  if (!x.bridge.forwardReserved && isReservedMac(destination)) {
    x.detail('packet has reserved destination MAC, dropping');
    return false;
  }
  const bond = port.bundle?.bond;
  if (!bond) return true;
  const multicast = ((destination >> 40n) & 1n) === 1n;
  const verdict = bond.admissibility(port, multicast);
  x.onlyWhile(() => bond.admissibility(port, multicast) === verdict);
  if (verdict === 'drop') {
    x.detail('bonding refused admissibility, dropping');
    return false;
  }
  if (verdict === 'accept') return true;
  const { macs } = x.bridge;
  const source = getField(x.flow, FIELDS.eth_src);
  const place = learnedPlace(x, source, vlan);
  const isLocked = macs.isLocked(source, vlan);
  x.onlyWhile(() => macs.isLocked(source, vlan) === isLocked);
  if (place && place !== port.bundle && (!isGratuitousArp(x) || isLocked)) {
    x.detail('SLB bond thinks this packet looped back, dropping');
    return false;
  }
  return true;
}

function floodVlan(x: Xlate, from: Bundle | null, tags: readonly VlanTag[]): void {
  for (const bundle of x.bridge.bundles)
    if (
      bundle !== from &&
      includesVlan(bundle, tags) &&
      bundle.floodable &&
      !isMirrorOutput(x.bridge.mirrors, bundle)
    )
      outputToBundle(x, bundle, tags);
}

/** Learns where the packet came from. Further packets only say that the address is still there; news are translated. */
function learnSource(x: Xlate, bundle: Bundle, vlan: number, gratuitous: boolean): void {
  const { macs } = x.bridge;
  const source = getField(x.flow, FIELDS.eth_src);
  if (x.input.sideEffects && macs.learn(source, vlan, bundle, gratuitous))
    x.detail(`learned that ${formatMac(source)} is on port ${bundle.name} in VLAN ${vlan}`);
  if (!x.repetition) return;
  if (learnedPlace(x, source, vlan) !== bundle) x.repetition.forbid();
  x.repetition.add(() => void macs.learn(source, vlan, bundle, gratuitous));
}

function forward(x: Xlate, from: Bundle | null, tags: readonly VlanTag[]): void {
  const known = learnedPlace(x, getField(x.flow, FIELDS.eth_dst), tags[0]?.vid ?? 0);
  if (!known) {
    x.detail('no learned MAC for destination, flooding');
    floodVlan(x, from, tags);
  } else if (isMirrorOutput(x.bridge.mirrors, known)) {
    x.warn('learned port is a mirror port, dropping');
  } else if (known === from) {
    x.detail('learned port is input port, dropping');
  } else {
    x.detail('forwarding to learned port');
    outputToBundle(x, known, tags);
  }
}

/** Forwards the packet as a plain switch. */
export function normal(x: Xlate): void {
  const { flow, mask, bridge } = x;
  markField(mask, FIELDS.eth_src);
  markField(mask, FIELDS.eth_dst);
  markBits(mask, WORD.vlan, 0x1fff);
  const port = bridge.ports.get(x.inPort);
  const bundle = port?.bundle ?? null;
  if (!bundle && x.inPort !== OFPP.controller && x.inPort !== OFPP.none) {
    x.reportError(`received packet on unknown port ${x.inPort}`);
    x.warn('no input bundle, dropping');
    return;
  }
  const type = rawEthTypeOf(flow);
  const name = bundle?.name ?? 'OFPP_NONE';
  if ((type === 0x8100 || type === 0x88a8) && (word(flow, WORD.vlan) & 0x1000) === 0) {
    if (x.input.packet) x.reportError(`dropping packet with partial VLAN tag received on port ${name}`);
    x.warn('partial VLAN tag, dropping');
    return;
  }
  if (bundle && isMirrorOutput(bridge.mirrors, bundle)) {
    if (x.input.packet)
      x.reportError(`dropping packet received on port ${name}, which is reserved exclusively for mirroring`);
    x.warn('input port is mirror output port, dropping');
    return;
  }
  const outside = tagsOf(flow);
  if (!acceptsVlan(x, outside[0]?.vid ?? 0, bundle)) {
    x.warn('disallowed VLAN VID for this input port, dropping');
    return;
  }
  const tags = tagsInside(bundle, outside);
  const vlan = tags[0]?.vid ?? 0;
  if (port && !isAdmissible(x, port, vlan)) return;
  const gratuitous = isGratuitousArp(x);
  if (packetTypeOf(flow) === 0 && port && bundle) learnSource(x, bundle, vlan, gratuitous);
  forward(x, bundle, tags);
}
