import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitCamera } from './camera.ts';

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
