/** Networks that no scenario has, typed on the same machines: what decides must be the programs, not the catalogue. */
import { beforeAll, expect, it } from 'vitest';
import { replay, type LineOutcome } from '../core/shell/transcript.ts';
import { present } from '../core/base/assert.ts';
import { World } from '../core/sim/index.ts';
import { printFrame } from '../core/wire/index.ts';
import { MULTINODE_OVN_EMPTY } from './multinode-ovn.ts';

let world: World;
const run = (host: string, line: string): LineOutcome => replay(world, host, line);

function type(host: string, lines: readonly string[]): void {
  for (const line of lines) expect([line, run(host, line)]).toEqual([line, { status: 0, out: '', err: '' }]);
}

const guest = (name: string, mac: string, address: string, gateway: string): string[] => [
  `ovs-vsctl add-port br-int ${name} -- set Interface ${name} type=internal external_ids:iface-id=${name}`,
  `ip netns add ${name}`,
  `ip link set ${name} netns ${name}`,
  `ip netns exec ${name} ip link set ${name} address ${mac}`,
  `ip netns exec ${name} ip addr add ${address} dev ${name}`,
  `ip netns exec ${name} ip link set ${name} up`,
  `ip netns exec ${name} ip route add default via ${gateway}`,
];

beforeAll(() => {
  world = new World(MULTINODE_OVN_EMPTY, 11);
  for (const { machine, line } of MULTINODE_OVN_EMPTY.transcript) type(machine, [line]);
});

it('routes between two logical switches, and filters with connections tracked', () => {
  type('central', [
    'ovn-nbctl ls-add red',
    'ovn-nbctl ls-add blue',
    'ovn-nbctl lr-add r0',
    'ovn-nbctl lrp-add r0 r0-red 02:00:00:00:01:01 10.1.0.1/24',
    'ovn-nbctl lrp-add r0 r0-blue 02:00:00:00:02:01 10.2.0.1/24',
    'ovn-nbctl lsp-add-router-port red red-r0 r0-red',
    'ovn-nbctl lsp-add-router-port blue blue-r0 r0-blue',
    'ovn-nbctl lsp-add red left -- lsp-set-addresses left "0a:00:00:00:00:01 10.1.0.11"',
    'ovn-nbctl lsp-add blue right -- lsp-set-addresses right "0a:00:00:00:00:02 10.2.0.12"',
  ]);
  type('worker1', guest('left', '0a:00:00:00:00:01', '10.1.0.11/24', '10.1.0.1'));
  type('worker2', guest('right', '0a:00:00:00:00:02', '10.2.0.12/24', '10.2.0.1'));

  const ping = 'ip netns exec left ping -c1 -W1 10.2.0.12';
  expect(run('worker1', ping).out).toContain('64 bytes from 10.2.0.12: icmp_seq=1 ttl=63 ');
  expect(run('worker1', 'ip netns exec left ping -c1 10.1.0.1').out).toContain('icmp_seq=1 ttl=254 ');

  type('central', [`ovn-nbctl acl-add blue to-lport 1000 'outport == "right" && icmp4' drop`]);
  expect(run('worker1', ping)).toMatchObject({ status: 1 });
  type('central', [
    'ovn-nbctl acl-del blue',
    `ovn-nbctl acl-add blue to-lport 1000 'outport == "right" && ip4' allow-related`,
  ]);
  expect(run('worker1', ping)).toMatchObject({ status: 0 });
  expect(run('worker2', 'ovs-appctl dpctl/dump-conntrack').out).toMatch(
    /^icmp,orig=\(src=10\.1\.0\.11,dst=10\.2\.0\.12,/m,
  );
});

it('answers a packet whose time is over, because of the logical flow that sent it up', () => {
  const late = run('worker1', 'ip netns exec left ping -c1 -W1 -t1 10.2.0.12');
  expect(late.out).toContain('From 10.1.0.1 icmp_seq=1 Time to live exceeded');
  const steps = Array.from({ length: world.recorder.length }, (_, id) => world.recorder.step(id));
  const made = steps.find(({ what }) => what.kind === 'originated' && what.text === 'ICMP error');
  expect(made?.where).toMatchObject({ host: 'worker1', bridge: 'br-int' });
  expect(made?.because).toMatchObject([
    { kind: 'ovsdb', table: 'Logical_Flow', text: expect.stringMatching(/lr_in_ip_input.*icmp4 \{/) },
  ]);
});

it('balances through groups of the switch, limits through its meters, and takes both back', () => {
  const groups = (): string => run('worker1', 'ovs-ofctl dump-groups br-int').out;
  const meters = (): string => run('worker1', 'ovs-ofctl -O OpenFlow13 dump-meters br-int').out;
  type('central', [
    'ovn-nbctl lb-add web 172.16.0.10 10.2.0.12',
    'ovn-nbctl ls-lb-add red web',
    'ovn-nbctl meter-add slow drop 10 pktps 5',
    `ovn-nbctl --log --meter=slow acl-add red from-lport 1000 'inport == "left" && udp' drop`,
  ]);
  const ping = 'ip netns exec left ping -c1 -W1 172.16.0.10';
  expect(run('worker1', ping).out).toContain('64 bytes from 172.16.0.10: icmp_seq=1 ttl=63 ');
  expect(groups()).toMatch(
    /group_id=1,type=select,selection_method=dp_hash,bucket=.*nat\(dst=10\.2\.0\.12\)/,
  );
  expect(meters()).toMatch(/meter=1 pktps burst stats bands=\ntype=drop rate=10 burst_size=5\n/);
  type('central', ['ovn-nbctl lb-del web', 'ovn-nbctl acl-del red']);
  expect(run('worker1', ping).status).toBe(1);
  expect(groups()).not.toContain('group_id');
  expect(meters()).not.toContain('meter=');
});

it('switches by learned addresses on a bridge without a controller, VLAN by VLAN', () => {
  type('worker1', ['ovs-vsctl add-br br-x']);
  for (const [name, address, tag] of [
    ['one', '10.9.0.1', 10],
    ['two', '10.9.0.2', 10],
    ['three', '10.9.0.3', 20],
  ] as const)
    type('worker1', [
      `ip netns add ${name}`,
      `ip link add ${name}-out type veth peer name ${name}-in`,
      `ip link set ${name}-in netns ${name}`,
      `ip link set ${name}-out up`,
      `ip netns exec ${name} ip addr add ${address}/24 dev ${name}-in`,
      `ip netns exec ${name} ip link set ${name}-in up`,
      `ovs-vsctl add-port br-x ${name}-out tag=${tag}`,
    ]);
  expect(run('worker1', 'ip netns exec one ping -c1 -W1 10.9.0.2')).toMatchObject({ status: 0 });
  expect(run('worker1', 'ip netns exec one ping -c1 -W1 10.9.0.3')).toMatchObject({ status: 1 });
  const learned = run('worker1', 'ovs-appctl fdb/show br-x').out.split('\n').slice(1, -1);
  expect(learned.map((row) => row.trim().split(/ +/).slice(0, 2).join(' ')).toSorted()).toEqual([
    '1 10',
    '2 10',
    '3 20',
  ]);
});

it('tunnels with VXLAN as with Geneve', () => {
  for (const [host, remote, last] of [
    ['worker1', '192.168.50.101', 1],
    ['worker2', '192.168.50.100', 2],
  ] as const)
    type(host, [
      'ovs-vsctl add-br br-v',
      `ovs-vsctl add-port br-v vx0 -- set Interface vx0 type=vxlan options:remote_ip=${remote} options:key=77`,
      `ip addr add 10.8.0.${last}/24 dev br-v`,
      'ip link set br-v up',
    ]);
  expect(run('worker1', 'ping -c1 10.8.0.2')).toMatchObject({ status: 0 });
  expect(run('worker1', 'ip -d link show vxlan_sys_4789').out).toContain(
    ' vxlan external id 0 srcport 0 0 dstport 4789 nolearning ',
  );
});

it.each([
  [
    'gre0',
    'options:key=77 options:csum=true',
    /\n {4}192\.168\.50\.100 > 192\.168\.50\.101: GREv0, Flags \[checksum present, key present\], sum 0x\w+, off 0x0, key=0x4d, length 110\n/,
  ],
  [
    'gre1',
    'options:tos=4',
    /^IP \(tos 0x4, ttl 64, .*\n {4}192\.168\.50\.100 > 192\.168\.50\.101: GREv0, Flags \[none\], length 102\n\tIP .* 10\.7\.0\.1 > 10\.7\.0\.2: ICMP echo request/s,
  ],
])('carries frames in GRE over %s', (name, options, line) => {
  for (const [host, remote, last] of [
    ['worker1', '192.168.50.101', 1],
    ['worker2', '192.168.50.100', 2],
  ] as const)
    type(host, [
      `ovs-vsctl add-br br-${name}`,
      `ovs-vsctl add-port br-${name} ${name} -- set Interface ${name} type=gre options:remote_ip=${remote} ${options}`,
      `ip addr add 10.${name === 'gre0' ? 6 : 7}.0.${last}/24 dev br-${name}`,
      `ip link set br-${name} up`,
    ]);
  expect(run('worker1', `ping -c1 10.${name === 'gre0' ? 6 : 7}.0.2`)).toMatchObject({ status: 0 });
  const { recorder } = world;
  const steps = Array.from({ length: recorder.length }, (_, id) => recorder.step(id));
  const echo = steps.findLast(
    ({ what, where, frame }) =>
      what.kind === 'sent' && where.host === 'worker1' && frame?.[12] === 8 && frame[23] === 47,
  );
  expect(printFrame(present(echo).frame ?? new Uint8Array(), { numeric: true, verbose: 1 })).toMatch(line);
  expect(run('worker1', 'ip -d link show gre_sys').out).toMatch(
    /^\d+: gre_sys@NONE: .*\n.*\n {4}gretap external /,
  );
});

it('refuses what it could not carry', () => {
  expect(run('worker1', 'ip link add gnv0 type erspan key 5 remote 192.168.50.101')).toEqual({
    status: 2,
    out: '',
    err: 'Error: Unknown device type.\n',
  });
  expect(run('worker1', 'ip link show gnv0').status).toBe(1);
});
