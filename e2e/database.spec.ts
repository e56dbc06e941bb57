/** Real database files: opened, browsed, traced through; a broken one is refused and changes nothing. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

const CASE = join('golden', 'ovn', 'multinode-l2');

test('a northbound and a southbound database', async ({ page }) => {
  const bench = new Workbench(page);
  await page.goto('');
  await page
    .getByLabel('Files to open')
    .setInputFiles([join(CASE, 'ovnnb_db.db'), join(CASE, 'ovnsb_db.db')]);
  await expect(bench.explorer).toBeVisible();
  await expect(bench.thing('network1')).toBeVisible();

  await test.step('its rows', async () => {
    await bench.inspector.getByRole('tab', { name: 'Tables' }).click();
    await bench.inspector.getByLabel('Database').selectOption('OVN_Northbound');
    await bench.inspector.getByLabel('Table', { exact: true }).selectOption('Logical_Switch_Port');
    const grid = bench.inspector.getByRole('grid', { name: 'Logical_Switch_Port' });
    await expect(grid.getByRole('row', { name: /vm1/ })).toBeVisible();
    await bench.inspector.getByLabel('Search the rows').fill('vm2');
    await expect(grid.getByRole('row', { name: /vm1/ })).toBeHidden();
    await grid.getByRole('row', { name: /vm2/ }).click();
    await expect(bench.inspector.getByRole('region', { name: /of Logical_Switch_Port$/ })).toContainText(
      '192.168.0.12',
    );
  });

  await test.step('ovn-trace as it was recorded', async () => {
    const folder = join(CASE, 'trace');
    const [first] = (await readdir(folder)).toSorted();
    const recorded = JSON.parse(await readFile(join(folder, first ?? ''), 'utf8')) as {
      readonly microflow: string;
      readonly detailed: string;
    };
    await bench.dockTab('OVN trace').click();
    await bench.dock.getByLabel('Microflow').fill(recorded.microflow);
    await bench.dock.getByRole('button', { name: 'Trace', exact: true }).click();
    const plain = (text: string): string => text.replaceAll(/uuid [0-9a-f]{8}/g, 'uuid').trim();
    await expect
      .poll(async () => plain(await bench.dock.getByRole('log', { name: 'ovn-trace' }).innerText()))
      .toBe(plain(recorded.detailed));
  });
});

test('a southbound database alone', async ({ page }) => {
  const bench = new Workbench(page);
  await page.goto('');
  await page.getByLabel('Files to open').setInputFiles([join(CASE, 'ovnsb_db.db')]);
  await expect(bench.thing('network1')).toBeVisible();
  await expect(bench.thing('vm1')).toBeVisible();
  await bench.dockTab('OVN trace').click();
  await bench.dock.getByRole('button', { name: 'Trace', exact: true }).click();
  await expect(bench.dock.getByRole('log', { name: 'ovn-trace' })).toContainText('ls_in_l2_lkup');
});

test('databases packed with gzip', async ({ page }) => {
  const bench = new Workbench(page);
  await page.goto('');
  const packed = await Promise.all(
    ['ovnnb_db.db', 'ovnsb_db.db'].map(async (name) => ({
      name: `${name}.gz`,
      mimeType: 'application/gzip',
      buffer: gzipSync(await readFile(join(CASE, name))),
    })),
  );
  await page.getByLabel('Files to open').setInputFiles(packed);
  await expect(bench.thing('network1')).toBeVisible();
  await page.reload();
  await expect(bench.thing('network1')).toBeVisible();
});

test('a broken file is refused with its place, and what was open stays open', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const whole = await readFile(join(CASE, 'ovnsb_db.db'));
  for (const [name, octets, remedy] of [
    ['cut.db', whole.subarray(0, Math.floor(whole.length / 2)), 'Copy the file again'],
    ['cut.db.gz', gzipSync(whole).subarray(0, 1000), 'Copy the file again'],
    ['foreign.db', Buffer.from('SQLite format 3\0 and more'), 'Choose an OVN or Open vSwitch database'],
    ['foreign.db.gz', gzipSync('nothing that we know'), 'Choose an OVN or Open vSwitch database'],
  ] as const) {
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page
      .getByLabel('Files to open')
      .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(octets) });
    const alert = page.getByRole('alertdialog');
    await expect(alert).toContainText(`${name} could not be opened`);
    await expect(alert).toContainText(remedy);
    await expect(alert).toContainText('What was open stays open');
    await alert.getByRole('button', { name: 'Close' }).click();
    await expect(bench.thing('worker1')).toBeVisible();
  }
});
