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

  await test.step('where a field changes', async () => {
    await bench.goToStart();
    await add('Field changes', 'tun_id');
    await expect(panel.getByText(/in this run/)).toBeVisible();
    await page.getByRole('button', { name: 'Run to the end' }).click();
    await bench.settled();
    const { step, of } = await bench.position();
    expect(step).toBeGreaterThan(1);
    expect(step).toBeLessThan(of);
    await expect(current).toHaveAccessibleName(/tun_id/);
    await remove();
  });

  await test.step('at a drop', async () => {
    await bench.type('central', 'ovn-nbctl acl-add network1 to-lport 1001 icmp4 drop');
    expect(await bench.type('worker1', `${PING} -W1`)).toContain('100% packet loss');
    await bench.dockTab('Trace').click();
    await bench.goToStart();
    await bench.inspector.getByRole('tab', { name: /^Breakpoints/ }).click();
    await panel.getByRole('button', { name: 'Stop at drops' }).click();
    await page.keyboard.press('F8');
    await bench.settled();
    await expect(current).toHaveAccessibleName(/dropped/);
    await remove();
    await bench.type('central', 'ovn-nbctl acl-del network1');
    expect(await bench.type('worker1', PING)).toContain('1 received');
    await bench.dockTab('Trace').click();
    await bench.inspector.getByRole('tab', { name: /^Breakpoints/ }).click();
  });

  await test.step('what is wrong is said as it is typed', async () => {
    await panel.getByLabel('Stop at', { exact: true }).selectOption({ label: 'Expression' });
    await panel.getByLabel('Which').fill('host ==');
    await expect(panel.getByText('a value is missing, character 8')).toBeVisible();
    await expect(panel.getByRole('button', { name: 'Add' })).toBeDisabled();
    for (const [kind, text, problem] of [
      ['Expression', 'host == worker2 and ip.tll == 63', /no field is called ip.tll.*, character 21/],
      ['Field changes', 'reg155', /no field is called reg155/],
      ['Packet', 'icmp and geneve.vnii == 1', /geneve.vnii is not a field.*column 10/],
      ['Stage or table', 'ls_in_l2_lookup', /no stage is called ls_in_l2_lookup/],
    ] as const) {
      await panel.getByLabel('Stop at', { exact: true }).selectOption({ label: kind });
      await panel.getByLabel('Which').fill(text);
      await expect(panel.getByText(problem)).toBeVisible();
      await expect(panel.getByRole('button', { name: 'Add' })).toBeDisabled();
    }
    await panel.getByLabel('Which').fill('');
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

test('what a step shows: layers, what it changed, what is watched, lanes, list and branches', async ({
  page,
}) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await bench.type('worker1', PING);
  await bench.dockTab('Trace').click();
  const steps = page.getByRole('listbox', { name: 'Steps' });
  const packet = bench.inspector.getByRole('region', { name: 'Packet', exact: true });

  await test.step('layers as a stack, before the tunnel and in it', async () => {
    await bench.goToStart();
    await expect(
      packet.getByRole('figure', { name: '84 octets: IPv4 20, ICMP 8, Payload 56' }),
    ).toBeVisible();
    await page.getByRole('button', { name: 'Hop', exact: true }).click();
    for (let hop = 0; hop < 12; hop += 1) {
      if (await packet.getByRole('figure', { name: /Geneve/ }).isVisible()) break;
      expect(await bench.move('F10')).toBe(true);
    }
    await expect(packet.getByRole('listitem').filter({ hasText: 'Geneve' }).first()).toBeVisible();
  });

  await test.step('a watch says what wrote it, and leads there', async () => {
    const watches = bench.inspector.getByRole('region', { name: 'Watches' });
    await watches.getByLabel('Field to watch').fill('reg15');
    await page.keyboard.press('Enter');
    const held = watches.getByRole('listitem').filter({ hasText: 'reg15' });
    await expect(held).toContainText(/until step \d+/);
    await held.getByRole('button', { name: /until step/ }).click();
    await bench.settled();
    await expect(bench.inspector.getByRole('region', { name: 'Decided by' })).toContainText('reg15');
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await expect(held).toHaveCount(0);
    await page.keyboard.press('Control+Shift+z');
    await expect(held).toBeVisible();
    // A button that has done its work keeps the focus.
    const end = page.getByRole('button', { name: 'Run to the end' });
    await end.press('Enter');
    await expect(end).toBeDisabled();
    // A header is watched as well, by Wireshark's name.
    await watches.getByLabel('Field to watch').fill('ip.ttl');
    await page.keyboard.press('Enter');
    await expect(watches.getByRole('listitem').filter({ hasText: 'ip.ttl' })).toContainText('64');
    await end.focus();
    await expect(end).toBeFocused();
  });

  await test.step('branches as a tree, and back to the list', async () => {
    await page.getByRole('button', { name: 'Tree', exact: true }).click();
    const branches = page.getByRole('list', { name: 'Branches' });
    await branches.getByRole('button').last().click();
    await bench.settled();
    await expect(branches.getByRole('button', { name: /echo reply|reply/i }).first()).toBeVisible();
    await page.getByRole('button', { name: 'List', exact: true }).click();
    await expect(steps).toBeVisible();
  });

  await test.step('play goes on by itself, and pauses', async () => {
    await bench.goToStart();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await expect.poll(async () => (await bench.position()).step).toBeGreaterThan(1);
    // A run of some hops may be over before it is paused.
    await page.getByRole('button', { name: /^(Pause|Play)$/ }).click();
  });
  expect(bench.problems).toEqual([]);
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
