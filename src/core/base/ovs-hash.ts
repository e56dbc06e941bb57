/**
 * The hash functions whose values show: which link or bucket a packet takes, and in which order ports are flooded.
 * MurmurHash3 finishing over 32-bit words, and Jenkins' lookup3, both over little-endian words.
 */

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** Adds one word. */
export function hashAdd(hash: number, data: number): number {
  let mixed = hash;
  if (data !== 0) {
    const k = rotate(Math.imul(data, 0xcc9e2d51), 15);
    mixed ^= Math.imul(k, 0x1b873593);
  }
  return (Math.imul(rotate(mixed, 13), 5) + 0xe6546b64) | 0;
}

/** Adds a 64-bit number, low word first. */
export const hashAdd64 = (hash: number, low: number, high: number): number =>
  hashAdd(hashAdd(hash, low), high);

/** Ends a hash; unsigned. */
export function hashFinish(hash: number, final: number): number {
  let h = hash ^ final;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return h >>> 0;
}

export const hash2Words = (x: number, y: number): number => hashFinish(hashAdd(hashAdd(x, 0), y), 8);

export const hashInt = (x: number, basis: number): number => hash2Words(x, basis);

export function hashUint64(value: bigint): number {
  return hashFinish(hashAdd64(0, Number(value & 0xffffffffn), Number(value >> 32n)), 8);
}

export const hashBoolean = (value: boolean, basis: number): number =>
  ((value ? 0xc2b73583 : 0xe90f1258) ^ rotate(basis, 1)) >>> 0;

/** Up to four octets as a little-endian word. */
function littleWord(octets: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i += 1) value |= (octets[at + i] as number) << (8 * i);
  return value;
}

export function hashBytes(octets: Uint8Array, basis: number): number {
  let hash = basis;
  let at = 0;
  for (; at + 4 <= octets.length; at += 4) hash = hashAdd(hash, littleWord(octets, at, 4));
  if (at < octets.length) hash = hashAdd(hash, littleWord(octets, at, octets.length - at));
  return hashFinish(hash, octets.length);
}

/** Jenkins' hash of octets. */
export function jenkinsBytes(octets: Uint8Array, basis: number): number {
  let a = (0xdeadbeef + octets.length + basis) | 0;
  let b = a;
  let c = a;
  let at = 0;
  for (; octets.length - at >= 12; at += 12) {
    a = (a + littleWord(octets, at, 4)) | 0;
    b = (b + littleWord(octets, at + 4, 4)) | 0;
    c = (c + littleWord(octets, at + 8, 4)) | 0;
    a = ((a - c) ^ rotate(c, 4)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 6)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 8)) | 0;
    b = (b + a) | 0;
    a = ((a - c) ^ rotate(c, 16)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 19)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 4)) | 0;
    b = (b + a) | 0;
  }
  const rest = octets.length - at;
  if (rest > 0) {
    a = (a + littleWord(octets, at, Math.min(4, rest))) | 0;
    if (rest > 4) b = (b + littleWord(octets, at + 4, Math.min(4, rest - 4))) | 0;
    if (rest > 8) c = (c + littleWord(octets, at + 8, rest - 8)) | 0;
    c = ((c ^ b) - rotate(b, 14)) | 0;
    a = ((a ^ c) - rotate(c, 11)) | 0;
    b = ((b ^ a) - rotate(a, 25)) | 0;
    c = ((c ^ b) - rotate(b, 16)) | 0;
    a = ((a ^ c) - rotate(c, 4)) | 0;
    b = ((b ^ a) - rotate(a, 14)) | 0;
    c = ((c ^ b) - rotate(b, 24)) | 0;
  }
  return c >>> 0;
}
