import fc from 'fast-check';
import { expect, it } from 'vitest';
import { traceLetter } from './letter-trace.ts';

const SIZE = 120;

/** How dark each pixel is where `inside` holds, from 8 by 8 points of it. */
function painted(inside: (x: number, y: number) => boolean): readonly number[] {
  return Array.from({ length: SIZE * SIZE }, (_, at) => {
    let hits = 0;
    for (let sub = 0; sub < 64; sub += 1)
      if (
        inside((at % SIZE) + ((sub % 8) + 0.5) / 8, Math.floor(at / SIZE) + (Math.floor(sub / 8) + 0.5) / 8)
      )
        hits += 1;
    return Math.round((hits / 64) * 255);
  });
}

const area = (ring: readonly (readonly [number, number])[]): number =>
  Math.abs(
    ring.reduce((sum, [x, y], at) => {
      const [nextX, nextY] = ring[(at + 1) % ring.length] ?? [0, 0];
      return sum + x * nextY - nextX * y;
    }, 0) / 2,
  );

it('follows a round letter and its hole, wherever they are', () =>
  fc.assert(
    fc.property(
      fc.double({ min: 50, max: 70, noNaN: true }),
      fc.double({ min: 30, max: 45, noNaN: true }),
      fc.double({ min: 8, max: 24, noNaN: true }),
      (centre, outer, inner) => {
        const rings = traceLetter(
          painted((x, y) => {
            const off = Math.hypot(x - centre, y - centre);
            return off < outer && off > inner;
          }),
          SIZE,
          SIZE,
        );
        const areas = rings.map(area).toSorted((a, b) => b - a);
        expect(areas).toHaveLength(2);
        for (const [at, radius] of [outer, inner].entries()) {
          expect(Math.abs((areas[at] ?? 0) - Math.PI * radius ** 2)).toBeLessThan(2 * radius);
        }
        expect(rings.every((ring) => ring.length < 60)).toBe(true);
      },
    ),
    { numRuns: 20 },
  ));

it('needs few corners for a straight one, and none for an empty one', () => {
  const [stem, ...others] = traceLetter(
    painted((x, y) => x > 30.25 && x < 50.25 && y > 20 && y < 100),
    SIZE,
    SIZE,
  );
  expect(others).toEqual([]);
  expect(stem?.length).toBeLessThan(14);
  expect(Math.abs(area(stem ?? []) - 20 * 80)).toBeLessThan(8);
  expect(
    traceLetter(
      painted(() => false),
      SIZE,
      SIZE,
    ),
  ).toEqual([]);
});
