/** Queues of a kernel device: what is asked of them, and what they sent. */
import { expect, it } from 'vitest';
import { World } from '../../sim/index.ts';
import { oneSwitch } from '../fixture/one-switch.ts';
import { replay } from '../transcript.ts';

const newSwitch = (): ((line: string) => string) =>
  oneSwitch(
    'ip link add p1 type veth peer name p1-far',
    'ip link set p1 up',
    'ip link set p1-far up',
    'ip link set lo up',
    'ovs-vsctl add-br br0 -- add-port br0 p1 -- set Interface p1 ofport_request=1',
    'ip link set br0 up',
  );

const setQos = (type: string): string =>
  `ovs-vsctl -- set port p1 qos=@q -- --id=@q create qos type=${type} other-config:max-rate=1000000 queues=0=@a,3=@b ` +
  '-- --id=@a create queue other-config:min-rate=100000 other-config:max-rate=500000 ' +
  '-- --id=@b create queue other-config:max-rate=200000 other-config:priority=2 other-config:burst=8000';

// Rates, bursts and texts as Open vSwitch 3.7.0 gave them for a veth with the same queues.
it('shows what linux-htb was asked for, and counts by queue', () => {
  const run = newSwitch();
  expect(run('ovs-appctl qos/show p1')).toBe('QoS not configured on p1\n');
  expect(run('ovs-appctl qos/show-types p1')).toMatch(
    /^QoS type: linux-netem\n(?:.*\n){5}QoS type: linux-htb\n$/,
  );
  run('ovs-ofctl del-flows br0');
  run('ovs-ofctl add-flow br0 in_port=LOCAL,udp,actions=set_queue:3,output:1');
  run('ovs-ofctl add-flow br0 in_port=LOCAL,arp,actions=output:1');
  run(setQos('linux-htb'));
  run('sleep 1');
  const udp = `ffffffffffff0200000000010800${'4500001c000000004011000001020304050607080001000200080000'}`;
  for (const packet of [udp, udp, `ffffffffffff0200000000010806${'00'.repeat(28)}`])
    run(`ovs-ofctl packet-out br0 in_port=LOCAL,packet=${packet},actions=table`);
  expect(run('ovs-appctl qos/show p1')).toBe(`QoS: p1 linux-htb
max-rate: 1000000

Default:
  burst: 12512
  min-rate: 100000
  max-rate: 500000
  tx_packets: 1
  tx_bytes: 42
  tx_errors: 0

Queue 3:
  burst: 12512
  priority: 2
  min-rate: 12000
  max-rate: 200000
  tx_packets: 2
  tx_bytes: 84
  tx_errors: 0
`);
  expect(run('ovs-ofctl queue-stats br0')).toBe(`OFPST_QUEUE reply (xid=0x2): 2 queues
  port 1 queue 3: bytes=84, pkts=2, errors=0, duration=?
  port 1 queue 0: bytes=42, pkts=1, errors=0, duration=?
`);
  expect(run('ovs-appctl qos/show none')).toContain('no such interface');
});

it('holds up what is quicker than a queue and drops what is quicker than ingress policing', () => {
  const world = new World(
    {
      machines: [{ name: 'h', kind: 'machine', services: ['openvswitch'], nics: [] }],
      segments: [],
    },
    1,
  );
  const run = (line: string): string => replay(world, 'h', line).out;
  for (const line of [
    'ip netns add a',
    'ip netns add b',
    'ip link add pa type veth peer name ea netns a',
    'ip link add pb type veth peer name eb netns b',
    'ip link set pa up',
    'ip link set pb up',
    'ip -n a link set ea up',
    'ip -n b link set eb up',
    'ip -n a addr add 10.0.0.1/24 dev ea',
    'ip -n b addr add 10.0.0.2/24 dev eb',
    'ovs-vsctl add-br br0 -- add-port br0 pa -- add-port br0 pb',
    'ip netns exec a ping -c 1 10.0.0.2',
    'ovs-vsctl set port pb qos=@q -- --id=@q create qos type=linux-htb other-config:max-rate=40000',
    'sleep 1',
  ])
    run(line);
  // 1,442 octets each 200 ms, where 1,000 may leave: the burst serves four, the fifth owes 204, and what ARP and ND took.
  const slow = run('ip netns exec a ping -c 6 -i 0.2 -s 1400 10.0.0.2');
  const times = [...slow.matchAll(/time=([\d.]+) ms/g)].map(([, text]) => Number(text));
  expect(Math.max(...times.slice(0, 4))).toBeLessThan(5);
  expect(times[4]).toBeGreaterThan(35);
  expect(times[4]).toBeLessThan(150);
  run('ovs-vsctl clear port pb qos -- set interface pa ingress_policing_rate=100 ingress_policing_burst=1');
  run('sleep 10');
  // The burst holds one frame of 65,535 octets at least: 45 of these, and then 8.6 a second.
  const policed = run('ip netns exec a ping -q -c 100 -i 0.01 -s 1400 10.0.0.2');
  const received = Number(/(\d+) received/.exec(policed)?.[1]);
  expect(received).toBeGreaterThanOrEqual(52);
  expect(received).toBeLessThanOrEqual(56);
});

it('says so where a type is not modelled, and forgets queues that are taken away', () => {
  const run = newSwitch();
  run(setQos('linux-hfsc'));
  run('sleep 1');
  expect(run('ovs-appctl qos/show p1')).toContain('QoS of type linux-hfsc is not modelled here');
  run('ovs-vsctl clear port p1 qos');
  run('sleep 1');
  expect(run('ovs-appctl qos/show p1')).toBe('QoS not configured on p1\n');
});

// Counts as Open vSwitch 3.7.0 gave them for the same packets with its clock stopped and turned by hand.
it.each([
  ['pktps bands=type=drop rate=3', '0: packet_count:8 byte_count:336\n'],
  ['pktps burst bands=type=drop rate=3 burst_size=1', '0: packet_count:14 byte_count:588\n'],
])('a meter of %s drops what is over it, and counts it', (meter, expected) => {
  const run = newSwitch();
  run('ovs-ofctl del-flows br0');
  run(`ovs-ofctl -O OpenFlow13 add-meter br0 "meter=1 ${meter}"`);
  run('ovs-ofctl -O OpenFlow13 add-flow br0 in_port=LOCAL,udp,actions=meter:1,output:1');
  const frame = `ffffffffffff0200000000010800${'4500001c000000004011000001020304050607080001000200080000'}`;
  for (const [pause, packets] of [
    [0, 5],
    [0.5, 3],
    [0.4, 2],
    [5, 6],
  ] as const) {
    run(`sleep ${pause}`);
    for (let sent = 0; sent < packets; sent += 1)
      run(`ovs-ofctl packet-out br0 in_port=LOCAL,packet=${frame},actions=table`);
  }
  const stats = run('ovs-ofctl -O OpenFlow13 meter-stats br0 meter=1');
  expect(stats).toContain('flow_count:1 packet_in_count:16 byte_in_count:672');
  expect(stats).toContain(expected);
  run(`ovs-ofctl -O OpenFlow13 mod-meter br0 "meter=1 ${meter}"`);
  expect(run('ovs-ofctl -O OpenFlow13 meter-stats br0 meter=1')).toContain('packet_in_count:0');
});
