/** A megaflow as text, as `dpctl/dump-flows` prints the flows of the kernel's datapath. */
import { formatIpv4, formatIpv6, formatMac } from '../base/address.ts';
import type { Field } from '../flow/field.ts';
import { formatHex } from '../flow/field-text.ts';
import { FIELDS } from '../flow/fields.table.ts';
import { CT_STATE_FLAGS, formatFlagsMasked } from '../flow/flag-text.ts';
import { getField, type Flow } from '../flow/flow.ts';
import { ipProtoOf, rawEthTypeOf, word } from '../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../flow/protocol.table.ts';
import { WORD } from '../flow/words.table.ts';
import type { Megaflow } from './datapath/flow-cache.ts';
import { formatDpActions, type DpTextOptions } from './dp-action-text.ts';

type Show = (value: bigint) => string;

const decimal: Show = String;
const ipv4: Show = (value) => formatIpv4(Number(value));
const FRAGMENTS = ['no', 'first', '', 'later'];

class KeyText {
  readonly flow: Flow;
  readonly mask: Flow;
  readonly groups: string[] = [];

  constructor({ flow, mask }: Megaflow) {
    this.flow = flow;
    this.mask = mask;
  }

  /** `name=value/mask`, or nothing when the field does not matter. */
  part(name: string, field: Field, show: Show, showMask = show): string[] {
    const mask = getField(this.mask, field);
    if (mask === 0n) return [];
    const value = show(getField(this.flow, field) & mask);
    const whole = mask === (1n << BigInt(field.bits)) - 1n;
    return [`${name}=${value}${whole ? '' : `/${showMask(mask)}`}`];
  }

  group(name: string, ...parts: readonly string[][]): void {
    const all = parts.flat();
    if (all.length > 0) this.groups.push(`${name}(${all.join(',')})`);
  }

  /** A group that holds one value without a name. */
  single(name: string, field: Field, show: Show = formatHex): void {
    const [text] = this.part('', field, show, formatHex);
    if (text !== undefined) this.groups.push(`${name}(${text.slice(1)})`);
  }
}

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
        key.part('tos', FIELDS.nw_tos, formatHex),
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
        key.part('tclass', FIELDS.nw_tos, formatHex),
        key.part('hlimit', FIELDS.nw_ttl, decimal, formatHex),
        fragment,
      );
      break;
    case ETH_TYPE.arp:
      key.group(
        'arp',
        key.part('sip', FIELDS.arp_spa, ipv4),
        key.part('tip', FIELDS.arp_tpa, ipv4),
        key.part('op', FIELDS.arp_op, decimal),
        key.part('sha', FIELDS.arp_sha, formatMac),
        key.part('tha', FIELDS.arp_tha, formatMac),
      );
      break;
    default:
      break;
  }
}

function addTransport(key: KeyText): void {
  const type = rawEthTypeOf(key.flow);
  if (type !== ETH_TYPE.ip && type !== ETH_TYPE.ipv6) return;
  const names: Readonly<Record<number, string>> = {
    6: 'tcp',
    17: 'udp',
    132: 'sctp',
    1: 'icmp',
    58: 'icmpv6',
  };
  const proto = ipProtoOf(key.flow);
  const name = names[proto];
  if (name === undefined) return;
  const icmp = proto === IP_PROTO.icmp || proto === IP_PROTO.icmpv6;
  key.group(
    name,
    key.part(icmp ? 'type' : 'src', icmp ? FIELDS.icmp_type : FIELDS.tcp_src, decimal, formatHex),
    key.part(icmp ? 'code' : 'dst', icmp ? FIELDS.icmp_code : FIELDS.tcp_dst, decimal, formatHex),
  );
}

function keyText(megaflow: Megaflow, options: DpTextOptions): string {
  const key = new KeyText(megaflow);
  const state = word(key.mask, WORD.ctState) & 0xff;
  if (word(key.mask, WORD.tunDst) !== 0)
    key.group(
      'tunnel',
      key.part('tun_id', FIELDS.tun_id, formatHex),
      key.part('src', FIELDS.tun_src, ipv4),
      key.part('dst', FIELDS.tun_dst, ipv4),
    );
  if (state !== 0)
    key.groups.push(
      `ct_state(${formatFlagsMasked(word(key.flow, WORD.ctState) & state, state, CT_STATE_FLAGS, 0x100)})`,
    );
  key.single('ct_zone', FIELDS.ct_zone);
  key.single('ct_mark', FIELDS.ct_mark);
  key.single('ct_label', FIELDS.ct_label);
  key.single('recirc_id', FIELDS.recirc_id);
  key.single('dp_hash', FIELDS.dp_hash);
  const { dpPort } = megaflow;
  if (dpPort !== null) key.groups.push(`in_port(${options.portName?.(dpPort) ?? dpPort})`);
  key.group('eth', key.part('src', FIELDS.eth_src, formatMac), key.part('dst', FIELDS.eth_dst, formatMac));
  key.single('eth_type', FIELDS.eth_type, (value) => `0x${value.toString(16).padStart(4, '0')}`);
  addNetwork(key);
  addTransport(key);
  return key.groups.join(',');
}

/** One row of `dpctl/dump-flows`. */
export function formatMegaflow(megaflow: Megaflow, now: number, options: DpTextOptions = {}): string {
  const { packets, bytes, used, actions } = megaflow;
  const age = packets === 0 ? 'never' : `${(Math.floor((now - used) / 1e6) / 1000).toFixed(3)}s`;
  return `${keyText(megaflow, options)}, packets:${packets}, bytes:${bytes}, used:${age}, actions:${formatDpActions(actions, options)}`;
}
