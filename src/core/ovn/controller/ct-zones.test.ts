import { expect, it } from 'vitest';
import { assignZones, zoneRange } from './ct-zones.ts';

const assigned = (before: Record<string, number>, users: readonly string[], range: string): unknown =>
  Object.fromEntries(
    assignZones(new Map(Object.entries(before)), users, new Map(), () => undefined, zoneRange(range)),
  );

it.each([
  ['', 1, 65_535],
  ['10', 10, 65_535],
  ['10-20', 10, 20],
  ['10-70000', 10, 65_535],
  ['0-20', 1, 65_535],
  ['x-20', 1, 65_535],
])('reads %j as %d to %d', (text, first, last) => {
  expect(zoneRange(text)).toEqual({ first, last });
});

it('numbers users within the range, keeps what lies in it, and leaves the last ones out where it ends', () => {
  expect(assigned({ b: 21, c: 3 }, ['a', 'b', 'c', 'd'], '20-22')).toEqual({ a: 20, b: 21, c: 22 });
  expect(assigned({ b: 21, c: 3 }, ['a', 'b', 'c', 'd'], '')).toEqual({ a: 1, b: 21, c: 3, d: 2 });
});
