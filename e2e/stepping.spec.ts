/** Stepping is moving an index: there and back a thousand times, everything is as it was, and nothing has run again. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

// A trace takes a picture a key.
test.use({ trace: 'off' });

test('a thousand steps there and back', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  expect(await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c3')).toContain('3 received');
  await bench.dockTab('Trace').click();
  await page.keyboard.press('3');
  await bench.goToStart();
  const { of } = await bench.position();
  expect(of).toBeGreaterThan(551);

  await test.step('a reader that turns the slider twice at once goes two steps', async () => {
    await page.getByRole('slider', { name: 'Timeline' }).evaluate((slider: HTMLInputElement) => {
      for (let turn = 0; turn < 2; turn += 1) {
        slider.stepUp();
        slider.dispatchEvent(new Event('input', { bubbles: true }));
      }
    });
    await expect.poll(async () => (await bench.position()).step).toBe(3);
    await bench.goToStart();
  });

  /** What the page says of a step: its number, its facts, its octets, once the engine has answered for it. */
  const seen = async (): Promise<string> => {
    let text = '';
    await bench.settled();
    await expect
      .poll(async () => {
        const before = text;
        text = JSON.stringify([await bench.position(), await bench.inspector.innerText()]);
        return text === before;
      })
      .toBe(true);
    return text;
  };
  const there = new Map<number, string>();
  const press = async (key: string, times: number): Promise<void> => {
    for (let i = 0; i < times; i += 1) await page.keyboard.press(key);
  };
  for (let step = 1; step <= 501; step += 50) {
    await expect.poll(async () => (await bench.position()).step).toBe(step);
    there.set(step, await seen());
    await press('F10', 50);
  }
  for (let step = 501; step >= 1; step -= 50) {
    await press('F9', 50);
    await expect.poll(async () => (await bench.position()).step).toBe(step);
    expect(await seen()).toBe(there.get(step));
  }
  expect((await bench.position()).of).toBe(of);
  expect(bench.problems).toEqual([]);
});
