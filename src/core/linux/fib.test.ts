import fc from 'fast-check';
import { expect, it } from 'vitest';
import { prefixMask } from '../base/address.ts';
import { widthOf, type Family } from './family.ts';
import { FibTable } from './fib.ts';
import type { Route } from './route.ts';

const route = (family: Family, address: bigint, length: number, metric: number): Route => ({
  family,
  table: 254,
  destination: address & prefixMask(length, widthOf(family)),
  length,
  tos: 0,
  type: 'unicast',
  scope: 0,
  protocol: 3,
  metric,
  source: null,
  nexthops: [],
  metrics: {},
  nhid: 0,
  preference: 'medium',
  expires: null,
});

/** What the definition says: of the prefixes that hold the address the longest, of its routes the lowest metric. */
function scan(routes: readonly Route[], address: bigint): Route | undefined {
  return routes
    .filter(
      ({ family, destination, length }) => (address & prefixMask(length, widthOf(family))) === destination,
    )
    .toSorted((a, b) => b.length - a.length || a.metric - b.metric)[0];
}

it.each([4, 6] as const)(
  'finds the longest prefix of IPv%i as a scan does, while routes come and go',
  (family) => {
    const width = widthOf(family);
    // Few distinct leading bits, so that prefixes nest and meet.
    const address = fc
      .tuple(fc.bigInt({ min: 0n, max: 15n }), fc.bigInt({ min: 0n, max: 15n }))
      .map(([high, low]) => (high << BigInt(width - 4)) | (low << BigInt(width - 12)) | low);
    const entry = fc.record({
      address,
      length: fc.integer({ min: 0, max: width }),
      metric: fc.integer({ min: 0, max: 2 }),
      isRemoved: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 40 }),
        fc.array(address, { minLength: 1, maxLength: 10 }),
        (entries, asked) => {
          const table = new FibTable(254, family);
          const kept: Route[] = [];
          for (const { address: at, length, metric, isRemoved } of entries) {
            const made = route(family, at, length, metric);
            if (table.insert(made, 'add', () => false).kind !== 'added') continue;
            if (isRemoved) table.remove(made);
            else kept.push(made);
          }
          expect(table.size).toBe(kept.length);
          for (const destination of asked) {
            const [found] = table.matching(destination);
            expect(found).toBe(scan(kept, destination));
          }
        },
      ),
    );
  },
);

it('lists prefixes by address, the longer first', () => {
  const table = new FibTable(254, 4);
  const text = (each: Route): string => `${each.destination.toString(16)}/${each.length}`;
  for (const [address, length] of [
    [0x0a000000n, 8],
    [0x0a010000n, 16],
    [0x0a000000n, 24],
    [0n, 0],
  ] as const)
    table.insert(route(4, address, length, 0), 'add', () => false);
  expect(table.dump().map(text)).toEqual(['0/0', 'a000000/24', 'a000000/8', 'a010000/16']);
});
