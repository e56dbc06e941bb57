/** What ages: MAC bindings and FDB rows, which northd removes and chassis keep alive; and next hops that are asked for. */
import { beforeEach, expect, it } from 'vitest';
import { present } from '../core/base/assert.ts';
import { replay, type LineOutcome } from '../core/shell/transcript.ts';
import { World } from '../core/sim/index.ts';
import { decode, findLayer } from '../core/wire/index.ts';
import { MULTINODE_OVN_EMPTY } from './multinode-ovn.ts';

const SECOND = 1_000_000_000;

let world: World;
const run = (host: string, line: string): LineOutcome => replay(world, host, line);
const type = (host: string, lines: readonly string[]): void => {
  for (const line of lines) expect([line, run(host, line)]).toMatchObject([line, { status: 0, err: '' }]);
};
const pass = (seconds: number): void => world.clock.run(world.clock.now() + seconds * SECOND);
const column = (table: string, name: string): string[] =>
  run('central', `ovn-sbctl --bare --columns=${name} list ${table}`).out.split('\n').filter(Boolean);

/** A guest of worker1 with an address, in a namespace of its own. */
const guest = (name: string, mac: string, address: string, gateway?: string): void =>
  type('worker1', [
    `ovs-vsctl add-port br-int ${name} -- set Interface ${name} type=internal external_ids:iface-id=${name}`,
    `ip netns add ${name}`,
    `ip link set ${name} netns ${name}`,
    `ip netns exec ${name} ip link set ${name} address ${mac}`,
    `ip netns exec ${name} ip link set ${name} up`,
    `ip netns exec ${name} ip addr add ${address}/24 dev ${name}`,
    ...(gateway === undefined ? [] : [`ip netns exec ${name} ip route add default via ${gateway}`]),
  ]);

beforeEach(() => {
  world = new World(MULTINODE_OVN_EMPTY, 11);
  for (const { machine, line } of MULTINODE_OVN_EMPTY.transcript) type(machine, [line]);
  type('central', [
    'ovn-nbctl ls-add in -- lsp-add in vm -- lsp-set-addresses vm "0a:00:00:00:00:01 10.1.0.2"',
    'ovn-nbctl ls-add out -- lsp-add out far -- lsp-set-addresses far unknown',
    'ovn-nbctl lr-add lr -- lrp-add lr lr-in 02:00:00:00:00:01 10.1.0.1/24 -- lrp-add lr lr-out 02:00:00:00:00:02 10.2.0.1/24',
    'ovn-nbctl lsp-add-router-port in in-lr lr-in -- lsp-add-router-port out out-lr lr-out',
  ]);
  guest('vm', '0a:00:00:00:00:01', '10.1.0.2', '10.1.0.1');
  guest('far', '0a:00:00:00:00:09', '10.2.0.9', '10.2.0.1');
  pass(1);
});

const ping = (): string => run('worker1', 'ip netns exec vm ping -c 1 -W 1 10.2.0.9').out;
/** Addresses that are known behind the outer port of the router. */
const bindings = (): string[] => column('MAC_Binding', 'ip').filter((ip) => ip.startsWith('10.2.'));

it('a MAC binding lives while it is used and its neighbour answers', () => {
  type('central', ['ovn-nbctl set Logical_Router lr options:mac_binding_age_threshold="100;10.2.0.0/24:8"']);
  ping();
  expect(bindings()).toEqual(['10.2.0.9']);
  for (let i = 0; i < 20; i += 1) {
    pass(2);
    expect(ping()).toContain('1 received');
  }
  expect(bindings()).toEqual(['10.2.0.9']);
  const dump = run('worker1', 'ovs-appctl -t ovn-controller debug/dump-mac-bindings').out;
  expect(dump).toMatch(
    /^Local MAC bindings:\n(?:cookie: .*\n)?cookie: 0x[\da-f]{8}, datapath-key: \d+, port-key: 0, ip: 10\.2\.0\.9, mac: 0a:00:00:00:00:09\n/,
  );
  // Nobody uses it any more.
  pass(30);
  expect(bindings()).toEqual([]);
});

it('a MAC binding goes though it is sent to, when the neighbour is silent', () => {
  type('central', ['ovn-nbctl set Logical_Router lr options:mac_binding_age_threshold=8']);
  ping();
  type('worker1', ['ip netns exec far ip link set far down']);
  const ages: number[] = [];
  for (let i = 0; i < 12 && bindings().length > 0; i += 1) {
    ping();
    pass(1);
    ages.push(i);
  }
  expect(bindings()).toEqual([]);
  expect(ages.length).toBeLessThan(12);
});

it('without a threshold nothing ages', () => {
  ping();
  pass(200);
  expect(bindings()).toEqual(['10.2.0.9']);
});

it('an FDB row lives while its address is heard', () => {
  type('central', ['ovn-nbctl set Logical_Switch out other_config:fdb_age_threshold=6']);
  ping();
  const known = (): boolean => column('FDB', 'mac').includes('0a:00:00:00:00:09');
  expect(known()).toBe(true);
  for (let i = 0; i < 10; i += 1) {
    pass(2);
    ping();
  }
  expect(known()).toBe(true);
  type('worker1', ['ip netns exec far ip link set far down']);
  pass(20);
  expect(known()).toBe(false);
});

it('a removal limit removes so many at a time', () => {
  type('central', [
    'ovn-nbctl set NB_Global . options:mac_binding_removal_limit=2',
    'ovn-nbctl set Logical_Router lr options:mac_binding_age_threshold=3',
  ]);
  const datapath = run(
    'central',
    'ovn-sbctl --bare --columns=_uuid find Datapath_Binding external_ids:name=lr',
  ).out.trim();
  const rows = [20, 21, 22, 23, 24].map(
    (last) =>
      `create MAC_Binding logical_port=lr-out ip=10.2.0.${last} mac='"0a:00:00:00:00:${last}"' datapath=${datapath}`,
  );
  type('central', [`ovn-sbctl ${rows.join(' -- ')}`]);
  const counts = [bindings().length];
  for (let i = 0; i < 3; i += 1) {
    pass(5.1);
    counts.push(bindings().length);
  }
  expect(counts.at(-1)).toBe(0);
  expect(counts.some((count) => count > 0)).toBe(true);
});

it('next hops of symmetric routes of a gateway router are asked for, ever more seldom', () => {
  type('central', [
    'ovn-nbctl set NB_Global . options:ecmp_nexthop_monitor_enable=true',
    'ovn-nbctl set Logical_Router lr options:chassis=worker1',
    'ovn-nbctl --ecmp-symmetric-reply lr-route-add lr 20.0.0.0/8 10.2.0.9',
  ]);
  const { kernel } = present(world.hosts.get('worker1'));
  const link = present(kernel.findLink('far', 'far'));
  const times: number[] = [];
  const start = world.clock.now();
  kernel.tap('far', link, ({ octets, direction }) => {
    const arp = findLayer(decode(octets), 'arp');
    if (direction === 'in' && arp?.operation === 1 && arp.targetIp === 0x0a020009)
      times.push(Math.round((world.clock.now() - start) / SECOND));
  });
  pass(50);
  expect(times).toEqual([1, 2, 4, 8, 16, 32, 48]);
  expect(column('ECMP_Nexthop', 'mac')).toEqual(['0a:00:00:00:00:09']);
  type('central', ['ovn-nbctl lr-route-del lr 20.0.0.0/8']);
  pass(60);
  expect(times).toHaveLength(7);
});
