/** OpenFlow tables of the integration bridge and bits of the flags register, as ovn-architecture(7) and OVN 26.03 number them. */

export const OFTABLE = {
  physicalToLogical: 0,
  ingress: 8,
  outputLargePacketDetect: 42,
  outputLargePacketProcess: 43,
  remoteOutput: 44,
  remoteVtepOutput: 45,
  localOutput: 46,
  checkLoopback: 47,
  egress: 48,
  saveInport: 64,
  logicalToPhysical: 65,
  macBinding: 66,
  macLookup: 67,
  checkLbHairpin: 68,
  checkLbHairpinReply: 69,
  ctSnatHairpin: 70,
  getFdb: 71,
  lookupFdb: 72,
  checkInPortSecurity: 73,
  checkInPortSecurityNd: 74,
  checkOutPortSecurity: 75,
  ecmpNexthopMac: 76,
  ecmpNexthop: 77,
  checkLbAffinity: 78,
  macCacheUse: 79,
  ctZoneLookup: 80,
  ctOriginalIpv4: 81,
  ctOriginalIpv6: 82,
  ctOriginalPort: 83,
  floodRemoteChassis: 84,
  ctStateSave: 85,
  ctOriginalProtocol: 86,
  getRemoteFdb: 87,
  learnRemoteFdb: 88,
} as const;

/** Bits of reg10, the flags that a packet carries through the logical pipeline. */
export const FLAG_BIT = {
  allowLoopback: 0,
  receivedFromRamp: 1,
  localOnly: 4,
  nestedContainer: 5,
  localport: 10,
  receivedFromTunnel: 16,
  overrideLocalOnly: 18,
} as const;

export const flag = (name: keyof typeof FLAG_BIT): number => 1 << FLAG_BIT[name];

/** Registers by what they hold (reg0 to reg9 are free for logical flows). */
export const REGISTER = {
  tunnelOfport: 5,
  flags: 10,
  dnatZone: 11,
  snatZone: 12,
  ctZone: 13,
  /** Its upper half; the lower half is the conntrack zone. */
  encapId: 13,
  inport: 14,
  outport: 15,
} as const;

/** Registers that are cleared between the ingress and the egress pipeline. */
export const LOGICAL_REGISTERS = 10;
