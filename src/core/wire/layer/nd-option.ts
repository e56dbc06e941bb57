/** Options of Neighbor Discovery (RFC 4861, RFC 8106, RFC 4191): type, length in units of 8 octets, value. */
import { formatIpv6, formatMac } from '../../base/address.ts';
import { toHex } from '../../base/bytes.ts';
import { readIpv6, readMac, readU32, writeMac } from '../octets.ts';
import { field, flagNames, type HeaderNode } from './header-node.ts';
import { report, type DecodeContext, type Range } from './layer-base.ts';

/** Lifetimes in seconds. `bytes` of `other` are what follows type and length. */
export type NdOption = Range &
  (
    | { readonly kind: 'source-link-layer' | 'target-link-layer'; readonly mac: bigint }
    | {
        readonly kind: 'prefix';
        readonly prefix: bigint;
        readonly length: number;
        readonly onLink: boolean;
        readonly autonomous: boolean;
        readonly validLifetime: number;
        readonly preferredLifetime: number;
      }
    | { readonly kind: 'mtu'; readonly mtu: number }
    | { readonly kind: 'rdnss'; readonly lifetime: number; readonly servers: readonly bigint[] }
    | { readonly kind: 'other'; readonly type: number; readonly value: Uint8Array }
  );

function decodeOne(octets: Uint8Array, offset: number, size: number): NdOption {
  const type = octets[offset] as number;
  if ((type === 1 || type === 2) && size === 8)
    return {
      kind: type === 1 ? 'source-link-layer' : 'target-link-layer',
      offset,
      size,
      mac: readMac(octets, offset + 2),
    };
  if (type === 3 && size === 32) {
    const flags = octets[offset + 3] as number;
    return {
      kind: 'prefix',
      offset,
      size,
      prefix: readIpv6(octets, offset + 16),
      length: octets[offset + 2] as number,
      onLink: (flags & 0x80) !== 0,
      autonomous: (flags & 0x40) !== 0,
      validLifetime: readU32(octets, offset + 4),
      preferredLifetime: readU32(octets, offset + 8),
    };
  }
  if (type === 5 && size === 8) return { kind: 'mtu', offset, size, mtu: readU32(octets, offset + 4) };
  if (type === 25 && size >= 24) {
    const servers: bigint[] = [];
    for (let at = offset + 8; at + 16 <= offset + size; at += 16) servers.push(readIpv6(octets, at));
    return { kind: 'rdnss', offset, size, lifetime: readU32(octets, offset + 4), servers };
  }
  return { kind: 'other', offset, size, type, value: octets.subarray(offset + 2, offset + size) };
}

/** Options from `from` to `end`; stops with a problem at one that runs over. */
export function decodeNdOptions(context: DecodeContext, from: number, end: number): NdOption[] {
  const options: NdOption[] = [];
  for (let at = from; at < end;) {
    const size = at + 1 < end ? 8 * (context.octets[at + 1] as number) : 0;
    if (size === 0 || at + size > end) {
      report(context, 'ND option runs over the message', at);
      break;
    }
    options.push(decodeOne(context.octets, at, size));
    at += size;
  }
  return options;
}

/** A source (1) or target (2) link-layer address option. */
export function encodeLinkLayerOption(type: 1 | 2, mac: bigint): Uint8Array {
  const octets = new Uint8Array(8);
  octets[0] = type;
  octets[1] = 1;
  writeMac(octets, 2, mac);
  return octets;
}

export function ndOptionNode(option: NdOption): HeaderNode {
  const { offset, size } = option;
  switch (option.kind) {
    case 'source-link-layer':
      return field('source link-layer address', formatMac(option.mac), offset, size);
    case 'target-link-layer':
      return field('target link-layer address', formatMac(option.mac), offset, size);
    case 'prefix':
      return field('prefix', `${formatIpv6(option.prefix)}/${option.length}`, offset, size, [
        field(
          'flags',
          flagNames((option.onLink ? 2 : 0) | (option.autonomous ? 1 : 0), [
            [2, 'on-link'],
            [1, 'autonomous'],
          ]),
          offset + 3,
          1,
        ),
        field('valid lifetime', `${option.validLifetime} s`, offset + 4, 4),
        field('preferred lifetime', `${option.preferredLifetime} s`, offset + 8, 4),
      ]);
    case 'mtu':
      return field('mtu', `${option.mtu}`, offset, size);
    case 'rdnss':
      return field('DNS servers', option.servers.map(formatIpv6).join(', '), offset, size, [
        field('lifetime', `${option.lifetime} s`, offset + 4, 4),
      ]);
    case 'other':
      return field(`option ${option.type}`, toHex(option.value, ' '), offset, size);
  }
}
