/** The post "OpenStack TripleO networking layout" from top to end, typed into the machines' terminals. */
import { expect, test, type Locator } from '@playwright/test';
import { Workbench } from './workbench.ts';

const FILTER =
  '"(udp port 6081) and (udp[10:2] = 0x6558) and (udp[(8 + (4 * (2 + (udp[8:1] & 0x3f))) + 12):2] = 0x0800) and (udp[8 + (4 * (2 + (udp[8:1] & 0x3f))) + 14 + 9:1] = 01)"';

/** Of each guest in the loop's order its first tap and its MACs. */
const CABLING: readonly (readonly [number, ...string[]])[] = [
  [9, '74:29:4f', '1c:44:26', '20:3c:4e'],
  [3, '0b:ad:3b', '2f:9f:3e', '75:a5:ed'],
  [6, 'da:a3:1e', '57:26:67', '2c:21:d5'],
  [0, 'de:4a:38', 'c7:74:4b', '22:de:5c'],
];

const SETTINGS = [
  "ControlPlaneSubnetCidr: '192.168.24.0/24'",
  'ExternalNetCidr: 10.0.0.0/24',
  'ExternalNetworkVlanID: 10',
  'InternalApiNetCidr: 172.17.1.0/24',
  'InternalApiNetworkVlanID: 20',
  'StorageMgmtNetCidr: 172.17.4.0/24',
  'StorageMgmtNetworkVlanID: 40',
  'StorageNetCidr: 172.17.3.0/24',
  'StorageNetworkVlanID: 30',
  'TenantNetCidr: 172.17.2.0/24',
  'TenantNetworkVlanID: 50',
  'NeutronNetworkVLANRanges: tenant:1000:2000',
  'OS::TripleO::Compute::Net::SoftwareConfig: three-nics-vlans/compute.yaml',
  'OS::TripleO::Controller::Net::SoftwareConfig: three-nics-vlans/controller.yaml',
];

const HAPROXY = [
  'bind 10.0.0.122:9696 transparent',
  'bind 172.17.1.48:9696 transparent',
  'mode http',
  'http-request set-header X-Forwarded-Proto https if { ssl_fc }',
  'http-request set-header X-Forwarded-Proto http if !{ ssl_fc }',
  'http-request set-header X-Forwarded-Port %[dst_port]',
  'option httpchk',
  'option httplog',
  'server controller-0.internalapi.local 172.17.1.72:9696 check fall 5 inter 2000 rise 2',
  'server controller-1.internalapi.local 172.17.1.101:9696 check fall 5 inter 2000 rise 2',
  'server controller-2.internalapi.local 172.17.1.115:9696 check fall 5 inter 2000 rise 2',
];

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
    for (const [first, ...macs] of CABLING)
      for (const [at, network] of ['management', 'data', 'external'].entries())
        expect(tables).toContain(
          ` ${`vnet${first + at}`.padEnd(10)}  network   ${network.padEnd(10)}   virtio   52:54:00:${macs[at]}\n`,
        );
  });

  await test.step('the templates and what they made', async () => {
    const found = await bench.type(
      'undercloud-0',
      'grep -i -e cidr -e vlan /home/stack/virt/network/network-environment.yaml',
    );
    for (const line of SETTINGS) expect(found).toContain(line);
    const links = await bench.type('controller-0', 'ip l | egrep "vlan[2-4]0"');
    expect(links.match(/vlan[234]0@ens3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500/g)).toHaveLength(3);
    expect(await bench.type('controller-0', 'ovs-vsctl list-ports br-tenant')).toBe('ens4\nvlan50\n');
    // The patch to br-int is OVN's; the post shows the list from before.
    expect(await bench.type('controller-0', 'ovs-vsctl list-ports br-ex')).toMatch(/^ens5$/m);
  });

  await test.step('the load balancer and its virtual address', async () => {
    const config = await bench.type(
      'controller-1',
      'podman exec -uroot -it haproxy-bundle-podman-1 cat /etc/haproxy/haproxy.cfg',
    );
    for (const line of HAPROXY) expect(config).toContain(`  ${line}\n`);
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
    const learnt = await bench.type(
      'hypervisor',
      'brctl showmacs management | egrep "52:54:00:0b:ad:3b|52:54:00:74:29:4f"',
    );
    expect(learnt).toMatch(/^\s+3\s+52:54:00:0b:ad:3b\s+no\s/m);
    expect(learnt).toMatch(/^\s+5\s+52:54:00:74:29:4f\s+no\s/m);
  });

  await test.step('the instance over Geneve in VLAN 50, and beyond the gateway', async () => {
    const data = await captured(bench, `tcpdump -i data -vvnne vlan 50 and ${FILTER} -c2`, () =>
      bench.type('cirros1', 'ping -c2 8.8.8.8'),
    );
    expect(data).toMatch(/172\.17\.2\.119\.\d+ > 172\.17\.2\.143\.6081: .* vni 0x5, .* data 00010003\]/);
    expect(data).toMatch(/172\.17\.2\.143\.\d+ > 172\.17\.2\.119\.6081: .* vni 0x3, .* data 00040002\]/);
    const learnt = await bench.type('hypervisor', 'brctl showmacs data');
    expect(learnt).toMatch(/^\s+2\s+6a:9b:72:22:3f:68\s+no\s/m);
    expect(learnt).toMatch(/^\s+3\s+0e:d0:eb:00:1b:e7\s+no\s/m);
    const external = await captured(bench, 'tcpdump -i external icmp -vvnnee -c2', () =>
      bench.type('cirros1', 'ping -c1 8.8.8.8'),
    );
    expect(external).toMatch(/10\.0\.0\.225 > 8\.8\.8\.8: ICMP echo request/);
    expect(await bench.type('hypervisor', 'brctl showmacs external')).toMatch(
      /^\s+3\s+fa:16:3e:a7:95:87\s+no/m,
    );
  });

  await test.step('the deployment: a VLAN by node, cabling, the load balancer, a NIC template', async () => {
    const lens = (name: RegExp) => page.getByRole('tablist', { name: 'Lens' }).getByRole('tab', { name });
    await lens(/^L2 and VLAN/).click();
    const network = page.getByRole('row', { name: /InternalApi/ });
    await expect(network).toContainText('172.17.1.0/24');
    const cell = network.getByRole('button', { name: /vlan20 172\.17\.1\.72/ });
    await expect(cell).toContainText('VIP 172.17.1.48');
    await cell.click();
    await expect(bench.inspector.getByRole('heading', { name: 'vlan20' })).toBeVisible();
    await lens(/^Deployment/).click();
    const deployment = page.getByRole('region', { name: 'Deployment' });
    await expect(deployment.getByRole('row', { name: /cirros1/ })).toContainText('tap19f74c52-8b');
    await deployment.getByRole('button', { name: 'Load balancers' }).click();
    await expect(deployment.getByRole('button', { name: /172\.17\.1\.48:9696/ })).toContainText(
      'here, on vlan20',
    );
    await deployment.getByRole('button', { name: 'NIC templates' }).click();
    const line = deployment.getByRole('button', { name: /type: vlan vlan30/ });
    await line.click();
    await expect(line).toHaveAttribute('aria-pressed', 'true');
    await expect(bench.inspector.getByRole('heading', { name: 'vlan30' })).toBeVisible();
  });

  await test.step('a step of it', async () => {
    await bench.dockTab('Trace').click();
    await bench.goToStart();
  });
  expect(bench.problems).toEqual([]);
});
