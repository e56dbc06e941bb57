/** BGP on the page: speakers and sessions drawn, the road of a prefix with its first gap, a table, a session's messages. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

test('the road of a floating IP, broken and mended', async ({ page }) => {
  const bench = new Workbench(page);
  await page.goto('#/s/learning-ovn-and-bgp?lens=routing');
  await expect(bench.explorer).toBeVisible({ timeout: 60_000 });
  const lens = page.getByRole('tablist', { name: 'Lens' });
  await expect(lens.getByRole('tab', { name: /^BGP/ })).toHaveAttribute('aria-selected', 'true');
  await bench.dockTab('BGP').click();
  const road = bench.dock.getByRole('list', { name: /^Road of 172\.16\.10\.2/ });
  const rung = (name: RegExp) => road.getByRole('listitem').filter({ hasText: name });

  await test.step('every rung has its row', async () => {
    await expect(road.getByRole('listitem')).toHaveCount(9);
    await expect(rung(/^NAT row/)).toContainText('dnat_and_snat external_ip 172.16.10.2');
    await expect(rung(/^Advertised_Route row/)).toContainText('tracked_port lrp-guest-join-dgp');
    await expect(rung(/Kernel route.*ovnvrf/)).toContainText(
      /blackhole 172\.16\.10\.2 proto (84|ovn) metric/,
    );
    await expect(rung(/^UPDATE/)).toContainText('172.16.10.2 sent to ext0-bgp, session Established');
    await expect(rung(/Kernel route.*frr-ns/)).toContainText(
      /172\.16\.10\.2 nhid \d+ via inet6 fe80::.* dev ext1/,
    );
    await expect(road).not.toContainText('not yet');
  });

  await test.step('a session that is shut down is the first gap, and says so', async () => {
    await bench.type(
      'ovn-gw-1',
      "vtysh -c 'configure terminal' -c 'router bgp 4210000000 vrf ovnvrf10' -c 'neighbor ext0-bgp shutdown'",
    );
    await bench.type('ovn-gw-1', 'sleep 1');
    await bench.dockTab('BGP').click();
    await bench.dock.getByRole('button', { name: 'What changed' }).click();
    const changed = bench.dock.getByRole('list', { name: 'What changed' }).getByRole('listitem');
    await expect(changed).toHaveCount(1);
    await expect(changed).toContainText('neighbor ext0-bgp shutdown');
    await expect(changed).toContainText('not whole: 1 prefix missing');
    await expect(changed).toContainText(
      '172.16.10.2/32 at ovn-gw-1, frr-ns: the session with ext1 ended: Cease/Administrative Shutdown (received). Not back.',
    );
    await changed.getByRole('button', { name: 'See what is missing' }).focus();
    await page.keyboard.press('Enter');
    await expect(bench.dock.getByLabel('At which router it ends')).toHaveValue('ovn-gw-1/frr-ns/default');
    await expect(rung(/^UPDATE/)).toContainText('The session is Idle (Admin)');
  });

  await test.step('and is there again when it is up', async () => {
    await bench.type(
      'ovn-gw-1',
      "vtysh -c 'configure terminal' -c 'router bgp 4210000000 vrf ovnvrf10' -c 'no neighbor ext0-bgp shutdown'",
    );
    await bench.type('ovn-gw-1', 'sleep 20');
    await bench.dockTab('BGP').click();
    await expect(rung(/Kernel route.*frr-ns/)).toContainText('dev ext1');
  });

  await test.step('a speaker chosen in the tree shows its table, a session its messages', async () => {
    await bench.dock.getByRole('button', { name: 'Table', exact: true }).click();
    await bench.dock.getByLabel('Speaker').selectOption({ label: 'ovn-gw-1, frr-ns, AS 4200000100' });
    const row = bench.dock.getByRole('row', { name: /172\.16\.10\.2\/32/ });
    await expect(row).toContainText('chosen');
    await expect(row).toContainText('4210000000 ?');
    await bench.dock.getByRole('button', { name: 'Session', exact: true }).click();
    const messages = bench.dock.getByRole('region', { name: 'Messages' });
    await messages
      .getByRole('button', { name: /UPDATE.*172\.16\.10\.2\/32/ })
      .first()
      .click();
    await expect(bench.dock.getByRole('region', { name: 'Message', exact: true })).toContainText(
      'Update Message (2)',
    );
    await expect(bench.dock.getByRole('region', { name: 'State' })).toContainText(
      'Receive_KEEPALIVE_message',
    );
  });
  expect(bench.problems).toEqual([]);
});

test('what is no prefix is told so', async ({ page }) => {
  const bench = new Workbench(page);
  await page.goto('#/s/learning-ovn-and-bgp?lens=routing');
  await expect(bench.explorer).toBeVisible({ timeout: 60_000 });
  await bench.dockTab('BGP').click();
  await bench.dock.getByLabel('Prefix').fill('172.16.10');
  await expect(bench.dock).toContainText('172.16.10 is no prefix');
  await bench.dock.getByLabel('Prefix').fill('203.0.113.0/24');
  await expect(bench.dock).toContainText('No router here knows 203.0.113.0/24');
});

test('on a phone BGP is read as well, and nothing scrolls sideways', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('#/s/learning-ovn-and-bgp?lens=routing');
  const panels = page.getByRole('region', { name: 'Panels' });
  await panels.getByRole('tab', { name: 'BGP', exact: true }).click({ timeout: 60_000 });
  await expect(panels.getByRole('list', { name: 'Road of 172.16.10.2' }).getByRole('listitem')).toHaveCount(
    9,
  );
  await panels.getByRole('button', { name: 'Table', exact: true }).click();
  await expect(panels.getByRole('row', { name: /172\.16\.10\.2\/32/ }).first()).toBeVisible();
  await panels.getByRole('button', { name: 'Session', exact: true }).click();
  await expect(panels.getByRole('region', { name: 'State' })).toContainText('Established');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
