/** The control plane one message at a time, on a fabric of two spines. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

test('hold, deliver out of order, and play until a prefix arrives', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('spine-leaf');
  await bench.dockTab('BGP').click();
  await bench.dock.getByRole('button', { name: 'Step messages' }).click();
  await bench.dock.getByRole('button', { name: 'Hold messages' }).click();
  await expect(bench.dock.getByText('Held: 0 messages waiting.')).toBeVisible();
  await bench.type('spine-1', 'ip route add blackhole 10.9.9.0/24');
  await bench.type(
    'spine-1',
    "vtysh -c 'conf t' -c 'router bgp' -c 'address-family ipv4 unicast' -c 'network 10.9.9.0/24'",
  );
  await bench.type('spine-1', 'sleep 2');
  await bench.dockTab('BGP').click();
  const waiting = bench.dock.getByRole('list', { name: 'Waiting messages' });
  await expect(waiting.getByRole('listitem')).toHaveCount(2);
  await waiting
    .getByRole('button', { name: /10\.9\.9\.0\/24/ })
    .first()
    .focus();
  await page.keyboard.press('Enter');
  await expect(bench.dock.getByRole('region', { name: 'Message' })).toContainText('10.9.9.0/24');
  const tor = (name: string) =>
    waiting.getByRole('button', { name: new RegExp(`^Deliver UPDATE to ${name}`) });
  await tor('ovn-gw-2, frr-ns').click();
  await expect(tor('ovn-gw-2, frr-ns')).toHaveCount(0);
  await expect(tor('ovn-gw-1, frr-ns')).toBeEnabled();
  await bench.dock
    .getByRole('combobox', { name: 'Play until' })
    .selectOption({ label: 'until a prefix arrives' });
  await bench.dock.getByRole('combobox', { name: 'Prefix to watch' }).fill('10.9.9.0/24');
  const where = bench.dock.getByRole('combobox', { name: 'Where it arrives' });
  await where.selectOption(
    await where.locator('option', { hasText: 'ovn-gw-1, frr-ns' }).getAttribute('value'),
  );
  await bench.dock.getByRole('button', { name: 'Play messages' }).click();
  await expect(bench.dock.getByText(/10\.9\.9\.0\/24 arrived\. It is at ovn-gw-1/)).toBeVisible();
  await bench.dock.getByRole('button', { name: 'Let all go' }).click();
  await expect(bench.dock.getByRole('button', { name: 'Hold messages' })).toBeVisible();
  expect(bench.problems).toEqual([]);
});
