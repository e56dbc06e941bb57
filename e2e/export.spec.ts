/** Exported pictures carry the document: dropped on the page they open it again. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { Workbench } from './workbench.ts';

async function exported(page: Page, format: 'SVG' | 'PNG'): Promise<Buffer> {
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('button', { name: format, exact: true }).click();
  const saving = page.waitForEvent('download');
  await dialog.getByRole('button', { name: new RegExp(`^Save ${format}`) }).click();
  return readFile(await (await saving).path());
}

/** Drops a file on the page, as from the desktop. */
async function drop(page: Page, name: string, octets: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([file, base64]) => {
      const data = new DataTransfer();
      const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([content], file));
      return data;
    },
    [name, octets.toString('base64')] as const,
  );
  const target = page
    .getByRole('main', { name: 'Diagram' })
    .or(page.getByRole('heading', { name: 'A debugger for packets' }));
  for (const type of ['dragenter', 'dragover', 'drop'])
    await target.first().dispatchEvent(type, { dataTransfer: transfer });
}

for (const format of ['SVG', 'PNG'] as const)
  test(`a ${format} is saved, and opens again when it is dropped`, async ({ page }) => {
    const bench = new Workbench(page);
    await bench.open('multinode-ovn');
    await bench.type('central', 'ovn-nbctl ls-add kept');
    await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1');
    await bench.dockTab('Trace').click();
    await page.keyboard.press('F10');
    await page.keyboard.press('F10');
    const before = await bench.position();
    const octets = await exported(page, format);
    if (format === 'PNG') expect(octets.subarray(1, 4).toString('latin1')).toBe('PNG');
    else expect(octets.toString('utf8')).toContain('<text');

    await page.goto('#/');
    await expect(page.getByRole('heading', { name: 'A debugger for packets' })).toBeVisible();
    await drop(page, `picture.${format.toLowerCase()}`, octets);
    await expect(bench.thing('kept')).toBeVisible();
    await expect.poll(() => bench.position()).toEqual(before);
  });

test('an SVG stands alone', async ({ page, context }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const octets = await exported(page, 'SVG');
  const alone = await context.newPage();
  await alone.setContent(octets.toString('utf8'));
  for (const name of ['central', 'worker1', 'worker2'])
    await expect(alone.getByText(name, { exact: true }).first()).toBeVisible();
});

test('a picture of another program is refused', async ({ page }) => {
  await page.goto('');
  await expect(page.getByRole('heading', { name: 'A debugger for packets' })).toBeVisible();
  await drop(
    page,
    'other.svg',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1"/></svg>'),
  );
  await expect(page.getByRole('alertdialog')).toContainText('other.svg could not be opened');
});
