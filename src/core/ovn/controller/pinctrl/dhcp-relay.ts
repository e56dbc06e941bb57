/** `dhcp_relay_req_chk` and `dhcp_relay_resp_chk`: a logical router that relays DHCPv4 (RFC 1542). */
import { formatIpv4, formatMac } from '../../../base/address.ts';
import { toBigInt } from '../../../base/bytes.ts';
import { updateChecksum, updateChecksum32 } from '../../../wire/checksum.ts';
import { readU16, readU32, writeU16, writeU32 } from '../../../wire/octets.ts';
import { resumeWith, type Answering } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { DHCP, readDhcp, type DhcpMessage } from './dhcpv4-message.ts';
import { DHCP_MESSAGE } from '../../../wire/index.ts';
import { readResultBit, type SwitchPacket } from './switch-packet.ts';

const NAMES = [
  'INVALID',
  'DISCOVER',
  'OFFER',
  'REQUEST',
  'DECLINE',
  'ACK',
  'NAK',
  'RELEASE',
  'INFORM',
] as const;

const nameOf = (type: number): string => (type === 0 ? 'UNKNOWN' : (NAMES[type] ?? 'UNKNOWN'));

/** Adjusts a UDP checksum, unless there is none. */
function fixUdp(octets: Uint8Array, udp: number, fix: (checksum: number) => number): void {
  const checksum = readU16(octets, udp + 6);
  if (checksum !== 0) writeU16(octets, udp + 6, fix(checksum));
}

interface Relay {
  readonly relay: number;
  readonly server: number;
}

/** The octets that go on, or why none do. */
type Check = (
  answering: Answering,
  packet: SwitchPacket,
  message: DhcpMessage,
  relay: Relay,
) => Uint8Array | string;

function summary(name: string, message: DhcpMessage, rest: string): string {
  const mac = formatMac(toBigInt(message.chaddr));
  return `${name}:: MSG_TYPE:${nameOf(message.type)} MAC:${mac} XID:${message.xid}${rest}`;
}

const request: Check = (answering, packet, message, { relay, server }) => {
  const name = 'DHCP_RELAY_REQ_CHK';
  if (message.op !== DHCP.request) return `${name}: invalid opcode in the DHCP packet: ${message.op}`;
  if (message.giaddr !== 0) return `${name}: giaddr is already set`;
  if (message.type === 0) return `${name}: missing message type`;
  const octets = packet.octets.slice();
  const hopsAt = message.start + DHCP.at.hops;
  const hops = octets[hopsAt] as number;
  octets[hopsAt] = hops + 1;
  fixUdp(octets, message.udp, (checksum) => updateChecksum(checksum, hops, (hops + 1) & 0xff));
  writeU32(octets, message.start + DHCP.at.giaddr, relay);
  fixUdp(octets, message.udp, (checksum) => updateChecksum32(checksum, 0, relay));
  const rest = ` REQ_IP:${formatIpv4(message.requestedIp)} GIADDR:${formatIpv4(relay)} SERVER_ADDR:${formatIpv4(server)}`;
  answering.log.info('pinctrl', summary(name, message, rest));
  return octets;
};

const response: Check = (answering, packet, message, { relay, server }) => {
  const name = 'DHCP_RELAY_RESP_CHK';
  const { giaddr, yiaddr } = message;
  if (message.op !== DHCP.reply) return `${name}: invalid opcode in the packet: ${message.op}`;
  if (giaddr === 0) return `${name}: giaddr is not set in request`;
  if (giaddr !== relay) return 'DHCP_RELAY_RESP: giaddr mismatch';
  if (message.type === 0) return 'DHCP_RELAY_RESP: missing message type';
  if (message.serverId === 0) return 'DHCP_RELAY_RESP: missing server identifier';
  if (message.serverId !== server) return 'DHCP_RELAY_RESP: server identifier mismatch';
  const ends = ` YIADDR:${formatIpv4(yiaddr)} GIADDR:${formatIpv4(giaddr)} SERVER_ADDR:${formatIpv4(message.serverId)}`;
  if (message.type === DHCP_MESSAGE.offer || message.type === DHCP_MESSAGE.ack) {
    const mac = formatMac(toBigInt(message.chaddr));
    const told = ` MSG_TYPE:${nameOf(message.type)} MAC:${mac} XID:${message.xid}${ends}`;
    if (((yiaddr ^ giaddr) & message.netmask) !== 0)
      return `${name}:: Allocated ip adress and giaddr are not in same subnet.${told}`;
    if (message.router !== 0 && message.router !== giaddr)
      answering.log.info('pinctrl', `${name}:: Router ip adress and giaddr are not same.${told}`);
  }
  const octets = packet.octets.slice();
  octets.set(message.chaddr, 0);
  const ip = packet.places.network;
  const before = readU32(octets, ip + 16);
  const destination = (message.flags & DHCP.broadcastFlag) === 0 ? yiaddr : 0xffffffff;
  writeU32(octets, ip + 16, destination);
  writeU16(octets, ip + 10, updateChecksum32(readU16(octets, ip + 10), before, destination));
  fixUdp(octets, message.udp, (checksum) => updateChecksum32(checksum, before, destination));
  answering.log.info('pinctrl', summary(name, message, ends));
  return octets;
};

function relayed(name: string, check: Check): Answer {
  return (packet, answering) => {
    const { userdata } = packet;
    const result = readResultBit(userdata);
    const relay = userdata.u32();
    const server = userdata.u32();
    let octets: Uint8Array | string = `${name}: relay ip or server ip not present in the userdata`;
    if (relay !== undefined && server !== undefined) {
      const message = readDhcp(packet);
      octets = typeof message === 'string' ? message : check(answering, packet, message, { relay, server });
    }
    if (typeof octets === 'string') {
      answering.log.warn('pinctrl', octets);
      resumeWith(answering, packet, result, { octets: null, text: octets });
    } else resumeWith(answering, packet, result, { octets, text: `${name}: relayed` });
  };
}

export const dhcpRelayReqChk = relayed('DHCP_RELAY_REQ_CHK', request);
export const dhcpRelayRespChk = relayed('DHCP_RELAY_RESP_CHK', response);
