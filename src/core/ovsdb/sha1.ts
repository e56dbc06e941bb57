/** SHA-1 (FIPS 180-4): the check of every record in a database file. */
import { toHex } from '../base/bytes.ts';

function mix(state: Int32Array, schedule: Int32Array): void {
  for (let t = 16; t < 80; t += 1) {
    const word =
      (schedule[t - 3] as number) ^
      (schedule[t - 8] as number) ^
      (schedule[t - 14] as number) ^
      (schedule[t - 16] as number);
    schedule[t] = (word << 1) | (word >>> 31);
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  for (let t = 0; t < 80; t += 1) {
    let f: number;
    if (t < 20) f = ((b & c) | (~b & d)) + 0x5a827999;
    else if (t < 40) f = (b ^ c ^ d) + 0x6ed9eba1;
    else if (t < 60) f = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    else f = (b ^ c ^ d) + 0xca62c1d6;
    const next = (((a << 5) | (a >>> 27)) + f + e + (schedule[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
}

/** The hash of `octets[from, to)` as 40 lower-case hex digits. */
export function sha1(octets: Uint8Array, from = 0, to = octets.length): string {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const schedule = new Int32Array(80);
  const blocks = (source: Uint8Array, start: number, end: number): void => {
    for (let at = start; at + 64 <= end; at += 64) {
      for (let t = 0, i = at; t < 16; t += 1, i += 4)
        schedule[t] =
          ((source[i] as number) << 24) |
          ((source[i + 1] as number) << 16) |
          ((source[i + 2] as number) << 8) |
          (source[i + 3] as number);
      mix(state, schedule);
    }
  };
  const size = to - from;
  const whole = size - (size % 64);
  blocks(octets, from, from + whole);
  const tail = new Uint8Array(size % 64 < 56 ? 64 : 128);
  tail.set(octets.subarray(from + whole, to));
  tail[size - whole] = 0x80;
  const view = new DataView(tail.buffer);
  view.setUint32(tail.length - 8, Math.floor(size / 2 ** 29));
  view.setUint32(tail.length - 4, (size << 3) >>> 0);
  blocks(tail, 0, tail.length);
  const digest = new DataView(new ArrayBuffer(20));
  state.forEach((word, i) => digest.setInt32(4 * i, word));
  return toHex(new Uint8Array(digest.buffer));
}
