/** VRRP version 2 (RFC 3768) and 3 (RFC 9568). */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import { checksumOf, sumOctets } from '../checksum.ts';
import { readIpv6, readU16, readU32 } from '../octets.ts';
import { bitField, checksumField, field, type HeaderNode } from './header-node.ts';
import { IP_PROTOCOL } from './ip-protocol.table.ts';
import {
  compareChecksum,
  cutAt,
  isCut,
  payloadFrom,
  report,
  type Checksum,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Target,
} from './layer-base.ts';
import { checkTransport } from './transport-checksum.ts';

const VRRP_SIZE = 8;

/** `interval` in hundredths of a second. Addresses are numbers (IPv4) or bigints (IPv6). */
export interface VrrpLayer extends LayerBase {
  readonly kind: 'vrrp';
  readonly version: number;
  readonly type: number;
  readonly routerId: number;
  readonly priority: number;
  readonly interval: number;
  readonly checksum: Checksum;
  readonly addresses: readonly (number | bigint)[];
}

function readAddresses(context: DecodeContext, at: number, end: number, count: number): (number | bigint)[] {
  const { octets, network } = context;
  const size = network?.family === 6 ? 16 : 4;
  const addresses: (number | bigint)[] = [];
  for (let i = 0; i < count; i += 1) {
    const from = at + i * size;
    if (from + size > end) {
      report(context, 'VRRP addresses cut', from);
      break;
    }
    addresses.push(size === 16 ? readIpv6(octets, from) : readU32(octets, from));
  }
  return addresses;
}

export function decodeVrrp(context: DecodeContext, target: Target): Parsed<VrrpLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'VRRP', target, VRRP_SIZE)) return cutAt(target);
  const first = octets[offset] as number;
  const version = first >>> 4;
  const size = end - offset;
  const value = readU16(octets, offset + 6);
  // Version 3 sums over a pseudo header, version 2 does not.
  const checksum =
    version === 3
      ? checkTransport(context, IP_PROTOCOL.vrrp, offset, size, offset + 6)
      : compareChecksum(value, checksumOf(sumOctets(octets, offset, size) - value));
  if (checksum.verdict === 'wrong') report(context, 'wrong VRRP checksum', offset + 6);
  const addresses = readAddresses(context, offset + VRRP_SIZE, end, octets[offset + 3] as number);
  const addressSize = context.network?.family === 6 ? 16 : 4;
  const headerSize = VRRP_SIZE + addressSize * addresses.length;
  const interval = version === 3 ? readU16(octets, offset + 4) & 0xfff : 100 * (octets[offset + 5] as number);
  return {
    layer: {
      kind: 'vrrp',
      offset,
      headerSize,
      size,
      version,
      type: first & 15,
      routerId: octets[offset + 1] as number,
      priority: octets[offset + 2] as number,
      interval,
      checksum,
      addresses,
    },
    next: payloadFrom(offset + headerSize, end),
  };
}

export function vrrpTree(layer: VrrpLayer): HeaderNode {
  const { offset, version, addresses } = layer;
  const addressNode = (address: number | bigint, i: number): HeaderNode =>
    typeof address === 'bigint'
      ? field('address', formatIpv6(address), offset + VRRP_SIZE + 16 * i, 16)
      : field('address', formatIpv4(address), offset + VRRP_SIZE + 4 * i, 4);
  const text = `router ${layer.routerId}, priority ${layer.priority}`;
  return field(`VRRPv${version}`, text, offset, layer.headerSize, [
    bitField('version', `${version}`, offset, 0, 4),
    bitField('type', layer.type === 1 ? '1 advertisement' : `${layer.type}`, offset, 4, 4),
    field('router id', `${layer.routerId}`, offset + 1, 1),
    field('priority', `${layer.priority}`, offset + 2, 1),
    field('address count', `${addresses.length}`, offset + 3, 1),
    field('interval', `${layer.interval / 100} s`, offset + 4, 2),
    checksumField('checksum', layer.checksum, offset + 6),
    ...addresses.map(addressNode),
  ]);
}
