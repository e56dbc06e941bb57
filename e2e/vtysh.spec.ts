/** vtysh held open in a terminal: prompts, completion, `?`, and a page that comes back with it still open. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

const GATEWAY = 'ovn-gw-1';

test('a gateway configured by hand in vtysh', async ({ page }) => {
  const bench = new Workbench(page);
  await page.goto('#/s/learning-ovn-and-bgp');
  await expect(bench.explorer).toBeVisible({ timeout: 60_000 });
  const input = await bench.terminal(GATEWAY);
  const prompted = async (prompt: string): Promise<string> => {
    await expect
      .poll(async () => (await bench.screen(GATEWAY)).trimEnd().endsWith(prompt), { timeout: 60_000 })
      .toBe(true);
    await input.focus();
    return bench.screen(GATEWAY);
  };
  const type = async (line: string, prompt: string): Promise<string> => {
    await input.pressSequentially(line);
    await input.press('Enter');
    return prompted(prompt);
  };

  await test.step('prompts as the real program', async () => {
    expect(await type('vtysh', `${GATEWAY}#`)).toContain('Hello, this is FRRouting (version 8.4.4).');
    await input.pressSequentially('conf');
    await input.press('Tab');
    await input.press('Enter');
    expect(await prompted(`${GATEWAY}(config)#`)).toContain(`${GATEWAY}# configure`);
    await type('router bgp 4210000000 vrf ovnvrf10', `${GATEWAY}(config-router)#`);
  });

  await test.step('a question mark lists what may follow, and the line goes on', async () => {
    await input.pressSequentially('neighbor ext0-bgp ?');
    expect(await prompted('neighbor ext0-bgp')).toContain('\n  shutdown\n');
    await type('shutdown', `${GATEWAY}(config-router)#`);
    expect(await type('do show bgp vrf ovnvrf10 summary', `${GATEWAY}(config-router)#`)).toMatch(
      /ext0-bgp .* Idle \(Admin\)/,
    );
  });

  await test.step('the page comes back with it open', async () => {
    await page.reload();
    await expect(bench.explorer).toBeVisible({ timeout: 120_000 });
    await bench.terminal(GATEWAY);
    await prompted(`${GATEWAY}(config-router)#`);
    await type('no neighbor ext0-bgp shutdown', `${GATEWAY}(config-router)#`);
    await type('end', `${GATEWAY}#`);
    await type('exit', `[root@${GATEWAY} ~]#`);
    expect(await bench.type(GATEWAY, 'hostname')).toBe(`${GATEWAY}\n`);
  });
  expect(bench.problems).toEqual([]);
});
