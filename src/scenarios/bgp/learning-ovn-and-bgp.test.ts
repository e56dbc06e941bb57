/** The post's system: what it shows at the start, the seven steps of the prefix, the modification, and where that ends. */
import { beforeAll, expect, it } from 'vitest';
import { replay } from '../../core/shell/transcript.ts';
import { World } from '../../core/sim/index.ts';
import { LEARNING_OVN_AND_BGP as SCENARIO } from './learning-ovn-and-bgp.ts';

let world: World;
const type = (host: string, line: string): string => {
  const { out, err } = replay(world, host, line);
  return out + err;
};
const lab = (line: string): string => type('ovnlab', line);
const run = (seconds: number): void => world.clock.run(world.clock.now() + seconds * 1e9);
const ping = (node: string, address: string, count = 1): string =>
  lab(`podman exec ${node} ip netns exec frr-ns ping -W 1 -c ${count} ${address}`);

beforeAll(() => {
  world = new World(SCENARIO, 1);
  for (const { machine, line } of SCENARIO.transcript)
    expect(replay(world, machine, line), line).toMatchObject({ status: 0, err: '' });
  run(5);
}, 60_000);

it('both ToRs reach the floating IP', () => {
  for (const node of ['ovn-gw-1', 'ovn-gw-2'])
    expect(ping(node, '172.16.10.2')).toContain('64 bytes from 172.16.10.2: icmp_seq=1 ttl=62 ');
});

it('the road of the prefix, step by step', () => {
  const show = lab('podman exec ovn-central-az1 ovn-nbctl show');
  const names = [...show.matchAll(/^(?:router|switch) \S+ \((\S+)\)$/gm)].map(([, name = '']) => name);
  expect(new Set(names)).toEqual(
    new Set([
      'lr-guest',
      'lr-ovn-gw-1-ext0',
      'lr-ovn-gw-2-ext0',
      'ls-guest-ovn-gw-1',
      'ls-guest-ovn-gw-2',
      'ls-join',
      'ls-ovn-gw-1-ext0',
      'ls-ovn-gw-2-ext0',
    ]),
  );
  expect(lab('podman exec ovn-central-az1 ovn-nbctl list NAT')).toMatch(
    /external_ip +: "172\.16\.10\.2"[^]*logical_ip +: "192\.168\.10\.10"[^]*add_route="true"[^]*type +: dnat_and_snat/,
  );
  expect(lab('podman exec ovn-central-az1 ovn-nbctl get logical_router lr-ovn-gw-1-ext0 options')).toBe(
    '{chassis=ovn-gw-1, dynamic-routing="true", dynamic-routing-vrf-id="10"}\n',
  );
  expect(lab('podman exec ovn-central-az1 ovn-nbctl get logical_router_port lrp-ovn-gw-1-ext0 options')).toBe(
    '{dynamic-routing-maintain-vrf="true", dynamic-routing-redistribute=nat, ' +
      'routing-protocol-redirect=lsp-ovn-gw-1-ext0-bgp, routing-protocols="BGP,BFD"}\n',
  );
  expect(lab('podman exec ovn-gw-1 ip link show type vrf')).toMatch(
    /^\d+: ovnvrf10: <NOARP,MASTER,UP,LOWER_UP> mtu 65575 qdisc noqueue state UP mode DEFAULT /,
  );
  // Of the two routers that advertise themselves there, one has the address of the port itself.
  expect(lab('podman exec ovn-gw-1 ip -6 route show vrf ovnvrf10').match(/^default via \S+/gm)).toEqual([
    'default via fe80::a8ed:baff:feb6:585e',
  ]);
  const advertised = lab('podman exec ovn-central-az1 ovn-sbctl list Advertised_Route');
  expect(advertised.match(/ip_prefix +: "172\.16\.10\.2"/g)).toHaveLength(2);
  expect(lab('podman exec ovn-gw-1 ip route show vrf ovnvrf10')).toBe(
    'blackhole 172.16.10.2 proto 84 metric 1000 \n',
  );
  const table = lab('podman exec ovn-gw-1 vtysh --vty_socket /run/frr/ -c "show bgp vrf ovnvrf10 ipv4"');
  expect(table).toContain('local router ID is 14.14.14.14');
  expect(table).toContain('*> 172.16.10.2/32   0.0.0.0               1000         32768 ?\n');
  const neighbour = lab(
    'podman exec ovn-gw-1 vtysh --vty_socket /run/frr/ -c "show bgp vrf ovnvrf10 neighbors ext0-bgp"',
  );
  expect(neighbour).toContain(
    'BGP neighbor on ext0-bgp: fe80::a8ed:baff:feb6:585e, remote AS 4200000100, local AS 4210000000',
  );
  expect(neighbour).toContain('BGP state = Established');
  const tor = lab('podman exec ovn-gw-1 vtysh --vty_socket /run/frr/frr-ns/ -c "show bgp ipv4"');
  expect(tor).toContain('local router ID is 41.41.41.41');
  expect(tor).toContain('*> 172.16.10.2/32   ext1                  1000             0 4210000000 ?\n');
});

it('the guest network is advertised as the post does it', () => {
  expect(ping('ovn-gw-2', '192.168.10.10')).toBe('ping: connect: Network is unreachable\n');
  const modification = SCENARIO.tryNext.filter(({ line }) => / set | lr-route-add |<<'EOF'/.test(line));
  expect(modification).toHaveLength(6);
  for (const { host, line } of modification) type(host, line);
  run(3);
  const routes = lab('podman exec ovn-gw-2 ip netns exec frr-ns ip route');
  for (const prefix of ['172.16.10.2', '192.168.10.0/24', '192.168.20.0/24'])
    expect(routes).toMatch(
      new RegExp(
        `^${prefix} nhid \\d+ via inet6 fe80::20fb:d6ff:fe66:992c dev ext1 proto bgp metric 20 $`,
        'm',
      ),
    );
  expect(ping('ovn-gw-2', '192.168.10.10', 2)).toMatch(
    /icmp_seq=1 ttl=62 [^]*icmp_seq=2 ttl=62 [^]*2 packets transmitted, 2 received, 0% packet loss/,
  );
  // The gateway port is on ovn-gw-2, and nothing joins the ToRs.
  expect(ping('ovn-gw-1', '192.168.10.10')).toBe('ping: connect: Network is unreachable\n');
  expect(lab('podman exec ovn-gw-1 ip link show type vrf')).not.toContain('ovnvrf100');
});

it('and is taken back with the option', () => {
  lab(
    'podman exec ovn-central-az1 ovn-nbctl remove logical_router_port lrp-guest-ls-guest-ovn-gw-2 options dynamic-routing-redistribute',
  );
  run(3);
  const routes = lab('podman exec ovn-gw-2 ip netns exec frr-ns ip route');
  expect(routes).toContain('192.168.10.0/24 ');
  expect(routes).not.toContain('192.168.20.0/24 ');
});
