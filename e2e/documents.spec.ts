/** Several documents in one browser: named, left and found again, forgotten and had back. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

test('a document is renamed, kept, forgotten and had back', async ({ page }) => {
  const bench = new Workbench(page);
  await test.step('the picture is there before the programs are', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((done) => {
      release = done;
    });
    await page.route('**/assets/world-calls-*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto('#/s/multinode-ovn');
    await expect(bench.thing('worker1')).toBeVisible();
    await expect(page.getByRole('region', { name: 'In progress' })).toBeVisible();
    const things = await bench.explorer.ariaSnapshot();
    release();
    await bench.open('multinode-ovn');
    expect(await bench.explorer.ariaSnapshot()).toBe(things);
  });
  await bench.type('worker1', 'ip link set eth1 mtu 1400');
  const heading = page.getByRole('heading', { level: 1 });
  await heading.getByRole('button').click();
  const name = page.getByRole('textbox', { name: 'Name of the document' });
  await name.fill('never mind');
  await name.press('Escape');
  await expect(heading).toHaveText('Multinode OVN');
  await heading.getByRole('button').press('Enter');
  await name.fill('Smaller underlay');
  await name.press('Enter');
  await expect(heading).toHaveText('Smaller underlay');

  await page.getByRole('link', { name: 'Hopscope, catalogue' }).click();
  const kept = page.getByRole('region', { name: 'Go on with' });
  await expect(kept.getByRole('link', { name: /^Smaller underlay/ })).toBeVisible();
  await kept.getByRole('button', { name: 'Forget Smaller underlay' }).click();
  await expect(kept.getByRole('link', { name: /^Smaller underlay/ })).toBeHidden();
  await kept.getByRole('button', { name: 'Undo' }).click();
  await kept.getByRole('link', { name: /^Smaller underlay/ }).click();
  await expect(heading).toHaveText('Smaller underlay');
  expect(await bench.type('worker1', 'ip link show eth1')).toContain('mtu 1400');

  await test.step('from one to another without the catalogue', async () => {
    await bench.open('where-is-my-packet');
    await bench.type('client', 'ip link');
    await page.getByRole('button', { name: 'Other documents' }).click();
    await page.getByRole('menuitem', { name: /^Smaller underlay/ }).click();
    await expect(heading).toHaveText('Smaller underlay');
    await page.getByRole('button', { name: 'Other documents' }).click();
    await expect(page.getByRole('menuitem', { name: /^Smaller underlay/ })).toHaveCount(0);
  });

  await test.step('an address that leads nowhere leaves ways on, by keyboard', async () => {
    await page.goto('#/s/nowhere');
    const told = page.getByRole('alertdialog', { name: /nowhere.* could not be opened/ });
    await expect(told).toContainText('There is no scenario nowhere.');
    await told.getByRole('button', { name: 'Close' }).press('Enter');
    await page.getByRole('button', { name: 'Try again' }).press('Enter');
    await expect(told).toBeVisible();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Show the catalogue' }).press('Enter');
    await expect(kept.getByRole('link', { name: /^Smaller underlay/ })).toBeVisible();
  });
  expect(bench.problems).toEqual([]);
});

test('a page that is closed in the midst of something has lost nothing of it', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const tab = bench.inspector.getByRole('tab', { name: /^Breakpoints/ });
  await expect(tab).toBeVisible();
  await tab.evaluate((element: HTMLElement) => {
    element.click();
    location.reload();
  });
  await expect(tab.and(page.getByRole('tab', { selected: true }))).toBeVisible();

  const input = await bench.terminal('central');
  await input.pressSequentially('ovn-nbctl ls-add kept');
  await input.evaluate((element) => {
    element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 13, bubbles: true }));
    location.reload();
  });
  await expect(bench.thing('kept')).toBeVisible();
  expect(await bench.type('central', 'ovn-nbctl ls-list')).toMatch(/kept/);
  expect(await bench.screen('central')).not.toContain('already exists');
  await page.reload();
  await expect(bench.thing('kept')).toBeVisible();
  expect(await bench.screen('central')).not.toContain('already exists');
  expect(bench.problems).toEqual([]);
});

test('two tabs with one document: looking around changes nothing, working in both parts them', async ({
  page,
  context,
}) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const other = new Workbench(await context.newPage());
  await other.open('multinode-ovn');
  const told = other.page.getByRole('status', { name: 'Notices' });
  const heading = other.page.getByRole('heading', { level: 1 });
  await bench.type('central', 'ovn-nbctl ls-add first');
  await other.inspector.getByRole('tab', { name: 'Tables' }).click();
  await other.type('central', 'ovn-nbctl ls-add second');
  await expect(told).toContainText('Another tab went on with the same document');
  await expect(heading).toHaveText('Multinode OVN (2)');
  await expect(other.page).toHaveURL(/#\/f\/Multinode/);
  // What was typed goes on where it was.
  expect(await other.type('central', 'ovn-nbctl ls-add third')).toBe('');

  for (const one of [bench, other]) await one.page.reload();
  await expect(bench.thing('first')).toBeVisible();
  await expect(bench.thing('second')).toHaveCount(0);
  await expect(other.thing('second')).toBeVisible();
  await expect(other.thing('third')).toBeVisible();
  await expect(other.thing('first')).toHaveCount(0);
  await expect(heading).toHaveText('Multinode OVN (2)');
  await expect(page.getByRole('status', { name: 'Notices' })).toBeEmpty();
  expect([...bench.problems, ...other.problems]).toEqual([]);
});

test.describe('without a worker that keeps the page', () => {
  test.use({ serviceWorkers: 'block' });
  test('a browser that keeps nothing says so and offers a file; a part that does not come is told', async ({
    page,
  }) => {
    await page.addInitScript(() => {
      const refuse = (): never => {
        throw new DOMException('no storage', 'SecurityError');
      };
      Object.defineProperty(window, 'localStorage', { get: refuse });
      IDBFactory.prototype.open = refuse;
    });
    const bench = new Workbench(page);
    await bench.open('multinode-ovn');
    const notices = page.getByRole('status', { name: 'Notices' });
    await expect(notices).toContainText('What you do is not kept: this browser allows no storage.');
    await notices.getByRole('button', { name: 'Save it as a file' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Share' });
    const saving = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save the document' }).click();
    expect((await saving).suggestedFilename()).toBe('multinode-ovn.hopscope.json');
    await page.keyboard.press('Escape');
    await notices.getByRole('button', { name: 'Close this notice' }).press('Enter');
    await bench.type('central', 'ovn-nbctl ls-add lost');
    await expect(notices).toBeEmpty();
    expect(bench.problems).toEqual([]);

    await page.route(/ExportDialog/, (route) => route.abort());
    await page.getByRole('button', { name: 'Export' }).click();
    await expect(notices).toContainText('A part of the page could not be read.');
    await expect(bench.thing('lost')).toBeVisible();
  });
});
