/** The Internet checksum (RFC 1071), the pseudo headers it covers, its incremental update (RFC 1624), and CRC-32C. */
import { readU16, writeIpv6, writeU16, writeU32 } from './octets.ts';

/** Addresses that a transport checksum covers. */
export type Pseudo =
  | { readonly family: 4; readonly source: number; readonly destination: number }
  | { readonly family: 6; readonly source: bigint; readonly destination: bigint };

/** One's-complement sum of `size` octets from `at`, added to `sum`; not folded. An odd last octet counts as the high half. */
export function sumOctets(octets: Uint8Array, at: number, size: number, sum = 0): number {
  let total = sum;
  const even = at + (size & ~1);
  for (let i = at; i < even; i += 2) total += readU16(octets, i);
  if (size & 1) total += (octets[even] as number) << 8;
  return total;
}

/** Folds a sum to 16 bits, without the final complement. */
export function foldSum(sum: number): number {
  let total = sum;
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x10000);
  return total;
}

/** The checksum field that makes the folded sum 0xffff. */
export const checksumOf = (sum: number): number => ~foldSum(sum) & 0xffff;

export const internetChecksum = (octets: Uint8Array, at = 0, size = octets.length - at): number =>
  checksumOf(sumOctets(octets, at, size));

/** Sum of the pseudo header of RFC 793 / RFC 8200 for a transport segment of `size` octets. */
export function pseudoSum(pseudo: Pseudo, protocol: number, size: number): number {
  if (pseudo.family === 4) {
    const { source, destination } = pseudo;
    return (
      (source >>> 16) +
      (source & 0xffff) +
      (destination >>> 16) +
      (destination & 0xffff) +
      protocol +
      (size & 0xffff) +
      Math.floor(size / 0x10000)
    );
  }
  const header = new Uint8Array(40);
  writeIpv6(header, 0, pseudo.source);
  writeIpv6(header, 16, pseudo.destination);
  writeU32(header, 32, size);
  header[39] = protocol;
  return sumOctets(header, 0, 40);
}

/** Writes the transport checksum of `octets` at `at`; `zeroAs` replaces a computed zero (UDP says 0xffff). */
export function writeTransportChecksum(
  octets: Uint8Array,
  at: number,
  pseudo: Pseudo,
  protocol: number,
  zeroAs = 0,
): void {
  writeU16(octets, at, 0);
  const value = checksumOf(sumOctets(octets, 0, octets.length, pseudoSum(pseudo, protocol, octets.length)));
  writeU16(octets, at, value === 0 ? zeroAs : value);
}

/** The checksum after a 16-bit word that it covers changed from `before` to `after` (RFC 1624, equation 3). */
export const updateChecksum = (checksum: number, before: number, after: number): number =>
  checksumOf((~checksum & 0xffff) + (~before & 0xffff) + after);

/** As `updateChecksum`, for a 32-bit word. */
export const updateChecksum32 = (checksum: number, before: number, after: number): number =>
  updateChecksum(updateChecksum(checksum, before >>> 16, after >>> 16), before & 0xffff, after & 0xffff);

const CRC32C = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** CRC-32C as SCTP uses it (RFC 9260, appendix A), over several stretches of octets. */
export function crc32c(parts: readonly Uint8Array[]): number {
  let crc = 0xffffffff;
  for (const part of parts)
    for (const octet of part) crc = (crc >>> 8) ^ (CRC32C[(crc ^ octet) & 0xff] as number);
  return ~crc >>> 0;
}
