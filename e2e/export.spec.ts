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
    .getByRole('region', { name: 'Diagram' })
    .or(page.getByRole('heading', { name: 'A debugger for packets' }));
  for (const type of ['dragenter', 'dragover', 'drop'])
    await target.first().dispatchEvent(type, { dataTransfer: transfer });
}

for (const format of ['SVG', 'PNG'] as const)
  test(`a ${format} is saved, and opens again when it is dropped`, async ({ page }) => {
    const bench = new Workbench(page);
    // The camera is at once where it goes, so that its zoom can be read.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await bench.open('multinode-ovn');
    await bench.type('central', 'ovn-nbctl ls-add kept');
    await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1');
    await bench.dockTab('Trace').click();
    await bench.move('F10');
    await bench.move('F10');
    const before = await bench.position();
    const zoom = page.getByRole('button', { name: /^Zoom \d/ });
    const fitted = await zoom.innerText();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect(zoom).not.toHaveText(fitted);
    const near = await zoom.innerText();
    await page.getByLabel('Filter the picture').fill('host == worker1');
    await bench.thing('worker2').first().click();
    const octets = await exported(page, format);
    if (format === 'PNG') expect(octets.subarray(1, 4).toString('latin1')).toBe('PNG');
    else expect(octets.toString('utf8')).toContain('<text');

    await page.goto('#/');
    await expect(page.getByRole('heading', { name: 'A debugger for packets' })).toBeVisible();
    await drop(page, `picture.${format.toLowerCase()}`, octets);
    await expect(bench.thing('kept')).toBeVisible();
    await expect.poll(() => bench.position()).toEqual(before);
    await expect(zoom).toHaveText(near);
    await expect(page.getByLabel('Filter the picture')).toHaveValue('host == worker1');
    await expect(bench.inspector.getByRole('tab', { name: 'worker2', selected: true })).toBeVisible();
  });

test('an SVG stands alone', async ({ page, context }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const octets = await exported(page, 'SVG');
  const alone = await context.newPage();
  await alone.setContent(octets.toString('utf8'));
  for (const name of ['central', 'worker1', 'worker2'])
    await expect(alone.getByText(name, { exact: true }).first()).toBeVisible();

  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('button', { name: 'Outlines', exact: true }).click();
  const saving = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save SVG' }).click();
  const outlined = await readFile(await (await saving).path(), 'utf8');
  expect(outlined).not.toContain('<text');
  await alone.setContent(outlined);
  for (const name of ['central', 'worker1', 'worker2'])
    await expect(alone.getByRole('img', { name, exact: true }).first()).toBeVisible();
});

test('a PNG of the size and ground that are chosen, copied, and the picture as PDF', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  const choose = (name: string): Promise<void> => dialog.getByRole('button', { name, exact: true }).click();
  await choose('PNG');
  /** Width, height, and the colour of the first pixel, of what the clipboard holds. */
  const copied = async (): Promise<readonly number[]> => {
    await choose('Copy');
    await expect(dialog.getByText('Copied')).toBeVisible();
    return page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const image = await createImageBitmap((await item?.getType('image/png')) ?? new Blob());
      const canvas = new OffscreenCanvas(1, 1).getContext('2d');
      canvas?.drawImage(image, 0, 0);
      return [image.width, image.height, ...(canvas?.getImageData(0, 0, 1, 1).data ?? [])];
    });
  };
  await choose('1x');
  await choose('Light');
  const [width = 0, height = 0, ...light] = await copied();
  expect(light).toEqual([255, 255, 255, 255]);
  await choose('Close');
  await page.getByRole('button', { name: 'Export' }).click();
  await choose('PNG');
  await choose('4x');
  await choose('Dark');
  const [wide = 0, high = 0, ...dark] = await copied();
  expect([wide, high]).toEqual([width * 4, height * 4]);
  expect(dark).toEqual([18, 21, 24, 255]);
  await choose('Close');
  await page.getByRole('button', { name: 'Export' }).click();
  await choose('PNG');
  await choose('Transparent');
  expect((await copied())[5]).toBe(0);

  await test.step('what is printed is the picture alone, as text', async () => {
    await choose('SVG');
    const printed = page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          new MutationObserver((changes) => {
            for (const frame of changes.flatMap(({ addedNodes }) => [...addedNodes]))
              if (frame instanceof HTMLIFrameElement)
                frame.addEventListener('load', () => resolve(frame.srcdoc));
          }).observe(document.body, { childList: true });
        }),
    );
    await choose('Print or PDF');
    const sheet = await page.context().newPage();
    await sheet.setContent(await printed);
    for (const name of ['central', 'worker1', 'worker2'])
      await expect(sheet.getByText(name, { exact: true }).first()).toBeVisible();
    const pdf = (await sheet.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(pdf.match(/\/Type \/Page\b/g)).toHaveLength(1);
    expect(pdf).toContain('/Font');
  });
  expect(bench.problems).toEqual([]);
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

test('a document that cannot be read is told, and the picture without it is no promise', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await page.evaluate(() => {
    // oxlint-disable-next-line typescript/unbound-method -- called with its worker below
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message: { readonly id?: number; readonly name?: string }) {
      if (message.name !== 'document') {
        post.call(this, message, {});
        return;
      }
      const error = { kind: 'bug', message: 'out of order', place: 'engine', remedy: '', kept: '' };
      const data = { kind: 'error', id: message.id, error };
      queueMicrotask(() => this.onmessage?.(new MessageEvent('message', { data })));
    };
  });
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('button', { name: 'SVG', exact: true }).click();
  await expect(dialog).toContainText('The document could not be read (out of order)');
  await expect(dialog.getByRole('checkbox', { name: 'The document, to open it again' })).not.toBeChecked();
  const saving = page.waitForEvent('download');
  await dialog.getByRole('button', { name: /^Save SVG/ }).click();
  expect(await readFile(await (await saving).path(), 'utf8')).not.toContain('Open this file in Hopscope');

  await page.getByRole('button', { name: 'Share' }).click();
  const share = page.getByRole('dialog', { name: 'Share' });
  await expect(share.getByRole('alert')).toHaveText('The document could not be read: out of order');
  await share.getByRole('button', { name: 'Save the document' }).click();
  await expect(share.getByRole('alert')).toBeVisible();
  expect(bench.problems).toEqual([]);
});

test('other kinds of file: to edit, to paste, to read', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1');
  const saved = async (format: string, save: string): Promise<string> => {
    await page.getByRole('button', { name: 'Export' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await dialog.getByRole('button', { name: format, exact: true }).click();
    const saving = page.waitForEvent('download');
    await dialog.getByRole('button', { name: save }).click();
    return readFile(await (await saving).path(), 'utf8');
  };
  const drawio = await saved('draw.io', 'Save draw.io');
  const cells = await page.evaluate((text) => {
    const file = new DOMParser().parseFromString(text, 'application/xml');
    return [file.querySelectorAll('parsererror').length, file.querySelectorAll('mxCell[vertex]').length];
  }, drawio);
  expect(cells[0]).toBe(0);
  expect(cells[1]).toBeGreaterThan(20);
  expect(await saved('Mermaid', 'Save Mermaid')).toContain('flowchart TB');
  expect(await saved('Graphviz', 'Save Graphviz')).toMatch(/^graph "Multinode OVN" \{/);
  const html = await saved('Report', 'Save Report');
  for (const text of [
    'What decided',
    'ls_in_l2_lkup',
    'worker1: ip netns exec vm1 ping 192.168.0.12 -c1',
    '<svg',
    // The tables that the packet met, and what passed at each device.
    '[root@worker1 ~]# ip netns exec vm1 ip neigh</b>\n192.168.0.12 dev vm1 lladdr 40:44:00:00:00:02',
    'worker2 eth1 in: IP 192.168.50.100.',
    '/#/s/multinode-ovn</code> in Hopscope',
  ])
    expect(html).toContain(text);
  const markdown = await saved('Markdown', 'Save Markdown');
  expect(markdown).toContain('## To do it again');

  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('button', { name: 'Mermaid', exact: true }).click();
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(dialog.getByText('Copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('flowchart TB');
  expect(bench.problems).toEqual([]);
});

test('the part that is in view, or chosen', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await bench.thing('worker1').first().click();
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('button', { name: 'Selection', exact: true }).click();
  const saving = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save SVG' }).click();
  const svg = await readFile(await (await saving).path(), 'utf8');
  expect(svg).toContain('>worker1<');
  expect(svg).not.toContain('>worker2<');

  await test.step('without title, legend and last line, which stays chosen', async () => {
    expect(svg).toContain('id="legend"');
    await page.getByRole('button', { name: 'Export' }).click();
    for (const name of ['Title', 'Legend', 'Last line'])
      await dialog.getByLabel(name, { exact: true }).uncheck();
    await page.keyboard.press('Escape');
    await page.reload();
    await expect(bench.thing('worker1').first()).toBeVisible();
    const bare = (await exported(page, 'SVG')).toString('utf8');
    for (const part of ['title', 'legend', 'footer']) expect(bare).not.toContain(`id="${part}"`);
  });
});

test('what was done is saved as a script, and done again in another network', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await bench.type('central', 'ovn-nbctl ls-add from-script');
  const listener = await bench.terminal('worker2');
  await listener.pressSequentially('tcpdump -i eth1 -n\n');
  await expect.poll(() => bench.screen('worker2')).toContain('listening on eth1');
  await bench.type('worker1', 'ping -c1 192.168.50.101');
  await (await bench.terminal('worker2')).press('Control+c');
  await page.getByRole('button', { name: 'Share' }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('dialog', { name: 'Share' }).getByRole('button', { name: 'Save as a script' }).click();
  const script = await readFile(await (await saving).path(), 'utf8');
  expect(script).toBe(
    [
      '# Hopscope script: Multinode OVN',
      'central: ovn-nbctl ls-add from-script',
      'worker2 &: tcpdump -i eth1 -n',
      'worker1: ping -c1 192.168.50.101',
      '',
    ].join('\n'),
  );
  await page.keyboard.press('Escape');
  await bench.inspector.getByRole('tab', { name: 'Guide' }).click();
  await bench.inspector.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Start over' }).click();
  await expect(bench.thing('from-script')).toBeHidden();
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page
    .getByLabel('Files to open')
    .setInputFiles({ name: 'again.txt', mimeType: 'text/plain', buffer: Buffer.from(script) });
  await expect(bench.thing('from-script')).toBeVisible();
  await bench.terminal('worker2');
  await expect.poll(() => bench.screen('worker2')).toContain('packets captured');
});

test('a link holds all that was typed', async ({ page, context }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await bench.type('central', 'ovn-nbctl ls-add shared');
  await page.getByRole('button', { name: 'Share' }).click();
  const field = page.getByRole('dialog', { name: 'Share' }).getByLabel('Link');
  await expect(field).toHaveValue(/#.+/);
  const link = await field.inputValue();
  expect(link.length).toBeLessThan(2000);
  const other = new Workbench(await context.newPage());
  await other.page.goto(link);
  await expect(other.thing('shared')).toBeVisible();

  await test.step('and where that is too much, a file does', async () => {
    await page.keyboard.press('Escape');
    const noise = Array.from({ length: 8000 }, (_, at) => ((at * 2654435761) >>> 0).toString(36)).join('');
    const input = await bench.terminal('central');
    await page.evaluate((text) => navigator.clipboard.writeText(text), `: ${noise}\n`);
    await input.press('Control+v');
    await page.getByRole('button', { name: 'Share' }).click();
    const dialog = page.getByRole('dialog', { name: 'Share' });
    await expect(dialog).toContainText('too much for a link');
    await expect(dialog.getByRole('button', { name: 'Copy the link' })).toBeDisabled();
    const saving = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save the document' }).click();
    const file = await (await saving).path();
    await other.page.goto('#/');
    await drop(other.page, 'long.hopscope.json', await readFile(file));
    await expect(other.thing('shared')).toBeVisible();
  });
});
