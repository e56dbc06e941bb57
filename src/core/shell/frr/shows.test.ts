/** Shows of what bgpd and zebra keep beside their tables. The forms of the texts are those of FRR 8.4.4. */
import { beforeAll, expect, it } from 'vitest';
import { RouterLan } from './fixture/router-lan.ts';

let lan: RouterLan;
const vtysh = (host: string, ...lines: readonly string[]): string => lan.vtysh(host, lines, 8);

beforeAll(() => {
  lan = new RouterLan(2);
  const routers = [
    [1, 2],
    [2, 1],
  ] as const;
  for (const [own, other] of routers) {
    const said = vtysh(
      `r${own}`,
      'configure terminal',
      `router bgp 6500${own}`,
      'no bgp ebgp-requires-policy',
      'no bgp network import-check',
      'neighbor G peer-group',
      `neighbor 10.9.0.${other} remote-as 6500${other}`,
      `neighbor 10.9.0.${other} peer-group G`,
      'address-family ipv4 unicast',
      `network 10.${own}.0.0/16`,
      `network 192.0.2.${own * 16}/28`,
    );
    expect(said).toBe('');
  }
  expect(vtysh('r1', 'configure terminal', 'ip route 10.80.0.0/16 10.9.0.2')).toBe('');
});

it('tells which next hops are watched, for whom and what became of them', () => {
  expect(vtysh('r1', 'show ip nht')).toBe(
    '10.9.0.2(Connected)\n resolved via connected\n is directly connected, eth0\n Client list: static(fd 26) bgp(fd 32)\n',
  );
  expect(vtysh('r1', 'show bgp nexthop').replace(/Last update: .*/, 'Last update: THEN')).toBe(
    'Current BGP nexthop cache:\n 10.9.0.2 valid [IGP metric 0], #paths 2, peer 10.9.0.2\n  if eth0\n  Last update: THEN\n\n',
  );
});

it('counts routes by their source', () => {
  const row = (name: string, count: number): string =>
    `${name.padEnd(20)} ${String(count).padEnd(20)} ${String(count).padEnd(20)} \n`;
  expect(vtysh('r1', 'show ip route summary')).toBe(
    `Route Source         Routes               FIB  (vrf default)\n${row('connected', 1)}${row('static', 1)}${row('ebgp', 2)}${row('ibgp', 0)}------\n${row('Totals', 4)}\n`,
  );
});

it('counts what is in a table', () => {
  const lines = vtysh('r1', 'show bgp ipv4 unicast statistics').split('\n');
  expect(lines.slice(0, 4)).toEqual([
    'BGP IPv4 Unicast RIB statistics (VRF default)',
    'Total Advertisements          :            4',
    'Total Prefixes                :            4',
    'Average prefix length         :        22.00',
  ]);
  expect(lines[7]).toBe('Address space advertised      :       131104');
  const json = vtysh('r1', 'show bgp ipv4 unicast statistics json');
  expect(json).toContain('"averageAsPathLengthHops":0.5,\n      "largestAsPath":6,\n');
  expect(json).toContain('"%announced":0.0030525028705596924,\n');
  expect(json).toContain(
    '"prefixLength":[\n        {\n          "16":2\n        },\n        {\n          "28":2\n        }\n      ]\n',
  );
  const all = vtysh('r1', 'show bgp statistics-all').split('\n');
  expect(all.filter((line) => line.startsWith('BGP ') && line.includes('RIB'))).toHaveLength(13);
});

it('shows tables in part, in wide columns and by groups', () => {
  const cut = vtysh('r1', 'show bgp ipv4 unicast cidr-only').split('\n');
  expect(cut.at(-2)).toBe('Displayed  4 routes and 4 total paths');
  const wide = vtysh('r1', 'show bgp ipv4 unicast wide').split('\n');
  expect(wide[8]).toBe(
    '   Network                                      Next Hop                                  Metric LocPrf Weight Path',
  );
  expect(wide[9]).toBe(
    '*> 10.1.0.0/16                                  0.0.0.0                                        0         32768 i',
  );
  expect(vtysh('r1', 'show bgp peer-group')).toBe(
    '\nBGP peer-group G\n  Peer-group type is external\n  Configured address-families: IPv4 Unicast;\n  Peer-group members:\n    10.9.0.2  Established \n',
  );
});

it('makes an aggregate of routes alone, and says when one is typed again', () => {
  const family = ['configure terminal', 'router bgp 65001', 'address-family ipv4 unicast'];
  vtysh('r1', ...family, 'aggregate-address 10.0.0.0/14 as-set', 'aggregate-address 10.0.0.0/8 summary-only');
  const rows = vtysh('r1', 'show bgp ipv4 unicast').split('\n').slice(9, 13);
  expect(rows).toEqual([
    '*> 10.0.0.0/8       ::                       0         32768 i',
    '*> 10.0.0.0/14      ::                       0         32768 {65002} i',
    's> 10.1.0.0/16      0.0.0.0                  0         32768 i',
    's> 10.2.0.0/16      10.9.0.2                 0             0 65002 i',
  ]);
  expect(vtysh('r1', ...family, 'aggregate-address 10.0.0.0/8')).toBe(
    'There is already same aggregate network.\n',
  );
});

it("leaves next hops alone for a route server's clients, as running-config says", () => {
  const family = ['configure terminal', 'router bgp 65001', 'address-family ipv4 unicast'];
  vtysh('r1', ...family, 'neighbor 10.9.0.2 route-server-client');
  const line = '  neighbor 10.9.0.2 attribute-unchanged next-hop\n';
  expect(vtysh('r1', 'show running-config')).toContain(`  neighbor 10.9.0.2 route-server-client\n${line}`);
  vtysh('r1', ...family, 'no neighbor 10.9.0.2 route-server-client');
  expect(vtysh('r1', 'show running-config')).not.toContain(line);
});

it('shows the neighbours of a summary that are asked for', () => {
  const rows = (words: string): string[] =>
    vtysh('r1', `show bgp ipv4 unicast summary ${words}`).split('\n').slice(5);
  expect(rows('remote-as external').slice(-3)).toEqual([
    'Displayed neighbors 1',
    'Total number of neighbors 1',
    '',
  ]);
  expect(rows('remote-as 65009')).toEqual(['', '% No matching neighbor', '']);
  expect(vtysh('r1', 'show bgp ipv4 unicast summary neighbor 10.9.0.77')).toBe(
    'No such neighbor in this view/vrf\n',
  );
});

it('counts the neighbours that failed beside all', () => {
  vtysh('r1', 'configure terminal', 'router bgp 65001', 'neighbor 10.9.0.99 remote-as 65009');
  const lines = vtysh('r1', 'show bgp ipv4 unicast summary failed').split('\n');
  expect(lines.slice(6, 8).map((line) => line.slice(0, 40))).toEqual([
    'Neighbor        EstdCnt DropCnt ResetTim',
    '10.9.0.99             0       0     neve',
  ]);
  expect(lines.slice(-3)).toEqual(['Displayed neighbors 1', 'Total number of neighbors 2', '']);
});

it('tells lists as each daemon has them, with what each entry decided', () => {
  const lines = [
    'ip prefix-list P seq 5 permit 10.2.0.0/16',
    'ip prefix-list P seq 10 deny any',
    'access-list A seq 5 permit 10.0.0.0 0.255.255.255',
    'bgp extcommunity-list standard E seq 5 permit rt 1:2',
    'route-map M permit 10',
    'match ip address prefix-list P',
    'exit',
    'router bgp 65001',
    'address-family ipv4 unicast',
    'neighbor 10.9.0.2 prefix-list P in',
  ];
  expect(vtysh('r1', 'configure terminal', ...lines)).toBe('');
  const entries = (hits: readonly [number, number]): string =>
    `ip prefix-list P:\n   count: 2, range entries: 0, sequences: 5 - 10\n   seq 5 permit 10.2.0.0/16 (hit count: ${hits[0]}, refcount: 0)\n   seq 10 deny any (hit count: ${hits[1]}, refcount: 0)\n`;
  expect(vtysh('r1', 'show ip prefix-list detail P')).toBe(
    `ZEBRA: ${entries([0, 0])}BGP: ${entries([1, 1])}`,
  );
  expect(vtysh('r1', 'show ip prefix-list summary').split('\n')[0]).toBe(
    'Prefix-list with the last deletion/insertion: P',
  );
  expect(vtysh('r1', 'show ip prefix-list NONE')).toBe("% Can't find specified prefix-list\n");
  expect(vtysh('r1', 'show ip access-list')).toBe(
    ['ZEBRA', 'BGP', 'BFD']
      .map(
        (daemon) =>
          `${daemon}:\nStandard IP access list A\n    seq 5 permit 10.0.0.0, wildcard bits 0.255.255.255\n`,
      )
      .join(''),
  );
  expect(vtysh('r1', 'show bgp extcommunity-list E detail')).toBe(
    'Named extended community standard list E\n    permit rt 1:2\n',
  );
  expect(vtysh('r1', 'show route-map M json')).toContain(
    '"matchClauses":[\n            "ip address prefix-list P"\n          ]',
  );
});

it('asks a route map about what bgpd brings to zebra', () => {
  const route = (): string =>
    vtysh('r1', 'show ip route bgp')
      .split('\n')
      .filter((line) => line.includes('10.2.0.0/16'))
      .map((line) => line.replace(/, \d\d:.*/, ''))
      .join('');
  const reach = 'via 10.9.0.2, eth0';
  expect(route()).toBe(`B>* 10.2.0.0/16 [20/0] ${reach}, weight 1`);
  const lines = [
    'ip prefix-list Z seq 5 permit 10.2.0.0/16',
    'route-map Z deny 10',
    'match ip address prefix-list Z',
    'route-map Z permit 20',
    'ip protocol bgp route-map Z',
  ];
  expect(vtysh('r1', 'configure terminal', ...lines)).toBe('');
  expect(route()).toBe(`B   10.2.0.0/16 [20/0] ${reach} inactive, weight 1`);
  expect(lan.text('r1', 'ip route show 10.2.0.0/16')).toBe('');
  expect(vtysh('r1', 'show ip protocol').split('\n')[12]).toBe('bgp                       : Z         ');
  expect(vtysh('r1', 'show running-config')).toContain('!\nip protocol bgp route-map Z\n!\n');
  // A changed map counts after a while.
  vtysh('r1', 'configure terminal', 'route-map Z permit 10');
  expect(route()).toBe(`B>* 10.2.0.0/16 [20/0] ${reach}, weight 1`);
  // The length is that of the next hop's address, not that of the route.
  for (const [length, isUsed] of [
    [16, false],
    [32, true],
  ] as const) {
    const map = [`route-map N${length} permit 10`, `match ip next-hop prefix-len ${length}`];
    expect(vtysh('r1', 'configure terminal', ...map, `ip protocol bgp route-map N${length}`)).toBe('');
    expect(route().startsWith('B>*')).toBe(isUsed);
  }
  expect(vtysh('r1', 'configure terminal', 'no ip protocol bgp')).toBe('');
});
