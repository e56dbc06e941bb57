/** Bonds of Open vSwitch with LACP: negotiated among themselves and with the kernel's bonds, shown, and lost. */
import { expect, it } from 'vitest';
import { oneSwitch } from '../fixture/one-switch.ts';

const bond = (bridge: string, name: string, ends: readonly (readonly [string, string])[], settings: string) =>
  `ovs-vsctl add-bond ${bridge} ${name} ${ends.map(([own]) => own).join(' ')} ${settings} ` +
  ends
    .map(
      ([own, far], at) =>
        `-- set Interface ${own} type=patch options:peer=${far} ofport_request=${at + 1} other_config:lacp-aggregation-key=5`,
    )
    .join(' ');

const lines = (text: string, pattern: RegExp): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => pattern.test(line));

const STATES = /^(status|member|partner state|actor state)/;

// States, counts and texts as Open vSwitch 3.7.0 gave them for the same two bridges.
it('waits for a partner, finds it, and loses it again', () => {
  const run = oneSwitch();
  run('ovs-vsctl add-br br0 -- set bridge br0 other_config:hwaddr=aa:55:aa:55:00:00');
  run('ovs-vsctl add-br br1 -- set bridge br1 other_config:hwaddr=aa:55:aa:55:00:01');
  const ends = [
    ['p1', 'q1'],
    ['p2', 'q2'],
  ] as const;
  run(bond('br0', 'bond0', ends, 'lacp=active bond_mode=balance-tcp other_config:lacp-time=fast'));
  run('sleep 1');
  expect(lines(run('ovs-appctl lacp/show bond0'), STATES).slice(0, 4)).toEqual([
    'status: active negotiated',
    'member: p1: expired attached',
    'actor state: activity timeout aggregation synchronized collecting distributing expired',
    'partner state: timeout',
  ]);
  run('sleep 5');
  expect(run('ovs-appctl bond/show bond0')).toMatch(
    /^---- bond0 ----\nbond_mode: balance-tcp\nbond may use recirculation: yes, Recirc-ID : 1\nbond-hash-basis: 0\nlb_output action: disabled, bond-id: -1\nupdelay: 0 ms\ndowndelay: 0 ms\nnext rebalance: \d+ ms\nlacp_status: configured\nlacp_fallback_ab: false\nactive-backup primary: <none>\nactive member mac: 00:00:00:00:00:00\(none\)\n\nmember p1: disabled\n  may_enable: false\n\nmember p2: disabled\n  may_enable: false\n\n$/,
  );
  run(
    bond(
      'br1',
      'bond1',
      ends.map(([a, b]) => [b, a] as const),
      'lacp=passive bond_mode=balance-slb',
    ),
  );
  // The one that gave up speaks every 30 seconds.
  run('sleep 40');
  expect(run('ovs-appctl lacp/show bond1')).toContain(`
member: q1: current attached
  port_id: 1
  port_priority: 65535
  may_enable: true

  actor sys_id: aa:55:aa:55:00:01
  actor sys_priority: 65534
  actor port_id: 1
  actor port_priority: 65535
  actor key: 5
  actor state: aggregation synchronized collecting distributing

  partner sys_id: aa:55:aa:55:00:00
  partner sys_priority: 65534
  partner port_id: 1
  partner port_priority: 65535
  partner key: 5
  partner state: activity timeout aggregation synchronized collecting distributing
`);
  expect(run('ovs-vsctl get Interface q1 lacp_current')).toBe('true\n');
  run('ovs-vsctl add-port br0 p9 -- set Interface p9 type=internal ofport_request=9');
  run('ovs-vsctl set port bond0 lacp=off');
  run('sleep 100');
  expect(lines(run('ovs-appctl lacp/show'), STATES)).toEqual([
    'status: passive',
    'member: q1: defaulted detached',
    'actor state: aggregation collecting distributing defaulted',
    'partner state:',
    'member: q2: defaulted detached',
    'actor state: aggregation collecting distributing defaulted',
    'partner state:',
  ]);
  expect(run('ovs-appctl lacp/show-stats bond1')).toContain('  Link Expired: 1\n  Link Defaulted: 1\n');
  expect(run('ovs-appctl lacp/show bond0')).toContain('no such lacp object');
});

/** A bridge with a bond of two devices, the other ends of which are a bond of the kernel with an address. */
function withKernelBond(): (line: string) => string {
  const run = oneSwitch();
  run('ovs-vsctl add-br br0');
  run('ip netns add far');
  run('ip -n far link add bond0 type bond mode 802.3ad');
  for (const name of ['p1', 'p2']) {
    run(`ip link add ${name} type veth peer name ${name}-far`);
    run(`ip link set ${name}-far netns far`);
    run(`ip -n far link set ${name}-far master bond0`);
    run(`ip link set ${name} up`);
  }
  run('ip -n far link set bond0 up');
  run('ip -n far addr add 10.0.0.2/24 dev bond0');
  run('ip link set br0 up');
  run('ip addr add 10.0.0.1/24 dev br0');
  run('ovs-vsctl add-bond br0 bond0 p1 p2 lacp=active bond_mode=balance-tcp');
  run('sleep 10');
  return run;
}

it('agrees with a bond of the kernel, balances by hash, and follows a link that goes down', () => {
  const run = withKernelBond();
  expect(lines(run('ovs-appctl lacp/show'), /^(status|member)/)).toEqual([
    'status: active negotiated',
    'member: p1: current attached',
    'member: p2: current attached',
  ]);
  expect(run('ping -c 2 10.0.0.2')).toContain('2 received');
  expect(
    run(
      'ovs-appctl ofproto/trace br0 in_port=LOCAL,tcp,tcp_src=5,dl_src=00:00:00:00:00:01,dl_dst=00:00:00:00:00:02',
    ),
  ).toContain('Datapath actions: hash(l4(0)),recirc(0x1)\n');
  run('ip -n far link set p1-far down');
  run('sleep 2');
  const shown = run('ovs-appctl bond/show bond0');
  expect(lines(shown, /^member/)).toEqual(['member p1: disabled', 'member p2: enabled']);
  expect(run('ping -c 2 10.0.0.2')).toContain('2 received');
  run('ip -n far link set p1-far up');
  run('sleep 5');
  expect(lines(run('ovs-appctl bond/show bond0'), /^member/)).toEqual([
    'member p1: enabled',
    'member p2: enabled',
  ]);
});

it('tells the switches beyond where addresses are when another member becomes active', () => {
  const run = oneSwitch();
  run('ovs-vsctl add-br br0');
  for (const name of ['p1', 'p2', 'c']) {
    run(`ip link add ${name} type veth peer name ${name}-far`);
    run(`ip link set ${name} up`);
    run(`ip link set ${name}-far up`);
  }
  run('ovs-vsctl add-bond br0 bond0 p1 p2 other_config:bond-primary=p1 -- add-port br0 c');
  run('ip addr add 10.0.0.9/24 dev c-far');
  run('sleep 1');
  run('arping -c 1 -I c-far 10.0.0.1');
  const sent = (): number => Number(/tx pkts=(\d+)/.exec(run('ovs-ofctl dump-ports br0 p2'))?.[1]);
  const before = sent();
  run('ip link set p1-far down');
  run('sleep 1');
  expect(run('ovs-appctl bond/show bond0')).toMatch(/active member mac: .*\(p2\)/);
  expect(sent()).toBeGreaterThan(before);
});
