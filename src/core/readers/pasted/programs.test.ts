/** What each program prints, with the prompts, colours and line ends of real terminals, and what is read of it. */
import { describe, expect, it } from 'vitest';
import type { PastedFact } from './output.ts';
import { readPasted } from './read-pasted.ts';
import { splitPaste } from './split.ts';

function check(text: string, ...facts: readonly Partial<PastedFact>[]): void {
  const read = readPasted(text, 'p.txt');
  expect(read.problems).toEqual([]);
  expect(read.facts).toMatchObject(facts);
  expect(read.facts).toHaveLength(facts.length);
}

describe('prompts', () => {
  it.each<[string, string | null, string]>([
    ['[root@controller-0 ~]# ip a', 'controller-0', 'ip a'],
    ['[heat-admin@overcloud-controller-0 ~]$ sudo ip a', 'overcloud-controller-0', 'sudo ip a'],
    ['(undercloud) [stack@undercloud-0 ~]$ openstack server list', 'undercloud-0', 'openstack server list'],
    ['root@node-1:/etc/network# ip r', 'node-1', 'ip r'],
    ['(venv) me@desk.lab.local:~$ virsh list --all', 'desk', 'virsh list --all'],
    ['\u001b]0;root@c0: ~\u0007\u001b[01;32mroot@c0\u001b[00m:\u001b[01;34m~\u001b[00m# ip a', 'c0', 'ip a'],
    [
      '[stack@director ~]$ ssh heat-admin@controller-1 sudo ovs-vsctl show',
      'controller-1',
      'sudo ovs-vsctl show',
    ],
    ['$ ssh -o StrictHostKeyChecking=no c2.ctlplane "ip -br a"', 'c2', 'ip -br a'],
    ['# bridge link', null, 'bridge link'],
    ['compute-0 | CHANGED | rc=0 >>', 'compute-0', ''],
  ])('%j', (line, host, command) => {
    expect(splitPaste(`before\r\n${line}\r\nafter\r\n`)).toMatchObject([
      { host: null, command: null },
      { host, command, lines: ['after', ''], line: 3 },
    ]);
  });
});

it('virsh list --all', () =>
  check(
    `[root@h ~]# virsh list --all
 Id   Name           State
-------------------------------
 1    undercloud-0   running
 -    compute-1      shut off
`,
    {
      kind: 'domains',
      host: 'h',
      domains: [
        { name: 'undercloud-0', shutOff: false },
        { name: 'compute-1', shutOff: true },
      ],
    },
  ));

it('bridge link, bridge vlan, bridge fdb', () =>
  check(
    `[root@h ~]# bridge link
12: vnet0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master lan state forwarding priority 32 cost 100
[root@h ~]# bridge vlan
port              vlan-id
vnet0             1 PVID Egress Untagged
                  20-30
lan               1 PVID Egress Untagged
[root@h ~]# bridge fdb show br lan
52:54:00:00:00:0a dev vnet0 master lan
33:33:00:00:00:01 dev lan self permanent
`,
    { kind: 'links', host: 'h', links: [{ index: 12, name: 'vnet0', master: 'lan', up: true }] } as never,
    {
      kind: 'port-vlans',
      ports: [
        {
          name: 'vnet0',
          vlans: [
            { id: 1, last: 1, pvid: true, untagged: true },
            { id: 20, last: 30, pvid: false, untagged: false },
          ],
        },
        { name: 'lan', vlans: [{ id: 1, last: 1, pvid: true, untagged: true }] },
      ],
    },
    { kind: 'bridge-macs', macs: [{ mac: '52:54:00:00:00:0a', isLocal: false }, { isLocal: true }] } as never,
  ));

it("ip route: what was added, and addresses by the kernel's own routes", () =>
  check(
    `[root@c0 ~]# ip route
default via 10.0.0.1 dev br-ex proto static metric 100
10.0.0.0/24 dev br-ex proto kernel scope link src 10.0.0.115 metric 100
169.254.169.254 via 192.168.24.1 dev ens3 linkdown
[root@c0 ~]# ip -6 r
fd00::/64 via fe80::1 dev ens3 metric 1024 pref medium
`,
    { kind: 'addresses', host: 'c0', name: 'br-ex', address: '10.0.0.115/24' },
    {
      kind: 'routes',
      host: 'c0',
      routes: [
        'default via 10.0.0.1 dev br-ex proto static metric 100',
        '169.254.169.254 via 192.168.24.1 dev ens3',
      ],
    },
    { kind: 'routes', routes: ['-6 fd00::/64 via fe80::1 dev ens3 metric 1024'] },
  ));

it('ip -br', () =>
  check(
    `[root@c0 ~]# ip -br a
lo               UNKNOWN        127.0.0.1/8 ::1/128
ens3             UP             192.168.24.15/24 fe80::5054:ff:fe00:a/64
vlan20@ens3      UP             172.17.1.17/24
[root@c0 ~]# ip -br link
ens3             UP             52:54:00:00:00:0a <BROADCAST,MULTICAST,UP,LOWER_UP>
br-ex            DOWN           52:54:00:00:00:0c <BROADCAST,MULTICAST>
`,
    {
      kind: 'links',
      links: [
        { name: 'lo', up: true },
        { name: 'ens3', addresses: ['192.168.24.15/24', 'fe80::5054:ff:fe00:a/64'] },
        { name: 'vlan20', lower: 'ens3', addresses: ['172.17.1.17/24'] },
      ],
    } as never,
    {
      kind: 'links',
      links: [
        { name: 'ens3', mac: '52:54:00:00:00:0a', up: true },
        { name: 'br-ex', up: false },
      ],
    } as never,
  ));

it('ovs-ofctl show', () =>
  check(
    `[root@c0 ~]# ovs-ofctl -O OpenFlow13 show br-tenant
OFPT_FEATURES_REPLY (OF1.3) (xid=0x2): dpid:00005254001c4426
n_tables:254, n_buffers:0
capabilities: FLOW_STATS TABLE_STATS PORT_STATS QUEUE_STATS ARP_MATCH_IP
 1(ens4): addr:52:54:00:1c:44:26
     config:     0
     speed: 0 Mbps now, 0 Mbps max
 2(vlan50): addr:0e:d0:eb:00:1b:e7
     config:     0
 LOCAL(br-tenant): addr:52:54:00:1c:44:26
     config:     0
OFPT_GET_CONFIG_REPLY (OF1.3) (xid=0x4): frags=normal miss_send_len=0
`,
    { kind: 'ovs-ports', host: 'c0', bridge: 'br-tenant', ports: ['ens4', 'vlan50'] },
  ));

it('nova list, openstack port list', () =>
  check(
    `$ nova list
+----+------+--------+------------+-------------+------------------------+
| ID | Name | Status | Task State | Power State | Networks               |
+----+------+--------+------------+-------------+------------------------+
| 1f | a    | ACTIVE | -          | Running     | ctlplane=192.168.24.15 |
+----+------+--------+------------+-------------+------------------------+
$ openstack port list
+----+------+-------------------+-----------------------------------------------------------------------------+--------+
| ID | Name | MAC Address       | Fixed IP Addresses                                                          | Status |
+----+------+-------------------+-----------------------------------------------------------------------------+--------+
| 0a |      | 52:54:00:00:00:0A | ip_address='192.168.24.15', subnet_id='1a0ed2bb-1e1c-4b5f-8d3f-21ad1d1a3f2e' | ACTIVE |
+----+------+-------------------+-----------------------------------------------------------------------------+--------+
`,
    { kind: 'servers', servers: [{ name: 'a', networks: { ctlplane: ['192.168.24.15'] } }] } as never,
    { kind: 'cloud-ports', ports: [{ mac: '52:54:00:00:00:0a', addresses: ['192.168.24.15'] }] },
  ));

it('openstack network list is read, and said to tell nothing', () => {
  const { facts, problems } = readPasted(
    '$ openstack network list\n+--+--+--+\n| ID | Name | Subnets |\n+--+--+--+\n| 1 | ctlplane | 2 |\n',
    'p.txt',
  );
  expect([facts, problems.map(({ place }) => place?.line)]).toEqual([[], [2]]);
});

it('virsh dumpxml of a guest that runs and one that does not, virsh net-dumpxml', () =>
  check(
    `[root@hyp ~]# virsh dumpxml controller-0
<domain type='kvm' id='3'>
  <name>controller-0</name>
  <devices>
    <interface type='network'>
      <mac address='52:54:00:74:29:4F'/>
      <source network='management' portid='6f3c' bridge='virbr3'/>
      <target dev='vnet3'/>
      <model type='virtio'/>
    </interface>
    <interface type="bridge">
      <source bridge="br-ext"/>
      <mac address="52:54:00:20:3c:4e"/>
    </interface>
  </devices>
</domain>

[root@hyp ~]# virsh dumpxml --inactive compute-0
<domain type='kvm'>
  <name>compute-0</name>
  <devices>
    <interface type='network'><mac address='52:54:00:de:4a:38'/><source network='management'/><target dev='vnet9'/></interface>
  </devices>
</domain>
[root@hyp ~]# virsh net-dumpxml management
<network connections='5'>
  <name>management</name>
  <forward mode='nat'><nat><port start='1024' end='65535'/></nat></forward>
  <bridge name='virbr3' stp='on' delay='0'/>
  <mac address='52:54:00:cc:1d:8b'/>
  <domain name='lab'/>
  <ip address='10.0.0.1' netmask='255.255.252.0'>
    <dhcp><host mac='52:54:00:00:00:01' ip='10.0.0.9'/></dhcp>
  </ip>
  <ip family='ipv6' address='fd00::1' prefix='64'/>
</network>
`,
    {
      kind: 'domain-interfaces',
      host: 'hyp',
      domain: 'controller-0',
      interfaces: [
        { tap: 'vnet3', type: 'network', source: 'management', model: 'virtio', mac: '52:54:00:74:29:4f' },
        { tap: null, type: 'bridge', source: 'br-ext', model: '-', mac: '52:54:00:20:3c:4e' },
      ],
    },
    { kind: 'domain-interfaces', domain: 'compute-0', interfaces: [{ tap: null }] } as never,
    {
      kind: 'virtual-network',
      host: 'hyp',
      name: 'management',
      bridge: {
        name: 'virbr3',
        mac: '52:54:00:cc:1d:8b',
        stp: true,
        ports: [],
        addresses: ['10.0.0.1/22', 'fd00::1/64'],
      },
    },
  ));

it('XML that is cut is said to be so', () => {
  const { facts, problems } = readPasted(
    "[root@hyp ~]# virsh dumpxml c0\n<domain type='kvm'>\n  <name>c0</name>\n",
    'p.txt',
  );
  expect([facts, problems.map(({ place }) => place?.line)]).toEqual([[], [2]]);
});

it('nmcli, bare and by device', () =>
  check(
    `[root@c0 ~]# nmcli
ens3: connected to System ens3
        "Red Hat Virtio"
        ethernet (virtio_net), 52:54:00:74:29:4F, hw, mtu 9000
        ip4 default
        inet4 192.168.24.12/24
        route4 default via 192.168.24.1 metric 100
        inet6 fe80::5054:ff:fe74:294f/64

vlan20: disconnected
        "vlan20"
        vlan, 52:54:00:74:29:4F, sw, mtu 1500

DNS configuration:
        servers: 192.168.24.1
[root@c1 ~]# nmcli device show br0
GENERAL.DEVICE:                         br0
GENERAL.TYPE:                           bridge
GENERAL.HWADDR:                         52:54:00:74:29:4F
GENERAL.MTU:                            1400
GENERAL.STATE:                          100 (connected)
IP4.ADDRESS[1]:                         10.0.0.5/24
IP6.ADDRESS[1]:                         fd00::5/64
[root@c2 ~]# nmcli dev
DEVICE  TYPE      STATE                   CONNECTION
ens3    ethernet  connected               System ens3
br-ex   ovs-bridge  unmanaged             --
bond0   bond      connected (externally)  bond0
`,
    {
      kind: 'links',
      host: 'c0',
      links: [
        {
          name: 'ens3',
          up: true,
          mtu: 9000,
          kind: null,
          mac: '52:54:00:74:29:4f',
          addresses: ['192.168.24.12/24', 'fe80::5054:ff:fe74:294f/64'],
        },
        { name: 'vlan20', up: false, kind: 'vlan', vlan: null },
      ],
    } as never,
    {
      kind: 'links',
      host: 'c1',
      links: [{ name: 'br0', up: true, mtu: 1400, kind: 'bridge', addresses: ['10.0.0.5/24', 'fd00::5/64'] }],
    } as never,
    {
      kind: 'links',
      host: 'c2',
      links: [
        { name: 'ens3', up: true, kind: null, mac: null },
        { name: 'br-ex', up: false, kind: null },
        { name: 'bond0', up: true, kind: 'bond' },
      ],
    } as never,
  ));

it('pcs status', () =>
  check(
    `[root@controller-0 ~]# pcs status
Cluster name: tripleo_cluster
  * 12 nodes configured
Node List:
  * Online: [ controller-0 controller-1 controller-2 ]
  * GuestOnline: [ galera-bundle-0@controller-0 ]

Full List of Resources:
  * ip-172.17.1.48\t(ocf::heartbeat:IPaddr2):\tStarted controller-1
`,
    { kind: 'cluster-nodes', nodes: ['controller-0', 'controller-1', 'controller-2'] },
    {
      kind: 'cluster-resources',
      resources: [{ name: 'ip-172.17.1.48', state: 'Started', node: 'controller-1' }],
    } as never,
  ));

it('podman ps', () =>
  check(
    `[root@controller-0 ~]# podman ps
CONTAINER ID  IMAGE                                      COMMAND               CREATED      STATUS          PORTS  NAMES
0c1f8a9be6c2  registry.lab/rhosp/haproxy:16.2            /bin/bash /usr/lo...  2 hours ago  Up 2 hours             haproxy-bundle-podman-0
`,
    { kind: 'containers', host: 'controller-0', names: ['haproxy-bundle-podman-0'] },
  ));

it('JSON forms', () =>
  check(
    `[root@c0 ~]# ip -j -d addr
[{"ifindex":9,"ifname":"vlan20","link":"ens3","flags":["BROADCAST","UP"],"mtu":1500,"address":"52:54:00:00:00:0A","linkinfo":{"info_kind":"vlan","info_data":{"protocol":"802.1Q","id":20}},"addr_info":[{"family":"inet","local":"172.17.1.17","prefixlen":24}]}]
[root@c0 ~]# ip -j route
[{"dst":"default","gateway":"10.0.0.1","dev":"br-ex","flags":[]},{"dst":"10.0.0.0/24","dev":"br-ex","protocol":"kernel","scope":"link","prefsrc":"10.0.0.115","flags":[]}]
[root@c0 ~]# openstack server list -f json
[{"ID": "1f", "Name": "a", "Status": "ACTIVE", "Networks": {"ctlplane": ["192.168.24.15"]}}]
[root@c0 ~]# openstack port list -f json
[{"ID": "0a", "Name": "", "MAC Address": "52:54:00:00:00:0a", "Fixed IP Addresses": [{"ip_address": "192.168.24.15", "subnet_id": "x"}]}]
[root@c0 ~]# bridge -j vlan
[{"ifname":"vnet0","vlans":[{"vlan":20,"vlanEnd":30,"flags":["PVID","Egress Untagged"]}]}]
[root@c0 ~]# podman ps --format json
[{"Names": ["haproxy"], "Image": "x"}]
`,
    {
      kind: 'links',
      links: [
        {
          name: 'vlan20',
          lower: 'ens3',
          kind: 'vlan',
          vlan: 20,
          mac: '52:54:00:00:00:0a',
          addresses: ['172.17.1.17/24'],
        },
      ],
    } as never,
    { kind: 'addresses', address: '10.0.0.115/24' },
    { kind: 'routes', routes: ['default via 10.0.0.1 dev br-ex'] },
    { kind: 'servers', servers: [{ name: 'a', networks: { ctlplane: ['192.168.24.15'] } }] } as never,
    { kind: 'cloud-ports', ports: [{ mac: '52:54:00:00:00:0a', addresses: ['192.168.24.15'] }] },
    {
      kind: 'port-vlans',
      ports: [{ name: 'vnet0', vlans: [{ id: 20, last: 30, pvid: true, untagged: true }] }],
    },
    { kind: 'containers', names: ['haproxy'] },
  ));

it('a namespace of a machine is not taken for the machine', () => {
  const { facts, problems } = readPasted(
    '[root@c0 ~]# ip netns exec q ip a\n1: lo: <UP> mtu 65536\n',
    'p.txt',
  );
  expect([facts, problems[0]?.message]).toEqual([[], 'what is in the namespace q is not read here']);
});
