/** Accessibility and themes: axe finds nothing, whichever panel is in view. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { Workbench } from './workbench.ts';

async function expectClean(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
  );
  expect(found, where).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const)
  test(`axe finds nothing (${colorScheme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    const bench = new Workbench(page);
    await page.goto('');
    await expect(page.getByRole('link', { name: /Multinode OVN/ }).first()).toBeVisible();
    await page.getByText('What runs here, and what does not').click();
    await expectClean(page, 'catalogue');
    await page.goto('#/s/nowhere');
    const failed = page.getByRole('alertdialog');
    await expect(failed).toBeVisible();
    await expectClean(page, 'failure');
    await failed.getByRole('button', { name: 'Close' }).click();
    await expectClean(page, 'nothing open');
    await bench.open('multinode-ovn');
    // Who speaks to the page says what is written on a button.
    await expect(page.getByRole('button', { name: 'name, IP, MAC, VNI, uuid' })).toBeVisible();
    await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1');
    await expectClean(page, 'terminal');
    await bench.dockTab('Trace').click();
    await page.getByRole('button', { name: 'Stage' }).click();
    for (let step = 0; step < 8; step += 1) await bench.move('F10');
    await expectClean(page, 'trace and packet');
    await bench.thing('eth1').first().click();
    await expectClean(page, 'selected');
    await bench.inspector.getByRole('tab', { name: 'Tables' }).click();
    await expect(bench.inspector.getByRole('grid')).toBeVisible();
    await bench.dockTab('OVN trace').click();
    await expectClean(page, 'tables and OVN trace');
    await page.getByRole('button', { name: 'Export' }).click();
    await expect(page.getByRole('dialog', { name: 'Export' })).toBeVisible();
    await expectClean(page, 'export');
  });

test('axe finds nothing in lists, lenses and forms', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1');
  await bench.dock.getByRole('tab', { name: /^Trace/ }).click();
  await page.getByRole('button', { name: 'Tree', exact: true }).click();
  await bench.inspector.getByRole('tab', { name: /^Breakpoints/ }).click();
  await bench.inspector.getByRole('button', { name: 'Stop at drops' }).click();
  await expectClean(page, 'branches and breakpoints');
  await bench.dock.getByRole('tab', { name: /^Capture/ }).click();
  await page.getByRole('tablist', { name: 'Lens' }).getByRole('tab', { name: /^L2/ }).click();
  await bench.explorer.press('End');
  await bench.thing('network1').click();
  await expectClean(page, 'packets, layer 2, intent and reality');
  await page.getByRole('button', { name: 'Ping', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('As').selectOption({ label: 'UDP datagram' });
  await expect(dialog.getByLabel('Octets of the frame')).toContainText('40 44');
  await expectClean(page, 'composer');
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`axe finds nothing in the other panes (${colorScheme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    const bench = new Workbench(page);
    await bench.open('multinode-ovn');
    await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1');
    for (const pane of ['Pipeline', 'Flows'])
      await test.step(pane, async () => {
        await bench.dockTab(pane).click();
        await expectClean(page, pane);
      });
    await bench.explorer
      .getByRole('treeitem', { name: /^br-int,/ })
      .first()
      .click();
    await bench.inspector.getByRole('tab', { name: 'OpenFlow', exact: true }).click();
    await expectClean(page, 'flows of a bridge');
    await bench.inspector.getByRole('tab', { name: 'Captures', exact: true }).click();
    await expectClean(page, 'captures on a bridge');
    for (const [key, name] of [
      ['?', 'Keyboard shortcuts'],
      ['t', 'Capture'],
      ['F1', ''],
    ] as const) {
      await page.getByRole('button', { name: 'Ping', exact: true }).press(key);
      await expect(page.getByRole('dialog', name === '' ? {} : { name })).toBeVisible();
      await expectClean(page, key);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
  });

test('at 200 % zoom nothing is lost, and with reduced motion nothing moves', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 720, height: 450 });
  const bench = new Workbench(page);
  await page.goto('#/s/multinode-ovn');
  await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1');
  expect(
    await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]),
  ).toEqual([720, 450]);
  for (const name of ['Find anything', 'Open', 'Share', 'Export', 'Step over', 'Play', 'Other documents'])
    await expect(page.getByRole('button', { name, exact: true }), name).toBeInViewport({ ratio: 1 });
  for (const tab of ['Trace', 'Capture', 'Pipeline', 'Flows']) {
    await bench.dockTab(tab).click();
    await expect(bench.dockTab(tab)).toBeInViewport({ ratio: 1 });
  }
  await bench.dockTab('Trace').click();
  await page.getByRole('button', { name: 'Step over' }).click();
  await expect(page.getByRole('status', { name: /^Step [2-9]\d* of/ })).toBeVisible();
  const durations = await page.evaluate(() =>
    document.getAnimations().map((one) => one.effect?.getComputedTiming().duration),
  );
  expect(durations.filter((one) => Number(one) > 10)).toEqual([]);
});

test('the keyboard keeps its place', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const hint = page.getByRole('region', { name: 'First steps' });
  const picture = page.getByRole('application');
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };

  await test.step('the page says what to do first, a step at a time, and is silent when told', async () => {
    await expect(hint).toContainText('1 of 3');
    await hint.getByRole('button', { name: 'Send a packet' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Ping', exact: true }).press('Enter');
    await expect(hint).toContainText('2 of 3');
    await bench.move('F10');
    await expect(hint).toContainText('3 of 3');
    await hint.getByRole('button', { name: 'Close the first steps' }).press('Enter');
    await expect(hint).toHaveCount(0);
    await expect(picture).toBeFocused();
    await page.reload();
    await expect(bench.explorer).toBeVisible();
    await expect(hint).toHaveCount(0);
    await press('F1');
    await page.getByRole('combobox', { name: 'Find anything' }).fill('first steps');
    await press('Enter');
    await expect(hint).toBeVisible();
  });

  await test.step('Tab walks on from an empty line of a terminal', async () => {
    const input = await bench.terminal('central');
    await press('Tab');
    await expect(page.getByRole('button', { name: 'Copy all output' })).toBeFocused();
    await input.press('l');
    await press('Tab');
    await expect(input).toBeFocused();
    await press('Control+c', 'Shift+Tab');
    await expect(page.getByRole('tab', { name: 'central', exact: true })).toBeFocused();
  });

  await test.step('a breakpoint that is removed hands on to the next one', async () => {
    await bench.inspector.getByRole('tab', { name: /^Breakpoints/ }).click();
    const field = bench.inspector.getByLabel('Which', { exact: true });
    for (const stage of ['ls_in_acl_eval', 'ls_out_acl_eval', 'ls_in_l2_lkup']) {
      await field.fill(stage);
      await field.press('Enter');
    }
    const remove = (stage: string): Locator =>
      bench.inspector.getByRole('button', { name: `Remove the breakpoint at stage ${stage}` });
    await remove('ls_in_acl_eval').press('Enter');
    await expect(remove('ls_out_acl_eval')).toBeFocused();
    await press('Enter');
    await expect(remove('ls_in_l2_lkup')).toBeFocused();
    await press('Enter');
    await expect(bench.inspector.getByLabel('Stop at', { exact: true })).toBeFocused();
  });

  await test.step('a border between panels moves', async () => {
    const border = page.getByRole('separator', { name: 'Width of the explorer' });
    const left = async (): Promise<number> => (await border.boundingBox())?.x ?? 0;
    const before = await left();
    await border.press('ArrowRight');
    await expect.poll(left).toBeGreaterThan(before + 20);
    await border.press('Home');
    await expect.poll(left).toBeLessThan(before);
  });

  await test.step('another lens leaves it in the picture', async () => {
    await picture.focus();
    await press('Alt+2');
    await expect(page.getByRole('application', { name: /^l2 diagram/ })).toBeFocused();
    await press('Alt+3');
    await expect(page.getByRole('application', { name: /^overlay diagram/ })).toBeFocused();
  });

  await test.step('a machine is moved from its menu, and put back', async () => {
    await bench.thing('central').click();
    await picture.press('Shift+F10');
    const menu = page.getByRole('menu', { name: 'Actions for central' });
    await menu.getByRole('menuitem', { name: 'Move', exact: true }).press('Enter');
    await expect(picture).toBeFocused();
    await expect(page.getByText(/^Arrow keys move central/)).toBeVisible();
    await press('ArrowDown', 'Shift+ArrowRight', 'Enter');
    await expect(page.getByText('Kept at its new place')).toBeAttached();
    await picture.press('Shift+F10');
    await menu.getByRole('menuitem', { name: 'Let the layout place it' }).press('Enter');
    await expect(page.getByText('The layout places it again')).toBeAttached();
    await picture.press('m');
    await press('ArrowDown', 'Escape');
    await picture.press('Shift+F10');
    await expect(menu.getByRole('menuitem', { name: 'Move', exact: true })).toBeVisible();
    await expect(menu.getByRole('menuitem', { name: 'Let the layout place it' })).toHaveCount(0);
  });
});

test('at 400 % zoom the page scrolls one way, and steps stay in reach', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 256 });
  await page.goto('#/s/multinode-ovn');
  await page.getByRole('button', { name: /^Run on worker1/ }).scrollIntoViewIfNeeded();
  await page.getByRole('button', { name: /^Run on worker1/ }).click();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  const step = page.getByRole('button', { name: 'Step over' });
  await expect(step).toBeInViewport({ ratio: 1 });
  await page.getByRole('tab', { name: 'Packet' }).click();
  await step.click();
  await expect(page.getByRole('status', { name: /^Step [2-9]\d* of/ })).toBeVisible();
});

test('the theme follows the system, or the choice', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('menuitemradio', { name: 'Light' }).click();
  await expect.poll(ground).not.toBe(dark);
  await page.reload();
  await expect(bench.explorer).toBeVisible();
  await expect.poll(ground).not.toBe(dark);

  await test.step('with colours of the user’s own, what is chosen still shows', async () => {
    await page.emulateMedia({ forcedColors: 'active' });
    const colourOf = (selected: boolean): Promise<string> =>
      page
        .getByRole('tablist', { name: 'Lens' })
        .getByRole('tab', { selected })
        .first()
        .evaluate((tab) => getComputedStyle(tab).backgroundColor);
    expect(await colourOf(true)).not.toBe(await colourOf(false));
  });
});

test('nothing scrolls sideways on a narrow page', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('#/s/multinode-ovn');
  await expect(page.getByRole('tab', { name: 'Packet' })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await expectClean(page, 'narrow');
  const fit = page.getByRole('button', { name: 'Fit' });
  await expect(fit).toHaveCount(0);
  await page.getByRole('application').press('+');
  await fit.click();
  await expect(fit).toHaveCount(0);
});
