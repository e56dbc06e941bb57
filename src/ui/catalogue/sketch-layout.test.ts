import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HEIGHT, sketchOf, WIDTH, type Box } from './sketch-layout.ts';

const shape = fc.integer({ min: 1, max: 14 }).chain((count) =>
  fc.record({
    machines: fc.array(fc.record({ inside: fc.integer({ min: 0, max: 12 }) }), {
      minLength: count,
      maxLength: count,
    }),
    segments: fc.array(
      fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { minLength: Math.min(2, count), maxLength: 4 }),
      { maxLength: 8 },
    ),
  }),
);

const apart = (a: Box, b: Box): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

it('stays in the frame, machines beside one another, whatever the shape', () => {
  fc.assert(
    fc.property(shape, (one) => {
      const { machines, inner, buses } = sketchOf(one);
      for (const { x, y, width, height } of [...machines, ...inner]) {
        expect(width).toBeGreaterThan(0);
        expect(height).toBeGreaterThan(0);
        expect(x).toBeGreaterThanOrEqual(0);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(WIDTH);
        expect(y + height).toBeLessThanOrEqual(HEIGHT);
      }
      for (const [at, box] of machines.entries())
        for (const other of machines.slice(at + 1)) expect(apart(box, other)).toBe(true);
      for (const { y } of buses) expect(y).toBeLessThan(HEIGHT);
    }),
  );
});

it('puts spines over leaves, every cable between them', () => {
  const segments = [0, 1].flatMap((spine) => [2, 3, 4].map((leaf) => [spine, leaf]));
  const { machines, cables } = sketchOf({
    machines: Array.from({ length: 5 }, () => ({ inside: 0 })),
    segments,
  });
  expect(new Set(machines.map(({ y }) => y)).size).toBe(2);
  expect(cables).toHaveLength(6);
});
