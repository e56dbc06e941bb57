/** Without a network: after the first visit everything is there. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

test('works offline after the first visit', async ({ page, context }) => {
  const bench = new Workbench(page);
  await page.goto('');
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'A debugger for packets' })).toBeVisible();
  await bench.open('multinode-ovn');
  expect(await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1')).toContain('1 received');
  await page.getByRole('button', { name: 'Export' }).click();
  await expect(page.getByRole('dialog', { name: 'Export' })).toBeVisible();
});
