/** The packet composer: programs and frames, ends by name or picked, and what is wrong said at once. */
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

test('a DHCP lease is asked for from a device, by a program and as a frame', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  await bench.type(
    'central',
    `ovn-nbctl --id=@d create DHCP_Options cidr=192.168.0.0/24 options:server_id=192.168.0.1 options:lease_time=3600 options:server_mac='"40:44:00:00:ff:01"' -- set Logical_Switch_Port vm1 dhcpv4_options=@d`,
  );
  const dialog = page.getByRole('dialog');
  const open = (): Promise<void> => page.getByRole('button', { name: 'Ping', exact: true }).click();
  await open();
  await dialog.getByLabel('As').selectOption({ label: 'DHCP lease (udhcpc)' });
  await expect(dialog.getByLabel('To')).toHaveCount(0);
  await dialog.getByLabel('From').selectOption({ label: 'vm1 of vm1 on worker1, 192.168.0.11' });
  await expect(dialog).toContainText('ip netns exec vm1 udhcpc -i vm1 -n -q');
  await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(dialog).toBeHidden({ timeout: 60_000 });
  await bench.terminal('worker1');
  expect(await bench.screen('worker1')).toContain('lease of 192.168.0.11 obtained');

  await open();
  await dialog.getByLabel('As').selectOption({ label: 'DHCP discover' });
  await expect(dialog.getByLabel('Octets of the frame')).toContainText('ff ff ff ff ff ff');
  await dialog.getByLabel('Source MAC').fill('40:44');
  await expect(dialog.getByText('40:44 is not a MAC address')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
  await dialog.getByLabel('Source MAC').fill('40:44:00:00:00:01');
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(dialog).toBeHidden();
  await bench.dock.getByRole('tab', { name: /^Capture/ }).click();
  await page.getByRole('button', { name: /Every device/ }).click();
  await page.getByLabel('Display filter').fill('dhcp');
  const rows = page.getByRole('listbox', { name: 'Packets' }).getByRole('option');
  await expect(rows.first()).toContainText('BOOTP/DHCP, Request from 40:44:00:00:00:01');
  await expect(rows.last()).toContainText('BOOTP/DHCP, Reply');
  expect(bench.problems).toEqual([]);
});

test('packets of every kind', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const open = (): Promise<void> => page.getByRole('button', { name: 'Ping', exact: true }).click();
  const dialog = page.getByRole('dialog');
  const firstRow = page.getByRole('listbox', { name: 'Steps' }).getByRole('option').first();

  await test.step('a ping, both ends picked', async () => {
    await open();
    await dialog.getByRole('button', { name: 'Pick the start' }).click();
    await bench.thing('vm2').first().click();
    await dialog.getByRole('button', { name: 'Pick the end' }).click();
    await expect(page.getByText('Choose in the diagram or the explorer')).toBeVisible();
    await bench.thing('vm1').first().click();
    await expect(dialog.getByLabel('To')).toHaveValue('192.168.0.11');
    await expect(dialog).toContainText('ip netns exec vm2 ping 192.168.0.11 -c 1');
    await dialog.getByRole('button', { name: 'Ping', exact: true }).click();
    await expect(firstRow).toHaveAccessibleName(/worker2 vm2/);
  });

  await test.step('an end by its name; what cannot be one says why', async () => {
    await open();
    const [to, ping] = [dialog.getByLabel('To'), dialog.getByRole('button', { name: 'Ping', exact: true })];
    for (const [typed, problem] of [
      ['', /An address, or the name/],
      ['192.168.0.12; reboot', /no address and no name/],
    ] as const) {
      await to.fill(typed);
      await expect(dialog.getByText(problem)).toBeVisible();
      await expect(ping).toBeDisabled();
    }
    await to.fill('vm2');
    await expect(dialog.getByText('vm2 is 192.168.0.12')).toBeVisible();
    await ping.click();
    await expect(firstRow).toHaveAccessibleName(/worker1 vm1/);
    await expect(
      page.getByRole('button', { name: 'Run: ip netns exec vm1 ping 192.168.0.12 -c 1' }),
    ).toBeVisible();
  });

  await test.step('what sends nothing leads to what the program said', async () => {
    await open();
    await dialog.getByLabel('To').fill('203.0.113.1');
    await dialog.getByRole('button', { name: 'Ping', exact: true }).click();
    await expect(page.getByRole('textbox', { name: 'Terminal of worker1' })).toBeVisible();
    expect(await bench.screen('worker1')).toContain('Network is unreachable');
    await bench.dockTab('Trace').click();
  });

  await test.step('by the other programs, and as a microflow', async () => {
    for (const [kind, verb, line] of [
      ['ARP request (arping)', 'Ask', 'ip netns exec vm1 arping -I vm1 -c 1 192.168.0.12'],
      ['Traceroute', 'Trace', 'ip netns exec vm1 traceroute -n 192.168.0.12'],
      ['HTTP request (curl)', 'Request', 'ip netns exec vm1 curl -sS http://192.168.0.12/'],
    ] as const) {
      await open();
      await dialog.getByLabel('As').selectOption({ label: kind });
      await dialog.getByRole('button', { name: verb, exact: true }).click();
      await expect(dialog).toBeHidden();
      await expect(page.getByRole('button', { name: `Run: ${line}` })).toBeVisible();
      await expect(firstRow).toHaveAccessibleName(/worker1 vm1/);
    }
    await open();
    await dialog.getByLabel('As').selectOption({ label: 'Logical microflow (ovn-trace)' });
    await dialog.getByLabel('From').selectOption({ label: 'vm2, 192.168.0.12' });
    await dialog.getByLabel('To').fill('vm1');
    await dialog.getByRole('button', { name: 'Open OVN trace' }).click();
    await expect(bench.dock.getByLabel('Microflow')).toHaveValue(
      /inport == "vm2" && .*ip4.src == 192.168.0.12 && ip4.dst == 192.168.0.11 /,
    );
    await bench.dockTab('Trace').click();
  });

  await test.step('as frames of the other protocols', async () => {
    for (const [kind, header] of [
      ['TCP SYN', 'TCP'],
      ['ICMP echo request', 'ICMP'],
      ['ARP request', 'ARP'],
    ] as const) {
      await open();
      await dialog.getByLabel('As').selectOption({ label: kind });
      await dialog.getByRole('button', { name: 'Send', exact: true }).click();
      await expect(dialog).toBeHidden();
      await bench.settled();
      await expect(bench.inspector.getByRole('tree', { name: 'Headers' })).toContainText(header);
    }
  });

  await test.step('a UDP datagram as a frame, to where its addresses lead', async () => {
    await open();
    await dialog.getByLabel('As').selectOption({ label: 'UDP datagram' });
    await dialog.getByLabel('Port').fill('70000');
    await expect(dialog.getByText('A number from 0')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
    await dialog.getByLabel('Port').fill('5353');
    await dialog.getByLabel('Data', { exact: true }).fill('hello');
    await expect(dialog.getByLabel('Destination MAC')).toHaveValue('40:44:00:00:00:02');
    await expect(dialog.getByLabel('Octets of the frame')).toContainText(
      '40 44 00 00 00 02 40 44  00 00 00 01',
    );
    await dialog.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(firstRow).toHaveAccessibleName(/originate/);
    await page.getByRole('button', { name: 'Run to the end' }).click();
    await expect(bench.inspector.getByText(/UDP/).first()).toBeVisible();
  });

  await test.step('octets, pasted', async () => {
    await open();
    await dialog.getByLabel('As').selectOption({ label: 'Octets, or a captured frame' });
    await dialog.getByLabel('Octets', { exact: true }).fill('40 44 00 zz');
    await expect(dialog.getByText('line 1 is no hex')).toBeVisible();
    await dialog
      .getByLabel('Octets', { exact: true })
      .fill(`404400000002404400000001 88b5 ${'00'.repeat(46)}`);
    await expect(dialog.getByText('60 octets')).toBeVisible();
    await dialog.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(page.getByRole('button', { name: /frame on vm1/ })).toBeVisible();
  });

  await test.step('a frame of a capture file', async () => {
    await open();
    await dialog.getByLabel('As').selectOption({ label: 'Octets, or a captured frame' });
    await dialog
      .getByLabel('Capture file')
      .setInputFiles(join('golden', 'packets', 'pcapfiles', 'be-usec.pcap'));
    await expect(dialog.getByLabel('Frame of the file')).toBeVisible();
    await dialog.getByLabel('Capture file').setInputFiles({
      name: 'not.pcap',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('no capture at all, whatever its name says'),
    });
    await expect(dialog.getByRole('alert')).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  await test.step('a reload brings frames back', async () => {
    const before = await bench.position();
    await page.reload();
    await expect(bench.explorer).toBeVisible();
    await expect.poll(() => bench.position()).toEqual(before);
  });
  expect(bench.problems).toEqual([]);
});
