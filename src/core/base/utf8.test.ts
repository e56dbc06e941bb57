import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

it('decodes what it encodes', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => decodeUtf8(encodeUtf8(text)) === text));
});

it('agrees with the platform on any octets up to how many replacement characters stand for a wrong run', () => {
  const squeeze = (text: string): string => text.replace(/\ufffd+/g, '\ufffd');
  const platform = new TextDecoder('utf-8', { ignoreBOM: true });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
      expect(squeeze(decodeUtf8(octets))).toBe(squeeze(platform.decode(octets)));
    }),
  );
});

it('keeps sequences that cross a chunk', () => {
  const text = `${'a'.repeat(8191)}é€😀${'b'.repeat(9000)}`;
  expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
});
