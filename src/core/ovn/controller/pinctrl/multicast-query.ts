/** General queries of OVN's own querier (RFC 3376 4.1, RFC 3810 5.1). */
import { internetChecksum } from '../../../wire/checksum.ts';
import { writeU16 } from '../../../wire/octets.ts';
import { encodeIcmpv6 } from '../../../wire/index.ts';
import { OctetWriter } from '../../actions/index.ts';
import { composeIp } from './compose.ts';

const TTL = 1;
const ALL_HOSTS = { ip: 0xe000_0001, mac: 0x0100_5e00_0001n } as const;
/** The address is ff02::1, the MAC that the real program gives it is not the one that belongs to it. */
const ALL_NODES = { ip: (0xff02n << 112n) | 1n, mac: 0x3333_0000_0000n } as const;
const PROTOCOL = { hopByHop: 0, igmp: 2, icmpv6: 58 } as const;
const QUERY = { igmp: 0x11, mld: 130 } as const;
const ROUTER_ALERT = Uint8Array.of(5, 2, 0, 0);

/** `response`: seconds within which hosts are to answer. */
export function igmpQuery(mac: bigint, source: number, response: number): Uint8Array {
  const tenths = response * 10;
  const message = new OctetWriter().u8(QUERY.igmp).u8(tenths).u16(0).u32(0).u8(0).u8(tenths).u16(0).octets();
  writeU16(message, 2, internetChecksum(message));
  const pseudo = { family: 4, source, destination: ALL_HOSTS.ip } as const;
  return composeIp({ source: mac, destination: ALL_HOSTS.mac, pseudo }, PROTOCOL.igmp, TTL, message);
}

/** As `igmpQuery`, for MLD. */
export function mldQuery(mac: bigint, source: bigint, response: number): Uint8Array {
  const pseudo = { family: 6, source, destination: ALL_NODES.ip } as const;
  const body = new OctetWriter()
    .u16(response * 1000)
    .u16(0)
    .uint(0n, 16)
    .u8(0)
    .u8(response)
    .u16(0);
  const message = encodeIcmpv6({ type: QUERY.mld, code: 0 }, body.octets(), pseudo);
  const options = new OctetWriter().u8(PROTOCOL.icmpv6).u8(0).put(ROUTER_ALERT).u16(0);
  return composeIp(
    { source: mac, destination: ALL_NODES.mac, pseudo },
    PROTOCOL.hopByHop,
    TTL,
    options.put(message).octets(),
  );
}
