/** A capture saved from the page opens in the real tcpdump, which prints what the page prints. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

const run = promisify(execFile);

test('a saved capture reads the same in tcpdump', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');

  await test.step('listening on the cable, where the packets are in the tunnel', async () => {
    await bench.dockTab('Capture').click();
    await bench.dock.getByRole('button', { name: 'Start a capture' }).click();
    const dialog = page.getByRole('dialog', { name: 'Capture' });
    await dialog.getByLabel('Device').selectOption('worker1//eth1');
    await dialog.getByRole('button', { name: 'Start' }).click();
    const text = await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c3');
    expect(text).toContain('3 packets transmitted, 3 received');
    await bench.dock.getByRole('tab', { name: /^Capture/ }).click();
    await bench.dock.getByRole('button', { name: 'Stop', exact: true }).click();
  });

  const packets = bench.dock.getByRole('log', { name: 'Packets' });
  for (const format of ['pcap', 'pcapng']) {
    const saving = page.waitForEvent('download');
    await bench.dock.getByRole('button', { name: format, exact: true }).click();
    const file = await (await saving).path();
    for (const options of [[], ['-vv'], ['-vv', '-x']]) {
      for (const option of ['-vv', '-x'])
        await bench.dock.getByRole('checkbox', { name: option }).setChecked(options.includes(option));
      const { stdout, stderr } = await run('/usr/bin/tcpdump', ['-r', file, '-n', '-e', ...options], {
        env: { TZ: 'UTC' },
      });
      expect(stderr).toMatch(/^reading from file \S+, link-type EN10MB \(Ethernet\), snapshot length \d+\n$/);
      expect(stdout).toMatch(/Geneve.*ICMP echo request/s);
      await expect.poll(async () => (await packets.innerText()).trim()).toBe(stdout.trim());
    }
  }
  expect(bench.problems).toEqual([]);
});
