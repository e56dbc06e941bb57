/** A logical switch stretched by EVPN: who reaches whom, what each program knows, and what is taken back. */
import { beforeAll, expect, it } from 'vitest';
import { replay } from '../../core/shell/transcript.ts';
import { World } from '../../core/sim/index.ts';
import { bgpTable } from '../../engine/worker/questions/bgp.ts';
import { EVPN_FABRIC } from './evpn-fabric.ts';

let world: World;
const type = (host: string, line: string): string => {
  const { out, err } = replay(world, host, line);
  return out + err;
};
const run = (seconds: number): void => world.clock.run(world.clock.now() + seconds * 1e9);

beforeAll(() => {
  world = new World(EVPN_FABRIC, 1);
  for (const { machine, line } of EVPN_FABRIC.transcript)
    expect(replay(world, machine, line), line).toMatchObject({ status: 0, err: '' });
  run(15);
}, 120_000);

it('guests of OVN and a host behind a Linux VTEP reach one another', () => {
  expect(type('worker1', 'ip netns exec vm1 ping -c 2 172.16.1.50')).toContain('2 received');
  expect(type('host', 'ping -c 2 172.16.1.12')).toContain('2 received');
  expect(type('worker1', 'ip netns exec vm1 ping -c 2 172.16.1.12')).toContain('2 received');
});

it('each program holds its part of the way', () => {
  expect(type('central', 'ovn-sbctl --bare --columns=ip list Advertised_MAC_Binding')).toContain(
    '172.16.1.11',
  );
  expect(type('worker1', 'bridge fdb show dev lo-10')).toContain('0a:00:00:00:01:01 master br-10 static\n');
  expect(type('worker1', 'ip neigh show dev br-10 nud noarp')).toContain(
    '172.16.1.11 lladdr 0a:00:00:00:01:01 NOARP',
  );
  const table = type('worker1', 'vtysh -c "show bgp l2vpn evpn"');
  expect(table).toContain(`Route Distinguisher: 192.168.50.20:2
*> [2]:[0]:[48]:[0a:00:00:00:02:01]
                    192.168.50.20                          0 65000 65020 i
                    RT:65020:10 ET:8
`);
  expect(table).toContain('*> [2]:[0]:[48]:[0a:00:00:00:01:01]:[32]:[172.16.1.11]\n');
  expect(type('worker1', 'bridge fdb show dev vxlan-10')).toContain(
    '0a:00:00:00:02:01 dst 192.168.50.20 self extern_learn \n',
  );
  const appctl = (list: string): string => type('worker1', `ovn-appctl -t ovn-controller evpn/${list}`);
  expect(appctl('remote-vtep-list')).toBe('IP: 192.168.50.20, port: 4789, vni: 10\n');
  expect(appctl('vtep-fdb-list')).toMatch(
    /^UUID: [0-9a-f-]{36}, MAC: 0a:00:00:00:02:01, vni: 10, binding_key: 0x80000001, dp_key: 1$/m,
  );
});

it("a speaker's EVPN table is told in words", () => {
  const { prefixes } = bgpTable(world, 'leaf//default', 'evpn', '0a:00:00:00:01:01');
  expect(prefixes.map(({ words }) => words)).toContain(
    'Type 2: MAC 0a:00:00:00:01:01 with 172.16.1.11 in VNI 10, RD 192.168.50.101:2',
  );
  expect(bgpTable(world, 'leaf//default', 'evpn', '[3]').prefixes.map(({ words }) => words)).toContain(
    'Type 3: 192.168.50.101 takes broadcasts in VNI 10, RD 192.168.50.101:2',
  );
});

/** Flows of a table with their actions, without counters. */
const flows = (table: number): string[] =>
  type('worker1', `ovs-ofctl dump-flows br-int table=${table}`)
    .split('\n')
    .flatMap((line) => /priority=.*$/.exec(line)?.[0].replace(/cookie=0x[0-9a-f]+,/, '') ?? []);

it("ovn-controller's flows for a VTEP are those that OVN's own tests name", () => {
  const [port] = /in_port=(\d+)/.exec(flows(0).find((flow) => flow.includes('tun_id')) ?? '')?.slice(1) ?? [];
  const to = 'load:0xc0a83265->NXM_NX_TUN_IPV4_SRC[],load:0xc0a83214->NXM_NX_TUN_IPV4_DST[]';
  expect(flows(0)).toContain(
    `priority=1050,tun_id=0xa,tun_src=192.168.50.20,tun_dst=192.168.50.101,in_port=${port} actions=load:0x1->OXM_OF_METADATA[0..31],load:0x80000001->NXM_NX_REG14[],resubmit(,88),resubmit(,8)`,
  );
  expect(flows(45)).toEqual([
    `priority=55,reg10=0x1/0x1,reg15=0x80000001,metadata=0x1 actions=${to},load:0xa->NXM_NX_TUN_ID[0..23],load:0xffff->NXM_OF_IN_PORT[],output:${port}`,
    `priority=50,reg15=0x80000001,metadata=0x1 actions=${to},load:0xa->NXM_NX_TUN_ID[0..23],output:${port}`,
    ...['0x8000', '0x8001', '0x8004'].map(
      (key) =>
        `priority=50,reg15=${key},metadata=0x1 actions=load:0xa->NXM_NX_TUN_ID[0..23],${to},output:${port},resubmit(,46)`,
    ),
    'priority=0 actions=resubmit(,46)',
  ]);
  expect(flows(87)).toContain(
    'priority=150,metadata=0x1,dl_dst=0a:00:00:00:02:01 actions=load:0x80000001->NXM_NX_REG1[]',
  );
  expect(flows(88)).toEqual([
    'priority=150,reg14=0x80000001,metadata=0x1,dl_src=0a:00:00:00:02:01 actions=drop',
    'priority=100,reg14=0x80000001,metadata=0x1 actions=learn(table=87,priority=150,delete_learned,OXM_OF_METADATA[],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],load:NXM_NX_REG14[]->NXM_NX_REG1[])',
  ]);
});

it('a guest that moves to the other chassis is withdrawn here and told of there', () => {
  const mac = '0a:00:00:00:01:01';
  const whereIs = (): string | undefined =>
    new RegExp(`^${mac} remote +(\\S+)`, 'm').exec(type('leaf', 'vtysh -c "show evpn mac vni 10"'))?.[1];
  expect(whereIs()).toBe('192.168.50.101');
  type('worker1', 'ip netns del vm1');
  type('worker1', 'ovs-vsctl del-port vm1');
  run(3);
  expect(whereIs()).toBeUndefined();
  expect(type('leaf', 'bridge fdb show dev vxlan-10')).not.toContain(mac);
  expect(type('worker1', 'bridge fdb show dev lo-10')).not.toContain(mac);
  for (const line of [
    'ovs-vsctl add-port br-int vm1 -- set Interface vm1 type=internal external_ids:iface-id=vm1',
    'ip netns add vm1',
    'ip link set vm1 netns vm1',
    `ip netns exec vm1 ip link set vm1 address ${mac}`,
    'ip netns exec vm1 ip addr add 172.16.1.11/24 dev vm1',
    'ip netns exec vm1 ip link set vm1 up',
  ])
    expect(type('worker2', line)).toBe('');
  run(3);
  expect(whereIs()).toBe('192.168.50.102');
  expect(type('host', 'ping -c 2 172.16.1.11')).toContain('2 received');
});

it('without the session to the spine a chassis knows the leaf no more, and its guests are withdrawn', () => {
  type('worker2', `vtysh -c 'configure' -c 'router bgp 65010' -c 'neighbor 192.168.50.1 shutdown'`);
  run(3);
  expect(type('worker2', 'ovn-appctl -t ovn-controller evpn/remote-vtep-list')).toBe('');
  expect(type('leaf', 'vtysh -c "show evpn vni"')).toMatch(/^10 +L2 +vxlan-10 +1 /m);
  expect(type('worker2', 'ip netns exec vm2 ping -c 1 -W 1 172.16.1.50')).toContain('0 received');
});
