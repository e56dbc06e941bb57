/** Frames that the page composes from fields: addresses as text in, octets with right checksums out. */
import { parseIpv4, parseIpv6, parseMac } from '../../core/base/address.ts';
import {
  encodeArp,
  encodeDhcp,
  DHCP_MESSAGE,
  DHCP_OPTION,
  encodeDhcpOption,
  encodeEthernet,
  encodeIcmpEcho,
  encodeIcmpv6,
  encodeIpv4,
  encodeIpv6,
  encodeTcp,
  encodeUdp,
  encodeVlan,
  ETHERTYPE,
  IP_PROTOCOL,
  readCapture,
  TcpdumpSession,
  TCP_FLAG,
} from '../../core/wire/index.ts';
import type { CapturedText, FrameFields } from '../protocol.ts';
import { Refused } from './refused.ts';

/** A port of somebody who is not there: out of the range that kernels choose from. */
const SOURCE_PORT = 12_345;
const WINDOW = 64_240;
const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const EVERYBODY = 0xffffffff;
/** 802.1Q. */
const TPID = 0x8100;

function read<Value>(value: Value | undefined, text: string, what: string): Value {
  if (value === undefined) throw new Refused(`${text === '' ? 'nothing' : text} is not ${what}`);
  return value;
}

const mac = (text: string): bigint => read(parseMac(text), text, 'a MAC address');

function port(number: number): number {
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new Refused(`${number} is not a port`);
  return number;
}

/** The octets of a frame. Refused when an address is none, or the two are of different families. */
export function composeFrame(fields: FrameFields): Uint8Array {
  const source = mac(fields.sourceMac);
  const payload = network(fields, source);
  const asksAll = fields.protocol === 'arp' || fields.protocol === 'dhcp';
  const destination = mac(asksAll ? BROADCAST : fields.destinationMac);
  if (fields.vlan === null)
    return encodeEthernet({ source, destination, type: payload.type }, payload.octets);
  if (!(Number.isInteger(fields.vlan) && fields.vlan >= 0 && fields.vlan < 4095))
    throw new Refused(`${fields.vlan} is not a VLAN id`);
  return encodeEthernet(
    { source, destination, type: TPID },
    encodeVlan({ vlan: fields.vlan, type: payload.type }, payload.octets),
  );
}

function network(
  fields: FrameFields,
  sourceMac: bigint,
): { readonly type: number; readonly octets: Uint8Array } {
  if (fields.protocol === 'dhcp') return { type: ETHERTYPE.ipv4, octets: discover(fields, sourceMac) };
  const six = fields.source.includes(':');
  if (six !== fields.destination.includes(':'))
    throw new Refused('source and destination are of different families');
  if (fields.protocol === 'arp') {
    const senderIp = read(parseIpv4(fields.source), fields.source, 'an IPv4 address');
    const targetIp = read(parseIpv4(fields.destination), fields.destination, 'an IPv4 address');
    const octets = encodeArp({ operation: 1, senderMac: sourceMac, senderIp, targetMac: 0n, targetIp });
    return { type: ETHERTYPE.arp, octets };
  }
  const hops = fields.ttl;
  if (!(Number.isInteger(hops) && hops >= 0 && hops <= 255)) throw new Refused(`${hops} is not a TTL`);
  if (six) {
    const source = read(parseIpv6(fields.source), fields.source, 'an IPv6 address');
    const destination = read(parseIpv6(fields.destination), fields.destination, 'an IPv6 address');
    const pseudo = { family: 6, source, destination } as const;
    const [nextHeader, body] =
      fields.protocol === 'icmp'
        ? [IP_PROTOCOL.icmpv6, encodeIcmpv6({ type: 128, code: 0 }, echoBody(), pseudo)]
        : transport(fields, pseudo);
    const octets = encodeIpv6({ source, destination, nextHeader, hopLimit: hops }, body);
    return { type: ETHERTYPE.ipv6, octets };
  }
  const source = read(parseIpv4(fields.source), fields.source, 'an IPv4 address');
  const destination = read(parseIpv4(fields.destination), fields.destination, 'an IPv4 address');
  const [protocol, body] =
    fields.protocol === 'icmp'
      ? [IP_PROTOCOL.icmp, encodeIcmpEcho(8, 1, 1, new Uint8Array(56))]
      : transport(fields, { family: 4, source, destination });
  const octets = encodeIpv4({ source, destination, protocol, ttl: hops, dontFragment: true }, body);
  return { type: ETHERTYPE.ipv4, octets };
}

/** A DHCPDISCOVER (RFC 2131) that asks for what a usual client asks for; the MAC's last octets number the exchange. */
function discover(fields: FrameFields, clientMac: bigint): Uint8Array {
  const message = encodeDhcp(
    {
      operation: 'request',
      hops: 0,
      transactionId: Number(clientMac & 0xffffffffn),
      seconds: 0,
      flags: 0,
      clientAddress: 0,
      yourAddress: 0,
      nextServer: 0,
      relay: 0,
      clientMac,
    },
    [
      encodeDhcpOption(DHCP_OPTION.messageType, Uint8Array.of(DHCP_MESSAGE.discover)),
      // Mask, router, DNS servers, domain, MTU, broadcast address, lease time.
      encodeDhcpOption(55, Uint8Array.of(1, 3, 6, 15, 26, 28, 51)),
    ],
  );
  const ends = { source: 0, destination: EVERYBODY } as const;
  const datagram = encodeUdp({ sourcePort: 68, destinationPort: 67 }, message, { family: 4, ...ends });
  return encodeIpv4({ ...ends, protocol: IP_PROTOCOL.udp, ttl: fields.ttl, dontFragment: false }, datagram);
}

/** Identifier 1, sequence 1, as an echo has them in front of its data. */
const echoBody = (): Uint8Array => Uint8Array.from([0, 1, 0, 1, ...new Uint8Array(56)]);

function transport(
  fields: FrameFields,
  pseudo: Parameters<typeof encodeUdp>[2],
): readonly [number, Uint8Array] {
  const destinationPort = port(fields.port);
  const data = new TextEncoder().encode(fields.data);
  if (fields.protocol === 'udp')
    return [IP_PROTOCOL.udp, encodeUdp({ sourcePort: SOURCE_PORT, destinationPort }, data, pseudo)];
  const header = {
    sourcePort: SOURCE_PORT,
    destinationPort,
    sequence: 1,
    acknowledgement: 0,
    flags: TCP_FLAG.syn,
    window: WINDOW,
  };
  return [IP_PROTOCOL.tcp, encodeTcp(header, data, pseudo)];
}

/** The frames of a capture file, each with a line of tcpdump's text. */
export function capturedFrames(octets: Uint8Array): readonly CapturedText[] {
  const capture = readCapture(octets);
  if (!capture.ok) throw new Refused(capture.error.message, `octet ${capture.error.place?.offset ?? 0}`);
  const session = new TcpdumpSession({ numeric: true, timestamp: 1 });
  return capture.value.packets.map((packet) => ({
    octets: packet.octets,
    text: session
      .print({ octets: packet.octets, length: packet.octets.length, time: packet.time })
      .text.trimEnd(),
  }));
}
