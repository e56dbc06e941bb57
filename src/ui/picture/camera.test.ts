import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cameraAt, fitCamera, isInView, middleOf } from './camera.ts';

const size = fc.integer({ min: 40, max: 4000 });

it('shows all of the picture inside the margins, at most at 100 %', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -999, max: 999 }),
      fc.integer({ min: -999, max: 999 }),
      size,
      size,
      size,
      size,
      (x, y, width, height, w, h) => {
        fc.pre(w > 100 && h > 120);
        const margins = { side: 16, bottom: 56 };
        const camera = fitCamera({ x, y, width, height }, w, h, margins);
        expect(camera.k).toBeLessThanOrEqual(1);
        expect(x * camera.k + camera.x).toBeGreaterThanOrEqual(16 - 1e-6);
        expect((x + width) * camera.k + camera.x).toBeLessThanOrEqual(w - 16 + 1e-6);
        expect(y * camera.k + camera.y).toBeGreaterThanOrEqual(16 - 1e-6);
        expect((y + height) * camera.k + camera.y).toBeLessThanOrEqual(h - 56 + 1e-6);
      },
    ),
  );
});

it('is taken down by its middle, and found again in a pane of any size', () => {
  const pane = { clientWidth: 800, clientHeight: 600 };
  const middle = middleOf({ x: -120, y: 40, k: 2 }, pane);
  expect(cameraAt(middle, pane)).toEqual({ x: -120, y: 40, k: 2 });
  const narrow = cameraAt(middle, { clientWidth: 390, clientHeight: 300 });
  expect([(195 - narrow.x) / narrow.k, (150 - narrow.y) / narrow.k]).toEqual([middle.x, middle.y]);
  expect(isInView({ x: 0, y: 0, width: 900, height: 500 }, middle, pane)).toBe(true);
  expect(isInView({ x: 5000, y: 0, width: 900, height: 500 }, middle, pane)).toBe(false);
});
