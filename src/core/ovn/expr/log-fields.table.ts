/** Which registers and metadata carry OVN's own state through the OpenFlow pipeline. */
import { FIELDS } from '../../flow/fields.table.ts';

export const LOG_FIELDS = {
  datapath: FIELDS.metadata,
  flags: FIELDS.reg10,
  dnatZone: FIELDS.reg11,
  snatZone: FIELDS.reg12,
  ctZone: FIELDS.reg13,
  /** Shares the register of `ctZone`: its upper half. */
  encapId: FIELDS.reg13,
  inport: FIELDS.reg14,
  outport: FIELDS.reg15,
  /** Bits 16 to 31. */
  tunnelOfport: FIELDS.reg5,
  remoteOutport: FIELDS.reg1,
  lbOriginalIpv4: FIELDS.reg4,
  lbOriginalPort: FIELDS.reg2,
  lbOriginalIpv6: FIELDS.xxreg1,
  lbAffinityIpv4: FIELDS.reg4,
  lbAffinityIpv6: FIELDS.xxreg1,
  lbAffinityPort: FIELDS.reg2,
  result: FIELDS.xxreg1,
  ctSavedState: FIELDS.reg4,
  // What northd used before it said `register_consolidation`.
  lbOriginalIpv4Old: FIELDS.reg1,
  lbAffinityPortOld: FIELDS.reg8,
  lbAffinityIpv6Old: FIELDS.xxreg0,
} as const;

/** Bits of the flags register (`flags` in logical flows). */
export const LOG_FLAG = {
  loopback: 0,
  fromRamp: 1,
  forceSnatForDnat: 2,
  forceSnatForLb: 3,
  localOnly: 4,
  nestedContainer: 5,
  lookupMac: 6,
  lookupLbHairpin: 7,
  lookupFdb: 8,
  skipSnatForLb: 9,
  localport: 10,
  useSnatZone: 11,
  checkPortSec: 12,
  lookupCommitEcmpNh: 13,
  useLbAffSession: 14,
  localnet: 15,
  tunnelRx: 16,
  icmpSnat: 17,
  overrideLocalOnly: 18,
  fromController: 19,
  unsnatNew: 20,
  unsnatNotTracked: 21,
  igmpLoopback: 22,
  packetSampled: 23,
  recirculated: 24,
  networkId: 28,
} as const;
