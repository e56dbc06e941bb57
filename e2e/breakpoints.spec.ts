/** The debugger: breakpoints of every kind, running to the cursor, tables as they were. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

const PING = 'ip netns exec vm1 ping 192.168.0.12 -c1';

test('a run stops where it is told to', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await bench.type('worker1', PING);
  await bench.dockTab('Trace').click();
  await bench.inspector.getByRole('tab', { name: /^Breakpoints/ }).click();
  const panel = bench.inspector.getByRole('region', { name: 'Breakpoints' });
  const add = async (kind: string, text: string): Promise<void> => {
    await panel.getByLabel('Stop at', { exact: true }).selectOption({ label: kind });
    await panel.getByLabel('Which').fill(text);
    await panel.getByRole('button', { name: 'Add' }).click();
    await expect(panel.getByRole('checkbox', { name: new RegExp(text.slice(0, 12)) })).toBeChecked();
  };
  const remove = (): Promise<void> => panel.getByRole('button', { name: 'Remove all' }).click();
  const current = page.getByRole('listbox', { name: 'Steps' }).getByRole('option', { selected: true });

  await test.step('at a stage that is typed', async () => {
    await add('Stage or table', 'ls_in_l2_lkup');
    await page.keyboard.press('Home');
    await panel.getByRole('button', { name: 'Run to the next' }).click();
    await expect(current).toHaveAccessibleName(/ls_in_l2_lkup/);
    await remove();
  });

  await test.step('where an expression begins to hold', async () => {
    await bench.goToStart();
    await add('Expression', 'host == worker2 and bridge == br-int');
    await page.getByRole('button', { name: 'Run to the end' }).click();
    await expect(current).toHaveAccessibleName(/worker2 br-int/);
    await remove();
  });

  await test.step('where a packet looks like that', async () => {
    await bench.goToStart();
    await add('Packet', 'geneve.vni == 1 and icmp');
    await page.getByRole('button', { name: 'Run to the end' }).click();
    await expect(bench.inspector.getByText(/in this run/)).toBeVisible();
    await expect.poll(async () => (await bench.position()).step).toBeGreaterThan(1);
    const { step, of } = await bench.position();
    expect(step).toBeLessThan(of);
    await remove();
  });

  await test.step('what is wrong is said as it is typed', async () => {
    await panel.getByLabel('Stop at', { exact: true }).selectOption({ label: 'Expression' });
    await panel.getByLabel('Which').fill('host ==');
    await expect(panel.getByText('a value is missing')).toBeVisible();
    await expect(panel.getByRole('button', { name: 'Add' })).toBeDisabled();
  });

  await test.step('from a step of the trace', async () => {
    await bench.goToStart();
    await page.getByRole('button', { name: 'Stage', exact: true }).click();
    const row = page.getByRole('option', { name: /ls_in_l2_lkup/ }).first();
    await row.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Run to here' }).click();
    await expect(current).toHaveAccessibleName(/ls_in_l2_lkup/);
    await row.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Stop at ls_in_l2_lkup' }).click();
    await expect(panel.getByRole('checkbox', { name: /ls_in_l2_lkup/ })).toBeChecked();
    await expect(row).toHaveAccessibleName(/, breakpoint$/);
  });

  await test.step('from a thing of the network, and switched off again', async () => {
    await bench.goToStart();
    await panel.getByRole('checkbox', { name: /ls_in_l2_lkup/ }).setChecked(false, { force: true });
    await bench.thing('eth1').last().click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Run to here' }).click();
    await expect(current).toHaveAccessibleName(/worker2 eth1|eth1/);
  });

  await test.step('and a reload keeps them', async () => {
    const before = await bench.position();
    await page.reload();
    await expect(bench.explorer).toBeVisible();
    await expect.poll(() => bench.position()).toEqual(before);
    await bench.inspector.getByRole('tab', { name: /^Breakpoints/ }).click();
    await expect(panel.getByRole('checkbox', { name: /ls_in_l2_lkup/ })).not.toBeChecked();
  });
  expect(bench.problems).toEqual([]);
});

test('the tables as they were at a step', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await bench.type('worker1', PING);
  await bench.dockTab('Trace').click();
  await bench.explorer
    .getByRole('treeitem', { name: /^vm1, .*netns/ })
    .first()
    .click();
  const neighbours = bench.inspector.getByRole('region', { name: 'Neighbours', exact: true });
  await expect(neighbours).toContainText('lladdr 40:44:00:00:00:02');
  await bench.goToStart();
  await bench.inspector.getByRole('button', { name: 'At step 1' }).click();
  await expect(neighbours).not.toContainText('lladdr');
  await bench.inspector.getByRole('button', { name: 'Now' }).click();
  await expect(neighbours).toContainText('lladdr 40:44:00:00:00:02');
});

test('what was stopped by hand comes back stopped', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const listener = await bench.terminal('worker2');
  await listener.pressSequentially('tcpdump -i genev_sys_6081 -n\n');
  await expect.poll(() => bench.screen('worker2')).toContain('listening on genev_sys_6081');
  await bench.type('worker1', PING);
  await bench.dockTab('Trace').click();
  await bench.goToStart();
  const { of } = await bench.position();
  await page.reload();
  await expect(bench.explorer).toBeVisible();
  await expect.poll(async () => (await bench.position()).of).toBe(of);
});
