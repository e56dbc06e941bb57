/** A switch stretched by EVPN on the page: the sessions, a speaker's EVPN table in words, and a ping through the VTEP. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

test('a guest of OVN reaches a host behind a Linux VTEP', async ({ page }) => {
  const bench = new Workbench(page);
  await page.goto('#/s/evpn-fabric?lens=routing');
  await expect(bench.explorer).toBeVisible({ timeout: 60_000 });
  await bench.type('worker1', 'ip netns exec vm1 ping -c 2 172.16.1.50');
  await bench.dockTab('BGP').click();
  await bench.dock.getByRole('button', { name: 'Table', exact: true }).click();
  await bench.dock.getByLabel('Speaker').selectOption({ label: 'worker1, AS 65010' });
  await bench.dock.getByRole('button', { name: 'EVPN', exact: true }).click();
  const row = bench.dock.getByRole('row', {
    name: /Type 2: MAC 0a:00:00:00:02:01 in VNI 10, RD 192\.168\.50\.20:2/,
  });
  await expect(row).toContainText('65000 65020');
  await bench.dock.getByRole('button', { name: 'Session', exact: true }).click();
  await expect(bench.dock.getByRole('region', { name: 'State' })).toContainText('l2vpn-evpn');
  expect(bench.problems).toEqual([]);
});
