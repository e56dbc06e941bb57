/** The registers and register bits in which the stages of a pipeline leave word for later ones, as OVN 26.03 lays them out. */

/** Registers of a logical switch. */
export const SWITCH_BIT = {
  conntrackDefrag: 'reg0[0]',
  conntrackCommit: 'reg0[1]',
  conntrackNat: 'reg0[2]',
  dhcpOptions: 'reg0[3]',
  dnsLookup: 'reg0[4]',
  hairpin: 'reg0[6]',
  hintAllowNew: 'reg0[7]',
  hintAllow: 'reg0[8]',
  hintDrop: 'reg0[9]',
  hintBlock: 'reg0[10]',
  fdbFound: 'reg0[11]',
  hairpinReply: 'reg0[12]',
  aclLabel: 'reg0[13]',
  fromRamp: 'reg0[14]',
  portSecurityDrop: 'reg0[15]',
  aclStateless: 'reg0[16]',
  hintAllowRelated: 'reg0[17]',
  fromRouterPort: 'reg0[18]',
  fragment: 'reg0[19]',
  persistId: 'reg0[20]',
  hintAllowPersisted: 'reg0[21]',
  verdictAllow: 'reg8[16]',
  verdictDrop: 'reg8[17]',
  verdictReject: 'reg8[18]',
  networkFunction: 'reg8[21]',
  networkFunctionOriginal: 'reg8[22]',
  networkFunctionLoopback: 'reg8[23]',
} as const;

export const SWITCH_REG = {
  networkFunctionGroup: 'reg0[22..29]',
  networkFunctionId: 'reg0[22..29]',
  observationStage: 'reg8[19..20]',
  aclTier: 'reg8[30..31]',
  observationPointNew: 'reg3',
  observationPointEstablished: 'reg9',
  collectorNew: 'reg8[0..7]',
  collectorEstablished: 'reg8[8..15]',
  aclId: 'reg2[16..31]',
  tunnelPort: 'reg5[16..31]',
} as const;

/** Registers of load balancing, the same on switches and routers. */
export const LB_REG = {
  v4: 'reg4',
  v6: 'xxreg1',
  port: 'reg2[0..15]',
  ctPort: 'reg1[0..15]',
  ctProtocol: 'reg1[16..23]',
  statelessIndex: 'reg1[0..15]',
  knownSession: 'reg9[6]',
} as const;

/** Registers of a logical router. */
export const ROUTER_BIT = {
  raOptions: 'reg0[5]',
  egressLoopback: 'reg9[0]',
  packetLarger: 'reg9[1]',
  neighbourKnown: 'reg9[2]',
  neighbourIpKnown: 'reg9[3]',
  dnatLocal: 'reg9[4]',
  dhcpRelayRequest: 'reg9[7]',
  dhcpRelayResponse: 'reg9[8]',
  nextHopIsIpv4: 'reg9[9]',
  ecmpCommit: 'reg9[10]',
} as const;

export const ROUTER_REG = {
  inportMac: 'xreg0[0..47]',
  ecmpGroup: 'reg8[0..15]',
  ecmpMember: 'reg8[16..31]',
  nextHop4: 'reg0',
  nextHop6: 'xxreg0',
  source4: 'reg5',
  source6: 'xxreg1',
  dhcpRelayAddress: 'reg2',
  policyChain: 'reg9[16..31]',
  routeTable: 'reg7',
  ctState: 'reg4[0..7]',
  ecmpMac: 'xxreg1',
  ecmpMacField: 'xxreg1[32..79]',
} as const;

/** The names of multicast groups. */
export const GROUP = {
  flood: '_MC_flood',
  unknown: '_MC_unknown',
  routerFlood: '_MC_mrouter_flood',
  static: '_MC_static',
  floodL2: '_MC_flood_l2',
} as const;

/** A packet that a VXLAN tunnel did not bring. */
export const NOT_VXLAN = 'flags[1] == 0';
/** An ICMP error that tells the path's MTU. */
export const TOO_BIG =
  '((ip4 && icmp4.type == 3 && icmp4.code == 4) || (ip6 && icmp6.type == 2 && icmp6.code == 0))';
