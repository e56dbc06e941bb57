import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameEnds, headerSize, shortPair } from './frame-ends.ts';

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const MACS = '52 54 00 00 00 01 52 54 00 00 00 02';

describe('ends of a frame', () => {
  it.each([
    [
      'UDP over IPv4',
      `${MACS} 0800 4500 0020 0000 4000 4011 0000 c0a83264 c0a83265 c2d2 17c1 0000 0000`,
      { source: '192.168.50.100', destination: '192.168.50.101', port: 6081 },
      34,
    ],
    [
      'tagged',
      `${MACS} 8100 0032 0800 4500 0014 0000 4000 4001 0000 0a000001 0a000002`,
      { source: '10.0.0.1', destination: '10.0.0.2', port: null },
      38,
    ],
    [
      'IPv6',
      `${MACS} 86dd 6000 0000 0000 3a ff fe80 0000 0000 0000 0000 0000 0000 0001 ff02 0000 0000 0000 0000 0001 ff00 0002`,
      { source: 'fe80::1', destination: 'ff02::1:ff00:2', port: null },
      54,
    ],
    [
      'ARP',
      `${MACS} 0806 0001 0800 06 04 0001 525400000002 0a000001 000000000000 0a000002`,
      { source: '10.0.0.1', destination: '10.0.0.2', port: null },
      14,
    ],
    ['LLDP', `${MACS} 88cc 0207`, null, 14],
  ])('%s', (_, hex, ends, size) => {
    expect(frameEnds(bytes(hex))).toEqual(ends);
    expect(headerSize(bytes(hex))).toBe(size);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
        expect(() => [frameEnds(octets), headerSize(octets)]).not.toThrow();
      }),
    );
  });

  it.each([
    ['192.168.50.100', '192.168.50.101', ['.100', '.101']],
    ['192.168.50.100', '192.168.51.101', ['.50.100', '.51.101']],
    ['10.0.0.1', '192.168.50.1', ['10.0.0.1', '192.168.50.1']],
    ['fe80::1', 'fe80::2', ['fe80::1', 'fe80::2']],
  ])('%s and %s are written %j', (a, b, wanted) => expect(shortPair(a, b)).toEqual(wanted));
});
