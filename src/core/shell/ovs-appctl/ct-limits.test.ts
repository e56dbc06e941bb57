/** Limits of connections by zone: set by hand or in the database, shown, and kept. */
import { expect, it } from 'vitest';
import { oneSwitch } from '../fixture/one-switch.ts';

function newSwitch(): (line: string) => string {
  const type = oneSwitch('ovs-vsctl add-br br0');
  const run = (line: string): string =>
    type(line).replace('ovs-appctl: ovs-vswitchd: server returned an error\n', '');
  return run;
}

const limits = (args: string) => `ovs-appctl dpctl/ct-${args}`;

// Texts as Open vSwitch 3.7.0 gave them.
it.each([
  ['set-limits zone=1', 'failed to parse zone limit'],
  ['set-limits zone=x,limit=5', 'failed to parse field zone'],
  ['set-limits zone=70000,limit=5', 'failed to parse field zone'],
  ['set-limits zone=7,limit=5000000000', 'failed to parse field limit'],
  ['set-limits zone=7,foo=5', 'invalid zone limit field: foo'],
  ['set-limits zone=7,limit=', 'field limit missing value'],
  ['set-limits default=0x5', 'invalid default limit'],
  ['set-limits zone=9,limit=3 default=5', 'invalid zone limit field: default'],
  ['get-limits zone=x', 'invalid zone'],
  ['get-limits bogus', 'invalid argument bogus'],
  ['del-limits default foo', 'invalid argument foo'],
])('refuses %s', (args, text) => {
  expect(newSwitch()(limits(args))).toBe(`ovs-vswitchd: ${text} (Invalid argument)\n`);
});

it('shows what was set, asked for by zone or not, and forgets what is deleted', () => {
  const run = newSwitch();
  expect(run(limits('get-limits'))).toBe('default limit=0\n');
  expect(run(limits('set-limits default=10 zone=0,limit=5 zone=0x10,limit=0x20'))).toBe('');
  expect(run(limits('get-limits'))).toBe(
    'default limit=10\nzone=0,limit=5,count=0\nzone=16,limit=32,count=0\n',
  );
  expect(run(limits('get-limits zone=2,0'))).toBe(
    'default limit=10\nzone=2,limit=10,count=0\nzone=0,limit=5,count=0\n',
  );
  run(limits('del-limits default zone=0,16'));
  expect(run(limits('get-limits'))).toBe('default limit=0\n');
});

it('takes limits from the database, and then from nowhere else', () => {
  const run = newSwitch();
  run('ovs-vsctl -- --id=@m create Datapath datapath_version=0 -- set Open_vSwitch . datapaths:system=@m');
  run('ovs-vsctl set-zone-limit system 3 11 -- set-zone-limit system default 4');
  expect(run(limits('get-limits'))).toBe('default limit=4\nzone=3,limit=11,count=0\n');
  expect(run(limits('set-limits zone=9,limit=3'))).toBe(
    "ovs-vswitchd: the zone limits are set via database, use 'ovs-vsctl set-zone-limit <...>' instead. (Operation not permitted)\n",
  );
  run('ovs-vsctl del-zone-limit system 3 -- del-zone-limit system default');
  expect(run(limits('get-limits'))).toBe('default limit=0\n');
  expect(run(limits('set-limits zone=9,limit=3'))).toBe('');
});

it('drops the packet that would begin one connection too many, and those of other zones go on', () => {
  const run = newSwitch();
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
  run(limits('set-limits zone=5,limit=1'));
  expect(run('ping -c 1 10.0.0.2')).toContain('1 received');
  expect(run(limits('get-limits zone=5'))).toContain('zone=5,limit=1,count=1');
  expect(run('ping -c 1 10.0.0.2')).toContain('0 received');
  run(limits('set-limits zone=5,limit=0'));
  expect(run('ping -c 1 10.0.0.2')).toContain('1 received');
});
