/** Registers in which a packet's logical state travels through the integration bridge, and the bits of the flags register. */

/** Bits of reg10, the flags that a packet carries through the logical pipeline. */
export const FLAG_BIT = {
  allowLoopback: 0,
  receivedFromRamp: 1,
  localOnly: 4,
  nestedContainer: 5,
  localport: 10,
  receivedFromTunnel: 16,
  recirculated: 24,
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
