/** Tests of addresses: IPv4, IPv6, ARP, DECnet and Ethernet. */
import { directed } from './direction.ts';
import { FilterError } from './filter-error.ts';
import { LINK_PROTOCOL, linkProtocol } from './link-protocol.ts';
import type { Offsets } from './offsets.ts';
import type { Direction, ProtocolWord } from './qualifier.ts';
import { allOf, and, anyOf, compare, not, or, type Test } from './test.ts';

/** An address and the bits of it that count. */
export interface Prefix<T> {
  readonly address: T;
  readonly mask: T;
}

/** True if the source or destination is in `prefix`; without a protocol IPv4, ARP and RARP are looked at. */
export function ipv4Host(
  offsets: Offsets,
  prefix: Prefix<number>,
  protocol: ProtocolWord | null,
  direction: Direction | null,
  type: 'host' | 'net',
): Test {
  const test = (linkType: number, source: number, destination: number): Test => {
    const field = (offset: number): Test =>
      and(linkProtocol(offsets, linkType), offsets.masked('network', offset, 4, prefix.mask, prefix.address));
    return directed(
      direction,
      'address',
      () => field(source),
      () => field(destination),
    );
  };
  switch (protocol) {
    case null: {
      const ip = test(LINK_PROTOCOL.ip, 12, 16);
      if (offsets.labels > 0) return ip;
      return anyOf(ip, test(LINK_PROTOCOL.arp, 14, 24), test(LINK_PROTOCOL.rarp, 14, 24));
    }
    case 'ip':
      return test(LINK_PROTOCOL.ip, 12, 16);
    case 'arp':
      return test(LINK_PROTOCOL.arp, 14, 24);
    case 'rarp':
      return test(LINK_PROTOCOL.rarp, 14, 24);
    case 'decnet':
      return decnetHost(offsets, prefix.address, direction);
    default:
      throw new FilterError(ipv4Refusal(protocol, type));
  }
}

/** Protocols of which libpcap knows no host test, in the words of its error. */
const NOT_IMPLEMENTED: Partial<Record<ProtocolWord, string>> = {
  atalk: 'AppleTalk',
  lat: 'LAT',
  sca: 'SCA',
  moprc: 'MOPRC',
  mopdl: 'MOPDL',
  aarp: 'AARP',
  iso: 'ISO',
  ipx: 'IPX',
};

function ipv4Refusal(protocol: ProtocolWord, type: 'host' | 'net'): string {
  if (protocol === 'link') return `link-layer modifier applied to ${type}`;
  if (protocol === 'ip6') return "'ip6' modifier applied to ip host";
  const name = NOT_IMPLEMENTED[protocol];
  if (name !== undefined) return `${name} host filtering not implemented`;
  return `'${protocol}' modifier applied to ${type}`;
}

/** True if the IPv6 source or destination is in `prefix`. */
export function ipv6Host(
  offsets: Offsets,
  prefix: Prefix<bigint>,
  protocol: ProtocolWord | null,
  direction: Direction | null,
  type: 'host' | 'net',
): Test {
  if (protocol !== null && protocol !== 'ip6') {
    if (protocol === 'link') throw new FilterError(`link-layer modifier applied to ip6 ${type}`);
    const name = protocol === 'atalk' ? 'AppleTalk' : `'${protocol}'`;
    throw new FilterError(`${name} modifier applied to ip6 ${type}`);
  }
  const word = (value: bigint, index: number): number =>
    Number((value >> BigInt(96 - 32 * index)) & 0xffffffffn);
  const field = (offset: number): Test => {
    const part = (index: number): Test =>
      offsets.masked('network', offset + 4 * index, 4, word(prefix.mask, index), word(prefix.address, index));
    return allOf(linkProtocol(offsets, LINK_PROTOCOL.ip6), part(0), part(1), part(2), part(3));
  };
  return directed(
    direction,
    'address',
    () => field(8),
    () => field(24),
  );
}

/** DECnet's long and short headers, each with and without a padding octet. The address stands little-endian. */
function decnetHost(offsets: Offsets, address: number, direction: Direction | null): Test {
  const wire = ((address & 0xff) << 8) | ((address >>> 8) & 0xff);
  const field = (short: number, long: number): Test => {
    const padded = (flags: number, offset: number): Test =>
      and(offsets.masked('network', 2, 2, 0xff07, flags), offsets.field('network', 3 + offset, 2, '=', wire));
    const plain = (flags: number, offset: number): Test =>
      and(offsets.masked('network', 2, 1, 0x07, flags), offsets.field('network', 2 + offset, 2, '=', wire));
    return and(
      linkProtocol(offsets, LINK_PROTOCOL.decnet),
      anyOf(plain(0x02, short), padded(0x8102, short), plain(0x06, long), padded(0x8106, long)),
    );
  };
  return directed(
    direction,
    'address',
    () => field(3, 15),
    () => field(1, 7),
  );
}

/** True if the Ethernet source or destination is `address`. */
export function etherHost(offsets: Offsets, address: bigint, direction: Direction | null): Test {
  const high = Number(address >> 32n);
  const low = Number(address & 0xffffffffn);
  const field = (offset: number): Test =>
    and(
      offsets.field('link-header', offset + 2, 4, '=', low),
      offsets.field('link-header', offset, 2, '=', high),
    );
  return onlyWithLinkHeader(
    offsets,
    directed(
      direction,
      'ether',
      () => field(6),
      () => field(0),
    ),
  );
}

/** `broadcast` and `ip broadcast`. */
export function broadcast(offsets: Offsets, protocol: ProtocolWord | null): Test {
  if (protocol === null || protocol === 'link') {
    if (offsets.linkType !== 'ethernet') throw new FilterError('not a broadcast link');
    return etherHost(offsets, 0xffffffffffffn, 'dst');
  }
  if (protocol !== 'ip') throw new FilterError('only link-layer/IP broadcast filters supported');
  if (offsets.netmask === null) throw new FilterError("netmask not known, so 'ip broadcast' not supported");
  const hosts = ~offsets.netmask >>> 0;
  return and(
    linkProtocol(offsets, LINK_PROTOCOL.ip),
    or(offsets.masked('network', 16, 4, hosts, 0), offsets.masked('network', 16, 4, hosts, hosts)),
  );
}

/** `multicast`, `ip multicast` and `ip6 multicast`. */
export function multicast(offsets: Offsets, protocol: ProtocolWord | null): Test {
  if (protocol === 'ip')
    return and(linkProtocol(offsets, LINK_PROTOCOL.ip), offsets.field('network', 16, 1, '>=', 224));
  if (protocol === 'ip6')
    return and(linkProtocol(offsets, LINK_PROTOCOL.ip6), offsets.field('network', 24, 1, '=', 255));
  if ((protocol === null || protocol === 'link') && offsets.linkType === 'ethernet')
    return onlyWithLinkHeader(
      offsets,
      compare(offsets.load('link-header', 0, 1), '&', { kind: 'number', number: 1 }),
    );
  throw new FilterError(
    'link-layer multicast filters supported only on ethernet/FDDI/token ring/ARCNET/802.11/ATM LANE/Fibre Channel',
  );
}

/** Inside Geneve there may be no Ethernet header: then its start and its payload coincide. */
function onlyWithLinkHeader(offsets: Offsets, test: Test): Test {
  const { slot: header } = offsets.linkHeader;
  const { slot: payload } = offsets.linkPayload;
  if (!offsets.insideGeneve || header === null || payload === null) return test;
  const same = compare({ kind: 'slot', slot: header }, '=', { kind: 'slot', slot: payload });
  return and(not(same), test);
}
