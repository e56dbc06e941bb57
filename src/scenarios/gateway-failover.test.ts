/** A distributed gateway port on two chassis: BFD over the tunnels decides which one serves. */
import { expect, it } from 'vitest';
import { present } from '../core/base/assert.ts';
import { replay, type LineOutcome } from '../core/shell/transcript.ts';
import { World } from '../core/sim/index.ts';
import type { MachineSpec } from '../core/sim/machine.ts';

const SECOND = 1_000_000_000;

const machine = (name: string, last: number, central: boolean): MachineSpec => ({
  name,
  kind: 'machine',
  services: central ? ['openvswitch', 'ovn-central', 'ovn-controller'] : ['openvswitch', 'ovn-controller'],
  nics: [
    {
      name: 'eth1',
      mac: `52:54:00:00:01:0${last}`,
      addresses: [`192.168.0.${last}/24`],
      segment: 'underlay',
    },
    { name: 'eth2', mac: `52:54:00:00:02:0${last}`, addresses: [], segment: 'provider' },
  ],
});

const world = new World(
  {
    machines: [machine('node', 1, true), machine('gw1', 2, false), machine('gw2', 3, false)],
    segments: [
      { id: 'underlay', name: 'underlay', mtu: 1500, delay: 60_000 },
      { id: 'provider', name: 'provider', mtu: 1500, delay: 60_000 },
    ],
  },
  3,
);

const run = (host: string, line: string): LineOutcome => replay(world, host, line);
const type = (host: string, lines: readonly string[]): void => {
  for (const line of lines)
    expect([line, run(host, line)]).toMatchObject([line, { status: 0, out: '', err: '' }]);
};
const pass = (seconds: number): void => world.clock.run(world.clock.now() + seconds * SECOND);

type('node', ['ovn-sbctl set-connection ptcp:6642:0.0.0.0']);
for (const [index, name] of ['node', 'gw1', 'gw2'].entries())
  type(name, [
    `ovs-vsctl set open . external-ids:system-id=${name} external-ids:ovn-remote=tcp:192.168.0.1:6642 external-ids:ovn-encap-type=geneve external-ids:ovn-encap-ip=192.168.0.${index + 1}`,
    'ovs-vsctl add-br br-ex -- add-port br-ex eth2 -- set open . external-ids:ovn-bridge-mappings=physnet1:br-ex',
  ]);
type('node', [
  'ovn-nbctl ls-add red',
  'ovn-nbctl lr-add r0',
  'ovn-nbctl lrp-add r0 r0-red 02:00:00:00:01:01 10.1.0.1/24',
  'ovn-nbctl lsp-add-router-port red red-r0 r0-red',
  'ovn-nbctl lsp-add red vm -- lsp-set-addresses vm "0a:00:00:00:00:01 10.1.0.11"',
  'ovn-nbctl ls-add pub',
  'ovn-nbctl lsp-add-localnet-port pub ln physnet1',
  'ovn-nbctl lrp-add r0 r0-pub 02:00:00:00:03:01 172.16.0.1/24',
  'ovn-nbctl lrp-set-gateway-chassis r0-pub gw1 20',
  'ovn-nbctl lrp-set-gateway-chassis r0-pub gw2 10',
  'ovn-nbctl lsp-add-router-port pub pub-r0 r0-pub',
  'ovn-nbctl lr-nat-add r0 snat 172.16.0.1 10.1.0.0/16',
  'ovs-vsctl add-port br-int vm -- set Interface vm type=internal external_ids:iface-id=vm',
  'ip netns add vm',
  'ip link set vm netns vm',
  'ip netns exec vm ip link set vm address 0a:00:00:00:00:01',
  'ip netns exec vm ip addr add 10.1.0.11/24 dev vm',
  'ip netns exec vm ip link set vm up',
  'ip netns exec vm ip route add default via 10.1.0.1',
  'ip netns add outside',
  'ovs-vsctl add-port br-ex outside -- set Interface outside type=internal',
  'ip link set outside netns outside',
  'ip netns exec outside ip addr add 172.16.0.100/24 dev outside',
  'ip netns exec outside ip link set outside up',
]);

/** The chassis that has the gateway port bound. */
const holder = (): string | undefined =>
  run('node', 'ovn-sbctl show')
    .out.split('Chassis ')
    .find((text) => text.includes('Port_Binding cr-r0-pub'))
    ?.split('\n', 1)[0];
const ping = (): LineOutcome => run('node', 'ip netns exec vm ping -c1 -W1 172.16.0.100');
const states = (host: string): string =>
  run(host, 'ovs-vsctl --bare --columns=name,bfd_status list Interface').out;

it('serves from the chassis of the highest priority while all answer', () => {
  expect(holder()).toBe('gw1');
  expect(states('gw2')).toMatch(/ovn-gw1-0\n.*forwarding=true.*remote_state=up state=up/);
  expect(ping()).toMatchObject({ status: 0 });
  expect(run('gw2', 'ovs-appctl bfd/show ovn-gw1-0').out).toMatch(
    /^ {2}Forwarding: true\n {2}Detect Multiplier: 3\n(.*\n)* {2}Local Session State: up\n/,
  );
});

it('moves when the serving chassis is cut off, tells the provider network, and moves back', () => {
  const outside = present(world.hosts.get('node')).kernel;
  const seen: string[] = [];
  outside.tap('outside', present(outside.findLink('outside', 'outside')), ({ octets, direction }) => {
    const isArp = octets[12] === 8 && octets[13] === 6;
    if (
      direction === 'in' &&
      isArp &&
      octets.subarray(28, 32).join('.') === octets.subarray(38, 42).join('.')
    )
      seen.push(octets.subarray(28, 32).join('.'));
  });
  pass(40);
  seen.length = 0;
  type('gw1', ['ip link set eth1 down']);
  pass(5);
  expect(holder()).toBe('gw2');
  expect(states('gw2')).toMatch(/ovn-gw1-0\ndiagnostic=Control Detection Time Expired .*state=down/);
  expect(seen).toContain('172.16.0.1');
  expect(ping()).toMatchObject({ status: 0 });
  type('gw1', ['ip link set eth1 up']);
  pass(5);
  expect(holder()).toBe('gw1');
  expect(ping()).toMatchObject({ status: 0 });
});
