/** DHCP messages as udhcpc sends and reads them (RFC 2131). */
import { encodeUtf8 } from '../../base/utf8.ts';
import { decode, DHCP_OPTION, encodeDhcpOption, findLayer } from '../../wire/index.ts';
import { readU32, writeMac, writeU16, writeU32 } from '../../wire/octets.ts';
import { broadcastFrame, dhcpRequest, type RequestHead } from '../dhcp-broadcast.ts';
import type { UdhcpcOptions } from './options.ts';

/** Mask, router, DNS servers, host name, domain, broadcast address, NTP servers. */
const WANTED = Uint8Array.of(1, 3, 6, 12, 15, 28, 42);
const LARGEST_MESSAGE = 576;
const BROADCAST_FLAG = 0x8000;
const TTL = 64;

const u32 = (value: number): Uint8Array => {
  const octets = new Uint8Array(4);
  writeU32(octets, 0, value);
  return octets;
};

/** What a message says beside its type. */
export interface Asking extends Omit<RequestHead, 'flags'> {
  readonly type: number;
  readonly requested: number | null;
  readonly server: number | null;
}

export function messageOf({ type, requested, server, ...head }: Asking, options: UdhcpcOptions): Uint8Array {
  const identity = new Uint8Array(7);
  identity[0] = 1;
  writeMac(identity, 1, head.mac);
  const size = new Uint8Array(2);
  writeU16(size, 0, LARGEST_MESSAGE);
  return dhcpRequest({ ...head, flags: options.broadcastReplies ? BROADCAST_FLAG : 0 }, [
    encodeDhcpOption(DHCP_OPTION.messageType, Uint8Array.of(type)),
    ...(requested === null ? [] : [encodeDhcpOption(DHCP_OPTION.requestedAddress, u32(requested))]),
    ...(server === null ? [] : [encodeDhcpOption(DHCP_OPTION.serverId, u32(server))]),
    encodeDhcpOption(DHCP_OPTION.largestMessage, size),
    encodeDhcpOption(DHCP_OPTION.requestedOptions, WANTED),
    ...(options.vendor === '' ? [] : [encodeDhcpOption(DHCP_OPTION.vendorClass, encodeUtf8(options.vendor))]),
    ...(options.clientId ? [encodeDhcpOption(DHCP_OPTION.clientId, identity)] : []),
  ]);
}

/** The frame of a message from no address to everybody. */
export const broadcastFrameOf = (mac: bigint, message: Uint8Array): Uint8Array =>
  broadcastFrame(mac, message, { ttl: TTL, tos: 0 });

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
  const mtu = value(DHCP_OPTION.mtu);
  return {
    type: value(DHCP_OPTION.messageType)?.[0] ?? 0,
    address: layer.yourAddress,
    server: addresses(DHCP_OPTION.serverId)[0] ?? null,
    lease: addresses(DHCP_OPTION.leaseTime)[0] ?? null,
    mask: addresses(DHCP_OPTION.netmask)[0] ?? null,
    broadcast: addresses(DHCP_OPTION.broadcast)[0] ?? null,
    routers: addresses(DHCP_OPTION.router),
    dns: addresses(DHCP_OPTION.dnsServer),
    domain: String.fromCharCode(...(value(DHCP_OPTION.domainName) ?? [])),
    mtu: mtu?.length === 2 ? ((mtu[0] as number) << 8) | (mtu[1] as number) : null,
  };
}
