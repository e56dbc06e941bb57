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
