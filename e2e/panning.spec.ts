/** Panning moves what is painted and paints only the rest: after any way there and back the picture is the same. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

/** Levels of 255 by which smooth edges may differ that were painted in two parts. */
const SLACK = 12;

test('the picture is the same after panning there and back', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const canvas = page.getByRole('application', { name: /diagram of/ });
  const keep = (): Promise<void> =>
    canvas.evaluate((element: HTMLCanvasElement) => {
      const image = element.getContext('2d')?.getImageData(0, 0, element.width, element.height);
      Object.assign(globalThis, { kept: image });
    });
  /** The most by which any colour differs from what was kept. */
  const difference = (): Promise<number> =>
    canvas.evaluate((element: HTMLCanvasElement) => {
      const { data } = (globalThis as unknown as { kept: ImageData }).kept;
      const now = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data ?? [];
      return data.reduce((most, value, at) => Math.max(most, Math.abs(value - (now[at] ?? 0))), 0);
    });
  await canvas.focus();
  for (const key of ['+', '+', '+']) await canvas.press(key);
  await keep();
  // The world comes to rest after it is opened, and lines are painted finely once the zoom rests: until then the picture
  // changes by itself. One look says nothing about that.
  let looks = 0;
  const changes = async (): Promise<number> => {
    const most = await difference();
    await keep();
    looks += 1;
    return looks > 1 ? most : Number.POSITIVE_INFINITY;
  };
  await expect.poll(changes, { intervals: [1500] }).toBe(0);
  for (const key of ['ArrowRight', 'ArrowDown', 'Shift+ArrowLeft', 'ArrowUp', 'Shift+ArrowUp'])
    await canvas.press(key);
  await expect.poll(difference).toBeGreaterThan(50);
  for (const key of ['ArrowLeft', 'ArrowUp', 'Shift+ArrowRight', 'ArrowDown', 'Shift+ArrowDown'])
    await canvas.press(key);
  await expect.poll(difference).toBeLessThanOrEqual(SLACK);
  expect(bench.problems).toEqual([]);
});
