/** The post "Learning OVN and BGP" from top to end, typed into the terminal of the host of its containers. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

const LAB = 'ovnlab';

const IMPORT_VRF = `podman exec -i ovn-gw-2 vtysh <<'EOF'
configure
  router bgp 4210000000 vrf ovnvrf100
    bgp router-id 100.100.100.100
    no bgp ebgp-requires-policy
    address-family ipv4 unicast
      redistribute kernel
    exit-address-family
  exit
  router bgp 4210000000 vrf ovnvrf20
    address-family ipv4 unicast
      import vrf ovnvrf100
    exit-address-family
  exit
EOF`;

test('the post, from the floating IP to the guest network', async ({ page }) => {
  test.slow();
  const bench = new Workbench(page);
  const lab = (line: string): Promise<string> => bench.type(LAB, line);
  await page.goto('');
  const entry = page.getByRole('link', { name: /Learning OVN and BGP/ });
  await entry.focus();
  await page.keyboard.press('Enter');
  await expect(bench.explorer).toBeVisible({ timeout: 90_000 });

  await test.step('the speakers and their sessions are what the page opens on', async () => {
    await expect(
      page.getByRole('tablist', { name: 'Lens' }).getByRole('tab', { name: /^BGP/ }),
    ).toHaveAttribute('aria-selected', 'true');
  });

  await test.step('both ToRs reach the floating IP', async () => {
    for (const node of ['ovn-gw-1', 'ovn-gw-2'])
      expect(await lab(`podman exec ${node} ip netns exec frr-ns ping -W 1 -c 1 172.16.10.2`)).toMatch(
        /64 bytes from 172\.16\.10\.2: icmp_seq=1 ttl=62 time=[^]*1 packets transmitted, 1 received, 0% packet loss, time 0ms/,
      );
  });

  await test.step('the logical topology', async () => {
    const names = await lab("podman exec ovn-central-az1 ovn-nbctl show | grep -E '^(router|switch)'");
    for (const name of [
      'switch \\S+ \\(ls-ovn-gw-2-ext0\\)',
      'switch \\S+ \\(ls-ovn-gw-1-ext0\\)',
      'switch \\S+ \\(ls-guest-ovn-gw-1\\)',
      'switch \\S+ \\(ls-guest-ovn-gw-2\\)',
      'switch \\S+ \\(ls-join\\)',
      'router \\S+ \\(lr-guest\\)',
      'router \\S+ \\(lr-ovn-gw-1-ext0\\)',
      'router \\S+ \\(lr-ovn-gw-2-ext0\\)',
    ])
      expect(names).toMatch(new RegExp(`^${name}$`, 'm'));
    expect(names.trimEnd().split('\n')).toHaveLength(8);
  });

  await test.step('the seven steps of the prefix', async () => {
    const nat = await lab('podman exec ovn-central-az1 ovn-nbctl list NAT');
    expect(nat).toMatch(/^external_ip +: "172\.16\.10\.2"$/m);
    expect(nat).toMatch(/^logical_ip +: "192\.168\.10\.10"$/m);
    expect(nat).toMatch(/^options +: \{add_route="true"/m);
    expect(
      await lab('podman exec ovn-central-az1 ovn-nbctl get logical_router lr-ovn-gw-1-ext0 options'),
    ).toBe('{chassis=ovn-gw-1, dynamic-routing="true", dynamic-routing-vrf-id="10"}\n');
    expect(await lab('podman exec ovn-gw-1 ip link show type vrf')).toMatch(
      /^\d+: ovnvrf10: <NOARP,MASTER,UP,LOWER_UP> mtu 65575 qdisc noqueue state UP mode DEFAULT group default qlen 1000/,
    );
    const advertised = await lab('podman exec ovn-central-az1 ovn-sbctl list Advertised_Route');
    expect(advertised.match(/^ip_prefix +: "172\.16\.10\.2"$/gm)).toHaveLength(2);
    expect(await lab('podman exec ovn-gw-1 ip route show vrf ovnvrf10')).toBe(
      'blackhole 172.16.10.2 proto 84 metric 1000 \n',
    );
    expect(
      await lab('podman exec ovn-gw-1 vtysh --vty_socket /run/frr/ -c "show bgp vrf ovnvrf10 ipv4"'),
    ).toContain('*> 172.16.10.2/32   0.0.0.0               1000         32768 ?\n');
    const session = await lab(
      'podman exec ovn-gw-1 vtysh --vty_socket /run/frr/ -c "show bgp vrf ovnvrf10 neighbors ext0-bgp"',
    );
    expect(session).toContain('BGP neighbor on ext0-bgp: fe80::a8ed:baff:feb6:585e, remote AS 4200000100,');
    expect(session).toContain('BGP state = Established, up for ');
    expect(
      await lab('podman exec ovn-gw-1 vtysh --vty_socket /run/frr/frr-ns/ -c "show bgp ipv4"'),
    ).toContain('*> 172.16.10.2/32   ext1                  1000             0 4210000000 ?\n');
  });

  await test.step('the guest network, which is not reachable, is advertised', async () => {
    const unreachable = 'ping: connect: Network is unreachable\n';
    expect(await lab('podman exec ovn-gw-2 ip netns exec frr-ns ping -c 1 192.168.10.10')).toBe(unreachable);
    await lab(
      'podman exec ovn-central-az1 ovn-nbctl set logical_router lr-guest options:dynamic-routing=true options:dynamic-routing-vrf-id=100',
    );
    for (const node of ['ovn-gw-1', 'ovn-gw-2'])
      await lab(
        `podman exec ovn-central-az1 ovn-nbctl set logical_router_port lrp-guest-ls-guest-${node} options:dynamic-routing-redistribute=connected`,
      );
    await lab(
      'podman exec -it ovn-central-az1 ovn-nbctl set logical_router_port lrp-guest-join-dgp options:dynamic-routing-maintain-vrf=true',
    );
    await lab(
      'podman exec ovn-central-az1 ovn-nbctl lr-route-add lr-ovn-gw-2-ext0 192.168.10.0/24 fe80::216:6ff:fe12:f00d lrp-ovn-gw-2-to-join',
    );
    const terminal = await bench.terminal(LAB);
    for (const line of IMPORT_VRF.split('\n')) {
      await terminal.pressSequentially(line);
      await terminal.press('Enter');
    }
    await expect
      .poll(() => bench.screen(LAB))
      .toContain('ovn-gw-2(config-router-af)#       import vrf ovnvrf100\n');
    expect(
      await lab('podman exec -it ovn-central-az1 ovn-sbctl list advertised_route | grep 192.168.10 -C3'),
    ).toMatch(/^ip_prefix +: "192\.168\.10\.0\/24"$/m);
    const routes = await lab('podman exec ovn-gw-2 ip netns exec frr-ns ip route');
    for (const prefix of ['172.16.10.2', '192.168.10.0/24', '192.168.20.0/24'])
      expect(routes).toMatch(
        new RegExp(
          `^${prefix} nhid \\d+ via inet6 fe80::20fb:d6ff:fe66:992c dev ext1 proto bgp metric 20 $`,
          'm',
        ),
      );
    expect(await lab('podman exec ovn-gw-2 ip netns exec frr-ns ping -c 2 192.168.10.10')).toMatch(
      /icmp_seq=1 ttl=62 time=[^]*icmp_seq=2 ttl=62 time=[^]*2 packets transmitted, 2 received, 0% packet loss/,
    );
    expect(await lab('podman exec ovn-gw-1 ip netns exec frr-ns ping -c 1 192.168.10.10')).toBe(unreachable);
    await bench.dockTab('BGP').click();
    await bench.dock.getByRole('combobox', { name: 'Prefix' }).fill('192.168.10.0/24');
    const end = bench.dock.getByRole('combobox', { name: 'At which router it ends' });
    await end.selectOption('ovn-gw-1/frr-ns/default');
    await expect(bench.dock).toContainText(
      'lr-guest is served by ovn-gw-2 and made known there only. Only speakers on ovn-gw-2 have it, and no established session leads from there to ovn-gw-1, frr-ns.',
    );
  });

  await test.step('a reload brings it all back', async () => {
    await page.reload();
    await expect(bench.explorer).toBeVisible({ timeout: 90_000 });
    expect(await lab('podman exec ovn-gw-2 ip netns exec frr-ns ip route')).toContain('192.168.20.0/24 ');
  });
  expect(bench.problems).toEqual([]);
});
