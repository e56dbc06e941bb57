/** A DHCPv4 message inside a packet, as far as OVN's own server and relay look into it (RFC 2131, RFC 2132). */
import { DHCP_OPTION } from '../../../wire/index.ts';
import { readU16, readU32 } from '../../../wire/octets.ts';
import type { SwitchPacket } from './switch-packet.ts';

export const DHCP = {
  udpHeader: 8,
  header: 236,
  cookie: 0x63825363,
  request: 1,
  reply: 2,
  broadcastFlag: 0x8000,
  /** Offsets in the header. */
  at: {
    op: 0,
    htype: 1,
    hlen: 2,
    hops: 3,
    xid: 4,
    flags: 10,
    ciaddr: 12,
    yiaddr: 16,
    siaddr: 20,
    giaddr: 24,
    chaddr: 28,
  },
} as const;

/** Options of OVN's own, in the userdata only. */
export const OVN_OPTION = { nextServer: 253, bootFileAlternative: 254 } as const;

const ETHERNET_HARDWARE = 1;

export interface DhcpMessage {
  /** Place of the UDP header in the frame. */
  readonly udp: number;
  /** Place of the message. */
  readonly start: number;
  readonly op: number;
  readonly flags: number;
  readonly ciaddr: number;
  readonly yiaddr: number;
  readonly siaddr: number;
  readonly giaddr: number;
  readonly xid: number;
  readonly chaddr: Uint8Array;
  /** 0: not given. */
  readonly type: number;
  readonly requestedIp: number;
  readonly serverId: number;
  readonly netmask: number;
  readonly router: number;
  readonly isIpxe: boolean;
}

/** Options in order, up to the end; one that runs over is left out. */
export function* optionsIn(
  octets: Uint8Array,
): Generator<{ readonly code: number; readonly value: Uint8Array }> {
  let at = 0;
  while (at < octets.length) {
    const code = octets[at] as number;
    if (code === DHCP_OPTION.end) return;
    if (code === DHCP_OPTION.pad) {
      at += 1;
      continue;
    }
    const size = octets[at + 1];
    if (size === undefined || at + 2 + size > octets.length) return;
    yield { code, value: octets.subarray(at + 2, at + 2 + size) };
    at += 2 + size;
  }
}

/** The message, or what the real program says of it. */
export function readDhcp({ octets, places }: SwitchPacket): DhcpMessage | string {
  const udp = places.transport;
  const start = udp + DHCP.udpHeader;
  const { at } = DHCP;
  if (udp < 0 || start > octets.length) return 'DHCP: Invalid or incomplete DHCP packet received';
  if (start + DHCP.header > octets.length)
    return 'DHCP: Invalid or incomplete DHCP packet received, bad data length';
  if (octets[start + at.htype] !== ETHERNET_HARDWARE)
    return 'DHCP: Packet is recieved with unsupported hardware type';
  if (octets[start + at.hlen] !== 6) return 'DHCP: Packet is recieved with unsupported hardware length';
  const cookie = start + DHCP.header;
  if (cookie + 4 > octets.length || readU32(octets, cookie) !== DHCP.cookie)
    return 'DHCP: Magic cookie not present in the DHCP packet';
  const seen = { type: 0, requestedIp: 0, serverId: 0, netmask: 0, router: 0, isIpxe: false };
  for (const { code, value } of optionsIn(octets.subarray(cookie + 4, places.end))) {
    const address = value.length === 4 ? readU32(value, 0) : undefined;
    if (code === DHCP_OPTION.messageType && value.length === 1) seen.type = value[0] as number;
    else if (code === DHCP_OPTION.requestedAddress) seen.requestedIp = address ?? seen.requestedIp;
    else if (code === DHCP_OPTION.serverId) seen.serverId = address ?? seen.serverId;
    else if (code === DHCP_OPTION.netmask) seen.netmask = address ?? seen.netmask;
    else if (code === DHCP_OPTION.router) seen.router = address ?? seen.router;
    else if (code === DHCP_OPTION.etherboot) seen.isIpxe = true;
  }
  const ciaddr = readU32(octets, start + at.ciaddr);
  return {
    udp,
    start,
    op: octets[start] as number,
    flags: readU16(octets, start + at.flags),
    ciaddr,
    yiaddr: readU32(octets, start + at.yiaddr),
    siaddr: readU32(octets, start + at.siaddr),
    giaddr: readU32(octets, start + at.giaddr),
    xid: readU32(octets, start + at.xid),
    chaddr: octets.subarray(start + at.chaddr, start + at.chaddr + 6),
    ...seen,
    requestedIp: seen.requestedIp === 0 ? ciaddr : seen.requestedIp,
  };
}
