import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crc32c,
  foldSum,
  internetChecksum,
  sumOctets,
  updateChecksum,
  updateChecksum32,
} from './checksum.ts';
import { readU16, readU32, writeU16, writeU32 } from './octets.ts';

const octets = fc.uint8Array({ minLength: 4, maxLength: 64 });

describe('Internet checksum', () => {
  it('is that of the example in RFC 1071', () => {
    expect(foldSum(sumOctets(Uint8Array.of(0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7), 0, 8))).toBe(0xddf2);
  });

  it('makes the sum of header and field all ones', () => {
    fc.assert(
      fc.property(octets, (data) => {
        const header = Uint8Array.from([0, 0, ...data]);
        writeU16(header, 0, internetChecksum(header));
        expect(foldSum(sumOctets(header, 0, header.length))).toBe(0xffff);
      }),
    );
  });

  it('updated for a changed word is that of the changed octets', () => {
    fc.assert(
      fc.property(octets, fc.nat(0xffff), fc.nat(0xffffffff), (data, word, double) => {
        // A header is never all zero; there 0 and 0xffff would be the same sum.
        const before = Uint8Array.from([0x45, 0, ...data]);
        const after = before.slice();
        writeU16(after, 2, word);
        expect(updateChecksum(internetChecksum(before), readU16(before, 2), word)).toBe(
          internetChecksum(after),
        );
        writeU32(after, 2, double);
        expect(updateChecksum32(internetChecksum(before), readU32(before, 2), double)).toBe(
          internetChecksum(after),
        );
      }),
    );
  });
});

it('computes CRC-32C over several stretches', () => {
  const digits = Uint8Array.from('123456789', (digit) => digit.charCodeAt(0));
  expect(crc32c([digits])).toBe(0xe3069283);
  expect(crc32c([digits.subarray(0, 4), digits.subarray(4)])).toBe(0xe3069283);
});
