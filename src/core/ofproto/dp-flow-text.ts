/** A megaflow as text, as `dpctl/dump-flows` prints the flows of the kernel's datapath. */
import { formatIpv6, formatMac } from '../base/address.ts';
import { formatHex } from '../flow/field-text.ts';
import { FIELDS } from '../flow/fields.table.ts';
import { CT_STATE_FLAGS, formatFlagsMasked, TCP_FLAGS } from '../flow/flag-text.ts';
import { getField, type Flow } from '../flow/flow.ts';
import { ipProtoOf, isMplsType, rawEthTypeOf, tpSrcOf, word } from '../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../flow/protocol.table.ts';
import { MAX_VLAN_HEADERS, WORD } from '../flow/words.table.ts';
import type { Megaflow, Treatment } from './datapath/flow-cache.ts';
import { SLOW_EXPLANATIONS, type SlowReason } from './dp-action.ts';
import { formatDpActions, type DpTextOptions } from './dp-action-text.ts';
import { TOS } from './dp-key.table.ts';
import { decimal, ipv4, KeyText, prefixed } from './dp-key-text.ts';
import { addTunnel } from './dp-tunnel-text.ts';
import { maskBits, ufidOf } from './datapath/ufid.ts';

const ctProtoOf = (flow: Flow): number => Number(getField(flow, FIELDS.ct_nw_proto));
const FRAGMENTS = ['no', 'first', '', 'later'];

function addNetwork(key: KeyText): void {
  const fragment =
    word(key.mask, WORD.nwProto) >>> 24 === 0
      ? []
      : [`frag=${FRAGMENTS[(word(key.flow, WORD.nwProto) >>> 24) & 3] ?? 'no'}`];
  const proto = key.part('proto', FIELDS.nw_proto, decimal, formatHex);
  switch (rawEthTypeOf(key.flow)) {
    case ETH_TYPE.ip:
      key.group(
        'ipv4',
        key.part('src', FIELDS.ip_src, ipv4),
        key.part('dst', FIELDS.ip_dst, ipv4),
        proto,
        key.part('tos', TOS, formatHex),
        key.part('ttl', FIELDS.nw_ttl, decimal, formatHex),
        fragment,
      );
      break;
    case ETH_TYPE.ipv6:
      key.group(
        'ipv6',
        key.part('src', FIELDS.ipv6_src, formatIpv6),
        key.part('dst', FIELDS.ipv6_dst, formatIpv6),
        key.part('label', FIELDS.ipv6_label, formatHex),
        proto,
        key.part('tclass', TOS, formatHex),
        key.part('hlimit', FIELDS.nw_ttl, decimal, formatHex),
        fragment,
      );
      break;
    case ETH_TYPE.arp:
      key.group(
        'arp',
        key.part('sip', FIELDS.arp_spa, ipv4),
        key.part('tip', FIELDS.arp_tpa, ipv4),
        key.part('op', FIELDS.nw_proto, decimal),
        key.part('sha', FIELDS.arp_sha, formatMac),
        key.part('tha', FIELDS.arp_tha, formatMac),
      );
      break;
    default:
      break;
  }
}

const TRANSPORT: Readonly<Record<number, string>> = {
  [IP_PROTO.tcp]: 'tcp',
  [IP_PROTO.udp]: 'udp',
  [IP_PROTO.sctp]: 'sctp',
};
const LATER_FRAGMENT = 0x02000000;
/** Of a neighbour discovery message the fields are told only where its type is looked at whole. */
const WHOLE_TYPE = 0xff;

/** The kernel's datapath knows nothing of these; the other one tells them where the packet has any. */
function addDiscoveryExtensions(key: KeyText): void {
  const reserved = getField(key.flow, FIELDS.nd_reserved);
  const isSet = reserved !== 0n || getField(key.flow, FIELDS.nd_options_type) !== 0n;
  const looked = getField(key.mask, FIELDS.nd_reserved) | getField(key.mask, FIELDS.nd_options_type);
  if (!key.whole || !isSet || (looked === 0n && !key.verbose)) return;
  const type = key.part('nd_options_type', FIELDS.nd_options_type, decimal, formatHex);
  key.group('nd_ext', [`nd_reserved=${prefixed(reserved)}`], type);
}

function addTransport(key: KeyText): void {
  const type = rawEthTypeOf(key.flow);
  const v6 = type === ETH_TYPE.ipv6;
  if ((!v6 && type !== ETH_TYPE.ip) || (word(key.flow, WORD.nwProto) & LATER_FRAGMENT) !== 0) return;
  const proto = ipProtoOf(key.held);
  const name = TRANSPORT[proto];
  if (name !== undefined) {
    key.group(
      name,
      key.part('src', FIELDS.tcp_src, decimal, formatHex),
      key.part('dst', FIELDS.tcp_dst, decimal, formatHex),
    );
    const looked = (word(key.mask, WORD.arpSha + 3) >>> 16) & 0xfff;
    const flags = (word(key.flow, WORD.arpSha + 3) >>> 16) & 0xfff;
    if (proto !== IP_PROTO.tcp) return;
    if (looked !== 0)
      key.groups.push(`tcp_flags(${formatFlagsMasked(flags & looked, looked, TCP_FLAGS, 0xfff)})`);
    else if (key.verbose) key.groups.push('tcp_flags(0/0)');
  } else if (proto === (v6 ? IP_PROTO.icmpv6 : IP_PROTO.icmp)) {
    key.group(
      v6 ? 'icmpv6' : 'icmp',
      key.part('type', FIELDS.icmp_type, decimal, formatHex),
      key.part('code', FIELDS.icmp_code, decimal, formatHex),
    );
    const kind = tpSrcOf(key.held);
    const discovery = v6 && (kind === 135 || kind === 136);
    if (discovery && (key.verbose || (word(key.mask, WORD.tpPorts) >>> 16) % 0x100 === WHOLE_TYPE))
      key.group(
        'nd',
        key.part('target', FIELDS.nd_target, formatIpv6),
        key.part('sll', FIELDS.nd_sll, formatMac),
        key.part('tll', FIELDS.nd_tll, formatMac),
      );
    if (discovery) addDiscoveryExtensions(key);
  }
}

function addConnection(key: KeyText): void {
  const state = word(key.mask, WORD.ctState) & 0xff;
  const full = word(key.held, WORD.ctState) & 0xff;
  if (key.verbose) key.groups.push(`ct_state(${formatHex(BigInt(full))}/${formatHex(BigInt(state))})`);
  else if (state !== 0)
    key.groups.push(
      `ct_state(${formatFlagsMasked(word(key.flow, WORD.ctState) & state, state, CT_STATE_FLAGS, 0x100)})`,
    );
  key.single('ct_zone', FIELDS.ct_zone);
  key.single('ct_mark', FIELDS.ct_mark);
  key.single('ct_label', FIELDS.ct_label);
  if (ctProtoOf(key.held) === 0) return;
  const v6 = rawEthTypeOf(key.flow) === ETH_TYPE.ipv6;
  key.group(
    v6 ? 'ct_tuple6' : 'ct_tuple4',
    key.part('src', v6 ? FIELDS.ct_ipv6_src : FIELDS.ct_nw_src, v6 ? formatIpv6 : ipv4),
    key.part('dst', v6 ? FIELDS.ct_ipv6_dst : FIELDS.ct_nw_dst, v6 ? formatIpv6 : ipv4),
    key.part('proto', FIELDS.ct_nw_proto, decimal, formatHex),
    key.part('tp_src', FIELDS.ct_tp_src, decimal, formatHex),
    key.part('tp_dst', FIELDS.ct_tp_dst, decimal, formatHex),
  );
}

const VID = 0xfff;
const PRESENT = 0x1000;

/** `vid=5,pcp=3` of a tag; each only where it is looked at or set. */
function tagText(tci: number, looked: number, verbose: boolean): string {
  const part = (name: string, value: number, mask: number, whole: number): string[] =>
    value === 0 && mask === 0 && !verbose
      ? []
      : [`${name}=${value}${mask === whole ? '' : `/0x${mask.toString(16)}`}`];
  return [
    ...part('vid', tci & VID, looked & VID, VID),
    ...part('pcp', (tci >>> 13) & 7, (looked >>> 13) & 7, 7),
    ...((tci & PRESENT) === 0 ? ['cfi=0'] : []),
  ].join(',');
}

const ethType = (value: number): string => `eth_type(0x${value.toString(16).padStart(4, '0')})`;

/** What stands behind the addresses: a tag holds all that follows it. */
function addPayload(key: KeyText, tag: number): string {
  const tagged = word(key.flow, WORD.vlan + tag);
  const looked = word(key.mask, WORD.vlan + tag) & 0xffff;
  if (tag < MAX_VLAN_HEADERS && tagged !== 0) {
    const text =
      looked === 0 && !key.verbose
        ? ''
        : `,vlan(${tagText(tagged & 0xffff & (key.whole ? 0xffff : looked), looked, key.verbose)})`;
    return `${ethType(tagged >>> 16)}${text},encap(${addPayload(key, tag + 1)})`;
  }
  const inner = new KeyText(key, key.whole, key.verbose);
  const type = rawEthTypeOf(key.flow);
  if (type >= FIRST_ETHERTYPE && getField(key.mask, FIELDS.eth_type) !== 0n) inner.groups.push(ethType(type));
  addNetwork(inner);
  addLabels(inner);
  addTransport(inner);
  return inner.groups.join(',');
}

const FIRST_ETHERTYPE = 0x600;

function addLabels(key: KeyText): void {
  if (!isMplsType(rawEthTypeOf(key.flow))) return;
  key.group(
    'mpls',
    key.part('label', FIELDS.mpls_label, decimal, prefixed),
    key.part('tc', FIELDS.mpls_tc, decimal, formatHex),
    key.part('ttl', FIELDS.mpls_ttl, decimal, prefixed),
    key.part('bos', FIELDS.mpls_bos, decimal, formatHex),
  );
}

function keyText(megaflow: Megaflow, options: MegaflowTextOptions): string {
  const key = new KeyText(megaflow, options.userspace ?? false, options.verbose !== undefined);
  key.single('recirc_id', FIELDS.recirc_id);
  key.single('dp_hash', FIELDS.dp_hash);
  key.single('skb_priority', FIELDS.skb_priority);
  addTunnel(key, megaflow);
  const { dpPort } = megaflow;
  if (dpPort !== null) key.groups.push(`in_port(${options.portName?.(dpPort) ?? dpPort})`);
  key.single('skb_mark', FIELDS.pkt_mark);
  addConnection(key);
  if (options.userspace) key.groups.push('packet_type(ns=0,id=0)');
  const before = key.groups.length;
  key.group('eth', key.part('src', FIELDS.eth_src, formatMac), key.part('dst', FIELDS.eth_dst, formatMac));
  // The kernel tells a packet of Ethernet by the presence of its addresses.
  if (!options.userspace && key.groups.length === before) key.groups.push('eth()');
  const payload = addPayload(key, 0);
  return payload === '' ? key.groups.join(',') : [...key.groups, payload].join(',');
}

export interface MegaflowTextOptions extends DpTextOptions {
  /** The flow is of a datapath in user space. */
  readonly userspace?: boolean;
  /** All fields, with the flow's id: as `-m` tells a bridge's flows, or a datapath's with where each is held. */
  readonly verbose?: 'bridge' | 'datapath' | undefined;
}

/** TCP flags that packets had, in the order in which they are told. */
const LETTERS: readonly (readonly [mask: number, letter: string])[] = [
  [0x02, 'S'],
  [0x01, 'F'],
  [0x08, 'P'],
  [0x04, 'R'],
  [0x20, 'U'],
  [0x10, '.'],
  [0x40, 'E'],
  [0x80, 'C'],
  [0x100, 'N'],
  [0x200, '[200]'],
  [0x400, '[400]'],
  [0x800, '[800]'],
];

function flagLetters(flags: number): string {
  const letters = LETTERS.filter(([mask]) => (flags & mask) !== 0).map(([, letter]) => letter);
  return letters.length === 0 ? '' : `, flags:${letters.join('')}`;
}

/** What the datapath holds: the actions, or that ovs-vswitchd takes each packet itself. */
function treatmentText({ actions, slow }: Treatment, options: DpTextOptions): string {
  if (slow.size === 0) return formatDpActions(actions, options);
  const reasons = (Object.keys(SLOW_EXPLANATIONS) as SlowReason[]).filter((reason) => slow.has(reason));
  return `userspace(pid=0,slow_path(${reasons.join(',')}))`;
}

/** One row of `dpctl/dump-flows`. */
export function formatMegaflow(megaflow: Megaflow, now: number, options: MegaflowTextOptions = {}): string {
  const { packets, bytes, used, treatment, tcpFlags } = megaflow;
  const age = packets === 0 ? 'never' : `${(Math.floor((now - used) / 1e6) / 1000).toFixed(3)}s`;
  const stats = `packets:${packets}, bytes:${bytes}, used:${age}${flagLetters(tcpFlags)}`;
  const row = `${keyText(megaflow, options)}, ${stats}`;
  const text = treatmentText(treatment, options);
  if (options.verbose === undefined) return `${row}, actions:${text}`;
  const ufid = `ufid:${ufidOf(megaflow)}`;
  if (options.verbose === 'bridge') return `${ufid} ${row}, actions:${text}`;
  const extra = options.userspace
    ? `, dp-extra-info:miniflow_bits(${maskBits(megaflow.mask).join(',')})`
    : '';
  return `${ufid}, ${row}, dp:ovs, actions:${text}${extra}`;
}
