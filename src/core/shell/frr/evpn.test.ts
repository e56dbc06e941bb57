/** EVPN between two Linux VTEPs, each with a host on its bridge. The texts are those of FRR 8.4.4 in the same network. */
import { beforeEach, expect, it } from 'vitest';
import { World } from '../../sim/index.ts';
import { packagedFiles } from '../../sim/routing/daemons-file.ts';
import { replay } from '../transcript.ts';

const SEGMENTS = ['cable', 'left', 'right'];
const NUMBERS = [1, 2] as const;

let world: World;
const text = (host: string, line: string): string => {
  const { out, err } = replay(world, host, line);
  return out + err;
};
const vtysh = (host: string, line: string): string => text(host, `vtysh -c '${line}'`);
const run = (seconds: number): void => world.clock.run(world.clock.now() + seconds * 1e9);

const VTEP = (number: 1 | 2): readonly string[] => [
  `ip addr add 10.0.0.${number}/30 dev eth0`,
  'ip link set eth0 up',
  'ip link add br100 type bridge',
  `ip link set br100 address 02:00:00:00:0${number}:aa`,
  'ip link set br100 up',
  `ip link add vx100 type vxlan id 100 local 10.0.0.${number} dstport 4789 nolearning`,
  'ip link set vx100 master br100',
  'ip link set vx100 up',
  'bridge link set dev vx100 neigh_suppress on learning off',
  'ip link set hp master br100',
  'ip link set hp up',
];

const SPEAKER = (number: 1 | 2): string => `vtysh <<'EOF'
configure terminal
router bgp 6500${number}
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 neighbor 10.0.0.${3 - number} remote-as 6500${3 - number}
 address-family l2vpn evpn
  neighbor 10.0.0.${3 - number} activate
  advertise-all-vni
 exit-address-family
end
EOF`;

beforeEach(() => {
  world = new World(
    {
      machines: NUMBERS.flatMap((number) => [
        {
          name: `r${number}`,
          kind: 'machine' as const,
          services: ['frr' as const],
          nics: [
            { name: 'eth0', mac: `02:00:00:00:0${number}:01`, addresses: [], segment: 'cable' },
            { name: 'hp', mac: `02:00:00:00:0${number}:fe`, addresses: [], segment: SEGMENTS[number] ?? '' },
          ],
          files: packagedFiles(['bgpd']),
        },
        {
          name: `h${number}`,
          kind: 'machine' as const,
          services: [],
          nics: [
            {
              name: 'eth0',
              mac: `02:00:00:00:00:0${number}`,
              addresses: [`192.168.1.${number}/24`],
              segment: SEGMENTS[number] ?? '',
            },
          ],
        },
      ]),
      segments: SEGMENTS.map((id) => ({ id, name: id, mtu: 1600, delay: 10_000 })),
    },
    1,
  );
  for (const number of NUMBERS) {
    for (const line of VTEP(number)) expect([line, text(`r${number}`, line)]).toEqual([line, '']);
    text(`r${number}`, '/usr/lib/frr/frrinit.sh start');
    expect(text(`r${number}`, SPEAKER(number))).not.toContain('% ');
  }
  run(20);
});

it('hosts of two VTEPs reach one another, and bgpd tells of them', () => {
  expect(text('h1', 'ping -c2 192.168.1.2')).toContain('2 received');
  run(3);
  expect(vtysh('r1', 'show bgp l2vpn evpn')).toBe(`BGP table version is 2, local router ID is 10.0.0.1
Status codes: s suppressed, d damped, h history, * valid, > best, i - internal
Origin codes: i - IGP, e - EGP, ? - incomplete
EVPN type-1 prefix: [1]:[EthTag]:[ESI]:[IPlen]:[VTEP-IP]:[Frag-id]
EVPN type-2 prefix: [2]:[EthTag]:[MAClen]:[MAC]:[IPlen]:[IP]
EVPN type-3 prefix: [3]:[EthTag]:[IPlen]:[OrigIP]
EVPN type-4 prefix: [4]:[ESI]:[IPlen]:[OrigIP]
EVPN type-5 prefix: [5]:[EthTag]:[IPlen]:[IP]

   Network          Next Hop            Metric LocPrf Weight Path
Route Distinguisher: 10.0.0.1:2
*> [2]:[0]:[48]:[02:00:00:00:00:01]
                    10.0.0.1                           32768 i
                    ET:8 RT:65001:100
*> [3]:[0]:[32]:[10.0.0.1]
                    10.0.0.1                           32768 i
                    ET:8 RT:65001:100
Route Distinguisher: 10.0.0.2:2
*> [2]:[0]:[48]:[02:00:00:00:00:02]
                    10.0.0.2                               0 65002 i
                    RT:65002:100 ET:8
*> [3]:[0]:[32]:[10.0.0.2]
                    10.0.0.2                               0 65002 i
                    RT:65002:100 ET:8

Displayed 4 out of 4 total prefixes
`);
  const entries = text('r1', 'bridge fdb show dev vx100').split('\n');
  expect(entries.filter((line) => !line.includes('master br100 permanent'))).toEqual([
    '02:00:00:00:00:02 vlan 1 extern_learn master br100 ',
    '02:00:00:00:00:02 extern_learn master br100 ',
    '00:00:00:00:00:00 dst 10.0.0.2 self permanent',
    '02:00:00:00:00:02 dst 10.0.0.2 self extern_learn ',
    '',
  ]);
  expect(vtysh('r1', 'show evpn mac vni all')).toBe(`
VNI 100 #MACs (local and remote) 2

Flags: N=sync-neighs, I=local-inactive, P=peer-active, X=peer-proxy
MAC               Type   Flags Intf/Remote ES/VTEP            VLAN  Seq #'s
02:00:00:00:00:01 local        hp                                   0/0
02:00:00:00:00:02 remote       10.0.0.2                             0/0
`);
  expect(vtysh('r1', 'show bgp l2vpn evpn route vni 100 mac 02:00:00:00:00:02').replace(/Last update.*/, ''))
    .toBe(`BGP routing table entry for [2]:[0]:[48]:[02:00:00:00:00:02]
Paths: (1 available, best #1)
  Not advertised to any peer
  Route [2]:[0]:[48]:[02:00:00:00:00:02] VNI 100  Imported from 10.0.0.2:2:[2]:[0]:[48]:[02:00:00:00:00:02], VNI 100

  65002
    10.0.0.2 from 10.0.0.2 (10.0.0.2)
      Origin IGP, valid, external, best (First path received)
      Extended Community: RT:65002:100 ET:8
      

Displayed 1 paths for requested prefix
`);
  expect(vtysh('r1', 'show bgp l2vpn evpn route detail')).toContain(
    'BGP routing table entry for 10.0.0.1:2:[2]:[0]:[48]:[00:00:00:00:00:00]\n' +
      'Paths: (0 available, no best path)\n  Not advertised to any peer\nRoute Distinguisher: 10.0.0.1:2\n',
  );
});

it('a host that moves is told of with a sequence number, and the VTEP that had it takes its route back', () => {
  for (const [host, number] of [
    ['r1', 1],
    ['r2', 2],
  ] as const)
    text(host, `ip addr add 192.168.1.25${number}/24 dev br100`);
  run(2);
  text('r1', 'ping -c1 192.168.1.1');
  text('r2', 'ping -c1 192.168.1.2');
  run(2);
  expect(vtysh('r1', 'show evpn arp-cache vni all')).toBe(`
VNI 100 #ARP (IPv4 and IPv6, local and remote) 2

Flags: I=local-inactive, P=peer-active, X=peer-proxy
Neighbor        Type   Flags State    MAC               Remote ES/VTEP                 Seq #'s
192.168.1.1     local        active   02:00:00:00:00:01                                0/0
192.168.1.2     remote       active   02:00:00:00:00:02 10.0.0.2                       0/0
`);
  expect(text('r1', 'ip neigh show 192.168.1.2')).toBe(
    '192.168.1.2 dev br100 lladdr 02:00:00:00:00:02 extern_learn NOARP proto zebra \n',
  );
  text('h2', 'ip link set eth0 down');
  for (const line of [
    'ip link set eth0 down',
    'ip link set eth0 address 02:00:00:00:00:02',
    'ip link set eth0 up',
    'ping -c1 192.168.1.251',
  ])
    text('h1', line);
  run(3);
  expect(vtysh('r1', 'show evpn mac vni all')).toContain(
    '02:00:00:00:00:02 local        hp                                   1/0\n',
  );
  expect(vtysh('r2', 'show evpn mac vni all')).toContain(
    '02:00:00:00:00:02 remote       10.0.0.1                             0/1\n',
  );
  const table = vtysh('r2', 'show bgp l2vpn evpn rd 10.0.0.1:2');
  expect(table).toContain(`*> [2]:[0]:[48]:[02:00:00:00:00:02]
                    10.0.0.1                               0 65001 i
                    RT:65001:100 ET:8 MM:1
*> [2]:[0]:[48]:[02:00:00:00:00:02]:[32]:[192.168.1.1]
                    10.0.0.1                               0 65001 i
                    RT:65001:100 ET:8 MM:1
`);
  expect(vtysh('r2', 'show bgp l2vpn evpn rd 10.0.0.2:2')).not.toContain('[2]:[0]:[48]:[02:00:00:00:00:02]');
});

it('says by name that what a neighbour was told is not shown', () => {
  expect(vtysh('r1', 'show bgp l2vpn evpn neighbors 10.0.0.2 advertised-routes')).toBe(
    '% Not modelled: show bgp l2vpn evpn neighbors 10.0.0.2 advertised-routes\n',
  );
  expect(vtysh('r1', 'show bgp l2vpn evpn neighbors 10.0.0.2 routes')).toContain('Route Distinguisher: ');
});

it('distinguisher and targets of a VNI are configured, and without a common target nothing is imported', () => {
  const configure = (lines: string): string =>
    text(
      'r1',
      `vtysh -c 'configure terminal' -c 'router bgp 65001' -c 'address-family l2vpn evpn' ${lines
        .split('; ')
        .map((line) => `-c '${line}'`)
        .join(' ')}`,
    );
  expect(configure('vni 100; rd 65001:77; route-target import 65009:5; route-target export 65001:9')).toBe(
    '',
  );
  run(3);
  expect(vtysh('r2', 'show bgp l2vpn evpn rd 65001:77')).toContain('RT:65001:9 ET:8');
  expect(vtysh('r2', 'show bgp l2vpn evpn route vni 100')).not.toContain('[10.0.0.1]');
  expect(vtysh('r1', 'show evpn vni')).toMatch(/^100 +L2 +vx100 +\d +0 +0 +default +$/m);
  expect(vtysh('r1', 'show running-config')).toContain(`  advertise-all-vni
  vni 100
   rd 65001:77
   route-target import 65009:5
   route-target export 65001:9
  exit-vni
`);
  expect(configure('vni 100; no rd; no route-target import')).toBe('');
  run(3);
  expect(vtysh('r1', 'show bgp l2vpn evpn route vni 100')).toContain('[10.0.0.2]');
  // Without EVPN everything is taken back.
  expect(configure('no advertise-all-vni')).toBe('');
  run(3);
  expect(vtysh('r2', 'show bgp l2vpn evpn')).not.toContain('[10.0.0.1]');
  expect(text('r1', 'bridge fdb show dev vx100')).not.toContain('dst 10.0.0.2');
});
