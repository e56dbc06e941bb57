import fc from 'fast-check';
import { expect, it } from 'vitest';
import { civilDate, dayNumber } from './calendar.ts';

it('numbers days as it dates them', () => {
  expect(dayNumber(1970, 1, 1)).toBe(0);
  expect(dayNumber(2000, 3, 1) - dayNumber(2000, 2, 28)).toBe(2);
  fc.assert(
    fc.property(fc.integer({ min: -200_000, max: 200_000 }), (days) => {
      expect(dayNumber(...civilDate(days))).toBe(days);
    }),
  );
});
