/** `put_dhcp_opts`: OVN's DHCPv4 server. Offers, acknowledges or refuses the one address that the flow carries. */
import { formatIpv4, formatMac } from '../../../base/address.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import { getField, getFieldNumber } from '../../../flow/flow.ts';
import { internetChecksum } from '../../../wire/checksum.ts';
import { readU32, writeU16, writeU32 } from '../../../wire/octets.ts';
import { OctetWriter } from '../../actions/index.ts';
import { resumeWith, type Answering } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { DHCP, OVN_OPTION, optionsIn, readDhcp, type DhcpMessage } from './dhcpv4-message.ts';
import { DHCP_MESSAGE, DHCP_OPTION } from '../../../wire/index.ts';
import { readResultBit, type SwitchPacket } from './switch-packet.ts';

interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

/** An INFORM has its address already: nothing about that and about times. */
const NOT_FOR_INFORM: ReadonlySet<number> = new Set([
  DHCP_OPTION.netmask,
  DHCP_OPTION.leaseTime,
  DHCP_OPTION.renewal,
  DHCP_OPTION.rebinding,
]);

const NAMES: Readonly<Record<number, string>> = {
  [DHCP_MESSAGE.offer]: 'OFFER',
  [DHCP_MESSAGE.ack]: 'ACK',
  [DHCP_MESSAGE.nak]: 'NAK',
};

/** Padding on both sides of the end option. */
const PADDING = 4;

/** iPXE is told one boot file, a boot ROM before it the other. */
function chooseBootfile(options: readonly Option[], isIpxe: boolean): Option[] {
  const hasFirst = options.some(({ code }) => code === DHCP_OPTION.bootFile);
  const chosen: Option[] = [];
  options.forEach((option, index) => {
    const { code, value } = option;
    const paired =
      code === DHCP_OPTION.bootFile
        ? options[index + 1]?.code === OVN_OPTION.bootFileAlternative
        : code === OVN_OPTION.bootFileAlternative && options[index - 1]?.code === DHCP_OPTION.bootFile;
    if (paired && (code === DHCP_OPTION.bootFile) !== isIpxe) return;
    const isAlternative = code === OVN_OPTION.bootFileAlternative && (paired || !hasFirst);
    chosen.push(isAlternative ? { code: DHCP_OPTION.bootFile, value } : option);
  });
  return chosen;
}

function optionOctets(options: readonly Option[]): Uint8Array {
  const out = new OctetWriter();
  for (const { code, value } of options) out.u8(code).u8(value.length).put(value);
  return out.octets();
}

/** The reply in place of the request: same Ethernet and IP headers, which later flows turn round. */
function replyOctets(
  packet: SwitchPacket,
  message: DhcpMessage,
  type: number,
  offer: number,
  options: readonly Option[],
): Uint8Array {
  const { octets, places } = packet;
  const isNak = type === DHCP_MESSAGE.nak;
  const next = options.findLast(({ code }) => code === OVN_OPTION.nextServer);
  const body = isNak ? [] : chooseBootfile(options, message.isIpxe);
  const out = new OctetWriter()
    .put(octets.subarray(0, message.start + DHCP.header))
    .u32(DHCP.cookie)
    .u8(DHCP_OPTION.messageType)
    .u8(1)
    .u8(type)
    .put(optionOctets(body))
    .zeros(PADDING)
    .u8(DHCP_OPTION.end)
    .zeros(PADDING)
    .octets();
  const { at } = DHCP;
  out[message.start + at.op] = DHCP.reply;
  const isInform = message.type === DHCP_MESSAGE.inform;
  writeU32(out, message.start + at.yiaddr, isNak || isInform ? 0 : offer);
  if (!isInform) {
    const server = next ? readU32(next.value, 0) : message.siaddr;
    writeU32(out, message.start + at.siaddr, isNak ? 0 : server);
  }
  writeU16(out, message.udp + 4, out.length - message.udp);
  writeU16(out, message.udp + 6, 0);
  const ip = places.network;
  const isBroadcast = (message.flags & DHCP.broadcastFlag) !== 0;
  writeU32(out, ip + 16, isBroadcast ? 0xffffffff : offer);
  writeU16(out, ip + 2, out.length - ip);
  writeU16(out, ip + 10, 0);
  writeU16(out, ip + 10, internetChecksum(out, ip, 20));
  return out;
}

/** The type of the reply with the options that go into it, or why there is none. */
function decide(
  answering: Answering,
  packet: SwitchPacket,
  message: DhcpMessage,
  offer: number,
  options: readonly Option[],
): { readonly type: number; readonly options: readonly Option[] } | string {
  const { headers } = packet;
  const { log } = answering;
  const client = formatMac(getField(headers, FIELDS.eth_src));
  switch (message.type) {
    case 0:
      return 'Missing DHCP message type';
    case DHCP_MESSAGE.discover:
      return { type: DHCP_MESSAGE.offer, options };
    case DHCP_MESSAGE.request: {
      if (message.requestedIp === offer) return { type: DHCP_MESSAGE.ack, options };
      const asked = formatIpv4(message.requestedIp);
      log.warn('pinctrl', `DHCPREQUEST requested IP ${asked} does not match offer ${formatIpv4(offer)}`);
      return { type: DHCP_MESSAGE.nak, options };
    }
    case DHCP_MESSAGE.inform:
      log.info('pinctrl', `DHCPINFORM from ${client} ${formatIpv4(getFieldNumber(headers, FIELDS.ip_src))}`);
      return { type: DHCP_MESSAGE.ack, options: options.filter(({ code }) => !NOT_FOR_INFORM.has(code)) };
    case DHCP_MESSAGE.release: {
      const text = `DHCPRELEASE ${client} ${formatIpv4(message.ciaddr)}`;
      log.info('pinctrl', text);
      return text;
    }
    case DHCP_MESSAGE.decline: {
      const text = `DHCPDECLINE from ${client}, ${formatIpv4(offer)} duplicated`;
      if (message.requestedIp !== offer) return 'DHCPDECLINE of another address';
      log.info('pinctrl', text);
      return text;
    }
    default:
      log.warn('pinctrl', `Invalid DHCP message type: ${message.type}`);
      return `Invalid DHCP message type: ${message.type}`;
  }
}

export const putDhcpOpts: Answer = (packet, answering) => {
  const { userdata, headers } = packet;
  const result = readResultBit(userdata);
  const offer = userdata.u32();
  const fail = (text: string): void => resumeWith(answering, packet, result, { octets: null, text });
  const warn = (text: string): void => {
    answering.log.warn('pinctrl', text);
    fail(text);
  };
  if (!result || offer === undefined) {
    warn('offset or offer_ip not present in the userdata');
    return;
  }
  const options = [...optionsIn(userdata.rest())];
  if (options.length === 0) {
    warn('DHCP options not present in the userdata');
    return;
  }
  const message = readDhcp(packet);
  if (typeof message === 'string') {
    warn(message);
    return;
  }
  if (message.op !== DHCP.request) {
    warn(`Invalid opcode in the DHCP packet: ${message.op}`);
    return;
  }
  const decision = decide(answering, packet, message, offer, options);
  if (typeof decision === 'string') {
    fail(decision);
    return;
  }
  const octets = replyOctets(packet, message, decision.type, offer, decision.options);
  const client = formatMac(getField(headers, FIELDS.eth_src));
  const text = `DHCP${NAMES[decision.type] ?? ''} ${client} ${formatIpv4(offer)}`;
  answering.log.info('pinctrl', text);
  resumeWith(answering, packet, result, { octets, text });
};
