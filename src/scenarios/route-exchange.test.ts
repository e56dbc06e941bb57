/** ovn-controller and the kernel's routes, typed on real machines: what it makes, keeps, takes away and learns. */
import { beforeEach, expect, it } from 'vitest';
import { replay } from '../core/shell/transcript.ts';
import { World } from '../core/sim/index.ts';
import { MULTINODE_OVN_EMPTY } from './multinode-ovn.ts';

let world: World;

/** Types a line that has to work; gives its output once the network is quiet. */
function type(host: string, line: string): string {
  const { status, out, err } = replay(world, host, line);
  expect([line, status, err]).toEqual([line, 0, '']);
  world.settle();
  return out;
}

const nb = (line: string): string => type('central', `ovn-nbctl ${line}`);

/** The flags, without the number of the device. */
const vrfs = (host: string): string[] =>
  type(host, 'ip -d link show type vrf')
    .split('\n')
    .filter((line) => !line.startsWith('    link/'))
    .map((line) =>
      line
        .replace(/^\d+: /, '')
        .replace(/ mtu .*$/, '')
        .trim()
        .replace(/ addrgenmode.*$/, ''),
    )
    .filter((line) => line !== '');

const log = (host: string): string | undefined =>
  world.hosts.get(host)?.files.readText('/var/log/ovn/ovn-controller.log');

const learned = (): string[] =>
  type(
    'central',
    'ovn-sbctl --bare --columns=ip_prefix,nexthop --no-headings --format=csv list Learned_Route',
  )
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();

beforeEach(() => {
  world = new World(MULTINODE_OVN_EMPTY, 7);
  for (const { machine, line } of MULTINODE_OVN_EMPTY.transcript) type(machine, line);
  nb('ls-add out');
  nb('lr-add edge');
  nb('lrp-add edge edge-out 02:00:00:00:00:01 172.20.0.1/24 fd20::1/64');
  nb('lsp-add-router-port out out-edge edge-out');
  nb('ls-add in');
  nb('lrp-add edge edge-in 02:00:00:00:00:02 10.9.0.1/24');
  nb('lsp-add-router-port in in-edge edge-in');
  nb(
    'set Logical_Router edge options:chassis=worker1 options:dynamic-routing=true ' +
      'options:dynamic-routing-vrf-id=7 options:dynamic-routing-redistribute=connected,static',
  );
  nb('lr-route-add edge 10.50.0.0/16 10.9.0.2');
});

it('puts what is advertised into the table, as blackholes; the VRF only where it is asked for', () => {
  const routes = [
    'blackhole 10.9.0.0/24 proto 84 metric 1000',
    'blackhole 10.50.0.0/16 proto 84 metric 1000',
    'blackhole 172.20.0.0/24 proto 84 metric 1000',
  ];
  const shown = (line: string): string[] =>
    type('worker1', line)
      .split('\n')
      .map((one) => one.trim());
  expect(shown('ip route show table 7').filter((line) => line !== '')).toEqual(routes);
  expect(vrfs('worker1')).toEqual([]);
  nb('set Logical_Router_Port edge-out options:dynamic-routing-maintain-vrf=true');
  expect(vrfs('worker1')).toEqual(['ovnvrf7: <NOARP,MASTER,UP,LOWER_UP>', 'vrf table 7']);
  expect(shown('ip route show vrf ovnvrf7').filter((line) => line !== '')).toEqual(routes);
  expect(type('worker1', 'ip -6 route show vrf ovnvrf7').replace(/ +\n/g, '\n')).toBe(
    'blackhole fd20::/64 dev lo proto 84 metric 1000 pref medium\n',
  );
  expect(vrfs('worker2')).toEqual([]);

  nb('lr-route-del edge 10.50.0.0/16');
  expect(type('worker1', 'ip route show vrf ovnvrf7')).not.toContain('10.50.0.0');
  type('worker1', 'ip route del blackhole 10.9.0.0/24 table 7');
  nb('set Logical_Router_Port edge-out options:dynamic-routing-redistribute=static');
  expect(type('worker1', 'ip route show vrf ovnvrf7')).toMatch(/^blackhole 10\.9\.0\.0\/24 [^\n]*\n$/);
});

it('moves the VRF with the router, keeps it when the option goes, and names it as it is told', () => {
  nb('set Logical_Router_Port edge-out options:dynamic-routing-maintain-vrf=true');
  nb('set Logical_Router edge options:chassis=worker2');
  expect([vrfs('worker1').length, vrfs('worker2')[0]]).toEqual([0, 'ovnvrf7: <NOARP,MASTER,UP,LOWER_UP>']);
  expect(type('worker1', 'ip route show table all')).not.toContain('proto 84');

  nb('set Logical_Router edge options:dynamic-routing-vrf-name=edge-vrf');
  expect(vrfs('worker2')).toEqual(['edge-vrf: <NOARP,MASTER,UP,LOWER_UP>', 'vrf table 7']);
  nb('remove Logical_Router_Port edge-out options dynamic-routing-maintain-vrf');
  expect(vrfs('worker2')[0]).toContain('edge-vrf');
  nb('set Logical_Router_Port edge-out options:dynamic-routing-maintain-vrf=true');
  // Sixteen characters do not fit a device's name.
  nb('set Logical_Router edge options:dynamic-routing-vrf-name=sixteen-letters-');
  expect(vrfs('worker2')).toEqual(['ovnvrf7: <NOARP,MASTER,UP,LOWER_UP>', 'vrf table 7']);
  expect(log('worker2')).toContain(
    '|exchange|WARN|Ignoring vrf name sixteen-letters-, since it is too long.',
  );
  nb('lr-del edge');
  expect(vrfs('worker2')).toEqual([]);
});

it('a device of that name stays what it is; tables of the kernel itself are left alone', () => {
  type('worker1', 'ip link add ovnvrf7 type dummy');
  nb('set Logical_Router_Port edge-out options:dynamic-routing-maintain-vrf=true');
  expect(vrfs('worker1')).toEqual([]);
  expect(type('worker1', 'ip route show table 7')).toContain('blackhole 172.20.0.0/24 proto 84 metric 1000');
  nb('set Logical_Router edge options:dynamic-routing-vrf-id=254');
  expect(type('worker1', 'ip route show table all')).not.toContain('proto 84');
  expect(log('worker1')).toMatch(
    /\|route_exchange\|WARN\|Unable to sync routes for datapath [-0-9a-f]{36}: invalid table id: 254\n/,
  );
});

it('learns what a routing daemon puts there, on every port that takes part, and forgets it', () => {
  nb('set Logical_Router_Port edge-out options:dynamic-routing-maintain-vrf=true');
  type('worker1', 'ip link add up1 type veth peer name up1-far');
  type('worker1', 'ip link set up1 master ovnvrf7 up');
  type('worker1', 'ip link set up1-far up');
  type('worker1', 'ip addr add 172.20.0.9/24 dev up1');
  expect(learned()).toEqual([]);
  type('worker1', 'ip route add 198.51.100.0/24 via 172.20.0.8 dev up1 table 7 proto bgp metric 20');
  expect(learned()).toEqual(['198.51.100.0/24,172.20.0.8', '198.51.100.0/24,172.20.0.8']);
  nb('set Logical_Router_Port edge-in options:dynamic-routing-no-learning=true');
  expect(learned()).toEqual(['198.51.100.0/24,172.20.0.8']);

  // Not from administrators, not on the link, not link-local.
  type('worker1', 'ip route add 198.51.101.0/24 via 172.20.0.8 table 7 proto static');
  type('worker1', 'ip route add 198.51.102.0/24 dev up1 table 7 proto bgp');
  type('worker1', 'ip route add 169.254.9.0/24 via 172.20.0.8 table 7 proto bgp');
  type('worker1', 'ip route add 198.51.103.1/32 via inet6 fe80::99 dev up1 table 7 proto bgp');
  expect(learned()).toEqual(['198.51.100.0/24,172.20.0.8', '198.51.103.1,fe80::99']);

  nb('set Logical_Router_Port edge-out options:dynamic-routing-port-name=uplink');
  // No device is known by that name: the port learns nothing, and nothing is done to what it has learned.
  expect(learned()).toHaveLength(2);
  const mapped = 'ovs-vsctl set Open_vSwitch . external_ids:dynamic-routing-port-mapping=uplink';
  type('worker1', `${mapped}=eth1`);
  expect(learned()).toEqual([]);
  type('worker1', `${mapped}=up1`);
  expect(learned()).toHaveLength(2);
  type('worker1', 'ip route del 198.51.100.0/24 table 7');
  expect(learned()).toEqual(['198.51.103.1,fe80::99']);
});

it('takes its routes and devices back when it ends for good, not when it starts anew', () => {
  nb('set Logical_Router_Port edge-out options:dynamic-routing-maintain-vrf=true');
  type('worker1', 'ovs-appctl -t ovn-controller exit --restart');
  expect(type('worker1', 'ip route show vrf ovnvrf7')).toContain('proto 84');
  type('worker1', 'systemctl start ovn-controller');
  expect(vrfs('worker1')).toHaveLength(2);
  type('worker1', 'ovs-appctl -t ovn-controller exit');
  expect(vrfs('worker1')).toEqual([]);
  expect(type('worker1', 'ip route show table all')).not.toContain('proto 84');
});

it('what is served by this chassis has the better metric, and only that is told where it is asked for', () => {
  const port = (host: string, name: string, address: string): void => {
    nb(`lsp-add in ${name} -- lsp-set-addresses ${name} "0a:00:00:00:00:0${address.slice(-1)} ${address}"`);
    type(
      host,
      `ovs-vsctl add-port br-int ${name} -- set Interface ${name} type=internal external_ids:iface-id=${name}`,
    );
  };
  port('worker1', 'near', '10.9.0.11');
  port('worker2', 'far', '10.9.0.12');
  nb('set Logical_Router_Port edge-in options:dynamic-routing-redistribute=connected-as-host');
  const shown = (): string[] =>
    type('worker1', 'ip route show table 7')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /10\.9\.0\.1\d/.test(line));
  expect(shown()).toEqual([
    'blackhole 10.9.0.11 proto 84 metric 100',
    'blackhole 10.9.0.12 proto 84 metric 1000',
  ]);
  nb('set Logical_Router_Port edge-in options:dynamic-routing-redistribute-local-only=true');
  expect(shown()).toEqual(['blackhole 10.9.0.11 proto 84 metric 100']);
});

it('a router that is not tied to a chassis meets the kernel where its gateway port is', () => {
  nb('lr-add shared');
  nb('lrp-add shared shared-out 02:00:00:00:00:0a 172.20.0.2/24');
  nb('lsp-add-router-port out out-shared shared-out');
  nb('lrp-set-gateway-chassis shared-out worker2');
  nb('set Logical_Router shared options:dynamic-routing=true options:dynamic-routing-vrf-id=100');
  nb(
    'set Logical_Router_Port shared-out options:dynamic-routing-redistribute=nat options:dynamic-routing-maintain-vrf=true',
  );
  nb('lr-nat-add shared dnat_and_snat 172.20.0.77 10.1.1.1');
  expect([vrfs('worker1').length, vrfs('worker2')[0]]).toEqual([0, 'ovnvrf100: <NOARP,MASTER,UP,LOWER_UP>']);
  expect(type('worker2', 'ip route show vrf ovnvrf100').trim()).toBe(
    'blackhole 172.20.0.77 proto 84 metric 100',
  );

  // Two routers cannot tell their routes in one table; what is there stays.
  nb('set Logical_Router edge options:chassis=worker2 options:dynamic-routing-vrf-id=100');
  expect(log('worker2')).toContain('|WARN|Multiple datapaths are distributing routes on routing table 100\n');
  expect(type('worker2', 'ip route show table 100').match(/proto 84/g)).toHaveLength(1);
});
