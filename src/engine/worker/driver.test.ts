import { expect, it } from 'vitest';
import { createClock } from '../../core/sim/clock.ts';
import { Driver } from './driver.ts';

it('goes on after an event that fails, and tells of it', async () => {
  const clock = createClock();
  const faults: unknown[] = [];
  const driver = new Driver(clock, (error) => faults.push(error));
  const broken = new Error('broken');
  await new Promise<void>((resolve) => {
    const remove = driver.add(() => 'fast');
    clock.after(1, () => {
      throw broken;
    });
    clock.after(2, () => {
      remove();
      resolve();
    });
  });
  expect(faults).toEqual([broken]);
  // Programs that are added later run as well.
  await new Promise<void>((resolve) => {
    const remove = driver.add(() => 'fast');
    clock.after(1, () => {
      remove();
      resolve();
    });
  });
});
