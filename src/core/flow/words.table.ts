/**
 * Where each part of a packet's key stands in the fixed array of 32-bit words.
 *
 * The order is that of Open vSwitch's flow key (metadata, Ethernet, network, transport), because the classifier looks
 * at it stage by stage: which bits a megaflow needs depends on that order.
 */

/** First word of each part. A part in network order is written most significant word first. */
export const WORD = {
  tunDst: 0,
  tunIpv6Dst: 1,
  tunSrc: 5,
  tunIpv6Src: 6,
  tunId: 10,
  /** flags in bits 0..15, TOS in 16..23, TTL in 24..31. */
  tunFlags: 12,
  /** UDP source port in the upper half, destination in the lower. */
  tunPorts: 13,
  /** GBP id (16), GBP flags (8), ERSPAN version (8). */
  tunGbp: 14,
  tunErspanIndex: 15,
  /** ERSPAN direction, hardware id, GTP-U flags, GTP-U message type: 8 bits each. */
  tunErspan: 16,
  /** Bit i of the 64: option i is present. Low word first. */
  tunPresent: 18,
  tunOptions: 20,
  metadata: 84,
  reg0: 86,
  skbPriority: 118,
  pktMark: 119,
  dpHash: 120,
  inPort: 121,
  recircId: 122,
  /** ct_state in bits 0..7, ct_nw_proto in 8..15, ct_zone in 16..31. */
  ctState: 123,
  ctMark: 124,
  packetType: 125,
  ctLabel: 126,
  conjId: 130,
  actsetOutput: 131,
  /** Destination MAC (48), source MAC (48), Ethernet type (16), 16 unused. */
  ethDst: 132,
  /** TPID in the upper half, TCI in the lower; two headers. */
  vlan: 136,
  mpls: 138,
  nwSrc: 142,
  nwDst: 143,
  ctNwSrc: 144,
  ctNwDst: 145,
  ipv6Src: 146,
  ipv6Dst: 150,
  ctIpv6Src: 154,
  ctIpv6Dst: 158,
  ipv6Label: 162,
  /** Fragment bits, TOS, TTL, protocol: 8 bits each. */
  nwProto: 163,
  ndTarget: 164,
  /** ARP sender MAC (48), target MAC (48), TCP flags (16), 16 unused. */
  arpSha: 168,
  /** Flags, TTL, MD type, next protocol: 8 bits each. */
  nshFlags: 172,
  nshPath: 173,
  nshContext: 174,
  tpPorts: 178,
  ctTpPorts: 179,
  igmpGroup: 180,
} as const;

/** Number of words of a flow. */
export const FLOW_WORDS = 182;
/** Number of 32-bit registers. */
export const REGISTERS = 32;
/** VLAN headers and MPLS labels that a flow holds. */
export const MAX_VLAN_HEADERS = 2;
export const MAX_MPLS_LABELS = 3;

/** Ends (exclusive) of the stages in which the classifier looks at a flow: metadata, Ethernet, network, transport. */
export const STAGE_ENDS = [WORD.ethDst, WORD.nwSrc, WORD.ndTarget, FLOW_WORDS] as const;
