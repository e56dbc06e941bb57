/** Packets as lists: of a run at every device, of captures, filtered, followed, saved. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

test('several devices are listened on from one dialog, by keyboard', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await page.keyboard.press('F6');
  await page.getByRole('button', { name: 'Ping', exact: true }).focus();
  await page.keyboard.press('t');
  const dialog = page.getByRole('dialog', { name: 'Capture' });
  await dialog.getByLabel('Device', { exact: true }).selectOption('worker1//eth1');
  for (const device of ['Device 2', 'Device 3']) {
    await dialog.getByRole('button', { name: 'Another device' }).press('Enter');
    await expect(dialog.getByLabel(device)).toBeVisible();
  }
  // The same device of each other machine is proposed.
  await dialog.getByRole('button', { name: 'Do not listen on eth1, central' }).press('Enter');
  await expect(dialog.getByLabel('Device 2')).toHaveValue('worker2//eth1');
  await expect(dialog.getByLabel('Device 3')).toHaveCount(0);
  await dialog.getByLabel('Filter').fill('udp port 6081 and (');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('syntax error, column 20')).toBeVisible();
  // What tunnels carry, without knowing how tcpdump says it.
  await dialog.getByLabel('Inside Geneve').selectOption({ label: 'ARP' });
  await dialog.getByLabel('VLAN tag outside').fill('7');
  await expect(dialog.getByLabel('Filter')).toHaveValue('vlan 7 and geneve and arp');
  await dialog.getByLabel('VLAN tag outside').fill('');
  await dialog.getByLabel('Inside Geneve').selectOption({ label: 'ICMP' });
  await expect(dialog.getByLabel('Filter')).toHaveValue('geneve and icmp');
  await dialog.getByRole('button', { name: 'Start' }).click();
  await expect(dialog).toHaveCount(0);
  await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1');
  await bench.dock.getByRole('tab', { name: /^Capture/ }).click();
  await page.getByRole('button', { name: /All captures/ }).click();
  const rows = page.getByRole('listbox', { name: 'Packets' }).getByRole('option');
  for (const host of ['worker1', 'worker2'])
    await expect(rows.filter({ hasText: host }).first()).toBeVisible();
});

test('packets of a run, of a capture, and one of them everywhere', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await page.keyboard.press('F6');
  await page.getByRole('button', { name: 'Ping', exact: true }).focus();
  await page.keyboard.press('t');
  const dialog = page.getByRole('dialog', { name: 'Capture' });
  await dialog.getByLabel('Device').selectOption('worker2//genev_sys_6081');
  await dialog.getByRole('button', { name: 'Start' }).click();
  await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c2');
  await bench.dock.getByRole('tab', { name: /^Capture/ }).click();
  const list = page.getByRole('listbox', { name: 'Packets' });
  const rows = list.getByRole('option');
  const filter = page.getByLabel('Display filter');

  await test.step('of the capture', async () => {
    await page.getByRole('button', { name: /genev_sys_6081 worker2 \d/ }).click();
    await page.getByRole('button', { name: 'List', exact: true }).click();
    await filter.fill('icmp.type == 8');
    await expect(rows).toHaveCount(2);
    await expect(rows.first()).toHaveAccessibleName(
      /genev_sys_6081 .*192\.168\.0\.11 to 192\.168\.0\.12, ICMP, 98 octets/,
    );
    await page.getByRole('button', { name: 'Text', exact: true }).click();
    await expect(page.getByRole('log', { name: 'Packets' })).toContainText('ICMP echo request');
  });

  await test.step('of the run, in the words of both programs', async () => {
    await page.getByRole('button', { name: /Every device/ }).click();
    await filter.fill('inner icmp of geneve');
    await expect(page.getByText(/, display filter/)).toBeVisible();
    await expect(rows.first()).toHaveAccessibleName(/eth1/);
    await filter.fill('udp port 6081');
    await expect(page.getByText('as tcpdump reads it')).toBeVisible();
    await filter.fill('icmp and (arp');
    await expect(page.getByText(/syntax error/)).toBeVisible();
    await filter.fill('icmp');
  });

  await test.step('a chosen one is shown, and followed', async () => {
    await rows.first().click();
    await expect(bench.inspector.getByRole('tree', { name: 'Headers' })).toContainText('ICMP');
    const before = await rows.count();
    await page.getByLabel('Follow this packet').check();
    await expect.poll(() => rows.count()).toBeLessThan(before);
    await list.press('ArrowDown');
    await expect(rows.nth(1)).toHaveAttribute('aria-selected', 'true');
  });

  await test.step('saved with an interface a device, and the rows that decided', async () => {
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'pcapng' }).click();
    const text = (await readFile(await (await saving).path())).toString('latin1');
    for (const part of ['worker1/vm1/vm1', 'worker1/eth1', 'worker2/eth1', 'table=40 cookie='])
      expect(text).toContain(part);
  });
  expect(bench.problems).toEqual([]);
});
