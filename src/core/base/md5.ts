/** The MD5 digest (RFC 1321). */

/** How far each step of a round turns. */
const TURNS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** The sine of each step's number, as a fraction of 2^32. */
const SINES = Uint32Array.from({ length: 64 }, (_, step) =>
  Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32),
);

const BLOCK = 64;

/** What a step of a round mixes of b, c and d. */
const MIX = [
  (b: number, c: number, d: number): number => (b & c) | (~b & d),
  (b: number, c: number, d: number): number => (b & d) | (c & ~d),
  (b: number, c: number, d: number): number => b ^ c ^ d,
  (b: number, c: number, d: number): number => c ^ (b | ~d),
] as const;

/** Which word of the block a step of a round takes: first + step * each. */
const WORDS = [
  { first: 0, each: 1 },
  { first: 1, each: 5 },
  { first: 5, each: 3 },
  { first: 0, each: 7 },
] as const;

function padded(octets: Uint8Array): DataView {
  const size = Math.ceil((octets.length + 9) / BLOCK) * BLOCK;
  const whole = new Uint8Array(size);
  whole.set(octets);
  whole[octets.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setBigUint64(size - 8, BigInt(octets.length) * 8n, true);
  return view;
}

/** The 16 octets of the digest. */
export function md5(octets: Uint8Array): Uint8Array {
  const view = padded(octets);
  const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  for (let at = 0; at < view.byteLength; at += BLOCK) {
    let [a = 0, b = 0, c = 0, d = 0] = state;
    for (const [round, mix] of MIX.entries()) {
      const { first, each } = WORDS[round as 0 | 1 | 2 | 3];
      for (let step = 0; step < 16; step += 1) {
        const word = view.getUint32(at + ((first + step * each) % 16) * 4, true);
        const sum = (a + mix(b, c, d) + word + (SINES[round * 16 + step] ?? 0)) | 0;
        const turn = TURNS[round as 0 | 1 | 2 | 3][(step % 4) as 0 | 1 | 2 | 3];
        [a, d, c, b] = [d, c, b, (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0];
      }
    }
    for (const [index, value] of [a, b, c, d].entries()) state[index] = (state[index] ?? 0) + value;
  }
  const digest = new DataView(new ArrayBuffer(16));
  for (const [index, value] of state.entries()) digest.setUint32(index * 4, value, true);
  return new Uint8Array(digest.buffer);
}
