import { describe, expect, it } from 'vitest';
import type { LogicalPortSnapshot, WorldSnapshot } from '../engine/snapshot.ts';
import { multinode } from './fixtures/chassis.ts';
import { lswitch } from './fixtures/gateways.ts';
import { tripleo } from './fixtures/tripleo.ts';
import { host, link, logicalPort, ovsBridge, ovsPort, world } from './fixtures/world.ts';
import { l2Domains } from './l2-domains.ts';
import { assignNetworks } from './networks.ts';

const domains = (snapshot: WorldSnapshot) => l2Domains(snapshot, assignNetworks(snapshot, []));
const told = (snapshot: WorldSnapshot): readonly string[] =>
  domains(snapshot).map(({ name, code, subnet, cells, parts }) =>
    [
      `${name} ${code} ${subnet}${parts > 1 ? ` in ${parts} parts` : ''}:`,
      ...[...cells].map(
        ([machine, members]) =>
          `${machine} ${members.map(({ name: own, role }) => `${own}/${role}`).join(' ')}`,
      ),
    ].join(' '),
  );

/** Two machines on one cable; VLAN 20 by a VLAN device on one, by an Open vSwitch access port on the other. */
const twoMachines = (carrier = true): WorldSnapshot =>
  world({
    hosts: [
      host('a', {
        namespaces: [
          {
            name: '',
            routes: [],
            neighbours: [],
            links: [
              link('eth0', 'physical', { carrier, addresses: ['10.0.0.1/24'] }),
              link('eth0.20', 'vlan', { vlan: 20, addresses: ['172.17.0.1/24'] }),
            ],
          },
        ],
      }),
      host('b', {
        namespaces: [
          {
            name: '',
            routes: [],
            neighbours: [],
            links: [
              link('eth0', 'physical', { ovsPort: { bridge: 'br-ex', port: 'eth0' } }),
              link('vlan20', 'internal', {
                addresses: ['172.17.0.2/24'],
                ovsPort: { bridge: 'br-ex', port: 'vlan20' },
              }),
            ],
          },
        ],
        bridges: [
          ovsBridge('br-ex', [
            ovsPort('eth0', 1, { type: 'system' }),
            ovsPort('vlan20', 2, { type: 'internal', tag: 20 }),
          ]),
        ],
      }),
    ],
    segments: [
      {
        id: 'net',
        name: 'cable',
        subnet: null,
        mtu: 1500,
        ends: [
          { host: 'a', device: 'eth0' },
          { host: 'b', device: 'eth0' },
        ],
      },
    ],
  });

describe('layer 2', () => {
  it('joins a VLAN over a trunk, and keeps it from the untagged network', () => {
    expect(told(twoMachines())).toEqual([
      'cable flat 10.0.0.0/24: a eth0/native b eth0/native',
      'VLAN 20 20 172.17.0.0/24: a eth0/trunk eth0.20/port b eth0/trunk vlan20/access',
    ]);
  });

  it('shows a VLAN that is cut as two parts', () => {
    const cut = domains(twoMachines(false)).filter(({ code }) => code === '20');
    expect(cut.map(({ cells, parts }) => [[...cells.keys()].join(), parts])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
  });

  it('says where a VLAN is cut, from either side, and that nothing joins what was never one', () => {
    const cut = domains(twoMachines(false)).filter(({ code }) => code === '20');
    expect(cut.map(({ breaks }) => breaks.map(({ text }) => text))).toEqual([
      ['eth0 of a has no carrier'],
      ['eth0 of a has no carrier'],
    ]);
    const snapshot = twoMachines();
    const fault = { kind: 'vlan', host: 'b', device: 'eth0', vlan: 20 } as const;
    expect(
      domains({ ...snapshot, faults: [{ fault, since: 0, until: null }] }).map(({ code, parts, breaks }) => [
        code,
        parts,
        ...breaks.map(({ text }) => text),
      ]),
    ).toEqual([
      ['flat', 1],
      ['20', 2, 'the switch port of eth0 of b does not carry VLAN 20'],
      ['20', 2, 'the switch port of eth0 of b does not carry VLAN 20'],
    ]);
    const apart = { ...snapshot, segments: [] };
    expect(domains(apart).filter(({ parts }) => parts > 1)).toMatchObject([{ breaks: [] }, { breaks: [] }]);
    const trunk = {
      ...snapshot,
      hosts: snapshot.hosts.map((one) => ({
        ...one,
        bridges: one.bridges.map((bridge) => ({
          ...bridge,
          ports: bridge.ports.map((port) => (port.name === 'eth0' ? { ...port, trunks: [30, 40] } : port)),
        })),
      })),
    };
    expect(
      domains(trunk)
        .filter(({ code, subnet }) => code === '20' && subnet !== '')
        .map(({ breaks }) => breaks.map(({ text }) => text)),
    ).toEqual([
      ['the trunk eth0 of b lets only 30, 40 through'],
      ['the trunk eth0 of b lets only 30, 40 through'],
    ]);
  });

  it('calls networks what files call them, and misses nodes that have lost their device', () => {
    const snapshot = twoMachines();
    const named = (nodes: readonly string[]): WorldSnapshot => ({
      ...snapshot,
      deployment: {
        networks: [
          {
            name: 'InternalApi',
            lower: 'internal_api',
            vlan: 20,
            subnet: '172.17.0.0/24',
            gateway: null,
            vip: null,
            nodes,
          },
        ],
        nodes: [],
        roles: [],
        templates: [],
        layouts: [],
        physicalNetworks: [],
      },
    });
    expect(domains(named(['a', 'b'])).map(({ name, missing }) => [name, missing])).toEqual([
      ['InternalApi', []],
      ['cable', []],
    ]);
    expect(domains(named(['a', 'b', 'c']))[0]?.missing).toEqual(['c']);
  });

  it("tells an address that a cluster moves from those that are the machine's own", () => {
    const snapshot = twoMachines();
    const [a, ...others] = snapshot.hosts;
    const [root, ...spaces] = a?.namespaces ?? [];
    if (!a || !root) throw new Error('no machine');
    const addresses = ['172.17.0.1/24', '172.17.0.48/32', '192.0.2.1/32'];
    const links = root.links.map((one) => (one.vlan === 20 ? { ...one, addresses } : one));
    const found = domains({
      ...snapshot,
      hosts: [{ ...a, namespaces: [{ ...root, links }, ...spaces] }, ...others],
    });
    const members = found.find(({ code }) => code === '20')?.cells.get('a') ?? [];
    expect(members.map(({ name, vips }) => [name, vips])).toEqual([
      ['eth0', []],
      ['eth0.20', ['172.17.0.48']],
    ]);
  });

  it('follows a VLAN over the bridge of a hypervisor', () => {
    const way = domains(tripleo)
      .find(({ code }) => code === '20')
      ?.cells.get('hypervisor');
    expect(way?.map(({ name, role }) => `${name}/${role}`)).toContain('management/trunk');
  });

  it('has a logical switch as one domain over all machines', () => {
    const network = domains(multinode).find(({ name }) => name === 'network1');
    expect(network?.code).toBe('VNI 1');
    expect(
      [...(network?.cells ?? [])].map(([machine, members]) => [machine, members.map(({ name }) => name)]),
    ).toEqual([
      ['worker1', ['vm1']],
      ['worker2', ['vm2']],
    ]);
    expect(network?.network).not.toBeNull();
  });

  it('says why a switch is on no machine', () => {
    const why = (...ports: readonly LogicalPortSnapshot[]): string | undefined =>
      domains(world({ logical: { switches: [lswitch('net', 1, ports)], routers: [] } }))[0]?.nowhere;
    const router = logicalPort('to-router', { type: 'router' });
    expect(why()).toBe('it has no ports');
    expect(why(router)).toContain('only routers');
    expect(why(router, logicalPort('vm'))).toContain('bound to a machine');
    expect(why(logicalPort('vm', { chassis: 'gone' }))).toContain('has a device');
    expect(domains(multinode).every(({ nowhere }) => nowhere === '')).toBe(true);
  });

  it('puts every device into exactly one untagged domain', () => {
    for (const snapshot of [multinode, tripleo, twoMachines()]) {
      const seen = domains(snapshot).flatMap(({ cells }) =>
        [...cells.values()]
          .flat()
          .flatMap(({ subject, role }) => (role === 'trunk' ? [] : [JSON.stringify(subject)])),
      );
      expect(new Set(seen).size).toBe(seen.length);
    }
  });

  it('joins bridges of one VNI, and the switch that EVPN stretches to them', () => {
    const vtep = (name: string, vni: number) =>
      host(name, {
        namespaces: [
          {
            name: '',
            routes: [],
            neighbours: [],
            links: [
              link('br-10', 'bridge'),
              link('vxlan-10', 'vxlan', { master: 'br-10', vni }),
              link('eth1', 'physical', { master: 'br-10' }),
            ],
          },
        ],
      });
    const stretched = lswitch('tenant', 1, [], { evpnVni: 10 });
    const hosts = [vtep('leaf', 10), vtep('other', 10), vtep('stranger', 11)];
    const found = domains(world({ hosts, logical: { switches: [stretched], routers: [] } }));
    expect(found.map(({ name, cells }) => [name, [...cells.keys()]])).toEqual([
      ['tenant', ['leaf', 'other']],
      ['br-10', ['stranger']],
    ]);
    const [down] = hosts.map((one) => ({
      ...one,
      namespaces: one.namespaces.map((net) => ({
        ...net,
        links: net.links.map((each) => (each.kind === 'vxlan' ? { ...each, up: false } : each)),
      })),
    }));
    expect(domains(world({ hosts: down ? [down, ...hosts.slice(1, 2)] : [] })).length).toBe(2);
  });
});
