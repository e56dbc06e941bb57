import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { encodeEthernet, encodeIpv4, encodeIpv6, IP_PROTOCOL } from '../../wire/index.ts';
import { cutAgain, FragmentQueues } from './fragments.ts';

const ETHERNET = 14;
const link = { destination: 0x020000000002n, source: 0x020000000001n };

function datagram(family: 4 | 6, payload: Uint8Array, dontFragment = false): Uint8Array {
  return family === 4
    ? encodeEthernet(
        { ...link, type: 0x800 },
        encodeIpv4(
          {
            source: 0x0a000001,
            destination: 0x0a000002,
            protocol: IP_PROTOCOL.udp,
            ttl: 64,
            identification: 7,
            dontFragment,
          },
          payload,
        ),
      )
    : encodeEthernet(
        { ...link, type: 0x86dd },
        encodeIpv6({ source: 1n, destination: 2n, nextHeader: IP_PROTOCOL.udp }, payload),
      );
}

const counted = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => at & 255);

describe('fragments of a datagram', () => {
  it('come together in any order to what was cut, and are cut no larger again', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<4 | 6>(4, 6),
        fc.integer({ min: 200, max: 3000 }),
        fc.integer({ min: 100, max: 1500 }),
        fc.boolean(),
        fc.integer(),
        (family, size, largest, dontFragment, seed) => {
          const whole = datagram(family, counted(size), dontFragment);
          const parts = cutAgain(whole, largest, 99);
          for (const part of parts) expect(part.length - ETHERNET).toBeLessThanOrEqual(largest);
          if (parts.length === 1) return;
          const queues = new FragmentQueues();
          const random = createRandom(seed);
          const order = parts
            .map((part) => ({ part, at: random.next32() }))
            .toSorted((one, other) => one.at - other.at)
            .map(({ part }) => part);
          const results = order.map((part) => queues.take(1, part, 0));
          expect(results.slice(0, -1).every((one) => one === null)).toBe(true);
          const result = results.at(-1);
          expect(result?.octets).toEqual(whole);
          expect(result?.largest).toBe(Math.max(...parts.map((part) => part.length - ETHERNET)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('wait for 30 seconds (60 for IPv6), each zone for itself, and are all given up when one lies over another', () => {
    for (const family of [4, 6] as const) {
      const [first, second, third] = cutAgain(datagram(family, counted(300)), 150, 1) as [
        Uint8Array,
        Uint8Array,
        Uint8Array,
      ];
      const late = new FragmentQueues();
      late.take(1, first, 0);
      late.take(2, third, 0);
      late.take(1, second, 0);
      expect(late.take(1, third, (family === 4 ? 30 : 60) * 1e9)).toBeNull();
      const over = new FragmentQueues();
      over.take(1, first, 0);
      const [, shifted] = cutAgain(datagram(family, counted(300)), 142, 1) as [Uint8Array, Uint8Array];
      over.take(1, shifted, 0);
      over.take(1, second, 0);
      expect(over.take(1, third, 0)).toBeNull();
    }
  });

  it('are told from whole packets', () => {
    expect(new FragmentQueues().take(1, datagram(4, counted(50)), 0)).toBeUndefined();
    expect(new FragmentQueues().take(1, datagram(6, counted(50)), 0)).toBeUndefined();
  });
});
