/** `proto`, `protochain` and the protocol words that stand alone (`tcp`, `arp`, `isis` ...). */
import { FilterError } from './filter-error.ts';
import { LINK_PROTOCOL, linkProtocol } from './link-protocol.ts';
import type { Offsets } from './offsets.ts';
import type { ProtocolWord } from './qualifier.ts';
import { and, anyOf, or, type Test } from './test.ts';

const IP_NUMBER: Partial<Record<ProtocolWord, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  igrp: 9,
  udp: 17,
  esp: 50,
  ah: 51,
  icmp6: 58,
  pim: 103,
  vrrp: 112,
  carp: 112,
  sctp: 132,
};
/** These are looked for over IPv4 alone, `icmp6` over IPv6 alone, the others over both. */
const OVER_IPV4: ReadonlySet<ProtocolWord> = new Set(['icmp', 'igmp', 'igrp', 'vrrp', 'carp']);

const LINK_WORDS: Partial<Record<ProtocolWord, number>> = {
  ip: LINK_PROTOCOL.ip,
  arp: LINK_PROTOCOL.arp,
  rarp: LINK_PROTOCOL.rarp,
  atalk: LINK_PROTOCOL.atalk,
  aarp: LINK_PROTOCOL.aarp,
  decnet: LINK_PROTOCOL.decnet,
  sca: LINK_PROTOCOL.sca,
  lat: LINK_PROTOCOL.lat,
  mopdl: LINK_PROTOCOL.mopdl,
  moprc: LINK_PROTOCOL.moprc,
  ip6: LINK_PROTOCOL.ip6,
  iso: LINK_PROTOCOL.iso,
  stp: LINK_PROTOCOL.stp,
  ipx: LINK_PROTOCOL.ipx,
  netbeui: LINK_PROTOCOL.netbeui,
};

/** Network layer protocol identifiers of ISO packets. */
export const ISO_PROTOCOL = { clnp: 0x81, esis: 0x82, isis: 0x83 } as const;

/** IS-IS packet types in the order in which libpcap tests them. */
const ISIS_TYPES: Partial<Record<ProtocolWord, readonly number[]>> = {
  l1: [26, 24, 18, 15, 17],
  l2: [27, 25, 20, 16, 17],
  iih: [17, 15, 16],
  lsp: [18, 20],
  snp: [27, 26, 24, 25],
  csnp: [24, 25],
  psnp: [26, 27],
};

/** A protocol word that stands alone. */
export function protocolWord(offsets: Offsets, word: ProtocolWord): Test {
  const link = LINK_WORDS[word];
  if (link !== undefined) return linkProtocol(offsets, link);
  const number = IP_NUMBER[word];
  if (number !== undefined) {
    const network = OVER_IPV4.has(word) ? 'ip' : word === 'icmp6' ? 'ip6' : null;
    return protocol(offsets, number, network);
  }
  if (word === 'clnp' || word === 'esis' || word === 'isis')
    return protocol(offsets, ISO_PROTOCOL[word], 'iso');
  const types = ISIS_TYPES[word];
  if (types !== undefined) {
    const [first, ...others] = types.map((type) => protocol(offsets, type, 'isis'));
    if (first !== undefined) return anyOf(first, ...others);
  }
  throw new FilterError(
    word === 'link' ? 'link layer applied in wrong context' : `'${word}' is not a valid protocol type`,
  );
}

const SAYS_NOTHING: Partial<Record<ProtocolWord, string>> = {
  arp: 'arp does not encapsulate another protocol',
  rarp: 'rarp does not encapsulate another protocol',
  atalk: 'AppleTalk encapsulation is not specifiable',
  decnet: 'DECNET encapsulation is not specifiable',
  lat: 'LAT does not encapsulate another protocol',
  sca: 'SCA does not encapsulate another protocol',
  moprc: 'MOPRC does not encapsulate another protocol',
  mopdl: 'MOPDL does not encapsulate another protocol',
  clnp: "'clnp proto' is not supported",
};

/** `network proto number`: what the named layer carries. The chain of IPv6 headers is followed over a fragment header alone. */
export function protocol(offsets: Offsets, number: number, network: ProtocolWord | null): Test {
  switch (network) {
    case null:
      return or(protocol(offsets, number, 'ip'), protocol(offsets, number, 'ip6'));
    case 'link':
      return linkProtocol(offsets, number);
    case 'ip':
      return and(linkProtocol(offsets, LINK_PROTOCOL.ip), offsets.field('network', 9, 1, '=', number));
    case 'ip6': {
      const isFragment = offsets.field('network', 6, 1, '=', 44);
      return and(
        linkProtocol(offsets, LINK_PROTOCOL.ip6),
        or(
          offsets.field('network', 6, 1, '=', number),
          and(isFragment, offsets.field('network', 40, 1, '=', number)),
        ),
      );
    }
    case 'iso':
      return and(
        linkProtocol(offsets, LINK_PROTOCOL.iso),
        offsets.field('network-no-snap', 0, 1, '=', number),
      );
    case 'isis':
      return and(
        protocol(offsets, ISO_PROTOCOL.isis, 'iso'),
        offsets.field('network-no-snap', 4, 1, '=', number),
      );
    default:
      throw new FilterError(SAYS_NOTHING[network] ?? `'${network} proto' is bogus`);
  }
}

/** `network protochain number`: looks for the protocol anywhere in the chain of headers. */
export function protocolChain(offsets: Offsets, number: number, network: ProtocolWord | null): Test {
  if (network === null)
    return or(protocolChain(offsets, number, 'ip'), protocolChain(offsets, number, 'ip6'));
  if (network !== 'ip' && network !== 'ip6') throw new FilterError("bad protocol applied for 'protochain'");
  if (offsets.linkPayload.slot !== null)
    throw new FilterError("'protochain' not supported with variable length headers");
  return and(linkProtocol(offsets, LINK_PROTOCOL[network]), {
    kind: 'chain',
    version: network === 'ip' ? 4 : 6,
    header: offsets.linkPayload.constant + offsets.network,
    protocol: number,
  });
}
