/** Addresses that bridges keep to themselves (spanning tree, LACP and others). */

const EXACT: ReadonlySet<bigint> = new Set([
  0x00e02b000000n,
  0x00e02b000004n,
  0x00e02b000006n,
  0x01000c000000n,
  0x01000cccccccn,
  0x01000ccccccdn,
  0x01000ccdcdcdn,
]);

/** 01:80:c2:00:00:00 to :0f, and a few of vendors. */
export const isReservedMac = (mac: bigint): boolean =>
  mac >> 4n === 0x0180c200000n || EXACT.has(mac) || (mac >= 0x01000cccccc0n && mac <= 0x01000cccccc7n);
