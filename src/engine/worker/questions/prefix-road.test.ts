/** The road of a prefix between two routers: what is there, and what the first gap says. */
import { beforeEach, describe, expect, it } from 'vitest';
import { World } from '../../../core/sim/index.ts';
import { packagedFiles } from '../../../core/sim/routing/daemons-file.ts';
import { replay } from '../../../core/shell/transcript.ts';
import type { RoadRung } from '../../questions/prefix-road.ts';
import { routingSnapshot } from '../routing-snapshot.ts';
import { bgpSession, bgpTable } from './bgp.ts';
import { knownPrefixes, prefixRoads } from './prefix-road.ts';

const machine = (name: string, mac: string) => ({
  name,
  kind: 'machine' as const,
  services: ['frr' as const],
  nics: [{ name: 'eth1', mac, addresses: [], segment: 'cable' }],
  files: packagedFiles(['bgpd']),
});

let world: World;
const type = (host: string, line: string): string => {
  const { out, err } = replay(world, host, line);
  return out + err;
};
const configure = (host: string, ...lines: readonly string[]): string =>
  type(host, `vtysh <<'EOF'\nconfigure terminal\n${lines.join('\n')}\nEOF`);
const run = (seconds: number): void => world.clock.run(world.clock.now() + seconds * 1e9);
const EMPTY = { nb: undefined, sb: undefined };
const roadTo = (prefix: string, host: string): readonly RoadRung[] =>
  prefixRoads(world, EMPTY, prefix).roads.find(({ to }) => to?.startsWith(`${host}/`))?.rungs ?? [];
const gapOf = (rungs: readonly RoadRung[]): string | undefined =>
  rungs.find(({ rows }) => rows.length === 0)?.remedy;

beforeEach(() => {
  world = new World(
    {
      machines: [machine('left', '02:00:00:00:01:01'), machine('right', '02:00:00:00:01:02')],
      segments: [{ id: 'cable', name: 'cable', mtu: 1500, delay: 10_000 }],
    },
    1,
  );
  for (const [index, host] of ['left', 'right'].entries()) {
    type(host, `ip addr add 10.0.${index + 1}.1/24 dev lo`);
    type(host, 'ip link set lo up');
    type(host, 'ip link set eth1 up');
    type(host, '/usr/lib/frr/frrinit.sh start');
  }
  configure(
    'left',
    'router bgp 65001',
    'no bgp ebgp-requires-policy',
    'neighbor eth1 interface remote-as external',
  );
  configure(
    'right',
    'router bgp 65002',
    'no bgp ebgp-requires-policy',
    'neighbor eth1 interface remote-as external',
  );
  run(20);
});

describe('sessions of a world', () => {
  it('are found once, with both ends', () => {
    expect(routingSnapshot(world)).toMatchObject({
      speakers: [
        { host: 'left', asn: 65001, vrf: 'default' },
        { host: 'right', asn: 65002, vrf: 'default' },
      ],
      sessions: [
        {
          established: true,
          near: { neighbour: 'eth1', state: 'Established' },
          far: { neighbour: 'eth1', state: 'Established' },
        },
      ],
    });
  });

  it('without a partner have no far end', () => {
    configure('left', 'router bgp 65001', 'neighbor 192.0.2.9 remote-as 65009');
    expect(routingSnapshot(world)?.sessions.find(({ near }) => near.neighbour === '192.0.2.9')).toMatchObject(
      {
        far: null,
        established: false,
      },
    );
  });
});

describe('the road of a prefix', () => {
  it('goes from the table that begins it over the session into the kernel of the other router', () => {
    configure('left', 'router bgp 65001', 'address-family ipv4 unicast', 'network 10.0.1.0/24');
    run(5);
    const rungs = roadTo('10.0.1.0/24', 'right');
    expect(rungs.map(({ kind, rows }) => [kind, rows.length])).toEqual([
      ['table', 1],
      ['session', 1],
      ['table', 1],
      ['kernel', 1],
    ]);
    expect(rungs[2]?.rows[0]).toMatch(/^\*> 10\.0\.1\.0\/24 +eth1 .* 65001 i$/);
    expect(rungs[3]?.rows[0]).toMatch(
      /^10\.0\.1\.0\/24 nhid \d+ via inet6 fe80::.* dev eth1 proto bgp metric 20$/,
    );
    expect(gapOf(rungs)).toBeUndefined();
    expect(knownPrefixes(world, EMPTY)).toContainEqual({ prefix: '10.0.1.0/24', source: 'BGP' });
  });

  it('says at the first gap what is missing: a policy, a session, a family', () => {
    configure('left', 'router bgp 65001', 'address-family ipv4 unicast', 'network 10.0.1.0/24');
    configure('right', 'router bgp 65002', 'bgp ebgp-requires-policy');
    run(5);
    expect(gapOf(roadTo('10.0.1.0/24', 'right'))).toContain('no bgp ebgp-requires-policy');
    configure('right', 'router bgp 65002', 'no bgp ebgp-requires-policy', 'neighbor eth1 shutdown');
    run(5);
    expect(gapOf(roadTo('10.0.1.0/24', 'right'))).toMatch(
      /^The session is .*, at the other end Idle \(Admin\)\. On right: router bgp 65002, no neighbor eth1 shutdown\./,
    );
    configure(
      'right',
      'router bgp 65002',
      'no neighbor eth1 shutdown',
      'neighbor eth1 interface remote-as 65009',
    );
    run(10);
    expect(gapOf(roadTo('10.0.1.0/24', 'right'))).toContain(
      'On right: router bgp 65002, neighbor eth1 interface remote-as 65001.',
    );
    configure('right', 'router bgp 65002', 'neighbor eth1 interface remote-as 65001');
    run(130);
    configure(
      'left',
      'ip prefix-list none deny any',
      'router bgp 65001',
      'address-family ipv4 unicast',
      'neighbor eth1 prefix-list none out',
    );
    run(10);
    expect(gapOf(roadTo('10.0.1.0/24', 'right'))).toBe(
      'prefix-list none (neighbor eth1 out) does not permit 10.0.1.0/24.',
    );
    type('right', 'ip link set eth1 down');
    run(1);
    expect(gapOf(roadTo('10.0.1.0/24', 'right'))).toContain('On right: ip link set eth1 up.');
    expect(world.faults.switch({ kind: 'cut', host: 'right', device: 'eth1' }, true).ok).toBe(true);
    type('right', 'ip link set eth1 up');
    run(1);
    expect(gapOf(roadTo('10.0.1.0/24', 'right'))).toContain('eth1 has no carrier; put its cable back.');
  });

  it('ends where a list is changed twice at once, so that it denies', () => {
    configure('left', 'ip prefix-list own seq 5 permit any');
    configure(
      'left',
      'router bgp 65001',
      'address-family ipv4 unicast',
      'network 10.0.1.0/24',
      'neighbor eth1 prefix-list own out',
    );
    run(5);
    expect(gapOf(roadTo('10.0.1.0/24', 'right'))).toBeUndefined();
    configure('left', 'no ip prefix-list own seq 5', 'ip prefix-list own seq 10 deny any');
    run(5);
    expect(roadTo('10.0.1.0/24', 'right').map(({ rows }) => rows.length)).toEqual([1, 0, 0, 0]);
  });

  it('says who has it where no session leads from there', () => {
    configure('left', 'router bgp 65001', 'address-family ipv4 unicast', 'network 10.0.1.0/24');
    run(5);
    const why = (host: string): string | undefined =>
      prefixRoads(world, EMPTY, '10.0.1.0/24').roads.find(({ to }) => to?.startsWith(`${host}/`))?.why;
    expect(why('right')).toBe('');
    configure('right', 'router bgp 65002', 'neighbor eth1 shutdown');
    run(5);
    expect(why('right')).toBe(
      'Only speakers on left have it, and no established session leads from there to right.',
    );
    expect(why('left')).toBe('');
  });

  it('is none for a prefix that nobody knows, and an error for what is no prefix', () => {
    expect(prefixRoads(world, EMPTY, '203.0.113.0/24')).toEqual({ roads: [], error: '' });
    expect(prefixRoads(world, EMPTY, '10.0.1').error).toContain('10.0.1 is no prefix');
  });
});

describe('what a speaker knows and said', () => {
  it('is its table with the chosen path and the reason, by a part of the prefix or an AS', () => {
    configure('left', 'router bgp 65001', 'address-family ipv4 unicast', 'network 10.0.1.0/24');
    run(5);
    const all = bgpTable(world, 'right//default', 4, '');
    expect(all).toMatchObject({
      total: 1,
      prefixes: [{ prefix: '10.0.1.0/24', paths: [{ from: 'eth1', asPath: '65001', chosen: true }] }],
    });
    expect(bgpTable(world, 'right//default', 4, '65001').total).toBe(1);
    expect(bgpTable(world, 'right//default', 4, '10.9').total).toBe(0);
  });

  it('is both ends of a session, with messages as tcpdump prints them and what moved the state', () => {
    configure('left', 'router bgp 65001', 'address-family ipv4 unicast', 'network 10.0.1.0/24');
    run(5);
    const [near, far] = bgpSession(world, routingSnapshot(world)?.sessions[0]?.id ?? '');
    expect([near?.view.state, far?.view.state]).toEqual(['Established', 'Established']);
    expect(near?.view.moves.at(-1)).toMatchObject({ to: 'Established' });
    const update = far?.messages.find(
      ({ direction, lines }) =>
        direction === 'received' && lines.some((line) => line.includes('10.0.1.0/24')),
    );
    expect(update).toMatchObject({ type: 'UPDATE' });
    expect(near?.messages.find(({ type }) => type === 'OPEN')?.lines[1]).toBe(
      '  Version 4, my AS 65001, Holdtime 180s, ID 10.0.1.1',
    );
  });
});

describe('a prefix of the northbound database', () => {
  it('says step by step which options would make it known', () => {
    const ovn = new World(
      { machines: [{ name: 'central', kind: 'machine', services: ['ovn-central'], nics: [] }], segments: [] },
      1,
    );
    const line = (text: string): void => {
      expect(replay(ovn, 'central', text)).toMatchObject({ status: 0, err: '' });
      ovn.clock.run(ovn.clock.now() + 1e9);
    };
    const central = ovn.central();
    const road = (): readonly RoadRung[] =>
      prefixRoads(ovn, { nb: central?.nb, sb: central?.sb }, '198.51.100.7').roads[0]?.rungs ?? [];
    line('ovn-nbctl lr-add edge');
    line('ovn-nbctl lrp-add edge up 02:00:00:00:00:01 192.0.2.1/24');
    expect(road()).toEqual([]);
    line('ovn-nbctl lr-nat-add edge snat 198.51.100.7 10.0.0.0/24');
    expect(road()[0]).toMatchObject({
      place: 'router edge',
      rows: [expect.stringContaining('198.51.100.7')],
    });
    expect(gapOf(road())).toContain('Logical_Router edge options:dynamic-routing=true');
    line('ovn-nbctl set Logical_Router edge options:dynamic-routing=true');
    expect(gapOf(road())).toBe(
      'ovn-nbctl set Logical_Router_Port up options:dynamic-routing-redistribute=nat',
    );
    line('ovn-nbctl set Logical_Router_Port up options:dynamic-routing-redistribute=nat');
    expect(road().find(({ kind }) => kind === 'southbound')?.rows).toEqual([
      'ip_prefix 198.51.100.7 logical_port up',
    ]);
  });
});
