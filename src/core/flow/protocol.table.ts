/** Protocol keywords of flow texts (`tcp`, `ip6`) and the Ethernet types and IP protocols that flows know by number. */

export const ETH_TYPE = {
  ip: 0x0800,
  arp: 0x0806,
  teb: 0x6558,
  rarp: 0x8035,
  vlan: 0x8100,
  ipv6: 0x86dd,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  vlanService: 0x88a8,
  nsh: 0x894f,
  /** What a frame with a length instead of a type has in its key. */
  none: 0x05ff,
  /** The first value that is a type and not a length. */
  min: 0x0600,
} as const;

export const IP_PROTO = {
  hopopts: 0,
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  routing: 43,
  fragment: 44,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  dstopts: 60,
  sctp: 132,
} as const;

export interface ProtocolKeyword {
  readonly name: string;
  readonly ethType: number;
  /** 0: any. */
  readonly ipProto: number;
}

/** Every keyword that may stand in a flow's text. */
const PROTOCOL_KEYWORDS: readonly ProtocolKeyword[] = [
  { name: 'ip', ethType: ETH_TYPE.ip, ipProto: 0 },
  { name: 'ipv4', ethType: ETH_TYPE.ip, ipProto: 0 },
  { name: 'ip4', ethType: ETH_TYPE.ip, ipProto: 0 },
  { name: 'arp', ethType: ETH_TYPE.arp, ipProto: 0 },
  { name: 'icmp', ethType: ETH_TYPE.ip, ipProto: IP_PROTO.icmp },
  { name: 'tcp', ethType: ETH_TYPE.ip, ipProto: IP_PROTO.tcp },
  { name: 'udp', ethType: ETH_TYPE.ip, ipProto: IP_PROTO.udp },
  { name: 'sctp', ethType: ETH_TYPE.ip, ipProto: IP_PROTO.sctp },
  { name: 'ipv6', ethType: ETH_TYPE.ipv6, ipProto: 0 },
  { name: 'ip6', ethType: ETH_TYPE.ipv6, ipProto: 0 },
  { name: 'icmp6', ethType: ETH_TYPE.ipv6, ipProto: IP_PROTO.icmpv6 },
  { name: 'tcp6', ethType: ETH_TYPE.ipv6, ipProto: IP_PROTO.tcp },
  { name: 'udp6', ethType: ETH_TYPE.ipv6, ipProto: IP_PROTO.udp },
  { name: 'sctp6', ethType: ETH_TYPE.ipv6, ipProto: IP_PROTO.sctp },
  { name: 'rarp', ethType: ETH_TYPE.rarp, ipProto: 0 },
  { name: 'mpls', ethType: ETH_TYPE.mpls, ipProto: 0 },
  { name: 'mplsm', ethType: ETH_TYPE.mplsMulticast, ipProto: 0 },
];

const BY_NAME: ReadonlyMap<string, ProtocolKeyword> = new Map(
  PROTOCOL_KEYWORDS.map((row) => [row.name, row]),
);

export const protocolKeyword = (name: string): ProtocolKeyword | undefined => BY_NAME.get(name);

const L4_NAMES: Readonly<Record<number, string | undefined>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

/**
 * The keyword that stands for an Ethernet type, with the IP protocol in it when `ipProto` is looked at.
 * `hasProto` tells whether the keyword says the protocol too; undefined where no keyword exists.
 */
export function keywordFor(
  ethType: number,
  ipProto: number | undefined,
): { readonly name: string; readonly hasProto: boolean } | undefined {
  const ip = (suffix: string, icmp: number, plain: string): { name: string; hasProto: boolean } => {
    if (ipProto === undefined) return { name: plain, hasProto: false };
    if (ipProto === icmp) return { name: `icmp${suffix}`, hasProto: true };
    const l4 = L4_NAMES[ipProto];
    return l4 === undefined ? { name: plain, hasProto: false } : { name: `${l4}${suffix}`, hasProto: true };
  };
  switch (ethType) {
    case ETH_TYPE.ip:
      return ip('', IP_PROTO.icmp, 'ip');
    case ETH_TYPE.ipv6:
      return ip('6', IP_PROTO.icmpv6, 'ipv6');
    case ETH_TYPE.arp:
      return { name: 'arp', hasProto: false };
    case ETH_TYPE.rarp:
      return { name: 'rarp', hasProto: false };
    case ETH_TYPE.mpls:
      return { name: 'mpls', hasProto: false };
    case ETH_TYPE.mplsMulticast:
      return { name: 'mplsm', hasProto: false };
    default:
      return undefined;
  }
}
