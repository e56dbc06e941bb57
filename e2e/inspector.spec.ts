/** The inspector: what is told of a thing, by kind, for what has it; what made it; captures on it. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

test('a thing is told of by kind', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1');
  const kinds = bench.inspector.getByRole('tablist', { name: 'What is told of it' });
  const kind = (name: string) => kinds.getByRole('tab', { name, exact: true });
  const section = (name: string) => bench.inspector.getByRole('region', { name, exact: true });

  await test.step('a namespace has addresses, routes, neighbours, and no tables of flows', async () => {
    await bench.explorer
      .getByRole('treeitem', { name: /^vm1, .*netns/ })
      .first()
      .click();
    await expect(kind('All')).toHaveAttribute('aria-selected', 'true');
    await kind('Neighbours').click();
    await expect(section('Neighbours')).toContainText('lladdr 40:44:00:00:00:02');
    await expect(section('Addresses')).toHaveCount(0);
    await expect(kind('OpenFlow')).toHaveCount(0);
  });

  await test.step('a bridge has flows, what it learnt, connections and its row', async () => {
    await bench.explorer
      .getByRole('treeitem', { name: /^br-int,/ })
      .first()
      .click();
    await kind('OpenFlow').press('Home');
    await expect(kind('All')).toHaveAttribute('aria-selected', 'true');
    await kind('OpenFlow').click();
    await expect(section('Flows')).toContainText('table=0');
    await kind('Conntrack').click();
    await expect(section('Connections of the datapath')).toContainText('dump-conntrack');
    await kind('Captures').click();
    await expect(bench.inspector.getByText('Nobody has listened on br-int yet.')).toBeVisible();
  });

  await test.step('a logical switch has its rows, its flows and what made it', async () => {
    await page
      .getByRole('tablist', { name: 'Lens' })
      .getByRole('tab', { name: /^Logical/ })
      .click();
    await bench.explorer.press('End');
    await bench.thing('network1').first().click();
    await kind('Logical flows').click();
    await expect(section('Logical flows')).toContainText('ls_in_l2_lkup');
    await kind('What made this').click();
    await expect(section('Flows that it makes')).toContainText(/Makes \d+ logical flows/);
    await bench.inspector.getByRole('button', { name: 'Open its northbound row' }).click();
    await expect(bench.inspector.getByRole('region', { name: /^Row .* of Logical_Switch$/ })).toBeVisible();
  });
  expect(bench.problems).toEqual([]);
});
