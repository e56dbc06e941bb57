/** Seeded randomness: the only source of chance in the core, so that a run repeats octet for octet. */
export interface Random {
  /** An unsigned 32-bit integer. */
  next32(): number;
  /** An integer in [0, bound). `bound` is 1 to 2^32. */
  below(bound: number): number;
  /** An independent generator whose stream depends only on this seed and `name`, not on draws made so far. */
  fork(name: string): Random;
}

/** FNV-1a, 32 bits, over UTF-16 units. */
export function hashText(text: string, seed = 0x811c9dc5): number {
  let hash = seed >>> 0;
  for (let i = 0; i < text.length; i += 1) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash;
}

/** A sfc32 generator seeded with a number. */
export function createRandom(seed: number): Random {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x243f6a88;
  let c = 0xb7e15162 ^ (seed >>> 7);
  let counter = 1;
  const next32 = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i += 1) next32();
  return {
    next32,
    below: (bound) => Math.floor((next32() / 2 ** 32) * bound),
    fork: (name) => createRandom(hashText(name, (0x811c9dc5 ^ seed) >>> 0)),
  };
}
