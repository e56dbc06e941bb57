/**
 * A match without terms that its other terms give no meaning: ports without a transport protocol, addresses without an
 * Ethernet type. Switches leave them out (ofputil_normalize_match). VLAN, fragment and TCP flags, and what is known of
 * a connection, always stay; so does that packets have an Ethernet header, which any such term asks for.
 */
import {
  clearMatchWord,
  copyMatch,
  matchFlow,
  matchWordMask,
  setMatchWord,
  type Match,
} from '../flow/match.ts';
import {
  ethTypeOf,
  ipProtoOf,
  isIpType,
  isMplsType,
  packetTypeOf,
  tpSrcOf,
  word,
} from '../flow/packet-kind.ts';
import type { Flow } from '../flow/flow.ts';
import { ETH_TYPE, IP_PROTO } from '../flow/protocol.table.ts';
import { WORD } from '../flow/words.table.ts';

/** Bits of a word. */
type Bits = readonly [word: number, mask: number];

const ALL = 0xffffffff;
const words = (first: number, count: number): Bits[] =>
  Array.from({ length: count }, (_, index): Bits => [first + index, ALL]);

const TRANSPORT: readonly number[] = [IP_PROTO.tcp, IP_PROTO.udp, IP_PROTO.sctp];
const isArp = (type: number): boolean => type === ETH_TYPE.arp || type === ETH_TYPE.rarp;
const isDiscovery = (type: number, flow: Flow, ...kinds: readonly number[]): boolean =>
  type === ETH_TYPE.ipv6 && ipProtoOf(flow) === IP_PROTO.icmpv6 && kinds.includes(tpSrcOf(flow));

function hasTransport(type: number, flow: Flow): boolean {
  if (!isIpType(type)) return false;
  const proto = ipProtoOf(flow);
  return TRANSPORT.includes(proto) || proto === (type === ETH_TYPE.ip ? IP_PROTO.icmp : IP_PROTO.icmpv6);
}

const SOLICITATION = 135;
const ADVERTISEMENT = 136;

/** Bits, and what gives them a meaning. */
const GROUPS: readonly (readonly [bits: readonly Bits[], isMeant: (type: number, flow: Flow) => boolean])[] =
  [
    [[...words(WORD.ethDst, 3)], (_, flow) => packetTypeOf(flow) === 0],
    [words(WORD.nwSrc, 2), (type) => type === ETH_TYPE.ip || isArp(type)],
    [words(WORD.tpPorts, 1), hasTransport],
    [[[WORD.nwProto, 0x000000ff]], (type) => isIpType(type) || isArp(type)],
    // TOS and TTL.
    [[[WORD.nwProto, 0x00ffff00]], isIpType],
    [
      [
        [WORD.arpSha, ALL],
        [WORD.arpSha + 1, 0xffff0000],
      ],
      (type, flow) => isArp(type) || isDiscovery(type, flow, SOLICITATION),
    ],
    [
      [
        [WORD.arpSha + 1, 0x0000ffff],
        [WORD.arpSha + 2, ALL],
      ],
      (type, flow) => isArp(type) || isDiscovery(type, flow, ADVERTISEMENT),
    ],
    [[...words(WORD.ipv6Src, 8), [WORD.ipv6Label, ALL]], (type) => type === ETH_TYPE.ipv6],
    [words(WORD.ndTarget, 4), (type, flow) => isDiscovery(type, flow, SOLICITATION, ADVERTISEMENT)],
    [words(WORD.mpls, 4), isMplsType],
  ];

/** The Ethernet type that a match demands; a packet type counts where it is looked at whole. */
function demandedType(match: Match, flow: Flow): number {
  const looked = matchWordMask(match, WORD.packetType);
  if (looked === 0) return word(flow, WORD.ethDst + 3) >>> 16;
  return looked === ALL ? ethTypeOf(flow) : 0;
}

/** The match itself when nothing is to be left out. */
export function normalizeMatch(match: Match): Match {
  const flow = matchFlow(match);
  const type = demandedType(match, flow);
  const idle = GROUPS.flatMap(([bits, isMeant]) => (isMeant(type, flow) ? [] : bits)).filter(
    ([at, mask]) => (matchWordMask(match, at) & mask) !== 0,
  );
  if (idle.length === 0) return match;
  const normal = copyMatch(match);
  for (const [at, mask] of idle) clearMatchWord(normal, at, mask);
  // Terms about headers have told which packets are meant before they are left out.
  if (matchWordMask(match, WORD.packetType) === 0) setMatchWord(normal, WORD.packetType, 0, ALL);
  return normal;
}
