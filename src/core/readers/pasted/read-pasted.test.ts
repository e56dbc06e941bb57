import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOutputs } from './index.ts';
import { readPasted } from './read-pasted.ts';
import { joinFacts } from './topology.ts';

const HYPERVISOR = `[root@hypervisor]# brctl show
bridge name     bridge id               STP enabled     interfaces
lan             8000.525400cc1d8b       yes             lan-nic
                                                        vnet0
                                                        vnet1
                                                        vnet2

[root@hypervisor]# for i in a b; do virsh domiflist $i; done

 Interface   Type      Source   Model    MAC
----------------------------------------------------------------
 vnet0       network   lan      virtio   52:54:00:00:00:0A

 Interface   Type      Source   Model    MAC
----------------------------------------------------------------
 vnet1       network   lan      virtio   52:54:00:00:00:0b
`;

const GUEST = `[root@a ~]# ip addr
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    inet 127.0.0.1/8 scope host lo
2: ens3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000
    link/ether 52:54:00:00:00:0a brd ff:ff:ff:ff:ff:ff
    inet 192.168.24.15/24 brd 192.168.24.255 scope global ens3
9: vlan20@ens3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    link/ether 52:54:00:00:00:0a brd ff:ff:ff:ff:ff:ff
[root@a ~]# ip a |grep 172.17.1.48
    inet 172.17.1.48/32 brd 172.17.1.255 scope global vlan20
[root@a ~]# ovs-vsctl show
4184c253-4e8f-4539-b3b1-2da6108568ed
    Bridge br-tenant
        Port vlan50
            tag: 50
            Interface vlan50
                type: internal
        Port ens4
            Interface ens4
    Bridge br-int
        Port ovn-0
            Interface ovn-0
                type: geneve
                options: {csum="true", key=flow, remote_ip="172.17.2.36"}
`;

const SERVERS = `(undercloud) [stack@undercloud-0 ~]$ openstack server list
+----+------+--------+------------------------+
| ID | Name | Status | Networks               |
+----+------+--------+------------------------+
| 1f | a    | ACTIVE | ctlplane=192.168.24.15 |
| 2e | c    | ACTIVE | x=10.0.0.1, 10.0.0.2; y=10.1.0.1 |
+----+------+--------+------------------------+
`;

describe('together', () => {
  const texts = [HYPERVISOR, GUEST, SERVERS].map((text) => readPasted(text, 'paste'));
  const topology = joinFacts(texts.flatMap(({ facts }) => facts));

  it('are read without a word', () => expect(texts.flatMap(({ problems }) => problems)).toEqual([]));

  it('wire the guests', () => {
    expect(topology.machines.map(({ name, nics, addresses }) => [name, nics, addresses])).toEqual([
      [
        'a',
        [{ mac: '52:54:00:00:00:0a', source: 'lan', tap: 'vnet0', device: 'ens3', bridge: 'lan' }],
        ['192.168.24.15'],
      ],
      ['b', [{ mac: '52:54:00:00:00:0b', source: 'lan', tap: 'vnet1', device: null, bridge: 'lan' }], []],
      ['c', null, ['10.0.0.1', '10.0.0.2', '10.1.0.1']],
    ]);
    expect(
      topology.machines[0]?.links?.map(({ name, lower, addresses }) => [name, lower, addresses]),
    ).toEqual([
      ['lo', null, ['127.0.0.1/8']],
      ['ens3', null, ['192.168.24.15/24']],
      ['vlan20', 'ens3', ['172.17.1.48/32']],
    ]);
    expect(
      topology.machines[0]?.ovsBridges?.map(({ name, ports }) => [
        name,
        ports.map((port) => [port.name, port.tag]),
      ]),
    ).toEqual([
      [
        'br-tenant',
        [
          ['vlan50', 50],
          ['ens4', null],
        ],
      ],
      ['br-int', [['ovn-0', null]]],
    ]);
  });

  it('say what they do not say', () => {
    expect(topology.unknown.map(({ text }) => text)).toEqual([
      'the devices and addresses of b',
      'the Open vSwitch bridges of b',
      'the NICs of c',
      'the devices and addresses of c',
      'the Open vSwitch bridges of c',
      'the guest behind vnet2 of lan',
    ]);
  });
});

it('says where a row is none', () => {
  const { problems } = readPasted(
    'bridge name\tbridge id\t\tSTP enabled\tinterfaces\nlan 8000.52\n',
    'p.txt',
  );
  expect(problems).toEqual([
    {
      message: 'this is no row of brctl show: lan 8000.52',
      severity: 'warning',
      place: { file: 'p.txt', line: 2, column: 1 },
    },
  ]);
  expect(readPasted('hello\n', 'p.txt').problems[0]?.message).toBe('this is no output that is read here');
});

it('reads the outputs of a real deployment, where they are at hand', () => {
  const folder = join(process.env['HOPSCOPE_GOLDEN'] ?? '../shared/golden', 'tripleo/post2-pasted');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  // A reply of the client about one router, a script, a configuration and traffic tell nothing of the wiring.
  const others = /tcpdump|haproxy|deploy|grep|ping|router/;
  const facts = names
    .filter((name) => !others.test(name) && !/domiflist-/.test(name))
    .flatMap((name) => {
      const read = readPasted(readFileSync(join(folder, name), 'utf8'), name);
      expect([name, read.facts.length > 0]).toEqual([name, true]);
      return read.facts;
    });
  const { machines, unknown } = joinFacts(facts);
  if (names.length === 0) return;
  expect(
    machines.map(({ name, nics }) => [name, nics?.map(({ tap, bridge }) => `${tap} ${bridge}`)]),
  ).toEqual([
    ['controller-0', ['vnet9 management', 'vnet10 data', 'vnet11 external']],
    ['controller-1', ['vnet3 management', 'vnet4 data', 'vnet5 external']],
    ['controller-2', ['vnet6 management', 'vnet7 data', 'vnet8 external']],
    ['compute-0', ['vnet0 management', 'vnet1 data', 'vnet2 external']],
  ]);
  expect(unknown.map(({ text }) => text)).toContain('the guest behind vnet12 of management');
});

it("a hypervisor's bridges are known by its links and its networks as well", () => {
  const paste = `[root@hyp ~]# ip addr
2: eno1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP
    link/ether b8:ca:3a:60:4e:18 brd ff:ff:ff:ff:ff:ff
    inet 198.51.100.7/24 scope global eno1
5: virbr3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP
    link/ether 52:54:00:cc:1d:8b brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.1/24 scope global virbr3
8: vnet1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master virbr3 state UNKNOWN
    link/ether fe:54:00:00:00:0a brd ff:ff:ff:ff:ff:ff
9: vnet2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master ovs-system state UNKNOWN
    link/ether fe:54:00:00:00:0b brd ff:ff:ff:ff:ff:ff
[root@hyp ~]# virsh net-dumpxml lab
<network>
  <name>lab</name>
  <bridge name='virbr3' stp='off' delay='0'/>
</network>
[root@hyp ~]# virsh domiflist c0
 Interface   Type      Source   Model    MAC
------------------------------------------------------------
 vnet1       network   lab      virtio   52:54:00:00:00:0a
`;
  const plan = readOutputs(new Map([['p.txt', paste]]));
  const [hypervisor] = plan?.machines ?? [];
  expect(hypervisor?.hypervisor).toMatchObject({
    networks: [
      { name: 'virbr3', bridge: 'virbr3', mac: '52:54:00:cc:1d:8b', stp: false, addresses: ['10.0.0.1/24'] },
    ],
    domains: [{ machine: 'c0', interfaces: [{ source: { name: 'virbr3' }, tap: 'vnet1' }] }],
  });
  const told = plan?.unknown.filter(({ machine }) => machine === 'hyp').map(({ text }) => text);
  expect(told).toEqual(['where eno1, vnet2 of hyp lead: they are not drawn']);
});
