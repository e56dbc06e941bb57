/** DHCP messages as dhclient sends and reads them, with what Debian's dhclient.conf asks for. */
import { concatBytes } from '../../base/bytes.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import { BROADCAST_MAC, ETHERTYPE, frameOf } from '../../linux/ether.ts';
import { buildIpv4, IPPROTO } from '../../linux/ip4/packet.ts';
import { encodeDhcp, encodeDhcpOption, encodeUdp } from '../../wire/index.ts';
import { writeU32 } from '../../wire/octets.ts';

export const CLIENT_PORT = 68;
export const SERVER_PORT = 67;
export const MESSAGE = { discover: 1, offer: 2, request: 3, decline: 4, ack: 5, nak: 6, release: 7 } as const;

const OPTION = { hostName: 12, requested: 50, type: 53, server: 54, wanted: 55 } as const;
/** subnet-mask, broadcast-address, time-offset, routers, domain-name, domain-name-servers, domain-search, host-name, netbios-name-servers, netbios-scope, interface-mtu, classless routes, ntp-servers. */
const WANTED = Uint8Array.of(1, 28, 2, 3, 15, 6, 119, 12, 44, 47, 26, 121, 42);
const LEAST_SIZE = 300;
const EVERYBODY = 0xffffffff;
const LOW_DELAY = 0x10;
const TTL = 128;

const u32 = (value: number): Uint8Array => {
  const octets = new Uint8Array(4);
  writeU32(octets, 0, value);
  return octets;
};

export interface Sending {
  readonly type: number;
  readonly transaction: number;
  readonly seconds: number;
  readonly mac: bigint;
  /** The address in use; 0 before there is one. */
  readonly own: number;
  readonly requested: number | null;
  readonly server: number | null;
  readonly hostName: string;
}

export function messageOf(sending: Sending): Uint8Array {
  const { type, transaction, seconds, mac, own, requested, server, hostName } = sending;
  const message = encodeDhcp(
    {
      operation: 'request',
      hops: 0,
      transactionId: transaction,
      seconds,
      flags: 0,
      clientAddress: own,
      yourAddress: 0,
      nextServer: 0,
      relay: 0,
      clientMac: mac,
    },
    [
      encodeDhcpOption(OPTION.type, Uint8Array.of(type)),
      ...(server === null ? [] : [encodeDhcpOption(OPTION.server, u32(server))]),
      ...(requested === null ? [] : [encodeDhcpOption(OPTION.requested, u32(requested))]),
      encodeDhcpOption(OPTION.hostName, encodeUtf8(hostName)),
      ...(type === MESSAGE.release ? [] : [encodeDhcpOption(OPTION.wanted, WANTED)]),
    ],
  );
  return concatBytes([message, new Uint8Array(Math.max(0, LEAST_SIZE - message.length))]);
}

/** The frame of a message from no address to everybody. */
export function broadcastFrame(mac: bigint, message: Uint8Array): Uint8Array {
  const pseudo = { family: 4, source: 0, destination: EVERYBODY } as const;
  const segment = encodeUdp({ sourcePort: CLIENT_PORT, destinationPort: SERVER_PORT }, message, pseudo);
  const fields = {
    source: 0,
    destination: EVERYBODY,
    protocol: IPPROTO.udp,
    tos: LOW_DELAY,
    id: 0,
    dontFragment: false,
    ttl: TTL,
  };
  return frameOf(BROADCAST_MAC, mac, ETHERTYPE.ipv4, buildIpv4(fields, segment));
}
