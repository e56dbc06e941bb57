/** The post "Multinode OVN setup" from top to end: commands, ping, capture, stepping, export. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

const TOPOLOGY = [
  'ovn-nbctl ls-add network1',
  'ovn-nbctl lsp-add network1 vm1',
  'ovn-nbctl lsp-add network1 vm2',
  'ovn-nbctl lsp-set-addresses vm1 "40:44:00:00:00:01 192.168.0.11"',
  'ovn-nbctl lsp-set-addresses vm2 "40:44:00:00:00:02 192.168.0.12"',
];

const bind = (vm: string, mac: string, address: string): readonly string[] => [
  `ovs-vsctl add-port br-int ${vm} -- set Interface ${vm} type=internal -- set Interface ${vm} external_ids:iface-id=${vm}`,
  `ip netns add ${vm}`,
  `ip link set ${vm} netns ${vm}`,
  `ip netns exec ${vm} ip link set ${vm} address ${mac}`,
  `ip netns exec ${vm} ip addr add ${address}/24 dev ${vm}`,
  `ip netns exec ${vm} ip link set ${vm} up`,
];

test('the post, typed from its first command', async ({ page }) => {
  const bench = new Workbench(page);
  await page.goto('');
  await page.getByRole('link', { name: /Multinode OVN, from the first command/ }).click();
  await expect(bench.explorer).toBeVisible();

  await test.step('three machines and their tunnels', async () => {
    const text = await bench.type('central', 'ovs-vsctl show');
    expect(text).toMatch(/Bridge br-int\n\s+fail_mode: secure/);
    expect(text).toMatch(/Port "?ovn-worker-\d"?\n\s+Interface "?ovn-worker-\d"?\n\s+type: geneve/);
    for (const address of ['192.168.50.100', '192.168.50.101'])
      expect(text).toContain(`remote_ip="${address}"`);
  });

  await test.step('the logical switch', async () => {
    for (const line of TOPOLOGY) expect(await bench.type('central', line)).toBe('');
    const text = await bench.type('central', 'ovn-nbctl show');
    expect(text).toMatch(/^switch [0-9a-f-]{36} \(network1\)\n/);
    expect(text).toContain('    port vm2\n        addresses: ["40:44:00:00:00:02 192.168.0.12"]\n');
    expect(text).toContain('    port vm1\n        addresses: ["40:44:00:00:00:01 192.168.0.11"]\n');
    await expect(bench.thing('network1')).toBeVisible();
  });

  await test.step('the guests, pasted several lines at once', async () => {
    for (const [host, vm, mac, address] of [
      ['worker1', 'vm1', '40:44:00:00:00:01', '192.168.0.11'],
      ['worker2', 'vm2', '40:44:00:00:00:02', '192.168.0.12'],
    ] as const) {
      const lines = bind(vm, mac, address);
      const input = await bench.terminal(host);
      await page.evaluate((text) => navigator.clipboard.writeText(text), `${lines.join('\n')}\n`);
      await input.press('Control+v');
      expect(await bench.outputOf(host, lines.at(-1) ?? '')).toBe('');
    }
    const text = await bench.type('central', 'ovn-sbctl show');
    for (const vm of ['vm1', 'vm2']) expect(text).toMatch(new RegExp(`Port_Binding "?${vm}"?`));
  });

  await test.step('vm1 reaches vm2, and worker2 sees it come out of the tunnel', async () => {
    const listener = await bench.terminal('worker2');
    await listener.pressSequentially('tcpdump -i genev_sys_6081 -vvnn icmp\n');
    await expect.poll(() => bench.screen('worker2')).toContain('listening on genev_sys_6081');
    const text = await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c2');
    expect(text).toContain('PING 192.168.0.12 (192.168.0.12) 56(84) bytes of data.\n');
    expect(text).toMatch(/64 bytes from 192\.168\.0\.12: icmp_seq=1 ttl=64 time=[\d.]+ ms\n/);
    expect(text).toContain('2 packets transmitted, 2 received, 0% packet loss');
    await (await bench.terminal('worker2')).press('Control+c');
    const seen = await bench.outputOf('worker2', 'tcpdump -i genev_sys_6081 -vvnn icmp');
    expect(seen).toMatch(
      /IP \(tos 0x0, ttl 64, id \d+, offset 0, flags \[DF\], proto ICMP \(1\), length 84\)\n {4}192\.168\.0\.11 > 192\.168\.0\.12: ICMP echo request, id \d+, seq 1, length 64/,
    );
    expect(seen).toMatch(/192\.168\.0\.12 > 192\.168\.0\.11: ICMP echo reply, id \d+, seq 2, length 64/);
  });

  await test.step('stepping through it', async () => {
    await bench.dockTab('Trace').click();
    await bench.goToStart();
    const passed = new Set<string>();
    for (let hop = 0; hop < 30 && (await bench.move('F10')); hop += 1) {
      passed.add(await bench.inspector.getByRole('paragraph').first().innerText());
    }
    const road = [...passed].join('\n');
    expect(road).toMatch(/eth1 on worker1/);
    expect(road).toMatch(/eth1 on worker2/);
    const { step } = await bench.position();
    expect(step).toBeGreaterThan(1);
    await page.getByRole('button', { name: 'Step back' }).click();
    await expect.poll(async () => (await bench.position()).step).toBeLessThan(step);
  });

  await test.step('the picture as a file', async () => {
    await page.getByRole('button', { name: 'Export' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export' });
    const saving = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save SVG' }).click();
    const svg = await readFile(await (await saving).path(), 'utf8');
    expect(svg).toMatch(/^(<\?xml[^>]*>\s*)?<svg/);
    for (const name of ['central', 'worker1', 'worker2', 'br-int']) expect(svg).toContain(`>${name}<`);
  });
  expect(bench.problems).toEqual([]);
});

test('a reload loses nothing', async ({ page, context }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await bench.type('central', 'ovn-nbctl ls-add kept');
  await expect(bench.thing('kept')).toBeVisible();
  await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1');
  await bench.dockTab('Trace').click();
  await bench.move('F10');
  const before = await bench.position();
  await expect(page).toHaveURL(new RegExp(`step=${before.step - 1}`));
  await page.reload();
  await expect(bench.thing('kept')).toBeVisible();
  await expect.poll(() => bench.position()).toEqual(before);
  await bench.terminal('central');
  await expect.poll(() => bench.screen('central')).toContain('ovn-nbctl ls-add kept');

  await test.step('nor does a page that died', async () => {
    expect(await bench.type('central', 'ovn-nbctl ls-add later')).toBe('');
    const address = page.url();
    const crashed = page.waitForEvent('crash');
    await page.goto('chrome://crash').catch(() => undefined);
    await crashed;
    const again = new Workbench(await context.newPage());
    await again.page.goto(address);
    for (const name of ['kept', 'later']) await expect(again.thing(name)).toBeVisible();
  });
});

test('by keyboard alone', async ({ page }) => {
  const bench = new Workbench(page);
  await page.goto('');
  const link = page.getByRole('link', { name: /^Multinode OVN A central/ });
  await expect(link).toBeVisible();
  for (let press = 0; press < 12; press += 1) {
    await page.keyboard.press('Tab');
    if (await link.evaluate((element) => element === document.activeElement)) break;
  }
  await page.keyboard.press('Enter');
  await expect(bench.explorer).toBeVisible();

  await test.step('a ping by its key', async () => {
    await page.keyboard.press('F6');
    await page.keyboard.press('F1');
    await expect(page.getByRole('combobox', { name: 'Find anything' })).toBeFocused();
    await page.keyboard.type('ping');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Ping' });
    await expect(dialog.getByLabel('To')).toHaveValue('192.168.0.12');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('status', { name: /^Step 1 of/ })).toBeVisible();
  });

  await test.step('steps by function keys', async () => {
    for (const key of ['F10', 'F11', 'F11']) expect(await bench.move(key)).toBe(true);
    const { step } = await bench.position();
    expect(step).toBeGreaterThan(3);
    await bench.move('F9');
    expect((await bench.position()).step).toBeLessThan(step);
    await bench.move('F8');
    const { step: last, of } = await bench.position();
    expect(last).toBe(of);
  });

  await test.step('the tree selects', async () => {
    await bench.explorer.focus();
    await page.keyboard.press('Home');
    await page.keyboard.type('worker2');
    await page.keyboard.press('Enter');
    await expect(bench.inspector.getByRole('heading', { name: 'worker2' })).toBeVisible();
  });

  await test.step('the picture by its key', async () => {
    await page.keyboard.press('F1');
    await expect(page.getByRole('combobox', { name: 'Find anything' })).toBeFocused();
    await page.keyboard.type('export the picture');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: 'Export' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog', { name: 'Export' })).toBeHidden();
  });
});
