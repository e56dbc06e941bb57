import { describe, expect, it } from 'vitest';
import type { TunnelSnapshot, WorldSnapshot } from '../engine/snapshot.ts';
import { diagramModel } from './diagram-model.ts';
import { dimmedBy } from './filter.ts';
import { largeWorld, multinode } from './fixtures/chassis.ts';
import { gateways, largeLogical } from './fixtures/gateways.ts';
import { fabric, routers } from './fixtures/routers.ts';
import { echoRun } from './fixtures/run.ts';
import { tripleo } from './fixtures/tripleo.ts';
import {
  host,
  link,
  modelOptions,
  namespace,
  ovsBridge,
  ovsPort,
  segment,
  tunnel,
  world,
} from './fixtures/world.ts';
import { legendOf } from './legend.ts';
import type { DiagramModel, ModelOptions } from './model.ts';
import { assignNetworks } from './networks.ts';
import { idlePlayback, playerOf } from './playback.ts';
import { runTree } from './run-tree.ts';
import { subjectId } from './subject-id.ts';

const modelOf = (snapshot: WorldSnapshot, options: Partial<ModelOptions> = {}): DiagramModel =>
  diagramModel(snapshot, modelOptions(assignNetworks(snapshot, []), options));

const names = (model: DiagramModel, parent: string | null): readonly string[] =>
  model.children(parent).map(({ name }) => name);

describe('model of machines', () => {
  it('nests as in reality', () => {
    const model = modelOf(multinode);
    expect(names(model, null)).toEqual(['central', 'worker1', 'worker2', 'underlay 192.168.50.0/24']);
    expect(names(model, 'host:worker1')).toEqual(['vm1', 'br-int', 'eth1', 'genev_sys_6081']);
    expect(names(model, 'bridge:worker1/br-int')).toEqual(['vm1', 'ovn-centra-0', 'ovn-worker-0']);
    expect(names(model, 'host:central').slice(0, 3)).toEqual(['NB', 'northd', 'SB']);
  });

  it.each([false, true])(
    'puts a NIC in a namespace where its cable ends: at its machine (tiles: %s)',
    (tiles) => {
      const tor = (name: string) =>
        host(name, {
          namespaces: [
            namespace('', [link('eth0', 'physical')]),
            namespace('frr-ns', [link('eth3', 'physical'), link('dummy0', 'dummy')]),
            namespace('edge', [link('eth4', 'physical', { addresses: ['10.0.0.1/24'] })]),
          ],
        });
      const ends = (device: string) => ['a', 'b'].map((name) => ({ host: name, device }));
      const snapshot = world({
        hosts: [tor('a'), tor('b')],
        segments: ['eth0', 'eth3', 'eth4'].map((device) => segment(device, null, ends(device))),
      });
      const model = modelOf(snapshot, { collapsed: new Set(tiles ? ['host:a', 'host:b'] : []) });
      const nics = model.children('host:a').filter(({ kind }) => kind === 'nic');
      expect(nics.map(({ name }) => name).sort()).toEqual(['eth0', 'eth3', 'eth4']);
      for (const { id } of nics)
        expect(
          model.edges.some(({ segment: own, from, to }) => own !== null && [from, to].includes(id)),
        ).toBe(true);
      // In the open machine a line tells in which namespace it is.
      const within = model.edges.filter(({ id }) => id.startsWith('edge:within/') && id.includes(':a/'));
      expect(within.map(({ from }) => from).filter((id) => model.node(id))).toEqual(
        tiles ? [] : ['namespace:a/frr-ns', 'namespace:a/edge'],
      );
    },
  );

  it('gives a port the colour of its network and its number', () => {
    expect(modelOf(multinode).node('port:worker1/br-int/vm1')).toMatchObject({
      lead: '3',
      network: 0,
      side: 'top',
    });
  });

  it('joins a pair of tunnel ports to one tube that passes both NICs', () => {
    const tubes = modelOf(multinode).edges.filter(({ kind }) => kind === 'tunnel');
    expect(tubes).toHaveLength(3);
    expect(tubes[2]).toMatchObject({
      from: 'link:worker1//genev_sys_6081',
      to: 'link:worker2//genev_sys_6081',
      via: ['link:worker1//eth1', 'link:worker2//eth1'],
    });
  });

  it('has no tunnels in the physical lens, and cables in both', () => {
    const kinds = new Set(modelOf(multinode, { lens: 'physical' }).edges.map(({ kind }) => kind));
    expect(kinds.has('tunnel')).toBe(false);
    expect(kinds.has('cable')).toBe(true);
  });

  it('hangs a plate of many guests on each bridge by one wire', () => {
    const guests = Array.from({ length: 20 }, (_, at) => `compute-${at}`);
    const bridges = ['br-a', 'br-b'];
    const many = world({
      hosts: [
        host('hypervisor', {
          namespaces: [
            namespace('', [
              ...bridges.map((name) => link(name, 'bridge')),
              ...guests.flatMap((name) =>
                bridges.map((master) => link(`${name}-${master}`, 'tap', { master })),
              ),
            ]),
          ],
        }),
        ...guests.map((name) =>
          host(name, {
            namespaces: [
              namespace(
                '',
                bridges.map((bridge) => link(`to-${bridge}`, 'physical')),
              ),
            ],
          }),
        ),
      ],
      segments: guests.flatMap((name) =>
        bridges.map((bridge) =>
          segment(`${name} ${bridge}`, null, [
            { host: 'hypervisor', device: `${name}-${bridge}` },
            { host: name, device: `to-${bridge}` },
          ]),
        ),
      ),
    });
    const model = modelOf(many, {
      lens: 'physical',
      collapsed: new Set(guests.map((name) => `host:${name}`)),
    });
    const pile = model.nodes.find(({ folds, kind }) => folds !== null && kind === 'machine');
    expect(pile?.folds?.count).toBe(17);
    expect(model.edges.filter(({ from, to }) => from === pile?.id || to === pile?.id)).toHaveLength(2);
    expect(names(model, 'link:hypervisor//br-a')).toHaveLength(4);
    // What is not drawn by itself is found where the plate's wire ends.
    expect(model.drawn('link:hypervisor//compute-19-br-a')?.parent).toBe('link:hypervisor//br-a');
  });

  it('puts guests into the machine in which their taps end', () => {
    const model = modelOf(tripleo, { lens: 'physical' });
    expect(names(model, null)).toEqual(['hypervisor']);
    expect(model.node('host:compute-0')?.parent).toBe('host:hypervisor');
    expect(
      model.edges.filter(
        ({ kind, from, to }) => kind !== 'internal' && (from.includes('vnet') || to.includes('vnet')),
      ),
    ).toHaveLength(12);
  });

  it('puts the guest of a guest into it, whose own NICs still say where it runs', () => {
    const nested: WorldSnapshot = {
      ...tripleo,
      hosts: [
        ...tripleo.hosts.map((one) =>
          one.name === 'compute-0'
            ? {
                ...one,
                namespaces: one.namespaces.map((space) => ({
                  ...space,
                  links: [...space.links, link('tap19f74c52-8b', 'tap')],
                })),
              }
            : one,
        ),
        host('cirros1', { namespaces: [namespace('', [link('eth0', 'physical')])] }),
      ],
      segments: [
        ...tripleo.segments,
        segment('cirros1-eth0', null, [
          { host: 'cirros1', device: 'eth0' },
          { host: 'compute-0', device: 'tap19f74c52-8b' },
        ]),
      ],
    };
    const model = modelOf(nested, { lens: 'physical' });
    expect(names(model, null)).toEqual(['hypervisor']);
    expect(model.node('host:compute-0')?.parent).toBe('host:hypervisor');
    expect(model.node('host:cirros1')?.parent).toBe('host:compute-0');
  });

  it('folds many guests and many idle tunnels, and opens them', () => {
    const model = modelOf(largeWorld(10, 30));
    const folds = model.nodes.filter(({ kind }) => kind === 'fold').map(({ name }) => name);
    expect(folds).toContain('+28 namespaces');
    expect(folds).toContain('+28 ports');
    expect(folds).toContain('45 idle tunnels');
    expect(model.nodes.length).toBeLessThan(300);
    const open = modelOf(largeWorld(10, 30), { expanded: new Set(['fold:namespaces/host:chassis-1']) });
    expect(open.children('host:chassis-1').filter(({ kind }) => kind === 'namespace')).toHaveLength(30);
  });

  it('never folds what must be kept, and finds what is folded', () => {
    const model = modelOf(largeWorld(10, 30), { keep: new Set(['port:chassis-1/br-int/vm-1-17']) });
    expect(model.node('namespace:chassis-1/vm-1-17')).toBeDefined();
    expect(model.drawn('link:chassis-1/vm-1-18/vm-1-18')?.name).toBe('+28 namespaces');
    expect(model.drawn('port:chassis-1/br-int/vm-1-18')?.name).toBe('+28 ports');
  });

  it('draws a collapsed machine as a tile that stands for all in it', () => {
    const model = modelOf(multinode, { collapsed: new Set(['host:central']) });
    expect(model.children('host:central').map(({ id }) => id)).toEqual(['link:central//eth1']);
    expect(model.node('host:central')?.lines.map(({ text }) => text)).toContain('NB, northd, SB');
    expect(model.drawn('bridge:central/br-int')?.id).toBe('host:central');
    // Its NIC keeps its cable; nothing joins it with the tile that it sits on.
    expect(model.edges.filter(({ from, to }) => [from, to].includes('link:central//eth1'))).toHaveLength(1);
  });

  it('draws many routers that differ by a number as one pile, with one line for all sessions of a pair', () => {
    const world = fabric(8, 30);
    const model = modelOf(world, { lens: 'routing' });
    expect(names(model, null).filter((name) => name !== 'Established' && name !== 'Active')).toEqual(
      expect.arrayContaining([
        'spine-1',
        'spine-2',
        'spine-3',
        '5 more machines',
        'leaf-1',
        '27 more machines',
      ]),
    );
    const bgp = model.edges.filter(({ kind }) => kind === 'bgp');
    // Three of each and the rest of each: sixteen pairs.
    expect(bgp).toHaveLength(16);
    const piles = bgp.filter(({ from, to }) => model.node(from)?.folds && model.node(to)?.folds);
    expect(piles.map(({ state }) => state)).toEqual(['waiting']);
    expect(model.drawn('speaker:spine-8%2F%2Fdefault')?.name).toBe('5 more machines');
    const open = modelOf(world, { lens: 'routing', expanded: new Set(model.nodes.map(({ id }) => id)) });
    expect(open.children(null).filter(({ kind }) => kind === 'machine')).toHaveLength(38);
    expect(open.edges.filter(({ kind }) => kind === 'bgp')).toHaveLength(240);
  });

  it('shows a session of piled routers on its line, else in its pile, and the speakers and sessions that must be kept', () => {
    const sessionId = (id: string): string => subjectId({ kind: 'bgp-session', id });
    const nameOf = (machine: number): string => `leaf-${machine + 1}`;
    // One session between two that are shown, one into the pile, one inside it, one out of it to no known end.
    const pairs = [
      [0, 1],
      [0, 20],
      [21, 22],
      [23, 23],
    ] as const;
    const world = routers(
      Array.from({ length: 30 }, () => 1),
      pairs,
      nameOf,
    );
    const model = modelOf(world, { lens: 'routing' });
    const shown = (world.routing?.sessions ?? []).map(({ id }) => model.drawn(sessionId(id))?.name);
    expect(shown).toEqual(['Active', '1 session', '27 more machines', '27 more machines']);

    const keeping = (id: string): readonly string[] =>
      names(modelOf(world, { lens: 'routing', keep: new Set([id]) }), null);
    expect(keeping(subjectId({ kind: 'speaker', id: 'leaf-26//default' }))).toContain('leaf-26');
    const inside = sessionId(world.routing?.sessions[2]?.id ?? '');
    expect(keeping(inside)).toEqual(expect.arrayContaining(['leaf-22', 'leaf-23']));
  });

  it('draws many machines that differ by a number as one pile, but not those that must be kept', () => {
    const many = largeWorld(24, 1);
    const collapsed = new Set(many.hosts.map(({ name }) => `host:${name}`));
    const model = modelOf(many, { lens: 'physical', collapsed });
    expect(model.nodes.filter(({ folds, kind }) => folds && kind === 'machine')).toHaveLength(1);
    expect(model.drawn('bridge:chassis-20/br-int')?.folds?.count).toBe(21);
    expect(
      modelOf(many, { collapsed, keep: new Set(['bridge:chassis-20/br-int']) }).node('host:chassis-20'),
    ).toBeDefined();
  });

  it('draws the far end of a tunnel that leads out of this world as unknown, but of none whose flows choose it', () => {
    const lone = (ip: string) =>
      world({
        hosts: [
          host('a', {
            namespaces: [namespace('', [link('eth0', 'physical', { addresses: ['10.0.0.1/24'] })])],
          }),
        ],
        segments: [segment('s', null, [{ host: 'a', device: 'eth0' }])],
        tunnels: [
          {
            ...tunnel({ host: 'a', ip: '10.0.0.1' }, { host: 'x', ip }, 'ovn-x-0', 1, 's'),
            remoteHost: null,
          },
        ],
      });
    const unknown = (ip: string) => modelOf(lone(ip)).nodes.find(({ state }) => state === 'unknown');
    expect(unknown('10.0.0.9')).toMatchObject({ name: '10.0.0.9', kind: 'machine' });
    expect(unknown('flow')).toBeUndefined();
  });

  it('draws VXLAN between VTEPs as one tube with its VNI, from the device that sends', () => {
    const vtep = (name: string, last: number, ovn: boolean) =>
      host(name, {
        namespaces: [
          namespace('', [
            link('eth0', 'physical', { addresses: [`10.0.0.${last}/24`] }),
            link('br-10', 'bridge'),
            link('vxlan-10', 'vxlan', { master: 'br-10', vni: 10 }),
            ...(ovn ? [link('vxlan_sys_4789', 'vxlan')] : []),
          ]),
        ],
        bridges: ovn ? [ovsBridge('br-int', [ovsPort('ovn-evpn-4789', 1, { type: 'vxlan' })])] : [],
      });
    const kernel = (from: string, last: number, to: string, far: number): TunnelSnapshot => ({
      ...tunnel({ host: from, ip: `10.0.0.${last}` }, { host: to, ip: `10.0.0.${far}` }, 'vxlan-10', -1, 's'),
      id: `${from}//vxlan-10/10.0.0.${far}`,
      bridge: null,
      type: 'vxlan',
      vni: 10,
      device: 'vxlan-10',
    });
    const byFlows: TunnelSnapshot = {
      ...tunnel({ host: 'worker', ip: '10.0.0.2' }, { host: '', ip: 'flow' }, 'ovn-evpn-4789', 1, 's'),
      type: 'vxlan',
      remoteHost: null,
      device: 'vxlan_sys_4789',
    };
    const [first, ...others] = multinode.logical?.switches ?? [];
    if (!first) throw new Error('the fixture has a switch');
    const of = (evpnVni: number | null): WorldSnapshot =>
      world({
        hosts: [vtep('leaf', 1, false), vtep('worker', 2, true)],
        segments: [
          segment('s', null, [
            { host: 'leaf', device: 'eth0' },
            { host: 'worker', device: 'eth0' },
          ]),
        ],
        tunnels: [kernel('leaf', 1, 'worker', 2), byFlows, kernel('worker', 2, 'leaf', 1)],
        logical: { switches: [{ ...first, evpnVni }, ...others], routers: [] },
      });
    const model = modelOf(of(10));
    expect(model.edges.filter(({ kind }) => kind === 'tunnel')).toMatchObject([
      {
        from: 'link:leaf//vxlan-10',
        to: 'link:worker//vxlan_sys_4789',
        via: ['link:leaf//eth0', 'link:worker//eth0'],
        label: 'vxlan VNI 10',
        members: ['leaf//vxlan-10/10.0.0.2', 'worker//vxlan-10/10.0.0.1'],
      },
    ]);
    const sent = { local: '10.0.0.2', remote: '10.0.0.1' };
    expect(model.tunnelFrom('worker', { ...sent, protocol: 'vxlan', vni: 10 })).toEqual({
      id: 'worker//vxlan-10/10.0.0.1',
      port: null,
    });
    expect(model.tunnelFrom('worker', { ...sent, protocol: 'vxlan', vni: 11 })).toBeNull();
    expect(model.tunnelFrom('worker', { ...sent, protocol: 'geneve', vni: 10 })).toBeNull();
    expect(model.networkOfTunnelKey(10, 'vxlan')).toBe(0);
    expect(model.networkOfTunnelKey(10)).toBeNull();
    const [plain] = modelOf(of(null)).edges.filter(({ kind }) => kind === 'tunnel');
    expect(plain?.to).toBe('link:worker//vxlan-10');
  });

  it('leaves out a segment with all its machines', () => {
    const ids = (hidden: readonly string[]): readonly string[] =>
      modelOf(multinode, { hidden: new Set(hidden) })
        .children(null)
        .map(({ id }) => id);
    expect(ids(['host:central'])).toContain('segment:underlay');
    expect(ids(['host:central', 'host:worker1', 'host:worker2'])).toEqual([]);
  });

  it('shows a machine without anything', () => {
    expect(names(modelOf(world({ hosts: [host('bare')] })), null)).toEqual(['bare']);
  });
});

describe('model of the logical network', () => {
  it('has switches, routers, what hangs on them, and who holds a gateway port', () => {
    const model = modelOf(gateways, { lens: 'logical' });
    const card = model.nodes.find(({ id }) => id.startsWith('card:gateway'));
    expect(card?.lines.map(({ text }) => text)).toEqual(['ovn-gw-2, 20, holds it', 'ovn-gw-1, 20, standby']);
    expect(model.nodes.find(({ id }) => id.startsWith('card:nat'))?.lines[0]?.text).toBe(
      '172.16.10.2 ↔ 192.168.10.10',
    );
    expect(model.nodes.filter(({ kind }) => kind === 'localnet').map(({ name }) => name)).toEqual([
      'physnet_gw-1',
      'physnet_gw-2',
    ]);
    expect(model.edges.filter(({ to }) => to === 'logical-port:uuid-lrp-guest-join-dgp')).toHaveLength(1);
  });

  it('folds switches and ports of a large database', () => {
    const model = modelOf(largeLogical(1000, 50), { lens: 'logical' });
    expect(model.nodes.length).toBeLessThan(120);
    expect(model.nodes.find(({ id }) => id.startsWith('fold:switches'))?.name).toBe('+988 switches');
  });
});

describe('networks', () => {
  it('keep their colour when others come and go', () => {
    const first = assignNetworks(gateways, []);
    const later = assignNetworks(multinode, first);
    expect(later.slice(0, first.length)).toEqual(first);
    expect(assignNetworks(gateways, later).map(({ colour }) => colour)).toEqual(
      later.map(({ colour }) => colour),
    );
  });

  it('are on the cables that carry them, untagged first, and say where they do not pass', () => {
    const carried = (faults: WorldSnapshot['faults'], nic: string): readonly string[] => {
      const world = { ...tripleo, faults };
      const networks = assignNetworks(world, []);
      const model = diagramModel(world, modelOptions(networks, { lens: 'physical' }));
      const id = subjectId({ kind: 'link', host: 'controller-0', namespace: '', device: nic });
      const cable = model.edges.find(
        ({ segment: on, from, to }) => on !== null && (from === id || to === id),
      );
      return (cable?.networks ?? []).map(
        (index, at) => `${networks[index]?.name}${cable?.cut.includes(at) ? ' cut' : ''}`,
      );
    };
    const fault = { kind: 'vlan', host: 'controller-0', device: 'ens3', vlan: 20 } as const;
    expect(carried([], 'ens3')).toEqual(['management', 'VLAN 20']);
    expect(carried([{ fault, since: 0, until: null }], 'ens3')).toEqual(['management', 'VLAN 20 cut']);
    expect(carried([{ fault: { ...fault, vlan: null }, since: 0, until: null }], 'ens3')).toEqual([
      'management cut',
      'VLAN 20',
    ]);
    expect(carried([{ fault, since: 0, until: 1 }], 'ens3')).toEqual(['management', 'VLAN 20']);
  });

  it('differ for the first ten and then come back with a pattern', () => {
    const networks = assignNetworks(largeLogical(23, 0), []);
    expect(new Set(networks.slice(0, 10).map(({ colour }) => colour)).size).toBe(10);
    expect(networks.map(({ pattern }) => pattern)).toEqual([
      ...Array.from({ length: 10 }, () => 0),
      ...Array.from({ length: 10 }, () => 1),
      2,
      2,
      2,
    ]);
  });
});

describe('legend', () => {
  it('lists only what occurs', () => {
    const model = modelOf(multinode);
    expect(legendOf(model, idlePlayback).map(({ text }) => text)).toEqual(['network1, VNI 1', 'idle tunnel']);
    expect(legendOf(model, playerOf(model, runTree(echoRun()))(44)).map(({ text }) => text)).toEqual([
      'path so far',
      'to come',
      'network1, VNI 1',
      'idle tunnel',
    ]);
  });
});

describe('filter', () => {
  const model = modelOf(multinode);
  const playback = playerOf(model, runTree(echoRun()))(44);
  const kept = (text: string): readonly string[] => {
    const result = dimmedBy(text, model, playback);
    if (!result.ok) throw new Error(result.error.message);
    return model.children(null).flatMap(({ id, name }) => (result.value.has(id) ? [] : [name]));
  };

  it.each([
    ['', ['central', 'worker1', 'worker2', 'underlay 192.168.50.0/24']],
    ['on path', ['worker1', 'worker2']],
    ['on path or name == "central"', ['central', 'worker1', 'worker2']],
    ['not on path and kind == machine', ['central', 'worker1', 'worker2']],
    ['vm1', ['worker1']],
    ['host == worker2', ['worker2']],
    ['network == network1 and name ~ vm2', ['worker2']],
    ['text ~ 40:44:00:00:00:01', ['worker1']],
    ['(name == nothing)', []],
    [`${'('.repeat(64)}vm1${')'.repeat(64)}`, ['worker1']],
    [`${'vm1 or '.repeat(500)}vm2`, ['worker1', 'worker2']],
  ])('%j keeps %j', (text, wanted) => expect(kept(text)).toEqual(wanted));

  it.each([
    ['colour == red', 'colour is not one of name, kind, state, network, host, text', 0],
    ['name ==', 'a value is missing', 7],
    ['(on path', 'a ) is missing', 8],
    ['on path)', ') is not expected here', 7],
    ['on path or', 'something is missing here', 10],
    [`${'('.repeat(65)}on path${')'.repeat(65)}`, 'more than 64 inside one another', 64],
    [`${'not '.repeat(65)}on path`, 'more than 64 inside one another', 256],
    ['('.repeat(20_000), 'more than 4096 characters', 4096],
  ])('%j is refused: %s', (text, message, at) => {
    const result = dimmedBy(text, model, playback);
    expect(result).toEqual({ ok: false, error: { message, at } });
  });
});
