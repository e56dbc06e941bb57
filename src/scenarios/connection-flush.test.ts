/** Connections that ovn-controller has the switch forget: of zones that change hands, next hops and backends that are gone. */
import { beforeAll, expect, it } from 'vitest';
import { replay, type LineOutcome } from '../core/shell/transcript.ts';
import { World } from '../core/sim/index.ts';
import { MULTINODE_OVN_EMPTY } from './multinode-ovn.ts';

const SECOND = 1_000_000_000;

let world: World;
const run = (host: string, line: string): LineOutcome => replay(world, host, line);
const type = (host: string, lines: readonly string[]): void => {
  for (const line of lines) expect([line, run(host, line)]).toMatchObject([line, { status: 0, err: '' }]);
};
const settle = (): void => world.clock.run(world.clock.now() + SECOND);
/** Tracked connections that hold a text. */
const tracked = (text: string): number =>
  run('worker1', 'ovs-appctl dpctl/dump-conntrack')
    .out.split('\n')
    .filter((line) => line.includes(text)).length;

const guest = (name: string, mac: string, address: string, gateway: string): void =>
  type('worker1', [
    `ovs-vsctl add-port br-int ${name} -- set Interface ${name} type=internal external_ids:iface-id=${name}`,
    `ip netns add ${name}`,
    `ip link set ${name} netns ${name}`,
    `ip netns exec ${name} ip link set ${name} address ${mac}`,
    `ip netns exec ${name} ip link set ${name} up`,
    `ip netns exec ${name} ip addr add ${address}/24 dev ${name}`,
    `ip netns exec ${name} ip route add default via ${gateway}`,
  ]);

beforeAll(() => {
  world = new World(MULTINODE_OVN_EMPTY, 13);
  for (const { machine, line } of MULTINODE_OVN_EMPTY.transcript) type(machine, [line]);
  type('central', [
    'ovn-nbctl ls-add in -- lsp-add in vm -- lsp-set-addresses vm "0a:00:00:00:00:01 10.1.0.2" -- lsp-add in web -- lsp-set-addresses web "0a:00:00:00:00:02 10.1.0.3"',
    'ovn-nbctl ls-add out -- lsp-add out far -- lsp-set-addresses far "0a:00:00:00:00:09 10.2.0.9"',
    'ovn-nbctl lr-add lr -- lrp-add lr lr-in 02:00:00:00:00:01 10.1.0.1/24 -- lrp-add lr lr-out 02:00:00:00:00:02 10.2.0.1/24',
    'ovn-nbctl set Logical_Router lr options:chassis=worker1',
    'ovn-nbctl lsp-add-router-port in in-lr lr-in -- lsp-add-router-port out out-lr lr-out',
  ]);
  guest('vm', '0a:00:00:00:00:01', '10.1.0.2', '10.1.0.1');
  guest('web', '0a:00:00:00:00:02', '10.1.0.3', '10.1.0.1');
  guest('far', '0a:00:00:00:00:09', '10.2.0.9', '10.2.0.1');
  settle();
});

it('to a backend that a load balancer with ct_flush gave up', () => {
  type('central', [
    'ovn-nbctl lb-add flushed 30.0.0.80 10.1.0.3 -- lb-add kept 30.0.0.81 10.1.0.3 -- set Load_Balancer flushed options:ct_flush=true',
    'ovn-nbctl ls-lb-add in flushed -- ls-lb-add in kept',
  ]);
  settle();
  for (const vip of ['30.0.0.80', '30.0.0.81'])
    expect(run('worker1', `ip netns exec vm ping -c 1 -W 1 ${vip}`).out).toContain('1 received');
  expect([tracked('dst=30.0.0.80') > 0, tracked('dst=30.0.0.81') > 0]).toEqual([true, true]);
  type('central', ['ovn-nbctl lb-del flushed -- lb-del kept']);
  settle();
  expect([tracked('dst=30.0.0.80'), tracked('dst=30.0.0.81') > 0]).toEqual([0, true]);
});

it('of a port whose zone goes to nobody', () => {
  type('central', ['ovn-nbctl acl-add in to-lport 1000 ip4 allow-related']);
  settle();
  expect(run('worker1', 'ip netns exec vm ping -c 1 -W 1 10.1.0.3').out).toContain('1 received');
  const zone = /^web (\d+)$/m.exec(run('worker1', 'ovs-appctl -t ovn-controller ct-zone-list').out)?.[1];
  expect(tracked(`zone=${zone}`)).toBeGreaterThan(0);
  type('worker1', ['ovs-vsctl del-port br-int web']);
  settle();
  expect(tracked(`zone=${zone}`)).toBe(0);
});

it('that a symmetric route bound to a next hop which is gone', () => {
  type('central', [
    'ovn-nbctl set NB_Global . options:ecmp_nexthop_monitor_enable=true',
    'ovn-nbctl --ecmp-symmetric-reply lr-route-add lr 20.0.0.0/8 10.2.0.9',
  ]);
  type('worker1', ['ip netns exec far ip addr add 20.0.0.5/32 dev far']);
  settle();
  settle();
  expect(run('worker1', 'ip netns exec far ping -I 20.0.0.5 -c 1 -W 1 10.1.0.2').out).toContain('1 received');
  const bound = (): number => tracked('src=20.0.0.5') - tracked('label=0x0');
  expect(tracked('src=20.0.0.5')).toBeGreaterThan(0);
  const before = bound();
  type('central', ['ovn-nbctl lr-route-del lr 20.0.0.0/8']);
  settle();
  expect(bound()).toBeLessThan(before);
});
