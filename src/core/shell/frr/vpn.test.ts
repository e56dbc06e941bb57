/** Routes that leak between the VRFs of one router by their targets. The texts are those of FRR 8.4.4 in the same network. */
import { beforeEach, expect, it } from 'vitest';
import { World } from '../../sim/index.ts';
import { packagedFiles } from '../../sim/routing/daemons-file.ts';
import { replay } from '../transcript.ts';

let world: World;
const text = (host: string, line: string): string => {
  const { out, err } = replay(world, host, line);
  return out + err;
};
const run = (seconds: number): void => world.clock.run(world.clock.now() + seconds * 1e9);
const vtysh = (line: string): string => text('pe', `vtysh -c '${line}'`);
/** Lines of configuration in a VRF's address family; what the router says. */
function inFamily(vrf: string, ...lines: readonly string[]): string {
  const said = text(
    'pe',
    ['configure terminal', `router bgp 65001 vrf ${vrf}`, 'address-family ipv4 unicast', ...lines].reduce(
      (all, line) => `${all} -c '${line}'`,
      'vtysh',
    ),
  );
  run(3);
  return said;
}
/** The lines of the routes, without what stands above and below. */
const routes = (vrf: string): string[] =>
  vtysh(`show bgp vrf ${vrf} ipv4 unicast`)
    .split('\n')
    .filter((line) => /^[ *][ >].*\d\.\d/.test(line) && !line.includes('router ID'));

const PE = `vtysh <<'EOF'
configure terminal
router bgp 65001
 bgp router-id 1.1.1.1
router bgp 65001 vrf red
 bgp router-id 10.0.0.1
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 10.9.0.2 remote-as 65002
 address-family ipv4 unicast
  network 10.1.0.0/24
  redistribute connected
  rd vpn export 65001:1
  rt vpn both 65001:1 65001:9
  label vpn export 101
  export vpn
  import vpn
router bgp 65001 vrf blue
 bgp router-id 10.0.0.2
 address-family ipv4 unicast
  redistribute connected
  rd vpn export 10.0.0.2:7
  rt vpn import 65001:1 65001:2
  rt vpn export 65001:9
  label vpn export auto
  export vpn
  import vpn
end
EOF`;

const CE = `vtysh <<'EOF'
configure terminal
router bgp 65002
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 10.9.0.1 remote-as 65001
 address-family ipv4 unicast
  network 10.2.0.0/24
end
EOF`;

beforeEach(() => {
  world = new World(
    {
      machines: [
        {
          name: 'pe',
          kind: 'machine',
          services: ['frr'],
          nics: [{ name: 'ce', mac: '02:00:00:00:00:01', addresses: [], segment: 'cable' }],
          files: packagedFiles(['bgpd']),
        },
        {
          name: 'ce',
          kind: 'machine',
          services: ['frr'],
          nics: [{ name: 'eth0', mac: '02:00:00:00:00:02', addresses: ['10.9.0.2/30'], segment: 'cable' }],
          files: packagedFiles(['bgpd']),
        },
      ],
      segments: [{ id: 'cable', name: 'cable', mtu: 1500, delay: 10_000 }],
    },
    1,
  );
  for (const line of [
    'ip link add red type vrf table 10',
    'ip link set red up',
    'ip link add blue type vrf table 20',
    'ip link set blue up',
    'ip link set ce master red',
    'ip addr add 10.9.0.1/30 dev ce',
    'ip link set ce up',
  ])
    expect(text('pe', line)).toBe('');
  for (const host of ['pe', 'ce']) text(host, '/usr/lib/frr/frrinit.sh start');
  text('pe', PE);
  text('ce', CE);
  run(20);
});

it('takes the routes that carry a sought target, and names the route of the other VRF', () => {
  const id = /^vrf red id (\d+) /m.exec(vtysh('show vrf'))?.[1] ?? '';
  expect(routes('blue').map((line) => line.replace(`@${id}<`, '@red<'))).toEqual([
    '   10.1.0.0/24      0.0.0.0@red<               0         32768 i',
    '*> 10.2.0.0/24      10.9.0.2@red<              0             0 65002 i',
    '*> 10.9.0.0/30      0.0.0.0@red<               0         32768 ?',
  ]);
  expect(vtysh('show bgp vrf blue ipv4 unicast 10.2.0.0/24').split('\n').slice(1, -1)).toEqual([
    'Paths: (1 available, best #1, vrf blue)',
    '  Not advertised to any peer',
    '  Imported from 65001:1:10.2.0.0/24',
    '  65002',
    `    10.9.0.2 from 0.0.0.0 (10.0.0.2) vrf red(${id}) announce-nh-self`,
    '      Origin IGP, metric 0, valid, sourced, local, best (First path received)',
    '      Extended Community: RT:65001:1 RT:65001:9',
    '      Originator: 1.1.1.1',
    expect.stringContaining('      Last update: '),
  ]);
  expect(vtysh('show bgp vrf blue ipv4 unicast 10.1.0.0/24')).toContain(
    `    0.0.0.0 (inaccessible) from 0.0.0.0 (10.0.0.2) vrf red(${id}) announce-nh-self
      Origin IGP, metric 0, weight 32768, invalid, sourced, local
`,
  );
  expect(vtysh('show ip route vrf blue')).toContain('B>* 10.2.0.0/24 [20/0] via 10.9.0.2, ce (vrf red)');
  expect(routes('red')).toHaveLength(3);
});

it('takes them back when no target is shared, and gives a next hop and maps their say', () => {
  text('pe', `vtysh -c 'configure terminal' -c 'route-map imp permit 10' -c 'set metric 77'`);
  text('pe', `vtysh -c 'configure terminal' -c 'route-map exp permit 10' -c 'set local-preference 300'`);
  inFamily('blue', 'route-map vpn import imp');
  inFamily('red', 'route-map vpn export exp', 'nexthop vpn export 10.9.0.2');
  expect(routes('blue').map((line) => line.replace(/@\d+</, '@red<'))).toEqual([
    expect.stringMatching(/^\*> 10\.1\.0\.0\/24 {6}10\.9\.0\.2@red< +77 {4}300 {2}32768 i$/),
    expect.stringMatching(/^\*> 10\.2\.0\.0\/24 {6}10\.9\.0\.2@red< +77 {4}300 {6}0 65002 i$/),
    expect.stringMatching(/^\*> 10\.9\.0\.0\/30 {6}10\.9\.0\.2@red< +77 {4}300 {2}32768 \?$/),
  ]);
  inFamily('red', 'rt vpn both 65001:3');
  expect(vtysh('show bgp vrf blue ipv4 unicast')).toBe('No BGP prefixes displayed, 0 exist\n');
  inFamily('blue', 'rt vpn import 65001:3');
  expect(routes('blue')).toHaveLength(3);
  inFamily('red', 'no rd vpn export 65001:1');
  expect(routes('blue')).toHaveLength(0);
});

it.each([
  ['no rd vpn export', 'Internal CLI error [rd_str]\n'],
  ['no rt vpn both', 'Internal CLI error [rtlist]\n'],
  ['no route-map vpn import', 'Internal CLI error [rmap_str]\n'],
])('%s without a value changes nothing', (line, answer) => {
  expect(inFamily('blue', line)).toBe(answer);
  expect(routes('blue')).toHaveLength(3);
});

it('a VRF that is deleted takes its sessions and routes with it; all is back with the device', () => {
  const before = routes('blue');
  const state = (): string => /BGP state = (\w+)/.exec(vtysh('show bgp vrf red neighbors'))?.[1] ?? '';
  expect([before.length, state()]).toEqual([3, 'Established']);
  text('pe', 'ip link del red');
  run(2);
  expect([routes('red'), routes('blue'), state()]).toEqual([[], [], 'Idle']);
  for (const line of [
    'ip link add red type vrf table 10',
    'ip link set red up',
    'ip link set ce master red',
    'ip addr replace 10.9.0.1/30 dev ce',
  ])
    text('pe', line);
  run(200);
  const plain = (line: string): string => line.replace(/@\d+</, '@red<');
  expect([state(), routes('blue').map(plain)]).toEqual(['Established', before.map(plain)]);
});
