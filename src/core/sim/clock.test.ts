import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createClock } from './clock.ts';

it('events come in the order of their times, and of their making, however many others were taken back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ delay: fc.nat(50), kept: fc.boolean() }), { maxLength: 60 }),
      fc.integer({ min: 0, max: 5000 }),
      (wanted, others) => {
        const clock = createClock();
        const seen: number[] = [];
        const cancels = wanted.map(({ delay }, index) => clock.after(delay, () => void seen.push(index)));
        // A timer that is set anew for every message.
        for (let count = 0; count < others; count += 1) clock.after(25, () => void seen.push(-1))();
        for (const [index, { kept }] of wanted.entries()) if (!kept) cancels[index]?.();
        clock.run(100);
        const expected = [...wanted.entries()]
          .filter(([, { kept }]) => kept)
          .sort(([left, a], [right, b]) => a.delay - b.delay || left - right)
          .map(([index]) => index);
        expect(seen).toEqual(expected);
        expect(clock.pending).toBe(0);
      },
    ),
    { numRuns: 50 },
  );
});
