import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { octetsOf, octetsText } from './octets-text.ts';

const FRAME = Uint8Array.from({ length: 40 }, (_, at) => (at * 7) % 256);
const hex = (from = 0, to = FRAME.length): string =>
  Array.from(FRAME.slice(from, to), (octet) => octet.toString(16).padStart(2, '0')).join('');

describe('octets', () => {
  it.each([
    ['plain', hex()],
    ['with colons', hex().replaceAll(/(..)(?=.)/g, '$1:')],
    ['as written here', octetsText(FRAME)],
    [
      'as tcpdump -XX prints it',
      [0, 16, 32]
        .map(
          (at) =>
            `\t0x00${at.toString(16).padStart(2, '0')}:  ${hex(at, at + 16).replaceAll(/(.{4})(?=.)/g, '$1 ')}  .abc..de`,
        )
        .join('\n'),
    ],
    [
      'as Wireshark copies it',
      [0, 16, 32]
        .map(
          (at) =>
            `00${at.toString(16).padStart(2, '0')}   ${hex(at, at + 16).replaceAll(/(..)(?=.)/g, '$1 ')}   ..x.`,
        )
        .join('\n'),
    ],
  ])('%s', (_, text) => {
    expect(octetsOf(text)).toEqual({ ok: true, value: FRAME });
  });

  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 14, maxLength: 300 }), (octets) => {
        expect(octetsOf(octetsText(octets))).toEqual({ ok: true, value: octets });
      }),
    );
  });

  it.each([
    ['', '0 octets; a frame has at least 14'],
    [`${hex()}0`, 'half an octet is left over'],
    [`${hex()}\nhello`, 'line 2 is no hex'],
  ])('%j: %s', (text, error) => {
    expect(octetsOf(text)).toEqual({ ok: false, error });
  });
});
