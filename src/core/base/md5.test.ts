/** The examples of RFC 1321, A.5, and sizes around a block. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { md5 } from './md5.ts';
import { encodeUtf8 } from './utf8.ts';

const hex = (octets: Uint8Array): string =>
  [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('');

it.each([
  ['', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['abc', '900150983cd24fb0d6963f7d28e17f72'],
  [
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
    '57edf4a22be3c955ac49da2e2107b67a',
  ],
])('of %j', (text, digest) => expect(hex(md5(encodeUtf8(text)))).toBe(digest));

it('agrees with another implementation at every size up to three blocks', () => {
  for (let size = 0; size < 192; size += 1) {
    const octets = Uint8Array.from({ length: size }, (_, at) => (at * 37 + size) & 255);
    expect(hex(md5(octets))).toBe(createHash('md5').update(octets).digest('hex'));
  }
});
