/** A BGP fabric of a size of one's own, from the catalogue. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

test('a fabric of the size that is typed, with the keyboard', async ({ page }) => {
  const bench = new Workbench(page);
  await page.goto('#/');
  const spines = page.getByRole('textbox', { name: 'Spines' });
  await spines.fill('33');
  const open = page.getByRole('button', { name: 'Open the fabric' });
  await expect(open).toBeDisabled();
  await expect(page.getByText('1 to 32')).toBeVisible();
  await spines.fill('2');
  await page.getByRole('textbox', { name: 'Leaves' }).fill('3');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/s\/fabric-2x3/);
  await expect(bench.explorer).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('2 spines and 3 leaves');
  await expect(bench.inspector.getByRole('region', { name: 'Guide' })).toContainText(
    'one way for each spine',
  );
  expect(await bench.type('leaf-1', 'ip route show 10.1.2.0/24')).toMatch(
    /nexthop via inet6 .*\n.*nexthop via inet6 /,
  );
  expect(await bench.type('leaf-1', 'ip netns exec guest ping -c 1 10.1.2.10')).toContain(' 1 received');
  expect(bench.problems).toEqual([]);
});
