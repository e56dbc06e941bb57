/** Exploring: from intent to reality and back, and looking at one thing with what belongs to it. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

test('from a logical switch to what realises it, and back', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await bench.thing('network1').click();
  const relations = bench.inspector.getByRole('region', { name: 'Intent and reality' });
  await expect(relations.getByRole('button', { name: /worker1 to worker2/ })).toBeVisible();
  await relations.getByRole('button', { name: 'vm1, port 3 of br-int on worker1' }).click();
  await expect(bench.inspector.getByRole('heading', { name: 'vm1' })).toBeVisible();
  await relations.getByRole('button', { name: 'network1, logical switch' }).click();

  await bench.inspector.getByRole('button', { name: 'Focus' }).click();
  await expect(page.getByRole('button', { name: 'Look at everything' }).first()).toBeVisible();
  await page
    .getByRole('tablist', { name: 'Lens' })
    .getByRole('tab', { name: /^Logical/ })
    .click();
  await page
    .getByRole('region', { name: 'Diagram' })
    .getByRole('button', { name: 'Look at everything' })
    .click();
  await expect(page.getByRole('button', { name: 'Look at everything' })).toBeHidden();
  expect(bench.problems).toEqual([]);
});

test('layer 2: which devices hear one another, and a network that is cut', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  for (const [machine, address] of [
    ['worker1', '172.16.0.1'],
    ['worker2', '172.16.0.2'],
  ] as const)
    for (const line of [
      'ip link add link eth1 name eth1.20 type vlan id 20',
      `ip addr add ${address}/24 dev eth1.20`,
      'ip link set eth1.20 up',
    ])
      expect(await bench.type(machine, line)).toBe('');
  await page
    .getByRole('tablist', { name: 'Lens' })
    .getByRole('tab', { name: /^L2 and VLAN/ })
    .click();
  const table = page.getByRole('table', { name: 'Networks of layer 2 by machine' });
  const network = table.getByRole('row', { name: /network1/ });
  await expect(network).toContainText('VNI 1');
  await expect(network.getByRole('cell').nth(2)).toContainText('vm1');
  const vlan = table.getByRole('row', { name: /VLAN 20/ });
  await expect(vlan).toHaveCount(1);
  await expect(vlan).toContainText('172.16.0.0/24');
  await vlan.getByRole('button', { name: /eth1\.20 172\.16\.0\.2/ }).click();
  await expect(bench.inspector.getByRole('heading', { name: 'eth1.20' })).toBeVisible();

  await test.step('a switch port that does not carry the VLAN', async () => {
    await bench.explorer.press('End');
    await bench.thing('eth1').last().click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Take VLAN 20 off its switch port' }).click();
    const faults = page.getByRole('list', { name: 'Faults' });
    await expect(faults).toContainText('eth1 of worker2: VLAN 20 not on its switch port');
    await expect(vlan.first()).toContainText(
      'cut: the switch port of eth1 of worker2 does not carry VLAN 20',
    );
    await faults.getByRole('button', { name: /^Mend eth1/ }).click();
    await expect(vlan).toHaveCount(1);
  });

  expect(await bench.type('worker2', 'ip link set eth1 down')).toBe('');
  await expect(vlan).toHaveCount(2);
  await expect(vlan.first()).toContainText('cut: eth1 of worker2 is down');
  expect(bench.problems).toEqual([]);
});

test('what an expression does not hold is dimmed, or left out of the picture', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const filter = page.getByRole('combobox', { name: 'Filter the picture' });
  const note = page.getByRole('region', { name: 'Diagram' }).getByRole('status').first();
  await filter.fill('host == "worker1"');
  await expect(note).toHaveText(/^\d+ of \d+ dimmed$/);
  const dimmed = await note.textContent();
  const hide = page.getByRole('button', { name: 'Hide', exact: true });
  await hide.click();
  await expect(note).toHaveText((dimmed ?? '').replace('dimmed', 'hidden'));
  await filter.fill('nothing-is-called-so');
  await page.getByRole('button', { name: 'Dim instead' }).click();
  await expect(hide).toHaveAttribute('aria-pressed', 'false');

  await test.step('what was done to the picture is undone, a filter as a whole', async () => {
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await filter.pressSequentially('worker2');
    await expect(note).toHaveText(/ dimmed$/);
    const switched = page.getByRole('list', { name: 'Legend' }).getByRole('button', { name: /^network1/ });
    await switched.click();
    await expect(switched).toHaveAttribute('aria-pressed', 'false');
    const undo = page.getByRole('button', { name: 'Undo' });
    await undo.click();
    await expect(switched).toHaveAttribute('aria-pressed', 'true');
    await expect(filter).toHaveValue('worker2');
    await undo.click();
    await expect(filter).toHaveValue('');
    await expect(note).toBeEmpty();
    await page.keyboard.press('Control+Shift+z');
    await expect(filter).toHaveValue('worker2');
  });
  expect(bench.problems).toEqual([]);
});

test('the palette finds rows of databases by uuid and cookie, and what Enter takes is what was typed', async ({
  page,
}) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const find = page.getByRole('combobox', { name: 'Find anything' });
  const palette = page.getByRole('dialog', { name: 'Find anything' });
  const uuid = async (line: string): Promise<string> =>
    /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(await bench.type('central', line))?.[0] ?? 'none';
  const flow = await uuid('ovn-sbctl --bare --columns=_uuid find Logical_Flow table_id=5');
  const port = await uuid('ovn-nbctl --bare --columns=_uuid find Logical_Switch_Port name=vm1');

  await test.step('a row, from the list', async () => {
    await page.keyboard.press('F1');
    await find.fill(port.slice(0, 10));
    await palette.getByRole('option', { name: /Logical_Switch_Port, OVN_Northbound/ }).click();
    await expect(palette).toBeHidden();
    await expect(bench.inspector.getByRole('region', { name: /of Logical_Switch_Port$/ })).toContainText(
      'vm1',
    );
    await expect(bench.inspector.getByRole('grid', { name: 'Logical_Switch_Port' })).toBeVisible();
  });

  /** Types and presses Enter in one turn: the page has had no time to look for anything. */
  const enter = async (text: string, key: { readonly keyCode?: number; readonly isComposing?: boolean }) =>
    find.evaluate(
      (input: HTMLInputElement, [typed, keyCode, isComposing]) => {
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, typed);
        input.dispatchEvent(new Event('input', { bubbles: true }));
        input.dispatchEvent(
          new KeyboardEvent('keydown', {
            key: 'Enter',
            keyCode,
            isComposing,
            bubbles: true,
            cancelable: true,
          }),
        );
      },
      [text, key.keyCode ?? 13, key.isComposing ?? false] as const,
    );

  await test.step('a flow by its cookie, pasted and taken at once', async () => {
    await page.keyboard.press('F1');
    await enter(`cookie=0x${flow.slice(0, 8).replace(/^0+/, '')}`, {});
    await expect(palette).toBeHidden();
    await expect(bench.inspector.getByRole('region', { name: /of Logical_Flow$/ })).toContainText('table_id');
  });

  await test.step('a thing, taken before the list shows it', async () => {
    await page.keyboard.press('F1');
    await enter('worker2', {});
    await expect(palette).toBeHidden();
    await expect(bench.inspector.getByRole('heading', { name: 'worker2' })).toBeVisible();
  });

  await test.step('the Enter that ends a composed word takes nothing', async () => {
    await page.keyboard.press('F1');
    await enter('worker1', { keyCode: 229 });
    await enter('worker1', { isComposing: true });
    await expect(palette.getByRole('option', { name: /^worker1/ }).first()).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(bench.inspector.getByRole('heading', { name: 'worker1' })).toBeVisible();
  });
  expect(bench.problems).toEqual([]);
});
