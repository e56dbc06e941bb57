/** Numbers in network order inside octets. Callers have checked the bounds; reading past the end is a bug. */

export const readU16 = (octets: Uint8Array, at: number): number =>
  ((octets[at] as number) << 8) | (octets[at + 1] as number);

export const readU24 = (octets: Uint8Array, at: number): number =>
  ((octets[at] as number) << 16) | ((octets[at + 1] as number) << 8) | (octets[at + 2] as number);

/** Unsigned. */
export const readU32 = (octets: Uint8Array, at: number): number =>
  (((octets[at] as number) << 24) |
    ((octets[at + 1] as number) << 16) |
    ((octets[at + 2] as number) << 8) |
    (octets[at + 3] as number)) >>>
  0;

export const readU64 = (octets: Uint8Array, at: number): bigint =>
  (BigInt(readU32(octets, at)) << 32n) | BigInt(readU32(octets, at + 4));

export const readMac = (octets: Uint8Array, at: number): bigint =>
  BigInt(readU16(octets, at) * 0x1_0000_0000 + readU32(octets, at + 2));

export const readIpv6 = (octets: Uint8Array, at: number): bigint =>
  (readU64(octets, at) << 64n) | readU64(octets, at + 8);

export function writeU16(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 8;
  octets[at + 1] = value;
}

export function writeU24(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 16;
  octets[at + 1] = value >>> 8;
  octets[at + 2] = value;
}

export function writeU32(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 24;
  octets[at + 1] = value >>> 16;
  octets[at + 2] = value >>> 8;
  octets[at + 3] = value;
}

export function writeU64(octets: Uint8Array, at: number, value: bigint): void {
  writeU32(octets, at, Number((value >> 32n) & 0xffffffffn));
  writeU32(octets, at + 4, Number(value & 0xffffffffn));
}

export function writeMac(octets: Uint8Array, at: number, mac: bigint): void {
  writeU16(octets, at, Number(mac >> 32n));
  writeU32(octets, at + 2, Number(mac & 0xffffffffn));
}

export function writeIpv6(octets: Uint8Array, at: number, ip: bigint): void {
  writeU64(octets, at, ip >> 64n);
  writeU64(octets, at + 8, ip & 0xffffffffffffffffn);
}
