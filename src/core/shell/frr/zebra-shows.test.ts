/** What zebra tells of interfaces, of tables beside the main one, and of the host. The forms are those of FRR 8.4.4. */
import { beforeAll, expect, it } from 'vitest';
import { RouterLan } from './fixture/router-lan.ts';

let lan: RouterLan;
const vtysh = (...lines: readonly string[]): string => lan.vtysh('r1', lines, 8);

beforeAll(() => {
  lan = new RouterLan(2);
  vtysh(
    'configure terminal',
    'ip route 10.80.0.0/16 10.9.0.2 tag 7',
    'ip route 10.80.0.0/16 blackhole table 100',
    'interface eth0',
    'description to the others',
  );
});

it('describes an interface, in text and as JSON', () => {
  const told = vtysh('show interface eth0')
    .replace(/last: .*/g, 'last: THEN')
    .replace(/HWaddr: .*/, 'HWaddr: MAC');
  const lines = told.split('\n');
  expect(lines[0]).toBe('Interface eth0 is up, line protocol is up');
  expect(told).toContain('  vrf: default\n  Description: to the others\n  index ');
  expect(told).toContain('  flags: <UP,BROADCAST,RUNNING,MULTICAST>\n  Type: Ethernet\n  HWaddr: MAC\n');
  expect(told).toContain('  inet 10.9.0.1/24\n  inet6 fe80::');
  const json = JSON.parse(vtysh('show interface eth0 json')) as Record<string, Record<string, unknown>>;
  expect(json['eth0']).toMatchObject({ operationalStatus: 'up', mtu: 1500, description: 'to the others' });
  expect(vtysh('show interface eth7')).toBe("% Can't find interface eth7\n");
  expect(vtysh('show interface description')).toContain('eth0            up      up        to the others\n');
});

it('keeps tables of the kernel apart, and finds routes by tag and in the FIB', () => {
  const lines = (...typed: readonly string[]): string[] =>
    vtysh(...typed)
      .split('\n')
      .filter((line) => line.startsWith('S') || line.startsWith('VRF'))
      .map((line) => line.replace(/, \d\d:.*/, ''));
  const main = 'S>* 10.80.0.0/16 [1/0] via 10.9.0.2, eth0, weight 1';
  const aside = 'S>* 10.80.0.0/16 [1/0] unreachable (blackhole), weight 1';
  expect(lines('show ip route static')).toEqual([main]);
  expect(lines('show ip route tag 7')).toEqual([main]);
  expect(lines('show ip route tag 8')).toEqual([]);
  expect(lines('show ip route table 100')).toEqual(['VRF default table 100:', aside]);
  expect(lines('show ip route table all static')).toEqual([
    'VRF default table 100:',
    aside,
    'VRF default table 254:',
    main,
  ]);
  expect(vtysh('show ip fib 10.81.0.0/16')).toBe('% Network not in FIB\n');
  expect(vtysh('show ip route 10.80.0.0/16 nexthop-group')).toMatch(/\n {2}Nexthop Group ID: \d+\n/);
});

it('looks for sources of multicast among connected routes first', () => {
  expect(vtysh('show ip rpf 10.9.0.7')).toContain('Routing entry for 10.9.0.0/24 using Multicast RIB\n');
  expect(vtysh('show ip rpf 10.80.0.7')).toContain('Routing entry for 10.80.0.0/16 using Unicast RIB\n');
  expect(vtysh('show ip rpf 192.0.2.1')).toBe('% No match for RPF lookup\n');
});

it('tells the part of one daemon in the configuration, and where each logs to', () => {
  vtysh(
    'configure terminal',
    'ip prefix-list P permit 10.0.0.0/8 le 24',
    'log file /var/log/frr/x.log errors',
  );
  const part = (daemon: string): string => vtysh(`show running-config ${daemon} no-header`);
  expect(part('staticd')).toContain('ip route 10.80.0.0/16 10.9.0.2 tag 7\n');
  expect(part('staticd')).not.toContain('prefix-list');
  expect(part('zebra')).toContain('interface eth0\n description to the others\nexit\n');
  expect(part('zebra')).toContain('ip prefix-list P seq 5 permit 10.0.0.0/8 le 24\n');
  expect(part('zebra')).not.toContain('ip route');
  expect(vtysh('show logging')).toContain(
    'Logging configuration for staticd:\nSyslog logging: level informational, facility daemon, ident staticd\nStdout logging: disabled\nFile logging: level errors, filename /var/log/frr/x.log\nProtocol name: STATIC\n',
  );
});

it('finds gateways over the interface that was given, over a route to a link, and never over the route itself', () => {
  const made = new RouterLan(2);
  const typed = [
    'ip route 10.9.0.2/32 eth0',
    'ip route 10.70.0.0/16 10.9.0.2 lo',
    'ip route 10.71.0.0/16 10.9.0.2',
    'ip route 10.72.0.0/16 10.72.1.1',
  ];
  made.vtysh('r1', ['configure terminal', ...typed], 3);
  const routes = made
    .vtysh('r1', ['show ip route static'])
    .split('\n')
    .filter((line) => /^S|^ {2}[* ] {3}/.test(line) && line.includes('weight'))
    .map((line) => line.replace(/, \d\d:.*/, ''));
  expect(routes).toEqual([
    'S>* 10.9.0.2/32 [1/0] is directly connected, eth0, weight 1',
    'S   10.70.0.0/16 [1/0] via 10.9.0.2, lo inactive, weight 1',
    'S>  10.71.0.0/16 [1/0] via 10.9.0.2 (recursive), weight 1',
    '  *                      via 10.9.0.2, eth0 onlink, weight 1',
  ]);
});

it('the routes of a VRF go with it, out of the kernel too, and come back with it into the table that it then has', () => {
  const made = new RouterLan(1);
  const type = (line: string): string => made.text('r1', line);
  const kernel = (table: number): string => type(`ip route show table ${table}`).replace(/nhid \d+ /g, '');
  const told = (vrf: string): string[] =>
    [...type(`vtysh -c "show ip route vrf ${vrf}"`).matchAll(/^[A-Z]>\* \S+/gm)].map(String);
  made.vtysh('r1', ['configure terminal', 'vrf red', 'ip route 10.81.0.0/16 blackhole']);
  type('ip link add red type vrf table 100');
  type('ip link set red up');
  type('ip link add d0 type dummy');
  type('ip link set d0 master red up');
  type('ip addr add 10.82.0.1/24 dev d0');
  type('ip route add 10.83.0.0/16 via 10.82.0.2 table 100');
  made.run(1);
  expect(told('red')).toEqual(['S>* 10.81.0.0/16', 'C>* 10.82.0.0/24', 'K>* 10.83.0.0/16']);
  type('ip link del red');
  made.run(1);
  expect(kernel(100)).not.toContain('10.81.');
  expect(type('vtysh -c "show ip route table all"')).not.toMatch(/10\.8[13]/);
  expect(told('default')).toEqual(['C>* 10.9.0.0/24', 'C>* 10.82.0.0/24']);
  type('ip link add red type vrf table 200');
  made.run(1);
  expect(told('red')).toEqual(['S>* 10.81.0.0/16']);
  expect(kernel(100)).not.toContain('10.81.');
  expect(kernel(200)).toBe('blackhole 10.81.0.0/16 proto static metric 20 \n');
});

it('a VRF that comes for a table takes it over with the routes that zebra has there', () => {
  const made = new RouterLan(1);
  const type = (line: string): string => made.text('r1', line);
  made.vtysh('r1', ['configure terminal', 'ip route 10.84.0.0/16 10.9.0.7 table 100'], 1);
  type('ip link add red type vrf table 100');
  made.run(1);
  expect(made.vtysh('r1', ['show ip route vrf red'])).toContain('S>* 10.84.0.0/16 [1/0] via 10.9.0.7, eth0');
  expect(type('ip route show table 100')).toContain('10.84.0.0/16 ');
  made.vtysh('r1', ['configure terminal', 'no ip route 10.84.0.0/16 10.9.0.7 table 100'], 200);
  expect(type('ip route show table 100')).toBe('');
  expect(type('ip nexthop')).not.toContain('10.9.0.7');
});

it('takes back what it put into the kernel when it ends, whatever the table', () => {
  const made = new RouterLan(1);
  const lines = ['ip route 10.84.0.0/16 blackhole table 100', 'ip route 10.85.0.0/16 10.9.0.7'];
  made.vtysh('r1', ['configure terminal', ...lines], 1);
  const kernel = (): string => made.text('r1', 'ip route') + made.text('r1', 'ip route show table 100');
  expect(kernel().match(/10\.8\d\.\S+/g)).toEqual(['10.85.0.0/16', '10.84.0.0/16']);
  made.text('r1', '/usr/lib/frr/frrinit.sh stop');
  expect(kernel().match(/10\.8\d\.\S+/g)).toBe(null);
});

it('`no link-detect`: an interface that is up counts without a carrier', () => {
  const made = new RouterLan(1);
  for (const line of [
    'ip link add d3 type veth peer name d3p',
    'ip link set d3 up',
    'ip addr add 10.60.0.1/24 dev d3',
  ])
    made.text('r1', line);
  made.run(1);
  const told = (line: string): string => made.vtysh('r1', [line]);
  const counts = (): string =>
    [...told('show interface d3').matchAll(/Link (?:ups|downs): +(\d+)/g)].map(([, count]) => count).join();
  expect(told('show interface d3')).toContain('Interface d3 is up, line protocol is down\n');
  expect(told('show ip route connected')).not.toContain('10.60.0.0/24');
  const [ups = 0, downs = 0] = counts().split(',').map(Number);
  made.vtysh('r1', ['configure terminal', 'interface d3', 'no link-detect'], 1);
  expect(told('show interface d3')).toContain('Interface d3 is up, line protocol detection is disabled\n');
  expect(told('show interface description')).toContain('\nd3              up      unknown   \n');
  const json = JSON.parse(told('show interface d3 json')) as { d3: object };
  expect(json.d3).toMatchObject({ linkDetection: false });
  expect(json.d3).not.toHaveProperty('operationalStatus');
  expect(told('show ip route connected')).toContain('C>* 10.60.0.0/24 is directly connected, d3');
  expect(counts()).toBe([ups + 1, downs].join());
  made.vtysh('r1', ['configure terminal', 'interface d3', 'link-detect'], 1);
  expect(told('show ip route connected')).not.toContain('10.60.0.0/24');
  expect(counts()).toBe([ups + 1, downs + 1].join());
});

it('says what the kernel does with routes over links that are down, and which buffer it was given', () => {
  const made = new RouterLan(1);
  const told = (line: string): string => made.vtysh('r1', [line]);
  const rows = (): string[] =>
    [...told('show zebra').matchAll(/(v\d) (All|Default) LinkDown Routes +(On|Off)/g)].map((row) =>
      row.slice(1).join(' '),
    );
  const off = ['v4 All Off', 'v4 Default Off', 'v6 All Off', 'v6 Default Off'];
  expect(rows()).toEqual(off);
  made.text('r1', 'sysctl -w net.ipv4.conf.default.ignore_routes_with_linkdown=1');
  made.text('r1', 'sysctl -w net.ipv6.conf.eth0.ignore_routes_with_linkdown=1');
  expect(rows()).toEqual(off.with(1, 'v4 Default On'));
  expect(told('show interface lo')).not.toContain('Ignore all v6');
  expect(told('show interface eth0')).toContain(
    '  flags: <UP,BROADCAST,RUNNING,MULTICAST>\n  Ignore all v6 routes with linkdown\n  Type: Ethernet\n',
  );
  expect(told('show interface eth0 json')).toContain('"linkDownV6":true,');
  const buffer = (): string | undefined => /Kernel socket buffer size +(\d+)/.exec(told('show zebra'))?.[1];
  expect(buffer()).toBe('90000000');
  const restart = (words: string): string => {
    made.text('r1', '/usr/lib/frr/frrinit.sh stop');
    return made.text('r1', `/usr/lib/frr/zebra -d ${words}`);
  };
  restart('');
  expect(buffer()).toBe('4194304');
  expect(restart('-s 1000000')).toBe('Rcvbufsize is smaller than recommended value: 4194304\n');
  expect(buffer()).toBe('1000000');
});

it('a link that goes into a VRF keeps the count of its ups and downs', () => {
  const made = new RouterLan(1);
  for (const line of ['ip link add red type vrf table 100', 'ip link set red up']) made.text('r1', line);
  for (const line of ['ip link add d0 type dummy', 'ip link set d0 up', 'ip link set d0 down'])
    made.text('r1', line);
  made.run(1);
  const counts = (vrf: string): string[] =>
    made.vtysh('r1', [`show interface d0 vrf ${vrf}`]).match(/Link (?:ups|downs): .*/g) ?? [];
  const before = counts('default');
  expect(before.join()).not.toMatch(/ups: +0 |downs: +0 /);
  made.text('r1', 'ip link set d0 master red');
  made.run(1);
  expect(counts('red')).toEqual(before);
});
