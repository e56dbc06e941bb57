/** Which slave a frame takes in the modes that share the load: the transmit hash policies of the bonding driver. */
import { readU16 } from '../../wire/octets.ts';
import { ETHERTYPE, ethertypeOf, HEADER_SIZE, tagOf, withoutTag } from '../ether.ts';
import type { HashPolicy } from './option.table.ts';

const PROTOCOL = { icmp: 1, ipip: 4, tcp: 6, udp: 17, ipv6: 41, gre: 47, icmp6: 58, sctp: 132 } as const;
const WITH_PORTS: ReadonlySet<number> = new Set([PROTOCOL.tcp, PROTOCOL.udp, PROTOCOL.sctp]);

/** As a little-endian processor loads four octets of the packet: the driver mixes them so. */
const load = (octets: Uint8Array, at: number): number =>
  ((octets[at] ?? 0) |
    ((octets[at + 1] ?? 0) << 8) |
    ((octets[at + 2] ?? 0) << 16) |
    ((octets[at + 3] ?? 0) << 24)) >>>
  0;

interface Dissected {
  readonly addresses: number;
  /** Ports, or type, code and identifier of an echo. */
  readonly ports: number;
}

/** Addresses and ports of an IP datagram; with `inside` those of what IPIP and GRE carry. */
function dissect(type: number, octets: Uint8Array, inside: boolean): Dissected | undefined {
  let protocol: number;
  let size: number;
  let addresses: number;
  let whole = true;
  if (type === ETHERTYPE.ipv4 && octets.length >= 20) {
    size = ((octets[0] as number) & 15) * 4;
    protocol = octets[9] as number;
    addresses = load(octets, 12) ^ load(octets, 16);
    whole = (readU16(octets, 6) & 0x3fff) === 0;
  } else if (type === ETHERTYPE.ipv6 && octets.length >= 40) {
    size = 40;
    protocol = octets[6] as number;
    addresses = 0;
    for (let at = 8; at < 40; at += 4) addresses ^= load(octets, at);
  } else return undefined;
  const body = octets.subarray(size);
  if (inside && whole) {
    const inner = innerOf(protocol, body);
    const found = inner === undefined ? undefined : dissect(inner.type, inner.octets, true);
    if (found !== undefined) return found;
  }
  if (!whole || body.length < 8) return { addresses, ports: 0 };
  if (WITH_PORTS.has(protocol)) return { addresses, ports: load(body, 0) };
  const isEcho =
    protocol === PROTOCOL.icmp
      ? body[0] === 8 || body[0] === 0
      : protocol === PROTOCOL.icmp6 && (body[0] === 128 || body[0] === 129);
  if (!isEcho) return { addresses, ports: 0 };
  const identified = [body[0] ?? 0, body[1] ?? 0, body[4] ?? 0, body[5] ?? 0];
  return { addresses, ports: load(Uint8Array.from(identified), 0) };
}

function innerOf(
  protocol: number,
  body: Uint8Array,
): { readonly type: number; readonly octets: Uint8Array } | undefined {
  if (protocol === PROTOCOL.ipip) return { type: ETHERTYPE.ipv4, octets: body };
  if (protocol === PROTOCOL.ipv6) return { type: ETHERTYPE.ipv6, octets: body };
  if (protocol !== PROTOCOL.gre || body.length < 4) return undefined;
  const flags = body[0] as number;
  const size = 4 + (flags & 0x80 ? 4 : 0) + (flags & 0x20 ? 4 : 0) + (flags & 0x10 ? 4 : 0);
  const type = readU16(body, 2);
  const octets = body.subarray(size);
  if (type !== 0x6558) return { type, octets };
  return octets.length < HEADER_SIZE
    ? undefined
    : { type: ethertypeOf(octets), octets: octets.subarray(HEADER_SIZE) };
}

/** The hash of a frame, unsigned; the slave is its remainder by the number of slaves that can send. */
export function transmitHash(policy: HashPolicy, frame: Uint8Array): number {
  const tag = tagOf(frame);
  const bare = tag === undefined ? frame : withoutTag(frame);
  if (policy === 'vlan+srcmac') {
    const vendor = (readU16(bare, 6) << 8) | (bare[8] as number);
    const device = ((bare[9] as number) << 16) | readU16(bare, 10);
    return ((tag === undefined ? 0 : (tag.priority << 13) | tag.id) ^ vendor ^ device) >>> 0;
  }
  const link = (bare[5] as number) ^ (bare[11] as number) ^ readU16(bare, 12);
  if (policy === 'layer2') return link >>> 0;
  const inside = policy === 'encap2+3' || policy === 'encap3+4';
  const found = dissect(ethertypeOf(bare), bare.subarray(HEADER_SIZE), inside);
  if (found === undefined) return link >>> 0;
  const withPorts = policy === 'layer3+4' || policy === 'encap3+4';
  let hash = (withPorts ? found.ports : link) ^ found.addresses;
  hash ^= hash >>> 16;
  hash ^= hash >>> 8;
  // Ports of connections are often even, so their lowest bit says little.
  return (withPorts ? hash >>> 1 : hash) >>> 0;
}
