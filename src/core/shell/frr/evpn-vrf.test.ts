/** EVPN between VRFs of two routers: symmetric IRB over a layer 3 VNI. The texts are those of FRR 8.4.4 in the same network. */
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
const typed = (host: string, ...lines: readonly string[]): string => {
  const said = text(
    host,
    ['configure terminal', ...lines].reduce((all, line) => `${all} -c '${line}'`, 'vtysh'),
  );
  run(3);
  return said;
};

const vxlan = (number: 1 | 2, vni: number): readonly string[] => [
  `ip link add vx${vni} type vxlan id ${vni} local 10.0.0.${number} dstport 4789 nolearning`,
  `ip link set vx${vni} master br${vni}`,
  `ip link set vx${vni} up`,
  `bridge link set dev vx${vni} neigh_suppress on learning off`,
];

const VTEP = (number: 1 | 2): readonly string[] => [
  'sysctl -qw net.ipv4.ip_forward=1',
  `ip addr add 10.0.0.${number}/30 dev eth0`,
  'ip link set eth0 up',
  'ip link add red type vrf table 10',
  'ip link set red up',
  `ip link add br${number}00 type bridge`,
  `ip link set br${number}00 address 02:00:00:00:0${number}:aa`,
  `ip link set br${number}00 master red`,
  `ip addr add 192.168.${number}.254/24 dev br${number}00`,
  `ip link set br${number}00 up`,
  'ip link add br4000 type bridge',
  `ip link set br4000 address 02:00:00:00:0${number}:40`,
  'ip link set br4000 master red',
  'ip link set br4000 up',
  ...vxlan(number, number * 100),
  ...vxlan(number, 4000),
  `ip link set hp master br${number}00`,
  'ip link set hp up',
];

const SPEAKER = (number: 1 | 2): string => `vtysh <<'EOF'
configure terminal
vrf red
 vni 4000
exit-vrf
router bgp 6500${number}
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 neighbor 10.0.0.${3 - number} remote-as 6500${3 - number}
 address-family l2vpn evpn
  neighbor 10.0.0.${3 - number} activate
  advertise-all-vni
end
EOF`;

const VRF = (number: 1 | 2): readonly string[] => [
  `router bgp 6500${number} vrf red`,
  'no bgp network import-check',
  'address-family ipv4 unicast',
  `network 172.16.${number}.0/24`,
  'redistribute connected',
  'exit-address-family',
  'address-family l2vpn evpn',
  'advertise ipv4 unicast',
];

/** What stands in the VRF's table, without what is above and below. */
const routes = (host: string): string[] =>
  vtysh(host, 'show bgp vrf red ipv4 unicast')
    .split('\n')
    .filter((line) => /^[ *][ >].*\d\.\d/.test(line) && !line.includes('router ID'));

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
              addresses: [`192.168.${number}.1/24`],
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
    text(`h${number}`, `ip route add default via 192.168.${number}.254`);
    text(`r${number}`, '/usr/lib/frr/frrinit.sh start');
    expect(text(`r${number}`, SPEAKER(number))).not.toContain('% ');
    run(1);
    expect(typed(`r${number}`, ...VRF(number))).toBe('');
  }
  run(20);
});

it('routes of a VRF and hosts on its bridges reach the other router, by its MAC address', () => {
  for (const number of NUMBERS)
    expect(text(`h${number}`, `ping -c1 192.168.${number}.254`)).toContain('1 received');
  run(3);
  // Two routers on the way: the packet is routed at either end of the tunnel.
  expect(text('h1', 'ping -c2 192.168.2.1')).toMatch(/ttl=62[^]* 2 received/);
  expect(routes('r1')).toEqual([
    '*> 172.16.1.0/24    0.0.0.0                  0         32768 i',
    '*> 172.16.2.0/24    10.0.0.2<                0             0 65002 i',
    '*> 192.168.1.0/24   0.0.0.0                  0         32768 ?',
    '*> 192.168.2.0/24   10.0.0.2<                0             0 65002 ?',
    '*> 192.168.2.1/32   10.0.0.2<                              0 65002 i',
  ]);
  expect(vtysh('r1', 'show bgp l2vpn evpn').split('\n').slice(10)).toEqual([
    'Route Distinguisher: 10.0.0.1:2',
    '*> [2]:[0]:[48]:[02:00:00:00:00:01]',
    '                    10.0.0.1                           32768 i',
    '                    ET:8 RT:65001:100',
    '*> [2]:[0]:[48]:[02:00:00:00:00:01]:[32]:[192.168.1.1]',
    '                    10.0.0.1                           32768 i',
    '                    ET:8 RT:65001:100 RT:65001:4000 Rmac:02:00:00:00:01:40',
    '*> [3]:[0]:[32]:[10.0.0.1]',
    '                    10.0.0.1                           32768 i',
    '                    ET:8 RT:65001:100',
    'Route Distinguisher: 10.0.0.2:2',
    '*> [2]:[0]:[48]:[02:00:00:00:00:02]',
    '                    10.0.0.2                               0 65002 i',
    '                    RT:65002:200 ET:8',
    '*> [2]:[0]:[48]:[02:00:00:00:00:02]:[32]:[192.168.2.1]',
    '                    10.0.0.2                               0 65002 i',
    '                    RT:65002:200 RT:65002:4000 ET:8 Rmac:02:00:00:00:02:40',
    '*> [3]:[0]:[32]:[10.0.0.2]',
    '                    10.0.0.2                               0 65002 i',
    '                    RT:65002:200 ET:8',
    'Route Distinguisher: 192.168.1.254:3',
    '*> [5]:[0]:[24]:[172.16.1.0]',
    '                    10.0.0.1                 0         32768 i',
    '                    ET:8 RT:65001:4000 Rmac:02:00:00:00:01:40',
    '*> [5]:[0]:[24]:[192.168.1.0]',
    '                    10.0.0.1                 0         32768 ?',
    '                    ET:8 RT:65001:4000 Rmac:02:00:00:00:01:40',
    'Route Distinguisher: 192.168.2.254:3',
    '*> [5]:[0]:[24]:[172.16.2.0]',
    '                    10.0.0.2                 0             0 65002 i',
    '                    RT:65002:4000 ET:8 Rmac:02:00:00:00:02:40',
    '*> [5]:[0]:[24]:[192.168.2.0]',
    '                    10.0.0.2                 0             0 65002 ?',
    '                    RT:65002:4000 ET:8 Rmac:02:00:00:00:02:40',
    '',
    'Displayed 10 out of 10 total prefixes',
    '',
  ]);
  expect(text('r1', 'ip route show vrf red').replaceAll(/nhid \d+ /g, '')).toBe(
    `172.16.2.0/24 via 10.0.0.2 dev br4000 proto bgp metric 20 onlink \n192.168.1.0/24 dev br100 proto kernel scope link src 192.168.1.254 \n192.168.2.0/24 via 10.0.0.2 dev br4000 proto bgp metric 20 onlink \n192.168.2.1 via 10.0.0.2 dev br4000 proto bgp metric 20 onlink \n`,
  );
  expect(text('r1', 'ip neigh show dev br4000').trim()).toBe(
    '10.0.0.2 lladdr 02:00:00:00:02:40 extern_learn NOARP proto zebra',
  );
  expect(vtysh('r1', 'show evpn next-hops vni 4000 ip 10.0.0.2')).toBe(
    'Ip: 10.0.0.2\n  RMAC: 02:00:00:00:02:40\n  Refcount: 3\n  Prefixes:\n    172.16.2.0/24\n    192.168.2.0/24\n    192.168.2.1/32\n',
  );
  expect(vtysh('r1', 'show evpn rmac vni all')).toBe(
    '\nVNI 4000 #RMACs 1\n\nRMAC              Remote VTEP          \n02:00:00:00:02:40 10.0.0.2             \n',
  );
  expect(vtysh('r1', 'show evpn vni')).toBe(
    'VNI        Type VxLAN IF              # MACs   # ARPs   # Remote VTEPs  Tenant VRF                           \n100        L2   vx100                 1        1        0               red                                  \n4000       L3   vx4000                1        1        n/a             red                                  \n',
  );
  expect(vtysh('r1', 'show bgp vrf red ipv4 unicast 192.168.2.1/32').split('\n').slice(1, -2)).toEqual([
    'Paths: (1 available, best #1, vrf red)',
    '  Not advertised to any peer',
    '  Imported from 10.0.0.2:2:[2]:[0]:[48]:[02:00:00:00:00:02]:[32]:[192.168.2.1], VNI 200/4000',
    '  65002',
    '    10.0.0.2 from 10.0.0.2 (10.0.0.2) announce-nh-self',
    '      Origin IGP, valid, external, best (First path received)',
    '      Extended Community: RT:65002:200 RT:65002:4000 ET:8 Rmac:02:00:00:00:02:40',
  ]);
});

const EVPN = ['router bgp 65002 vrf red', 'address-family l2vpn evpn'];

it('targets and distinguisher of a VRF are configured, and say who takes its routes', () => {
  expect(typed('r2', ...EVPN, 'rd 65002:77', 'route-target export 65002:5')).toBe('');
  expect(vtysh('r1', 'show bgp l2vpn evpn route type 5')).toContain(
    'Route Distinguisher: 65002:77\n*> [5]:[0]:[24]:[172.16.2.0]\n                    10.0.0.2                 0             0 65002 i\n                    RT:65002:5 ET:8 Rmac:02:00:00:00:02:40\n',
  );
  expect(routes('r1')).toEqual([
    '*> 172.16.1.0/24    0.0.0.0                  0         32768 i',
    '*> 192.168.1.0/24   0.0.0.0                  0         32768 ?',
  ]);
  expect(vtysh('r1', 'show evpn next-hops vni all')).toBe('');
  expect(typed('r1', 'router bgp 65001 vrf red', EVPN[1] ?? '', 'route-target import 65002:5')).toBe('');
  expect(routes('r1').filter((line) => line.includes('<'))).toHaveLength(2);
  expect(vtysh('r1', 'show bgp l2vpn evpn vrf-import-rt')).toBe(
    'Route-target: 65002:5\nList of VRFs importing routes with this route-target:\n  red\n',
  );
  expect(typed('r2', ...EVPN, 'no rd 5:5')).toBe(
    '% RD specified does not match configuration for this VRF\n',
  );
  expect(typed('r2', ...EVPN, 'no route-target import 3:3')).toBe(
    '% Import RT is not configured for this VRF\n',
  );
});

it('a default route goes out by itself, and a map picks what else does', () => {
  typed(
    'r2',
    'ip prefix-list own permit 172.16.0.0/16 le 24',
    'route-map own permit 1',
    'match ip address prefix-list own',
  );
  expect(typed('r2', ...EVPN, 'default-originate ipv4', 'advertise ipv4 unicast route-map own')).toBe('');
  run(6);
  expect(routes('r1')).toEqual([
    '*> 0.0.0.0/0        10.0.0.2<                              0 65002 i',
    '*> 172.16.1.0/24    0.0.0.0                  0         32768 i',
    '*> 172.16.2.0/24    10.0.0.2<                0             0 65002 i',
    '*> 192.168.1.0/24   0.0.0.0                  0         32768 ?',
  ]);
  expect(typed('r2', ...EVPN, 'no default-originate ipv4', 'no advertise ipv4 unicast')).toBe('');
  expect(routes('r1').filter((line) => line.includes('<'))).toEqual([]);
});

it('without its VNI a VRF has no part in it, and the rest of the configuration says what hangs on it', () => {
  expect(typed('r1', 'vrf red', 'vni 5000')).toBe(
    '% Configuration failed.\n\nError type: validation\nError description: vni 5000 cannot be configured as vni 4000 is already configured under the vrf\n',
  );
  expect(typed('r1', 'vrf blue', 'vni 4000')).toBe(
    '% Configuration failed.\n\nError type: validation\nError description: VNI 4000 is already configured as L3-VNI\n',
  );
  expect(typed('r1', 'no router bgp 65001 vrf red')).toBe('% Please unconfigure l3vni 4000\n');
  expect(typed('r1', 'vrf red', 'no vni 4001')).toBe("VNI 4001 doesn't exist in VRF: red \n");
  expect(typed('r1', 'vrf red', 'no vni 4000')).toBe('');
  expect(routes('r1').filter((line) => line.includes('<'))).toEqual([]);
  expect(routes('r2').filter((line) => line.includes('<'))).toEqual([]);
  expect(text('r1', 'ip neigh show dev br4000').trim()).toBe('');
  // The device is a layer 2 VNI's now.
  expect(vtysh('r1', 'show evpn vni')).toMatch(/^4000 +L2 +vx4000/m);
  expect(typed('r1', 'vrf red', 'vni 4000 prefix-routes-only')).toBe('');
  expect(text('h1', 'ping -c1 192.168.1.254')).toContain('1 received');
  run(3);
  expect(routes('r2').filter((line) => line.includes('<'))).toEqual([
    '*> 172.16.1.0/24    10.0.0.1<                0             0 65001 i',
    '*> 192.168.1.0/24   10.0.0.1<                0             0 65001 ?',
  ]);
});
