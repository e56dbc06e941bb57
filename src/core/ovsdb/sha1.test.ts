import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha1 } from './sha1.ts';

it('agrees with another implementation at every length of the last block', () => {
  for (let size = 0; size < 200; size += 1) {
    const octets = new Uint8Array(size).map((_, i) => i * 7);
    expect(sha1(octets)).toBe(createHash('sha1').update(octets).digest('hex'));
  }
});

it('hashes any part', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(100), (octets, from) => {
      const start = Math.min(from, octets.length);
      expect(sha1(octets, start)).toBe(createHash('sha1').update(octets.subarray(start)).digest('hex'));
    }),
  );
});
