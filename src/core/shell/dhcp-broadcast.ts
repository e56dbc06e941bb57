/** What DHCP clients send before they have an address: a request padded to BOOTP's size, in a frame from no address to all (RFC 2131). */
import { concatBytes } from '../base/bytes.ts';
import { BROADCAST_MAC, ETHERTYPE, frameOf } from '../linux/ether.ts';
import { buildIpv4, IPPROTO } from '../linux/ip4/packet.ts';
import { DHCP_CLIENT_PORT, DHCP_SERVER_PORT, encodeDhcp, encodeUdp } from '../wire/index.ts';

/** The smallest BOOTP message; shorter ones are padded. */
const LEAST_SIZE = 300;
const EVERYBODY = 0xffffffff;

export interface RequestHead {
  readonly transaction: number;
  /** Since the client began to ask. */
  readonly seconds: number;
  readonly flags: number;
  /** The address in use; 0 before there is one. */
  readonly own: number;
  readonly mac: bigint;
}

export function dhcpRequest(
  { transaction, seconds, flags, own, mac }: RequestHead,
  options: readonly Uint8Array[],
): Uint8Array {
  const message = encodeDhcp(
    {
      operation: 'request',
      hops: 0,
      transactionId: transaction,
      seconds,
      flags,
      clientAddress: own,
      yourAddress: 0,
      nextServer: 0,
      relay: 0,
      clientMac: mac,
    },
    options,
  );
  return concatBytes([message, new Uint8Array(Math.max(0, LEAST_SIZE - message.length))]);
}

export function broadcastFrame(
  mac: bigint,
  message: Uint8Array,
  { ttl, tos }: { readonly ttl: number; readonly tos: number },
): Uint8Array {
  const pseudo = { family: 4, source: 0, destination: EVERYBODY } as const;
  const ports = { sourcePort: DHCP_CLIENT_PORT, destinationPort: DHCP_SERVER_PORT };
  const fields = {
    source: 0,
    destination: EVERYBODY,
    protocol: IPPROTO.udp,
    tos,
    id: 0,
    dontFragment: false,
    ttl,
  };
  const datagram = buildIpv4(fields, encodeUdp(ports, message, pseudo));
  return frameOf(BROADCAST_MAC, mac, ETHERTYPE.ipv4, datagram);
}
