/** Rows and why: an ACL followed to its flows and back, a trace by the form, the ladder, near misses, a pasted dump. */
import { readdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { Workbench } from './workbench.ts';

/** A recorded case: from all recordings where they are at hand, else from the project's own. */
const folderOf = (name: string, otherwise: string): string => {
  const all = join('..', 'shared', 'golden', 'ovn', name);
  return existsSync(all) ? all : join('golden', 'ovn', otherwise);
};
const ACLS = join('golden', 'ovn', 'acl');
const KUBERNETES = folderOf('k8s-join', 'acl');

interface Recorded {
  readonly datapath: string;
  readonly microflow: string;
  readonly options: readonly string[];
  readonly detailed: string;
  readonly status: number;
}

async function openCase(page: Page, folder: string): Promise<Workbench> {
  const bench = new Workbench(page);
  await page.goto('');
  await page
    .getByLabel('Files to open')
    .setInputFiles([join(folder, 'ovnnb_db.db'), join(folder, 'ovnsb_db.db')]);
  await expect(bench.explorer).toBeVisible();
  return bench;
}

async function noViolations(page: Page, selector: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(selector).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}

test('one ACL to its flows and back', async ({ page }) => {
  const bench = await openCase(page, ACLS);
  const { inspector } = bench;
  await inspector.getByRole('tab', { name: 'Tables' }).click();
  await inspector.getByLabel('Database').selectOption('OVN_Northbound');
  await inspector.getByLabel('Table', { exact: true }).selectOption('ACL');
  const grid = inspector.getByRole('grid', { name: 'ACL' });
  await inspector.getByLabel('Search the rows').fill('direction=to-lport');
  await expect(grid.getByRole('row', { name: /from-lport/ })).toHaveCount(0);
  await grid.getByRole('row').nth(1).click();
  const row = inspector.getByRole('region', { name: /of ACL$/ });
  const name = await row.locator('header code').innerText();
  const flows = row.getByRole('region', { name: 'Flows that it makes' });
  await expect(flows).toContainText('ls_out_acl_eval');
  await flows.getByRole('button', { name: /^\d+ / }).first().click();
  const flow = inspector.getByRole('region', { name: /of Logical_Flow$/ });
  await noViolations(page, '.inspector');
  await flow.getByRole('region', { name: 'Made by' }).getByRole('button', { name: /ACL$/ }).click();
  await expect(inspector.getByRole('region', { name: /of ACL$/ }).locator('header code')).toHaveText(name);
  await inspector.getByLabel('Search the rows').fill('direction>>5');
  await expect(inspector).toContainText('direction');
});

test('a trace by the form, as it was recorded, and the ladder that it lights', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const bench = await openCase(page, KUBERNETES);
  const { dock } = bench;
  const names = (await readdir(join(KUBERNETES, 'trace'))).toSorted();
  const all = await Promise.all(
    names.map(
      async (name) => JSON.parse(await readFile(join(KUBERNETES, 'trace', name), 'utf8')) as Recorded,
    ),
  );
  const recorded = all.find(({ options, status }) => options.length === 0 && status === 0);
  expect(recorded).toBeDefined();
  await bench.dockTab('OVN trace').click();

  await test.step('built from a port and a 5-tuple, checked as it is typed', async () => {
    await dock.getByRole('button', { name: '5-tuple' }).click();
    await dock.getByLabel('Protocol').selectOption('icmp');
    await expect(dock.getByText('This can be traced.')).toBeVisible();
    await dock.getByLabel('Destination', { exact: true }).fill('10.0.0.999');
    await expect(dock.getByText(/Syntax error|Invalid|expecting/)).toBeVisible();
  });
  await test.step('from a pasted packet', async () => {
    await dock.getByRole('button', { name: 'Packet' }).click();
    await dock
      .getByLabel('Octets')
      .fill('0x0000:  ffff ffff ffff 0200 0000 0001 0806 0001\n0x0010:  0800 0604');
    await expect(dock.getByLabel('Microflow')).toHaveValue(/eth.dst == ff:ff:ff:ff:ff:ff/);
    await dock.getByLabel('Octets').fill('xyz');
    await expect(dock.getByText('is no hex digit')).toBeVisible();
  });
  await test.step('its text', async () => {
    await dock.getByRole('button', { name: 'Text' }).first().click();
    await dock.getByLabel('Microflow').fill(recorded?.microflow ?? '');
    if (recorded?.datapath) await dock.getByLabel('More options').fill(recorded.datapath);
    await dock.getByRole('button', { name: 'Trace', exact: true }).click();
    await dock.getByRole('button', { name: 'Copy the trace' }).click();
    expect((await page.evaluate(() => navigator.clipboard.readText())).trim()).toBe(
      recorded?.detailed.trim(),
    );
  });
  await test.step('its steps, and the ladder', async () => {
    await dock.getByRole('button', { name: 'Steps' }).click();
    const steps = dock.getByRole('listbox', { name: 'Steps of the trace' });
    await steps.press('Home');
    await steps.press('ArrowDown');
    await expect(dock.getByRole('region', { name: 'The chosen step' })).toContainText(/l[sr]_in_/);
    await noViolations(page, '.dock');
    await bench.dockTab('Pipeline').click();
    const stages = dock.getByRole('listbox', { name: 'Stages' });
    await stages.press('ArrowDown');
    await expect(dock.getByRole('list', { name: 'Flows by shape' })).toContainText('→');
    await noViolations(page, '.dock');
  });
  expect(bench.problems).toEqual([]);
});

test('why a packet was dropped, and what a command changed', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await bench.type('central', 'ovn-nbctl acl-add network1 to-lport 1001 icmp4 drop');
  await bench.inspector.getByRole('tab', { name: 'Tables' }).click();
  await bench.inspector.getByRole('button', { name: 'Changes by command' }).click();
  await expect(bench.inspector.getByRole('list', { name: 'Changes by command' })).toContainText(
    'icmp4 ACL, new',
  );
  await bench.type('worker1', 'ip netns exec vm1 ping -c 1 -W 1 192.168.0.12');
  await page.keyboard.press('F8');
  await bench.inspector.getByRole('tab', { name: 'Packet' }).click();
  await expect(bench.inspector.getByRole('region', { name: 'Decided by' })).toContainText(
    'ls_out_acl_action',
  );
  const why = bench.inspector.getByRole('region', { name: 'Why not' });
  await expect(why.getByRole('list', { name: /Near misses in .*acl_action/ })).toContainText(
    'reg8[16] == 1the packet has0',
  );
  await why.getByRole('button', { name: 'icmp4 ACL' }).click();
  await expect(bench.inspector.getByRole('region', { name: /of ACL$/ })).toContainText('drop');
});

test('a pasted dump opens as a bridge that can be checked and traced', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const chassis = join('golden', 'eras', '20.12', 'provider-flat-nd', 'chassis', 'cmp-3-1');
  await bench.dockTab('Flows').click();
  await expect(bench.dock.getByRole('grid', { name: 'Flows' })).toBeVisible();
  await bench.dock.getByLabel('Filter as ovs-ofctl takes it').fill('table=8,nonsense');
  await expect(bench.dock.getByText('ovs-ofctl: ')).toBeVisible();
  await bench.dock.getByRole('button', { name: 'Paste a dump' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Flows').fill(await readFile(join(chassis, 'dump-flows-stats.txt'), 'utf8'));
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(bench.thing('dump')).toBeVisible();
  await bench.dockTab('Flows').click();
  await bench.dock.getByRole('button', { name: /^Check/ }).click();
  const findings = bench.dock.getByRole('list', { name: 'Findings' });
  await expect(findings.getByRole('listitem').first()).toContainText(
    'the clauses are under conjunction 2, the action flow is under conj_id=4',
  );
  await noViolations(page, '.dock');
  await bench.dock.getByRole('button', { name: 'Shapes' }).click();
  await bench.dock.getByRole('list', { name: 'Shapes of flows' }).getByRole('button').first().click();
  await expect(bench.dock.getByText('of one shape')).toBeVisible();
  const traced = await bench.type('dump', 'ovs-appctl ofproto/trace br0 in_port=1');
  expect(traced).toContain('Final flow:');
});
