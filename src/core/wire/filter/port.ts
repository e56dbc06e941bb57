/** Tests of TCP, UDP and SCTP ports. A port alone is a range of one. */
import { directed } from './direction.ts';
import { LINK_PROTOCOL, linkProtocol } from './link-protocol.ts';
import type { From, Offsets } from './offsets.ts';
import type { Direction } from './qualifier.ts';
import { and, anyOf, compare, not, type Test } from './test.ts';

export type TransportWord = 'tcp' | 'udp' | 'sctp';

const TRANSPORT_NUMBER: Record<TransportWord, number> = { tcp: 6, udp: 17, sctp: 132 };

/** The ports from `first` to `last`; `isRange` keeps the words of libpcap's errors apart. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
  readonly isRange: boolean;
}

/** True if the ports of an IPv4 or IPv6 packet fit; any of the three transports if none is given. */
export function ports(
  offsets: Offsets,
  range: PortRange,
  transport: TransportWord | null,
  direction: Direction | null,
): Test {
  // libpcap makes the IPv4 tests first, so their errors come first, and runs the IPv6 tests first.
  const ipv4 = ipv4Ports(offsets, range, transport, direction);
  const ipv6 = ipv6Ports(offsets, range, transport, direction);
  return anyOf(ipv6, ipv4);
}

/** Ports of IPv4 packets: only an unfragmented packet or the first fragment has them. */
export function ipv4Ports(
  offsets: Offsets,
  range: PortRange,
  transport: TransportWord | null,
  direction: Direction | null,
): Test {
  const is = linkProtocol(offsets, LINK_PROTOCOL.ip);
  return and(
    is,
    forTransports(transport, (word) =>
      and(
        and(offsets.field('network', 9, 1, '=', TRANSPORT_NUMBER[word]), firstFragment(offsets)),
        inRange(offsets, 'ipv4-transport', range, direction),
      ),
    ),
  );
}

/** Ports of IPv6 packets without extension headers. */
export function ipv6Ports(
  offsets: Offsets,
  range: PortRange,
  transport: TransportWord | null,
  direction: Direction | null,
): Test {
  const is = linkProtocol(offsets, LINK_PROTOCOL.ip6);
  return and(
    is,
    forTransports(transport, (word) =>
      and(
        offsets.field('network', 6, 1, '=', TRANSPORT_NUMBER[word]),
        inRange(offsets, 'ipv6-transport', range, direction),
      ),
    ),
  );
}

/** The IPv4 fragment offset is zero. */
export const firstFragment = (offsets: Offsets): Test =>
  not(compare(offsets.load('network', 6, 2), '&', { kind: 'number', number: 0x1fff }));

function forTransports(transport: TransportWord | null, test: (word: TransportWord) => Test): Test {
  if (transport !== null) return test(transport);
  const tcp = test('tcp');
  const udp = test('udp');
  return anyOf(test('sctp'), tcp, udp);
}

function inRange(offsets: Offsets, from: From, range: PortRange, direction: Direction | null): Test {
  const low = Math.min(range.first, range.last);
  const high = Math.max(range.first, range.last);
  const field = (offset: number): Test =>
    range.isRange
      ? and(offsets.field(from, offset, 2, '>=', low), not(offsets.field(from, offset, 2, '>', high)))
      : offsets.field(from, offset, 2, '=', low);
  return directed(
    direction,
    range.isRange ? 'portrange' : 'port',
    () => field(0),
    () => field(2),
  );
}
