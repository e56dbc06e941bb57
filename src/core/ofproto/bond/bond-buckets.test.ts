import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Port } from '../bridge/port.ts';
import { BondBuckets, BUCKETS } from './bond-buckets.ts';

/** Members are told apart only, so their names are all there is of them. */
const member = (name: string) => ({ name }) as Port;
const A = member('a');
const B = member('b');
const SECOND = 1e9;

function balanced(loads: readonly (readonly [bucket: number, bytes: number])[]) {
  let now = 0;
  const buckets = new BondBuckets({ now: () => now, wallMs: () => 0, after: () => () => undefined }, 10_000);
  for (const [bucket, bytes] of loads) {
    buckets.assign(bucket, A);
    buckets.account(bucket, bytes);
  }
  now = 10 * SECOND;
  buckets.rebalance([A, B]);
  return buckets;
}

const membersOf = (buckets: BondBuckets, numbers: readonly number[]): (string | undefined)[] =>
  numbers.map((bucket) => buckets.memberOf(bucket)?.name);

it('moves the heavier of two buckets that fit, and halves what was counted', () => {
  const buckets = balanced([
    [1, 600_000],
    [2, 500_000],
    [3, 100_000],
  ]);
  expect(membersOf(buckets, [1, 2, 3])).toEqual(['b', 'a', 'a']);
  expect(buckets.loadOf(1)).toBe(300_000);
});

it('leaves little load and a single bucket where they are', () => {
  expect(membersOf(balanced([[7, 5_000_000]]), [7])).toEqual(['a']);
  const little = balanced([
    [1, 40_000],
    [2, 40_000],
  ]);
  expect(membersOf(little, [1, 2])).toEqual(['a', 'a']);
});

it('never makes the difference between two members greater, and loses no bucket', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: BUCKETS - 1 }), fc.nat({ max: 1_000_000 })), { maxLength: 30 }),
      (given) => {
        const loads = [...new Map(given)];
        const buckets = balanced(loads);
        const total = loads.reduce((sum, [, bytes]) => sum + bytes, 0);
        const onB = loads
          .filter(([bucket]) => buckets.memberOf(bucket) === B)
          .reduce((sum, [, bytes]) => sum + bytes, 0);
        expect(Math.abs(total - 2 * onB)).toBeLessThanOrEqual(total);
        expect(loads.every(([bucket]) => buckets.memberOf(bucket) !== null)).toBe(true);
      },
    ),
  );
});
