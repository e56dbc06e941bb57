/** DHCP messages as udhcpc sends and reads them: raw frames from no address to all (RFC 2131). */
import { concatBytes } from '../../base/bytes.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import { BROADCAST_MAC, ETHERTYPE, frameOf } from '../../linux/ether.ts';
import { buildIpv4, IPPROTO } from '../../linux/ip4/packet.ts';
import { decode, encodeDhcp, encodeDhcpOption, encodeUdp, findLayer } from '../../wire/index.ts';
import { readU32, writeMac, writeU16, writeU32 } from '../../wire/octets.ts';
import type { UdhcpcOptions } from './options.ts';

export const MESSAGE = { discover: 1, offer: 2, request: 3, ack: 5, nak: 6 } as const;
export const CLIENT_PORT = 68;
export const SERVER_PORT = 67;

const OPTION = {
  mask: 1,
  router: 3,
  dns: 6,
  domain: 15,
  mtu: 26,
  broadcast: 28,
  requested: 50,
  lease: 51,
} as const;
const TYPE = 53;
const SERVER = 54;
const ASKED = 55;
const MAXIMUM_SIZE = 57;
const VENDOR = 60;
const CLIENT = 61;
/** Mask, router, DNS servers, host name, domain, broadcast address, NTP servers. */
const WANTED = Uint8Array.of(1, 3, 6, 12, 15, 28, 42);
/** The smallest BOOTP message; shorter ones are padded. */
const LEAST_SIZE = 300;
const LARGEST_MESSAGE = 576;
const BROADCAST_FLAG = 0x8000;
const EVERYBODY = 0xffffffff;

const u32 = (value: number): Uint8Array => {
  const octets = new Uint8Array(4);
  writeU32(octets, 0, value);
  return octets;
};

/** What a message says beside its type. */
export interface Asking {
  readonly type: number;
  readonly transaction: number;
  readonly seconds: number;
  readonly mac: bigint;
  /** The address in use, once there is one. */
  readonly own: number;
  readonly requested: number | null;
  readonly server: number | null;
}

export function messageOf(asking: Asking, options: UdhcpcOptions): Uint8Array {
  const { type, transaction, seconds, mac, own, requested, server } = asking;
  const identity = new Uint8Array(7);
  identity[0] = 1;
  writeMac(identity, 1, mac);
  const size = new Uint8Array(2);
  writeU16(size, 0, LARGEST_MESSAGE);
  const message = encodeDhcp(
    {
      operation: 'request',
      hops: 0,
      transactionId: transaction,
      seconds,
      flags: options.broadcastReplies ? BROADCAST_FLAG : 0,
      clientAddress: own,
      yourAddress: 0,
      nextServer: 0,
      relay: 0,
      clientMac: mac,
    },
    [
      encodeDhcpOption(TYPE, Uint8Array.of(type)),
      ...(requested === null ? [] : [encodeDhcpOption(OPTION.requested, u32(requested))]),
      ...(server === null ? [] : [encodeDhcpOption(SERVER, u32(server))]),
      encodeDhcpOption(MAXIMUM_SIZE, size),
      encodeDhcpOption(ASKED, WANTED),
      ...(options.vendor === '' ? [] : [encodeDhcpOption(VENDOR, encodeUtf8(options.vendor))]),
      ...(options.clientId ? [encodeDhcpOption(CLIENT, identity)] : []),
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
    id: 0,
    dontFragment: false,
    ttl: 64,
  };
  return frameOf(BROADCAST_MAC, mac, ETHERTYPE.ipv4, buildIpv4(fields, segment));
}

/** An answer, as far as the client uses it. */
export interface Answer {
  readonly type: number;
  readonly address: number;
  readonly server: number | null;
  readonly lease: number | null;
  readonly mask: number | null;
  readonly broadcast: number | null;
  readonly routers: readonly number[];
  readonly dns: readonly number[];
  readonly domain: string;
  readonly mtu: number | null;
}

/** Reads a frame that is an answer to `transaction` of `mac`. */
export function readAnswer(frame: Uint8Array, transaction: number, mac: bigint): Answer | undefined {
  const decoded = decode(frame);
  const layer = findLayer(decoded, 'dhcp');
  if (layer === undefined || layer.operation !== 'reply') return undefined;
  if (layer.transactionId !== transaction || layer.clientMac !== mac) return undefined;
  const value = (code: number): Uint8Array | undefined =>
    layer.options.find((option) => option.code === code)?.value;
  const addresses = (code: number): number[] => {
    const octets = value(code) ?? new Uint8Array(0);
    return Array.from({ length: octets.length >> 2 }, (_, at) => readU32(octets, 4 * at));
  };
  const mtu = value(OPTION.mtu);
  return {
    type: value(TYPE)?.[0] ?? 0,
    address: layer.yourAddress,
    server: addresses(SERVER)[0] ?? null,
    lease: addresses(OPTION.lease)[0] ?? null,
    mask: addresses(OPTION.mask)[0] ?? null,
    broadcast: addresses(OPTION.broadcast)[0] ?? null,
    routers: addresses(OPTION.router),
    dns: addresses(OPTION.dns),
    domain: String.fromCharCode(...(value(OPTION.domain) ?? [])),
    mtu: mtu?.length === 2 ? ((mtu[0] as number) << 8) | (mtu[1] as number) : null,
  };
}
