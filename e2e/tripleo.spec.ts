/** The post "OpenStack TripleO networking layout" from top to end, typed into the machines' terminals. */
import { expect, test, type Locator } from '@playwright/test';
import { Workbench } from './workbench.ts';

const FILTER =
  '"(udp port 6081) and (udp[10:2] = 0x6558) and (udp[(8 + (4 * (2 + (udp[8:1] & 0x3f))) + 12):2] = 0x0800) and (udp[8 + (4 * (2 + (udp[8:1] & 0x3f))) + 14 + 9:1] = 01)"';

/** Starts a capture of two frames, lets `act` cause them, and gives what it printed. */
async function captured(bench: Workbench, line: string, act: () => Promise<unknown>): Promise<string> {
  const listener: Locator = await bench.terminal('hypervisor');
  await listener.pressSequentially(line);
  await listener.press('Enter');
  await expect.poll(() => bench.screen('hypervisor')).toMatch(/listening on \w+, link-type EN10MB[^$]*$/);
  await act();
  await bench.terminal('hypervisor');
  return bench.outputOf('hypervisor', line);
}

test('the post, from the bridges to the Internet', async ({ page }) => {
  const bench = new Workbench(page);
  await page.goto('');
  await page.getByRole('link', { name: /TripleO networking layout/ }).click();
  await expect(bench.explorer).toBeVisible({ timeout: 60_000 });

  await test.step('the bridges of the hypervisor and who is on them', async () => {
    const bridges = await bench.type('hypervisor', 'brctl show');
    expect(bridges).toMatch(/^management\s+8000\.525400cc1d8b\s+yes\s+management-nic$/m);
    expect(bridges).toMatch(/^data\s+8000\.5254007bc90a\s+yes\s+data-nic$/m);
    const tables = await bench.type(
      'hypervisor',
      'for i in controller-0 controller-1 controller-2 compute-0; do virsh domiflist $i; done',
    );
    expect(tables).toContain(' vnet9       network   management   virtio   52:54:00:74:29:4f\n');
    expect(tables).toContain(' vnet2       network   external     virtio   52:54:00:22:de:5c\n');
  });

  await test.step('the templates and what they made', async () => {
    const found = await bench.type(
      'undercloud-0',
      'grep -i -e cidr -e vlan /home/stack/virt/network/network-environment.yaml',
    );
    expect(found).toContain('InternalApiNetworkVlanID: 20\n');
    expect(found).toContain(
      'OS::TripleO::Controller::Net::SoftwareConfig: three-nics-vlans/controller.yaml\n',
    );
    const links = await bench.type('controller-0', 'ip l | egrep "vlan[2-4]0"');
    expect(links.match(/vlan[234]0@ens3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500/g)).toHaveLength(3);
    expect(await bench.type('controller-0', 'ovs-vsctl list-ports br-tenant')).toBe('ens4\nvlan50\n');
  });

  await test.step('the load balancer and its virtual address', async () => {
    const config = await bench.type(
      'controller-1',
      'podman exec -uroot -it haproxy-bundle-podman-1 cat /etc/haproxy/haproxy.cfg',
    );
    expect(config).toContain('  bind 172.17.1.48:9696 transparent\n');
    expect(await bench.type('controller-1', 'pcs status | grep 172.17.1.48')).toMatch(
      /\* ip-172\.17\.1\.48\s+\(ocf::heartbeat:IPaddr2\):\s+Started controller-0/,
    );
    expect(await bench.type('controller-0', 'ip a |grep 172.17.1.48')).toBe(
      '    inet 172.17.1.48/32 brd 172.17.1.255 scope global vlan20\n',
    );
  });

  await test.step('VLAN 20 on the management bridge', async () => {
    const text = await captured(bench, 'tcpdump -i management -vvne icmp -c2', () =>
      bench.type('controller-0', 'ping -c2 controller-1.internalapi.local'),
    );
    expect(text).toContain(
      '52:54:00:74:29:4f > 52:54:00:0b:ad:3b, ethertype 802.1Q (0x8100), length 102: vlan 20, p 0,',
    );
    expect(text).toMatch(/172\.17\.1\.101 > 172\.17\.1\.72: ICMP echo reply, id \d+, seq 1, length 64/);
  });

  await test.step('the instance over Geneve in VLAN 50, and beyond the gateway', async () => {
    const data = await captured(bench, `tcpdump -i data -vvnne vlan 50 and ${FILTER} -c2`, () =>
      bench.type('cirros1', 'ping -c2 8.8.8.8'),
    );
    expect(data).toMatch(/172\.17\.2\.119\.\d+ > 172\.17\.2\.143\.6081: .* vni 0x5, .* data 00010003\]/);
    expect(data).toMatch(/172\.17\.2\.143\.\d+ > 172\.17\.2\.119\.6081: .* vni 0x3, .* data 00040002\]/);
    const external = await captured(bench, 'tcpdump -i external icmp -vvnnee -c2', () =>
      bench.type('cirros1', 'ping -c1 8.8.8.8'),
    );
    expect(external).toMatch(/10\.0\.0\.225 > 8\.8\.8\.8: ICMP echo request/);
    expect(await bench.type('hypervisor', 'brctl showmacs external')).toMatch(
      /^\s+3\s+fa:16:3e:a7:95:87\s+no/m,
    );
  });

  await test.step('a step of it', async () => {
    await bench.dockTab('Trace').click();
    await page.keyboard.press('Home');
    expect((await bench.position()).step).toBe(1);
  });
  expect(bench.problems).toEqual([]);
});
