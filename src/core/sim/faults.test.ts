/** A daemon that stands still does nothing at all: what reaches it meanwhile waits, and is done when it goes on. */
import { expect, it } from 'vitest';
import { MULTINODE_OVN } from '../../scenarios/multinode-ovn.ts';
import { replay } from '../shell/transcript.ts';
import type { Fault } from './fault.ts';
import { World } from './world.ts';

const STOPPED: Fault = { kind: 'stopped', host: 'worker1', program: 'ovn-controller' };
const REJECT =
  'ovn-nbctl acl-add network1 from-lport 1000 \'inport == "vm1" && ip4.dst == 192.168.0.12\' reject';

function opened(): World {
  const world = new World(MULTINODE_OVN, 1);
  for (const { machine, line } of MULTINODE_OVN.transcript) replay(world, machine, line);
  return world;
}

const ping = (world: World): string =>
  replay(world, 'worker1', 'ip netns exec vm1 ping -c1 -W1 192.168.0.12').out;

it('ovn-controller answers no packet while it stands still, and then those that waited', () => {
  const world = opened();
  replay(world, 'central', REJECT);
  world.settle();
  expect(ping(world)).toContain('Destination');
  expect(world.faults.switch(STOPPED, true).ok).toBe(true);
  expect(ping(world)).not.toContain('Destination');
  let answers = 0;
  world.hosts.get('worker1')?.capture('vm1', 'vm1', () => (answers += 1));
  world.faults.switch(STOPPED, false);
  world.clock.run(world.clock.now() + 1e6);
  expect(answers).toBeGreaterThan(0);
});

it('flows stay as they were until it goes on', () => {
  const world = opened();
  world.faults.switch(STOPPED, true);
  replay(world, 'central', REJECT);
  world.settle();
  expect(world.busy).toBe(false);
  expect(ping(world)).toContain('1 received');
  world.faults.switch(STOPPED, false);
  world.settle();
  expect(ping(world)).toContain('Destination');
});

it('what does not run cannot be stopped, but let go', () => {
  const world = opened();
  replay(world, 'worker1', 'systemctl stop ovn-controller');
  expect(world.faults.switch(STOPPED, true)).toEqual({
    ok: false,
    error: 'ovn-controller does not run on worker1',
  });
  expect(world.faults.switch(STOPPED, false).ok).toBe(true);
});

it('frames of a VLAN do not pass a switch port that is not in it, others do', () => {
  const world = opened();
  for (const [machine, address] of [
    ['worker1', '172.16.0.1'],
    ['worker2', '172.16.0.2'],
  ] as const) {
    replay(world, machine, 'ip link add link eth1 name eth1.20 type vlan id 20');
    replay(world, machine, `ip addr add ${address}/24 dev eth1.20`);
    replay(world, machine, 'ip link set eth1.20 up');
  }
  const pings = (address: string): boolean =>
    replay(world, 'worker1', `ping -c1 -W1 ${address}`).out.includes(' 0% packet loss');
  const passing = (): readonly boolean[] => [pings('172.16.0.2'), pings('192.168.50.101')];
  const misplaced = (vlan: number | null, on: boolean): boolean =>
    world.faults.switch({ kind: 'vlan', host: 'worker2', device: 'eth1', vlan }, on).ok;
  expect(passing()).toEqual([true, true]);
  expect(misplaced(20, true)).toBe(true);
  expect(passing()).toEqual([false, true]);
  expect(misplaced(null, true)).toBe(true);
  expect(passing()).toEqual([false, false]);
  expect(misplaced(20, false)).toBe(true);
  expect(passing()).toEqual([true, false]);
  expect(misplaced(null, false)).toBe(true);
  expect(passing()).toEqual([true, true]);
  expect(misplaced(4095, true)).toBe(false);
});
