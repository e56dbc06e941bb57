/** Timeouts of connections by zone, as `ovs-vsctl add-zone-tp` sets them: named in datapath actions, and kept to. */
import { expect, it } from 'vitest';
import { oneSwitch } from '../fixture/one-switch.ts';

const translated = (text: string): string | undefined => /Datapath actions: (.*)/.exec(text)?.[1];
const looked = (text: string): string | undefined => /Megaflow: (.*)/.exec(text)?.[1];

function newSwitch(type: 'system' | 'netdev'): (line: string) => string {
  const run = oneSwitch();
  run(`ovs-vsctl add-br br0 -- set bridge br0 datapath_type=${type}`);
  run(`ovs-vsctl -- --id=@m create Datapath datapath_version=0 -- set Open_vSwitch . datapaths:${type}=@m`);
  for (const family of ['ip', 'ipv6'])
    run(`ovs-ofctl add-flow br0 priority=40000,${family},actions=ct(commit,zone=5)`);
  return run;
}

// As Open vSwitch 3.7.0 did it: what a zone comes with has no effect, only what it is changed to.
it('names the policy of zone and protocol, and a changed one from then on', () => {
  const run = newSwitch('system');
  const trace = (packet: string): string => run(`ovs-appctl ofproto/trace br0 in_port=LOCAL,${packet}`);
  expect(translated(trace('tcp'))).toBe('ct(commit,zone=5)');
  expect(looked(trace('tcp'))).not.toContain('tcp');
  run('ovs-vsctl add-zone-tp system zone=5 udp_single=2');
  expect(translated(trace('tcp'))).toBe('ct(commit,zone=5)');
  run('ovs-vsctl --may-exist add-zone-tp system zone=5 tcp_syn_sent=9 udp_single=3');
  expect(translated(trace('tcp'))).toBe('ct(commit,zone=5,timeout=ovs_tp_1_tcp4)');
  expect(looked(trace('tcp'))).toContain('tcp');
  expect(translated(trace('udp6'))).toBe('ct(commit,zone=5,timeout=ovs_tp_1_udp6)');
  expect(translated(trace('icmp6'))).toBe('ct(commit,zone=5,timeout=ovs_tp_1_icmpv6)');
  run('ovs-vsctl --may-exist add-zone-tp system zone=5 udp_single=4');
  expect(translated(trace('udp'))).toBe('ct(commit,zone=5,timeout=ovs_tp_2_udp4)');
  run('ovs-vsctl del-zone-tp system zone=5');
  expect(translated(trace('udp'))).toBe('ct(commit,zone=5)');
});

it('names the policy by its number in user space', () => {
  const run = newSwitch('netdev');
  run('ovs-vsctl set-zone-limit netdev 5 100');
  run('ovs-vsctl add-zone-tp netdev zone=5 udp_single=3');
  expect(translated(run('ovs-appctl ofproto/trace br0 in_port=LOCAL,udp'))).toBe(
    'ct(commit,zone=5,timeout=1)',
  );
});

it('forgets a connection when the zone says, and renames the policy in megaflows that are there', () => {
  const run = newSwitch('system');
  run('ip netns add far');
  run('ip link add p1 type veth peer name p1-far');
  run('ip link set p1-far netns far');
  run('ip link set p1 up');
  run('ip -n far link set p1-far up');
  run('ip -n far addr add 10.0.0.2/24 dev p1-far');
  run('ip link set br0 up');
  run('ip addr add 10.0.0.1/24 dev br0');
  run('ovs-vsctl add-port br0 p1');
  run('ovs-ofctl del-flows br0');
  run('ovs-ofctl add-flow br0 arp,actions=normal');
  run('ovs-ofctl add-flow br0 icmp,actions=ct(commit,zone=5),normal');
  const kept = (): string => run('ovs-appctl dpctl/dump-conntrack zone=5');
  run('ovs-vsctl set-zone-limit system 5 100');
  run('ovs-vsctl add-zone-tp system zone=5 icmp_first=4');
  run('ping -c 1 10.0.0.2');
  expect(kept()).toContain('icmp');
  expect(run('ovs-appctl dpctl/dump-flows')).toContain('ct(commit,zone=5,timeout=ovs_tp_1_icmp4)');
  run('ovs-vsctl --may-exist add-zone-tp system zone=5 icmp_first=60');
  expect(run('ovs-appctl dpctl/dump-flows')).toContain('ct(commit,zone=5,timeout=ovs_tp_2_icmp4)');
  run('sleep 5');
  expect(kept()).toBe('');
});
