/** The road of the guest network of "Learning OVN and BGP": each line of the post mends the gap that the page names, and no other. */
import { beforeAll, expect, it } from 'vitest';
import type { RoadRung } from '../../questions/prefix-road.ts';
import { Session } from '../session.ts';
import { prefixRoads } from './prefix-road.ts';

let session: Session;
const quiet = { signal: new AbortController().signal, output: () => undefined, progress: () => undefined };
const type = (host: string, line: string) => session.exec(host, line, quiet);
const nbctl = (line: string) => type('ovn-central-az1', `ovn-nbctl ${line}`);
const bgp = (vrf: string, line: string) =>
  type(
    'ovn-gw-2',
    `vtysh -c 'configure terminal' -c 'router bgp 4210000000 vrf ${vrf}' -c 'address-family ipv4 unicast' -c '${line}'`,
  );

/** The name of a router's first port. */
function routerPort(router: string): string {
  const { nb } = session.databases();
  const [port] = nb?.find('Logical_Router', 'name', router)[0]?.ports ?? [];
  return (port && nb?.get('Logical_Router_Port', port)?.name) ?? '';
}

function rungsTo(prefix: string, tor: string): readonly RoadRung[] {
  const { roads } = prefixRoads(session.world, session.databases(), prefix);
  const road = roads.find(({ to }) => to === `${tor}/frr-ns/default`);
  expect(road, tor).toBeDefined();
  return road?.rungs ?? [];
}

/** The first gap of the road to a ToR. */
function gap(prefix: string, tor: string): string | undefined {
  const found = rungsTo(prefix, tor).find(({ rows }) => rows.length === 0);
  return found && `${found.kind} at ${found.place}: ${found.remedy}`;
}

beforeAll(async () => {
  session = new Session(() => undefined);
  await session.open('learning-ovn-and-bgp', 1, quiet);
}, 60_000);

it('is mended rung by rung', async () => {
  const network = (): string | undefined => gap('192.168.10.0/24', 'ovn-gw-2');
  expect(network()).toBe(
    'option at router lr-guest: ovn-nbctl set Logical_Router lr-guest options:dynamic-routing=true',
  );
  await nbctl('set Logical_Router lr-guest options:dynamic-routing=true options:dynamic-routing-vrf-id=100');
  expect(network()).toBe(
    'option at router lr-guest: ovn-nbctl set Logical_Router_Port lrp-guest-ls-guest-ovn-gw-1 options:dynamic-routing-redistribute=connected',
  );
  await nbctl(
    'set Logical_Router_Port lrp-guest-ls-guest-ovn-gw-1 options:dynamic-routing-redistribute=connected',
  );
  expect(network()).toBe(
    'vrf at ovn-gw-2: ovn-nbctl set Logical_Router_Port lrp-guest-ls-guest-ovn-gw-1 options:dynamic-routing-maintain-vrf=true, or ip link add ovnvrf100 type vrf table 100',
  );
  await nbctl('set Logical_Router_Port lrp-guest-join-dgp options:dynamic-routing-maintain-vrf=true');
  expect(network()).toBe(
    'table at ovn-gw-2, ovnvrf100: No bgpd speaks in ovnvrf100: router bgp 4210000000 vrf ovnvrf100, address-family ipv4 unicast: redistribute kernel',
  );
  await bgp('ovnvrf100', 'redistribute kernel route-map ALL');
  expect(network()).toBe(
    'table at ovn-gw-2, ovnvrf100: See what route-map ALL (redistribute kernel) denies.',
  );
  await bgp('ovnvrf100', 'no redistribute kernel');
  await bgp('ovnvrf100', 'redistribute kernel');
  expect(network()).toBe(
    'table at ovn-gw-2, ovnvrf20: router bgp 4210000000 vrf ovnvrf20, address-family ipv4 unicast: import vrf ovnvrf100',
  );
  await bgp('ovnvrf20', 'import vrf ovnvrf100');
  expect(network()).toBeUndefined();
  expect(gap('192.168.10.0/24', 'ovn-gw-1')).toContain(
    'No session leads from ovn-gw-2, ovnvrf100 to ovn-gw-1, frr-ns, nor over other routers',
  );
});

it('of the floating IP says what a route that was taken away, a router that moved and a daemon that stopped lack', async () => {
  const address = (): string | undefined => gap('172.16.10.2', 'ovn-gw-1');
  expect(address()).toBeUndefined();
  await type('ovn-gw-1', 'ip route del blackhole 172.16.10.2 vrf ovnvrf10');
  expect(address()).toContain('ovs-appctl -t ovn-controller inc-engine/recompute');
  await type('ovn-gw-1', 'ovs-appctl -t ovn-controller inc-engine/recompute');
  await type('ovn-gw-1', 'sleep 1');
  expect(address()).toBeUndefined();
  await nbctl('set Logical_Router lr-ovn-gw-1-ext0 options:chassis=ovn-gw-3');
  expect(address()).toBe(
    'vrf at ovn-gw-1: lr-ovn-gw-1-ext0 is served by ovn-gw-3, not here: ovn-nbctl set Logical_Router lr-ovn-gw-1-ext0 options:chassis=ovn-gw-1',
  );
  // A router that is no gateway router stays distributed: one of its ports is given to a chassis.
  await nbctl('remove Logical_Router lr-ovn-gw-1-ext0 options chassis');
  expect(address()).toBe(
    'vrf at ovn-gw-1: No chassis serves lr-ovn-gw-1-ext0: ovn-nbctl lrp-set-gateway-chassis PORT ovn-gw-1, for the port that leads out.',
  );
  const port = routerPort('lr-ovn-gw-1-ext0');
  await nbctl('ha-chassis-group-add ways -- ha-chassis-group-add-chassis ways ovn-gw-3 10');
  await nbctl(`lrp-set-gateway-chassis ${port} ovn-gw-1 20`);
  await nbctl(
    `set Logical_Router_Port ${port} ha_chassis_group=$(ovn-nbctl --bare --columns=_uuid list HA_Chassis_Group)`,
  );
  await nbctl('sync');
  expect(address()).toContain(
    ': ovn-nbctl ha-chassis-group-add-chassis ways ovn-gw-1 PRIORITY, above the others.',
  );
  await nbctl(`clear Logical_Router_Port ${port} ha_chassis_group gateway_chassis`);
  await nbctl('set Logical_Router lr-ovn-gw-1-ext0 options:chassis=ovn-gw-1');
  await type('ovn-gw-1', '/usr/lib/frr/frrinit.sh stop');
  expect(address()).toContain('bgpd does not run on ovn-gw-1: systemctl start frr.');
});

it('of an IPv6 network asks for that family', async () => {
  await session.open('learning-ovn-and-bgp', 1, quiet);
  const port = 'lrp-guest-ls-guest-ovn-gw-1';
  const options = ['dynamic-routing=true', 'dynamic-routing-vrf-id=100']
    .map((one) => `options:${one}`)
    .join(' ');
  await nbctl(`set Logical_Router lr-guest ${options}`);
  await nbctl(`set Logical_Router_Port ${port} options:dynamic-routing-redistribute=connected`);
  await nbctl('set Logical_Router_Port lrp-guest-join-dgp options:dynamic-routing-maintain-vrf=true');
  await nbctl(`add Logical_Router_Port ${port} networks '"2001:db8:10::1/64"'`);
  const missing = rungsTo('2001:db8:10::/64', 'ovn-gw-2').find(({ rows }) => rows.length === 0);
  expect(missing?.remedy).toContain('address-family ipv6 unicast: redistribute kernel');
  expect(missing?.command?.line).toBe("vtysh -c 'show bgp vrf ovnvrf100 ipv6 unicast'");
});
