/** `put_dhcpv6_opts`: OVN's DHCPv6 server, stateful and stateless (RFC 8415). */
import { equalBytes } from '../../../base/bytes.ts';
import { encodeUtf8 } from '../../../base/utf8.ts';
import { readU16, writeU16 } from '../../../wire/octets.ts';
import { OctetReader, OctetWriter } from '../../actions/index.ts';
import { resumeWith } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { optionsIn, put, type Option } from './dhcpv6-options.ts';
import { finishIpv6 } from './ipv6-checksum.ts';
import { readResultBit, type SwitchPacket } from './switch-packet.ts';

const UDP_HEADER = 8;
const MESSAGE_HEADER = 4;
const UDP = 17;
const INFINITE = 0xffffffff;
const DUID_LINK_LAYER = 3;
const ETHERNET = 1;

const MESSAGE = {
  solicit: 1,
  advertise: 2,
  request: 3,
  confirm: 4,
  reply: 7,
  release: 8,
  decline: 9,
  informationRequest: 11,
} as const;

const OPTION = {
  clientId: 1,
  serverId: 2,
  iaNa: 3,
  iaAddress: 5,
  status: 13,
  userClass: 15,
  dnsServers: 23,
  domainSearch: 24,
  fqdn: 39,
  bootfileUrl: 59,
  /** OVN's own, in the userdata only. */
  bootfileAlternative: 254,
} as const;

const FQDN = { s: 1, o: 2, n: 4 } as const;

/** What the client says, as far as it matters. */
interface Request {
  readonly type: number;
  readonly clientId: Uint8Array | null;
  /** 0: none. */
  readonly iaid: number;
  readonly isIpxe: boolean;
  /** null: the client did not speak of its name. */
  readonly fqdnFlags: number | null;
}

const IPXE = encodeUtf8('iPXE');

function readRequest(message: Uint8Array): Request {
  let clientId: Uint8Array | null = null;
  let iaid = 0;
  let isIpxe = false;
  let fqdnFlags: number | null = null;
  for (const { code, value } of optionsIn(message.subarray(MESSAGE_HEADER)).options)
    if (code === OPTION.clientId) clientId = value;
    else if (code === OPTION.iaNa && value.length >= 12) iaid = new OctetReader(value).u32() ?? 0;
    else if (code === OPTION.userClass) isIpxe ||= equalBytes(value.subarray(2, 6), IPXE);
    else if (code === OPTION.fqdn && value.length > 0) fqdnFlags = value[0] as number;
  return { type: message[0] as number, clientId, iaid, isIpxe, fqdnFlags };
}

const ANSWERS: Readonly<Record<number, number>> = {
  [MESSAGE.solicit]: MESSAGE.advertise,
  [MESSAGE.request]: MESSAGE.reply,
  [MESSAGE.confirm]: MESSAGE.reply,
  [MESSAGE.decline]: MESSAGE.reply,
  [MESSAGE.informationRequest]: MESSAGE.reply,
  [MESSAGE.release]: MESSAGE.reply,
};

const serverId = (mac: Uint8Array): Uint8Array =>
  new OctetWriter().u16(DUID_LINK_LAYER).u16(ETHERNET).put(mac).octets();

/** One address for good, inside an identity association. */
function association(iaid: number, address: Uint8Array): Uint8Array {
  const inner = new OctetWriter().put(address).u32(INFINITE).u32(INFINITE).octets();
  const out = new OctetWriter().u32(iaid).u32(INFINITE).u32(INFINITE);
  put(out, OPTION.iaAddress, inner);
  return out.octets();
}

/** An option of the answer; false when the userdata has one that is not known. */
function answerOption(out: OctetWriter, { code, value }: Option, request: Request): boolean {
  switch (code) {
    case OPTION.serverId:
      put(out, code, serverId(value));
      return true;
    case OPTION.iaAddress:
      if (value.length !== 16) return false;
      if (request.iaid !== 0) put(out, OPTION.iaNa, association(request.iaid, value));
      return true;
    case OPTION.dnsServers:
      put(out, code, value);
      return true;
    case OPTION.domainSearch:
      put(out, code, new OctetWriter().u8(value.length).put(value).u8(0).octets());
      return true;
    case OPTION.bootfileUrl:
      if (request.isIpxe) put(out, code, value);
      return true;
    case OPTION.bootfileAlternative:
      if (!request.isIpxe) put(out, OPTION.bootfileUrl, value);
      return true;
    case OPTION.fqdn:
      if (request.fqdnFlags !== null) {
        const overridden = (request.fqdnFlags & FQDN.s) === 0 ? 0 : FQDN.o;
        put(
          out,
          code,
          new OctetWriter()
            .u8(FQDN.n | overridden)
            .put(value)
            .octets(),
        );
      }
      return true;
    default:
      return false;
  }
}

/** The options of the answer; undefined when the userdata is wrong. */
function answerOptions(userdata: Uint8Array, request: Request): Uint8Array | undefined {
  const { options, isWhole } = optionsIn(userdata);
  if (!isWhole) return undefined;
  const out = new OctetWriter();
  if (request.type === MESSAGE.release) {
    const id = options.find(({ code }) => code === OPTION.serverId);
    if (id) put(out, OPTION.serverId, serverId(id.value));
    put(out, OPTION.status, new Uint8Array(2));
    return out.octets();
  }
  return options.every((option) => answerOption(out, option, request)) ? out.octets() : undefined;
}

/** The answer in place of the request, or why there is none. */
function answerOctets(packet: SwitchPacket, userdata: Uint8Array): Uint8Array | string {
  const { octets, places } = packet;
  const udp = places.transport;
  const size = udp < 0 ? 0 : Math.min(readU16(octets, udp + 4), places.end - udp);
  if (size < UDP_HEADER + MESSAGE_HEADER) return 'truncated dhcpv6 packet';
  const message = octets.subarray(udp + UDP_HEADER, udp + size);
  const request = readRequest(message);
  const type = ANSWERS[request.type];
  if (type === undefined) return `DHCPv6 message type ${request.type} is not answered`;
  if (request.clientId === null) return 'DHCPv6 option - Client id not present in the DHCPv6 packet';
  if (request.iaid === 0 && request.type !== MESSAGE.informationRequest)
    return 'DHCPv6 option - IA NA not present in the DHCPv6 packet';
  const options = answerOptions(userdata, request);
  if (!options) return 'Invalid userdata';
  const out = new OctetWriter()
    .put(octets.subarray(0, udp + UDP_HEADER))
    .u8(type)
    .put(message.subarray(1, MESSAGE_HEADER));
  put(out, OPTION.clientId, request.clientId);
  const frame = out.put(options).octets();
  writeU16(frame, udp + 4, frame.length - udp);
  finishIpv6(frame, places.network, udp, 6, UDP);
  return frame;
}

export const putDhcpv6Opts: Answer = (packet, answering) => {
  const { userdata } = packet;
  const result = readResultBit(userdata);
  const options = userdata.rest();
  const octets = !result
    ? 'offset not present in the userdata'
    : options.length === 0
      ? 'DHCPv6 options not present in the userdata'
      : answerOctets(packet, options);
  if (typeof octets === 'string') {
    answering.log.warn('pinctrl', octets);
    resumeWith(answering, packet, result, { octets: null, text: octets });
  } else resumeWith(answering, packet, result, { octets, text: 'DHCPv6 answer' });
};
