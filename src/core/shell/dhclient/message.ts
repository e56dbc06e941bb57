/** DHCP messages as dhclient sends them, with what Debian's dhclient.conf asks for. */
import { encodeUtf8 } from '../../base/utf8.ts';
import { DHCP_MESSAGE, DHCP_OPTION, encodeDhcpOption } from '../../wire/index.ts';
import { writeU32 } from '../../wire/octets.ts';
import { broadcastFrame, dhcpRequest, type RequestHead } from '../dhcp-broadcast.ts';

/** subnet-mask, broadcast-address, time-offset, routers, domain-name, domain-name-servers, domain-search, host-name, netbios-name-servers, netbios-scope, interface-mtu, classless routes, ntp-servers. */
const WANTED = Uint8Array.of(1, 28, 2, 3, 15, 6, 119, 12, 44, 47, 26, 121, 42);
const LOW_DELAY = 0x10;
const TTL = 128;

const u32 = (value: number): Uint8Array => {
  const octets = new Uint8Array(4);
  writeU32(octets, 0, value);
  return octets;
};

export interface Sending extends Omit<RequestHead, 'flags'> {
  readonly type: number;
  readonly requested: number | null;
  readonly server: number | null;
  readonly hostName: string;
}

export function messageOf({ type, requested, server, hostName, ...head }: Sending): Uint8Array {
  return dhcpRequest({ ...head, flags: 0 }, [
    encodeDhcpOption(DHCP_OPTION.messageType, Uint8Array.of(type)),
    ...(server === null ? [] : [encodeDhcpOption(DHCP_OPTION.serverId, u32(server))]),
    ...(requested === null ? [] : [encodeDhcpOption(DHCP_OPTION.requestedAddress, u32(requested))]),
    encodeDhcpOption(DHCP_OPTION.hostName, encodeUtf8(hostName)),
    ...(type === DHCP_MESSAGE.release ? [] : [encodeDhcpOption(DHCP_OPTION.requestedOptions, WANTED)]),
  ]);
}

/** The frame of a message from no address to everybody. */
export const broadcastFrameOf = (mac: bigint, message: Uint8Array): Uint8Array =>
  broadcastFrame(mac, message, { ttl: TTL, tos: LOW_DELAY });
