/** Neighbours of a `bgp listen range`. The texts are those of FRR 8.4.4 in the same network. */
import { beforeEach, expect, it } from 'vitest';
import { RouterLan } from './fixture/router-lan.ts';

let lan: RouterLan;
const vtysh = (line: string): string => lan.vtysh('r1', [line]);
const typed = (host: string, ...lines: readonly string[]): string =>
  lan.vtysh(host, ['configure terminal', ...lines], 3);
/** The table of `show bgp summary` and what stands below it. */
const summary = (): string[] => vtysh('show bgp summary').split('\n').slice(8);

beforeEach(() => {
  lan = new RouterLan(3);
  const common = ['no bgp ebgp-requires-policy', 'no bgp network import-check'];
  expect(
    typed(
      'r1',
      'router bgp 65001',
      ...common,
      'neighbor G peer-group',
      'neighbor G remote-as external',
      'bgp listen range 10.9.0.0/16 peer-group G',
      'address-family ipv4 unicast',
      'network 172.16.1.0/24',
    ),
  ).toBe('');
  for (const number of [2, 3])
    expect(
      typed(
        `r${number}`,
        `router bgp 6500${number}`,
        ...common,
        'neighbor 10.9.0.1 remote-as 65001',
        'address-family ipv4 unicast',
        `network 172.16.${number}.0/24`,
      ),
    ).toBe('');
  lan.run(10);
});

it('whoever connects from the range is a neighbour, as a member of the group, and goes with its session', () => {
  expect(summary().map((line) => line.replace(/ +\d+ +\d+ +0 +0 +0 \d\d:\d\d:\d\d /, ' '))).toEqual([
    'Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc',
    '*10.9.0.2       4      65002            1        3 N/A',
    '*10.9.0.3       4      65003            1        3 N/A',
    '',
    'Total number of neighbors 2',
    '* - dynamic neighbor',
    '2 dynamic neighbor(s), limit 100',
    '',
  ]);
  expect(vtysh('show bgp neighbors 10.9.0.2').split('\n').slice(0, 6)).toEqual([
    'BGP neighbor is *10.9.0.2, remote AS 65002, local AS 65001, external link',
    '  Local Role: undefined',
    '  Remote Role: undefined',
    'Hostname: r2',
    ' Member of peer-group G for session parameters',
    ' Belongs to the subnet range group: 10.9.0.0/16',
  ]);
  expect(vtysh('show ip bgp')).toContain(
    '*> 172.16.2.0/24    10.9.0.2                 0             0 65002 i',
  );
  expect(vtysh('show running-config')).not.toContain('10.9.0.2');
  typed('r2', 'router bgp 65002', 'neighbor 10.9.0.1 shutdown');
  expect(summary().filter((line) => line.startsWith('*'))).toEqual([
    expect.stringContaining('*10.9.0.3'),
    '* - dynamic neighbor',
  ]);
  expect(vtysh('show ip bgp')).not.toContain('172.16.2.0/24');
  typed('r2', 'router bgp 65002', 'no neighbor 10.9.0.1 shutdown');
  lan.run(10);
  expect(vtysh('show ip bgp')).toContain('172.16.2.0/24');
});

it('no more than the limit, none of a group that is shut down, and none without the range', () => {
  expect(typed('r1', 'router bgp 65001', 'no bgp listen range 10.9.0.0/16 peer-group G')).toBe('');
  expect(vtysh('show bgp summary')).toBe('% No BGP neighbors found in VRF default\n');
  typed('r1', 'router bgp 65001', 'bgp listen limit 1', 'bgp listen range 10.9.0.0/16 peer-group G');
  lan.run(130);
  expect(summary().slice(-3, -1)).toEqual(['* - dynamic neighbor', '1 dynamic neighbor(s), limit 1']);
  typed('r1', 'router bgp 65001', 'neighbor G shutdown');
  lan.run(30);
  expect(vtysh('show bgp summary')).toBe('% No BGP neighbors found in VRF default\n');
});
