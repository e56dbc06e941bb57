/** The outer header in a megaflow's key: `tunnel(tun_id=0x5,src=10.0.0.1,...)`, as far as it is looked at. */
import { formatIpv6 } from '../base/address.ts';
import { toBigInt } from '../base/bytes.ts';
import type { Field } from '../flow/field.ts';
import { formatHex } from '../flow/field-text.ts';
import { FIELDS } from '../flow/fields.table.ts';
import { formatFlagsMasked, TUNNEL_FLAGS } from '../flow/flag-text.ts';
import { getField, readBits, type Flow } from '../flow/flow.ts';
import { hasTunnel } from '../flow/header-stack.ts';
import { word } from '../flow/packet-kind.ts';
import { tlvField, type TlvMap } from '../flow/tlv-map.ts';
import { WORD } from '../flow/words.table.ts';
import type { Megaflow } from './datapath/flow-cache.ts';
import type { TunnelOption } from './datapath/tunnel-metadata.ts';
import { decimal, ipv4, prefixed, type KeyText } from './dp-key-text.ts';

const ALL_FLAGS = 0xf;

/** The bits of an option that are looked at, which needs a name for it among the bridge's. */
function lookedAt({ optionClass, type, value }: TunnelOption, mask: Flow, tlv: TlvMap): bigint {
  const entry = tlv.entries.find((one) => one.optionClass === optionClass && one.type === type);
  const field = entry && tlvField(tlv, entry.index);
  if (!field || entry.length !== value.length) return 0n;
  return readBits(mask, field.word, field.words, field.shift, field.width);
}

/** Options in the packet's order; which there are always counts, what is in them only where it is looked at. */
function geneveText(options: readonly TunnelOption[], tlv: TlvMap, key: KeyText): string {
  return options
    .map((option) => {
      const { optionClass, type, value } = option;
      const looked = lookedAt(option, key.mask, tlv);
      const whole = looked === (1n << BigInt(8 * value.length)) - 1n;
      const bits = toBigInt(value);
      const shown = formatHex(key.whole ? bits : bits & looked);
      const data = looked === 0n && !key.verbose ? '' : `,${shown}${whole ? '' : `/${formatHex(looked)}`}`;
      const head = `class=${formatHex(optionClass)},type=${formatHex(type)},len=${value.length}`;
      return `{${head}${value.length === 0 ? '' : data}}`;
    })
    .join('');
}

/** Adds the tunnel of a packet that came in through one. */
export function addTunnel(
  key: KeyText,
  { options, tlv, isGeneve }: Pick<Megaflow, 'options' | 'tlv' | 'isGeneve'>,
): void {
  const { flow, mask } = key;
  if (!hasTunnel(flow)) return;
  const looked = word(mask, WORD.tunFlags) & ALL_FLAGS;
  const flags = word(flow, WORD.tunFlags) & ALL_FLAGS;
  const there = (field: Field, parts: readonly string[]): readonly string[] =>
    getField(key.held, field) === 0n ? [] : parts;
  const parts = [
    ...key.part('tun_id', FIELDS.tun_id, prefixed),
    ...there(FIELDS.tun_src, key.part('src', FIELDS.tun_src, ipv4)),
    ...there(FIELDS.tun_dst, key.part('dst', FIELDS.tun_dst, ipv4)),
    ...there(FIELDS.tun_ipv6_src, key.part('ipv6_src', FIELDS.tun_ipv6_src, formatIpv6)),
    ...there(FIELDS.tun_ipv6_dst, key.part('ipv6_dst', FIELDS.tun_ipv6_dst, formatIpv6)),
    ...there(FIELDS.tun_tos, key.part('tos', FIELDS.tun_tos, formatHex)),
    ...key.part('ttl', FIELDS.tun_ttl, decimal, formatHex),
  ];
  const policy = [
    ...key.part('id', FIELDS.tun_gbp_id, decimal, formatHex),
    ...key.part('flags', FIELDS.tun_gbp_flags, formatHex),
  ];
  if (getField(flow, FIELDS.tun_gbp_id) !== 0n || getField(flow, FIELDS.tun_gbp_flags) !== 0n)
    parts.push(`vxlan(gbp(${policy.join(',')}))`);
  // In user space there is always a list of options, even where the packet had none.
  if (options.length > 0 || (key.whole && isGeneve)) parts.push(`geneve(${geneveText(options, tlv, key)})`);
  if (looked !== 0)
    parts.push(`flags(${formatFlagsMasked(flags & looked, looked, TUNNEL_FLAGS, ALL_FLAGS)})`);
  key.groups.push(`tunnel(${parts.join(',')})`);
}
