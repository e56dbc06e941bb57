/** FRR as a user runs it: started in namespaces, configured by vtysh, its routes in the kernel. */
import { beforeEach, expect, it } from 'vitest';
import { present } from '../../base/assert.ts';
import { KernelFiles } from '../../linux/files/kernel-files.ts';
import { World } from '../../sim/index.ts';
import { packagedFiles } from '../../sim/routing/daemons-file.ts';
import { replay } from '../transcript.ts';

const files = packagedFiles(['bgpd', 'bfdd']);

/** Two machines with FRR on them; the router of each stands in a namespace, with the NIC that leads to the other. */
const machine = (name: string, mac: string) => ({
  name,
  kind: 'machine' as const,
  services: ['frr' as const],
  nics: [{ name: 'eth1', mac, addresses: [], segment: 'cable' }],
  files: {
    ...files,
    ...Object.fromEntries(
      Object.entries(files).map(([path, text]) => [path.replace('/etc/frr/', '/etc/frr/fabric/'), text]),
    ),
  },
});

let world: World;
const type = (host: string, line: string) => replay(world, host, line);
const text = (host: string, line: string): string => {
  const { out, err } = type(host, line);
  return out + err;
};
const run = (seconds: number): void => world.clock.run(world.clock.now() + seconds * 1e9);

const SPEAKER = (asn: number, network: string): string => `vtysh -N fabric <<'EOF'
configure terminal
router bgp ${asn}
 no bgp ebgp-requires-policy
 neighbor eth1 interface remote-as external
 address-family ipv4 unicast
  network ${network}
 exit-address-family
end
EOF`;

beforeEach(() => {
  world = new World(
    {
      machines: [machine('left', '02:00:00:00:01:01'), machine('right', '02:00:00:00:01:02')],
      segments: [{ id: 'cable', name: 'cable', mtu: 1500, delay: 10_000 }],
    },
    1,
  );
  for (const [index, host] of ['left', 'right'].entries())
    for (const line of [
      'ip netns add fabric',
      'ip link set eth1 netns fabric',
      'ip netns exec fabric ip link set lo up',
      `ip netns exec fabric ip addr add 10.0.${index + 1}.1/24 dev lo`,
      'ip netns exec fabric ip link set eth1 up',
    ])
      expect(type(host, line)).toMatchObject({ status: 0 });
});

const start = (host: string): string =>
  text(host, 'ip netns exec fabric /usr/lib/frr/frrinit.sh start fabric');

it('an unnumbered session between two namespaces brings routes into the kernel', () => {
  expect(start('left')).toBe(
    "Starting watchfrr with command: '  /usr/lib/frr/watchfrr -N fabric -d  -F traditional   zebra bgpd staticd bfdd'.\n" +
      'Started watchfrr.\n',
  );
  start('right');
  type('left', SPEAKER(65001, '10.0.1.0/24'));
  type('right', SPEAKER(65002, '10.0.2.0/24'));
  run(20);
  expect(text('left', 'ip netns exec fabric ip route')).toMatch(
    /^10\.0\.2\.0\/24 nhid \d+ via inet6 fe80::ff:fe00:102 dev eth1 proto bgp metric 20 $/m,
  );
  expect(text('right', "vtysh --vty_socket /run/frr/fabric/ -c 'show bgp ipv4'")).toContain(
    '*> 10.0.1.0/24      eth1                     0             0 65001 i\n',
  );
  expect(text('right', 'ip netns exec fabric ping -c1 -I 10.0.2.1 10.0.1.1')).toContain('1 received');
  // Ended, a router takes back what it told others and what it put into its kernel.
  text('left', 'ip netns exec fabric /usr/lib/frr/frrinit.sh stop fabric');
  expect(text('left', 'ip netns exec fabric ip route')).not.toContain('proto bgp');
  run(2);
  expect(text('right', 'ip netns exec fabric ip route')).not.toContain('proto bgp');
});

it('every instance is shown with `vrf all` and in the list of VRFs; one that is missing is said to be', () => {
  start('left');
  const show = (line: string): string => text('left', `vtysh -N fabric -c '${line}'`);
  expect(show('show bgp vrfs')).toBe('');
  expect(show('show bgp ipv4 unicast')).toBe('Default BGP instance not found\n');
  expect(show('show bgp summary')).toBe('% BGP instance not found\n');
  type('left', SPEAKER(65001, '10.0.1.0/24'));
  type('left', "vtysh -N fabric -c 'conf t' -c 'router bgp 65001 vrf red'");
  run(1);
  expect(show('show bgp vrfs')).toMatch(
    /^Type  Id     routerId .*\n {13}L3-VNI .*\nDFLT  0      10\.0\.1\.1 +1          0           default +\n.*\n VRF  -1     0\.0\.0\.0 +0          0           red +\n.*\n\nTotal number of VRFs \(including default\): 2\n$/,
  );
  expect(JSON.parse(show('show bgp vrfs json'))).toMatchObject({
    vrfs: { default: { type: 'DFLT', numConfiguredPeers: 1 }, red: { type: 'VRF', vrfId: -1 } },
    totalVrfs: 2,
  });
  const all = show('show bgp vrf all summary');
  expect(all.startsWith('\nIPv4 Unicast Summary (VRF default):\n')).toBe(true);
  expect(all.endsWith('% No BGP neighbors found in VRF red\n')).toBe(true);
  expect(Object.keys(JSON.parse(show('show bgp vrf all summary json')))).toEqual(['default', 'red']);
  expect(show('show bgp vrf blue ipv4 unicast')).toBe('View/Vrf blue is unknown\n');
});

it('the restart bits of a neighbour count only where both ends know graceful restart', () => {
  for (const host of ['left', 'right']) start(host);
  type('left', SPEAKER(65001, '10.0.1.0/24'));
  type('right', SPEAKER(65002, '10.0.2.0/24'));
  run(20);
  const shown = (): string => text('left', "vtysh -N fabric -c 'show bgp neighbors'");
  expect(shown()).toContain('    R bit: True\n    N bit: True\n');
  for (const line of ['bgp graceful-restart-disable', 'do clear bgp *'])
    type('left', `vtysh -N fabric -c 'configure terminal' -c 'router bgp 65001' -c '${line}'`);
  run(20);
  expect(shown()).toContain('    Graceful Restart Capability: received\n');
  expect(shown()).toContain('    R bit: False\n    N bit: False\n');
});

it('what was saved is there after a restart', () => {
  start('left');
  type('left', SPEAKER(65001, '10.0.1.0/24'));
  expect(text('left', "vtysh -N fabric -c 'write memory'")).toBe(
    'Note: this version of vtysh never writes vtysh.conf\nBuilding Configuration...\n' +
      'Integrated configuration saved to /etc/frr/fabric/frr.conf\n[OK]\n',
  );
  expect(text('left', 'ip netns exec fabric /usr/lib/frr/frrinit.sh restart fabric')).toBe(
    'Stopped watchfrr.\nStopped bfdd.\nStopped staticd.\nStopped bgpd.\nStopped zebra.\n' +
      "Starting watchfrr with command: '  /usr/lib/frr/watchfrr -N fabric -d  -F traditional   zebra bgpd staticd bfdd'.\n" +
      'Started watchfrr.\n',
  );
  expect(text('left', "vtysh -N fabric -c 'show running-config'")).toContain(
    'router bgp 65001\n no bgp ebgp-requires-policy\n neighbor eth1 interface remote-as external\n',
  );
});

it('each set of daemons is its own, and says whether it runs', () => {
  expect(text('left', 'vtysh -c "show daemons"')).toBe(' zebra bgpd watchfrr staticd bfdd\n');
  expect(text('left', '/usr/lib/frr/frrinit.sh status fabric')).toBe(
    ['watchfrr', 'zebra', 'bgpd', 'staticd', 'bfdd']
      .map((name) => `Status of ${name}: FAILED ... failed!\n`)
      .join(''),
  );
  expect(type('left', 'vtysh -N fabric -c "show version"')).toEqual({
    status: 1,
    out: '',
    err: 'Exiting: failed to connect to any daemons.\n',
  });
  expect(text('left', '/usr/lib/frr/frrinit.sh stop fabric')).toBe(
    'Cannot stop watchfrr: pid file not found ... failed!\nCannot stop zebra: pid file not found ... failed!\n',
  );
  expect(text('left', '/usr/lib/frr/frrinit.sh start none')).toBe(
    'cannot run start none: /etc/frr/none/daemons does not exist ... failed!\n',
  );
  type('left', 'systemctl stop frr');
  expect(text('left', 'systemctl is-active frr')).toBe('inactive\n');
  expect(type('left', 'vtysh -c "show version"').status).toBe(1);
  type('left', 'systemctl start frr');
  expect(text('left', 'systemctl is-active frr')).toBe('active\n');
});

it('daemons started one by one', () => {
  for (const name of ['zebra', 'bgpd'])
    expect(text('left', `ip netns exec fabric /usr/lib/frr/${name} -d -N fabric`)).toBe('');
  expect(text('left', 'vtysh -N fabric -c "show daemons"')).toBe(' zebra bgpd\n');
  const again = type('left', 'ip netns exec fabric /usr/lib/frr/bgpd -d -N fabric');
  expect(again.status).toBe(1);
  expect(again.err).toMatch(
    /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d BGP: \[NTCMZ-C8X80\]\[EC 100663303\] Could not lock pid_file \/var\/run\/frr\/fabric\/bgpd\.pid /,
  );
  expect(text('left', '/usr/lib/frr/bgpd -d --foo')).toMatch(
    /unrecognized option '--foo'\nInvalid options\./,
  );
  expect(text('left', '/usr/lib/frr/zebra -d -n')).toBe('zebra: --vrfwnetns: not modelled\n');
});

it('a VRF that comes later, and a link that goes into it', () => {
  const shown = (line: string): string => text('left', `vtysh -c '${line}'`);
  type(
    'left',
    "vtysh -c 'configure terminal' -c 'router bgp 65001 vrf red' -c 'bgp router-id 1.1.1.1' -c 'address-family ipv4 unicast' -c 'redistribute kernel'",
  );
  type('left', 'ip route add blackhole 172.16.10.3 proto 84 metric 1000 table 10');
  expect(type('left', 'ip link add red type vrf table 10')).toMatchObject({ status: 0 });
  type('left', 'ip link set red up');
  type('left', 'ip link add d0 type dummy');
  type('left', 'ip addr add 10.9.0.1/24 dev d0');
  type('left', 'ip link set d0 up');
  run(1);
  expect(shown('show ip route')).toContain('10.9.0.0/24 is directly connected, d0');
  type('left', 'ip link set d0 master red');
  type('left', 'ip route add blackhole 172.16.10.2 proto 84 metric 1000 table 10');
  run(1);
  expect(shown('show ip route')).not.toContain('d0');
  expect(shown('show ip route vrf red')).toContain('10.9.0.0/24 is directly connected, d0');
  expect(shown('show ip route vrf all').match(/^(?:Codes|VRF .*)/gm)).toEqual(['Codes', 'VRF red:']);
  type('left', 'ip route add blackhole 192.0.2.0/24');
  run(1);
  const all = shown('show ip route vrf all');
  expect(all.match(/^(?:Codes|VRF .*)/gm)).toEqual(['Codes', 'VRF default:', 'VRF red:']);
  expect(all).toContain('\n\nVRF red:\n');
  expect(
    shown('show ip route vrf all connected')
      .match(/^(?:VRF |\w>).*/gm)
      ?.join(),
  ).toContain('VRF red:,C>* 10.9.0.0/24');
  expect(shown('show vrf')).toMatch(/^vrf red id \d+ table 10$/m);
  expect(shown('show bgp vrf red ipv4')).toContain(
    '*> 172.16.10.2/32   0.0.0.0               1000         32768 ?\n',
  );
  expect(shown('show bgp vrf red ipv4')).toContain('*> 172.16.10.3/32 ');
  type('left', 'ip link del red');
  run(1);
  expect(shown('show vrf')).not.toContain('red id');
  const bgp = (): string => shown('show bgp vrf red ipv4');
  expect(bgp()).toContain('No BGP prefixes displayed');
  type('left', 'ip link add red type vrf table 10');
  type('left', 'ip link set red up');
  run(2);
  expect(bgp().match(/172\.16\.10\.\d\/32/g)).toEqual(['172.16.10.2/32', '172.16.10.3/32']);
});

it('a namespace that goes takes its daemons with it', () => {
  start('left');
  type('left', 'ip netns del fabric');
  run(5);
  expect(type('left', 'vtysh -N fabric -c "show version"').status).toBe(1);
});

it('ttl-security takes only what comes from as near as it says; both ends agree on it', () => {
  start('left');
  start('right');
  for (const [index, host] of ['left', 'right'].entries())
    type(host, SPEAKER(65001 + index, `10.0.${index + 1}.0/24`));
  run(20);
  const state = (): string =>
    /BGP state = (\w+)/.exec(text('left', 'vtysh -N fabric -c "show bgp neighbors"'))?.[1] ?? '';
  expect(state()).toBe('Established');
  const secure = (host: string, asn: number): string =>
    text(
      host,
      `vtysh -N fabric -c 'configure terminal' -c 'router bgp ${asn}' -c 'neighbor eth1 ttl-security hops 1'`,
    );
  expect(secure('left', 65001)).toBe('');
  run(60);
  expect(state()).not.toBe('Established');
  expect(secure('right', 65002)).toBe('');
  run(150);
  expect(state()).toBe('Established');
});

it('a password signs every segment, and a wrong one keeps the session down', () => {
  start('left');
  start('right');
  for (const [index, host] of ['left', 'right'].entries())
    type(host, SPEAKER(65001 + index, `10.0.${index + 1}.0/24`));
  run(20);
  const state = (): string =>
    /BGP state = (\w+)/.exec(text('left', 'vtysh -N fabric -c "show bgp neighbors"'))?.[1] ?? '';
  const password = (host: string, asn: number, word: string): string =>
    text(
      host,
      `vtysh -N fabric -c 'configure terminal' -c 'router bgp ${asn}' -c 'neighbor eth1 password ${word}'`,
    );
  expect(state()).toBe('Established');
  expect(password('left', 65001, 'secret')).toBe('');
  run(60);
  expect(state()).not.toBe('Established');
  expect(password('right', 65002, 'wrong')).toBe('');
  run(150);
  expect(state()).not.toBe('Established');
  expect(password('right', 65002, 'secret')).toBe('');
  run(150);
  expect(state()).toBe('Established');
});

it('tables by large community, and by a list of them', () => {
  start('left');
  type(
    'left',
    `vtysh -N fabric <<'EOF'
configure terminal
bgp large-community-list standard L seq 5 permit 64501:1:2
route-map T permit 10
 set large-community 64501:1:2 64501:1:3
exit
router bgp 65001
 no bgp network import-check
 address-family ipv4 unicast
  network 10.5.0.0/16 route-map T
  network 10.6.0.0/16
EOF`,
  );
  run(2);
  const shown = (line: string): string => text('left', `vtysh -N fabric -c 'show bgp ipv4 unicast ${line}'`);
  for (const line of ['large-community', 'large-community 64501:1:2', 'large-community-list L']) {
    expect(shown(line)).toContain('*> 10.5.0.0/16 ');
    expect(shown(line)).toContain('Displayed  1 routes and 2 total paths');
  }
  expect(shown('large-community 64501:1:2 exact-match')).not.toContain('10.5.0.0/16');
  expect(shown('large-community 1:2')).toBe('% Large-community malformed\n');
  expect(shown('large-community-list X')).toBe('% X is not a valid large-community-list name\n');
});

it('tells of the kernel that the machine has', () => {
  type('left', 'ip link add bond9 type bond');
  const host = present(world.hosts.get('left'));
  const { release } = host.kernel.machine;
  const driver = new KernelFiles(host.kernel.namespace('')).read('/proc/net/bonding/bond9');
  expect(driver.ok && driver.value.split('\n')[0]).toBe(`Ethernet Channel Bonding Driver: v${release}`);
  expect(text('left', 'vtysh -c "show version"')).toContain(`on Linux(${release}).\n`);
  expect(text('left', 'vtysh -c "show zebra"')).toContain(`Linux(${release})`);
  type('left', 'ip link del bond9');
});
