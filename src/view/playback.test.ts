import { describe, expect, it } from 'vitest';
import type { Step, What, Where } from '../core/base/step.ts';
import type { WorldSnapshot } from '../engine/snapshot.ts';
import { diagramModel } from './diagram-model.ts';
import { multinode } from './fixtures/chassis.ts';
import { racks } from './fixtures/routers.ts';
import { echoRun } from './fixtures/run.ts';
import { tripleo } from './fixtures/tripleo.ts';
import { modelOptions } from './fixtures/world.ts';
import type { DiagramModel, ModelOptions } from './model.ts';
import { assignNetworks } from './networks.ts';
import { playerOf, type Playback } from './playback.ts';
import { fitStrip } from './strip.ts';
import { runTree } from './run-tree.ts';

const run = echoRun();
const SENT = run.findIndex(({ what, where }) => what.kind === 'sent' && where.device === 'eth1');

const modelOf = (snapshot: WorldSnapshot, options: Partial<ModelOptions> = {}): DiagramModel =>
  diagramModel(snapshot, modelOptions(assignNetworks(snapshot, []), options));

/** Names of nodes in order, `~kind` for edges. */
function road(model: DiagramModel, { branches }: Playback, branch = 0): readonly string[] {
  return (branches[branch] ?? []).map((piece) =>
    piece.kind === 'node' ? (model.node(piece.node)?.name ?? '?') : `~${model.edge(piece.edge)?.kind}`,
  );
}

function steps(
  drafts: readonly { readonly parent?: number; readonly where: Where; readonly what?: What }[],
): readonly Step[] {
  return drafts.map(({ parent, where, what = { kind: 'received' } }, id) => ({
    id,
    parent: parent ?? (id === 0 ? null : id - 1),
    time: id,
    where,
    what,
    frame: null,
    because: [],
  }));
}

it('shows no packet on a machine that has no place among the routers', () => {
  const model = modelOf(racks, { lens: 'routing' });
  const on = (host: string): Where => ({ host, namespace: 'frr-ns', device: 'ext1' });
  const player = playerOf(
    model,
    runTree(steps([{ where: on('gw-1') }, { where: on('cable-box') }, { where: on('gw-2') }])),
  );
  expect([0, 1, 2].map((index) => player(index).packet?.at.kind ?? null)).toEqual(['node', null, 'node']);
});

describe('the road of a packet', () => {
  const model = modelOf(multinode);
  const playback = playerOf(model, runTree(run))(SENT);

  it('leads through the ports, along the tunnel, past both NICs', () => {
    expect(road(model, playback)).toEqual([
      'vm1',
      '~internal',
      'vm1',
      'br-int',
      'ovn-worker-0',
      '~wire',
      'genev_sys_6081',
      '~tunnel',
      'eth1',
      '~tunnel',
      'eth1',
      '~tunnel',
      'genev_sys_6081',
      '~wire',
      'ovn-worker-0',
      'br-int',
      'vm2',
      '~internal',
      'vm2',
    ]);
  });

  it('is past up to the playhead and ahead after it', () => {
    const mark = (id: string): string | undefined => playback.marks.get(id);
    expect([
      mark('port:worker1/br-int/vm1'),
      mark('link:worker1//eth1'),
      mark('link:worker2//eth1'),
      mark('bridge:worker2/br-int'),
      mark('host:central'),
    ]).toEqual(['past', 'past', 'ahead', 'ahead', undefined]);
  });

  it('is that of the reply once the reply is sent', () => {
    const back = playerOf(model, runTree(run))(run.length - 3);
    expect(road(model, back).at(0)).toBe('vm2');
    expect(road(model, back).at(-1)).toBe('vm1');
    expect(back.marks.get('link:worker2//eth1')).toBe('past');
  });

  it('numbers four hops: bridge, wire, bridge, guest', () => {
    expect(playback.badges.map(({ number, past }) => [number, past])).toEqual([
      [1, true],
      [2, true],
      [3, false],
      [4, false],
    ]);
  });

  it('says what the tunnel carries', () => {
    expect([...playback.tunnels.values()]).toEqual([{ network: 0, label: 'geneve VNI 1, 1 → 2' }]);
  });

  it('has the packet on the wire when it was just sent, with its layers', () => {
    expect(playback.packet).toMatchObject({
      at: { kind: 'edge', from: 'link:worker1//eth1', to: 'link:worker2//eth1' },
      bands: [
        { role: 'outer', size: 42 },
        { role: 'tunnel', size: 16 },
        { role: 'inner', size: 98 },
      ],
      text: '156 B, .100 → .101:6081',
      network: 0,
    });
    expect(playerOf(model, runTree(run))(37).packet).toMatchObject({
      at: { kind: 'node', node: 'bridge:worker1/br-int', table: 40 },
      text: '98 B, .11 → .12',
    });
  });

  it('leads over a tile where a machine is collapsed, and stays a road', () => {
    const tiles = modelOf(multinode, { collapsed: new Set(['host:worker2']) });
    const nodes = road(tiles, playerOf(tiles, runTree(run))(SENT));
    expect(nodes.at(-1)).toBe('worker2');
    expect(nodes.at(-3)).toBe('eth1');
  });

  it('needs no ports on a small picture', () => {
    const small = modelOf(multinode, { compact: true });
    expect(road(small, playerOf(small, runTree(run))(SENT)).slice(0, 5)).toEqual([
      'vm1',
      '~internal',
      'br-int',
      '~wire',
      'genev_sys_6081',
    ]);
  });
});

describe('the road in the logical network', () => {
  it('leads from port to switch to port', () => {
    const model = modelOf(multinode, { lens: 'logical' });
    expect(road(model, playerOf(model, runTree(run))(SENT))).toEqual([
      'vm1',
      '~logical',
      'network1',
      '~logical',
      'vm2',
    ]);
    expect(playerOf(model, runTree(run))(SENT).packet?.at).toMatchObject({
      kind: 'edge',
      from: 'logical-switch:uuid-network1',
      to: 'logical-port:uuid-vm2',
    });
  });
});

describe('a switch that names its ports by device', () => {
  const model = modelOf(multinode);
  const bridge = (table: number): Where => ({ host: 'worker1', bridge: 'br-int', device: 'vm1', table });
  const table = (number: number, matched = true): What => ({
    kind: 'table',
    table: number,
    matched,
    changes: [],
  });
  const tunnelled = steps([
    { where: { host: 'worker1', namespace: 'vm1' }, what: { kind: 'originated', program: 'ping', text: '' } },
    { where: { host: 'worker1', namespace: 'vm1', device: 'vm1' }, what: { kind: 'queued', reason: '' } },
    {
      where: { host: 'worker1', namespace: 'vm1', device: 'vm1' },
      what: { kind: 'originated', program: 'kernel', text: 'ARP request' },
    },
    { where: bridge(0), what: table(0) },
    {
      where: { host: 'worker1', namespace: 'vm1', device: 'vm1' },
      what: { kind: 'resolved', address: '192.168.0.12', mac: '' },
    },
    { where: bridge(0), what: table(0) },
    { where: bridge(8), what: table(8) },
    { where: bridge(73), what: table(73, false) },
    { parent: 6, where: bridge(9), what: table(9) },
    { where: bridge(44), what: table(44) },
    { where: bridge(45), what: table(45) },
    {
      parent: 9,
      where: { host: 'worker1', device: 'genev_sys_6081' },
      what: { kind: 'output', port: 'genev_sys_6081', text: '' },
    },
    { where: { host: 'worker1', device: 'genev_sys_6081' }, what: { kind: 'sent' } },
    {
      where: { host: 'worker1', device: 'genev_sys_6081' },
      what: {
        kind: 'encapsulated',
        protocol: 'geneve',
        vni: 1,
        local: '192.168.50.100',
        remote: '192.168.50.101',
        metadata: 'ingress key 1, egress key 2',
      },
    },
    { where: { host: 'worker1', device: 'eth1' }, what: { kind: 'sent' } },
    { where: { host: 'worker2', device: 'eth1' } },
  ]);
  const playback = playerOf(model, runTree(tunnelled))(14);

  it('is left by the port of the tunnel that the packet is put into', () => {
    expect(road(model, playback).slice(0, 7)).toEqual([
      'vm1',
      '~internal',
      'vm1',
      'br-int',
      'ovn-worker-0',
      '~wire',
      'genev_sys_6081',
    ]);
    expect(playback.branches).toHaveLength(1);
    expect([...playback.tunnels.values()][0]?.label).toBe('geneve VNI 1, 1 → 2');
  });

  it('shows no tables that were only asked on the way', () => {
    expect(playback.strips.get('bridge:worker1/br-int')?.cells.map(({ text }) => text)).toEqual([
      '0',
      '8–9',
      '44',
    ]);
  });

  it('sends on the packet that waited, not the question that was asked meanwhile', () => {
    expect(playback.marks.get('namespace:worker1/vm1')).toBe('past');
    expect(playerOf(model, runTree(tunnelled))(3).branches[0]?.some(({ kind }) => kind === 'edge')).toBe(
      true,
    );
    expect(playerOf(model, runTree(tunnelled))(3).marks.has('link:worker1//eth1')).toBe(false);
  });
});

describe('other journeys', () => {
  it('go through cables and bridges of a hypervisor', () => {
    const model = modelOf(tripleo, { lens: 'physical' });
    const ping = steps([
      {
        where: { host: 'controller-0', device: 'ens5' },
        what: { kind: 'originated', program: 'ping', text: '' },
      },
      { where: { host: 'controller-0', device: 'ens5' }, what: { kind: 'sent' } },
      { where: { host: 'hypervisor', device: 'vnet5' } },
      { where: { host: 'hypervisor', device: 'external' }, what: { kind: 'bridged', port: 'vnet8' } },
      { where: { host: 'hypervisor', device: 'vnet8' }, what: { kind: 'sent' } },
      { where: { host: 'controller-1', device: 'ens5' } },
    ]);
    expect(road(model, playerOf(model, runTree(ping))(5))).toEqual([
      'ens5',
      '~cable',
      'vnet5',
      'external',
      'vnet8',
      '~cable',
      'ens5',
    ]);
    expect(playerOf(model, runTree(ping))(4).packet?.at).toMatchObject({
      kind: 'edge',
      to: 'link:controller-1//ens5',
    });
  });

  it('branch at a flood', () => {
    const model = modelOf(tripleo, { lens: 'physical' });
    const flood = steps([
      { where: { host: 'hypervisor', device: 'vnet5' } },
      {
        where: { host: 'hypervisor', device: 'external' },
        what: { kind: 'flooded', ports: ['vnet8', 'vnet11'] },
      },
      { where: { host: 'hypervisor', device: 'vnet8' }, what: { kind: 'sent' } },
      { parent: 1, where: { host: 'hypervisor', device: 'vnet11' }, what: { kind: 'sent' } },
      { parent: 2, where: { host: 'controller-1', device: 'ens5' } },
      { parent: 3, where: { host: 'compute-0', device: 'ens5' } },
    ]);
    const playback = playerOf(model, runTree(flood))(5);
    expect(playback.branches).toHaveLength(2);
    expect(road(model, playback, 1)).toEqual(['external', 'vnet11', '~cable', 'ens5']);
  });

  it('end where the packet died, and invent no way on', () => {
    const model = modelOf(multinode);
    const cut = run
      .slice(0, 38)
      .map((step, index) =>
        index === 37 ? { ...step, what: { kind: 'dropped', reason: { kind: 'table-miss' } } as const } : step,
      );
    const playback = playerOf(model, runTree(cut))(37);
    expect(playback.drop).toEqual({ node: 'bridge:worker1/br-int', text: 'no flow matched' });
    expect(road(model, playback).at(-1)).toBe('br-int');
    expect([...playback.marks.values()]).not.toContain('ahead');
  });

  it('stay where they were when a step is at a place that is not drawn', () => {
    const model = modelOf(multinode);
    const lost = steps([
      { where: { host: 'worker1', device: 'eth1' } },
      { where: { host: 'nowhere', device: 'eth9' } },
    ]);
    expect(playerOf(model, runTree(lost))(1).packet?.at).toEqual({
      kind: 'node',
      node: 'link:worker1//eth1',
      table: null,
    });
  });

  it('are nothing without steps', () => {
    expect(playerOf(modelOf(multinode), runTree([]))(0).packet).toBeNull();
  });
});

describe('the strip of a bridge', () => {
  const model = modelOf(multinode);
  const strip = (at: number, bridge: string): readonly string[] =>
    (playerOf(model, runTree(run))(at).strips.get(bridge)?.cells ?? []).map(
      ({ text, deciding, visited }) => `${text}${deciding ? '!' : ''}${visited ? '' : '…'}`,
    );

  it('folds what decided nothing, and keeps the way in and the way out apart', () => {
    expect(strip(SENT, 'bridge:worker1/br-int')).toEqual(['0', '8–39', '40!', '42', '44!']);
    expect(strip(SENT, 'bridge:worker2/br-int')).toEqual(['0…', '46–64…', '65!…']);
  });

  it('is visited up to the playhead', () => {
    expect(strip(36, 'bridge:worker1/br-int')).toEqual(['0', '8–39', '40!…', '42…', '44!…']);
    expect(playerOf(model, runTree(run))(20).strips.get('bridge:worker1/br-int')?.current).toBe(1);
  });

  it('fills the width it is given, joining plain cells when they do not fit', () => {
    const full = playerOf(model, runTree(run))(SENT).strips.get('bridge:worker1/br-int');
    const width = (text: string): number => text.length * 6;
    if (!full) throw new Error('no strip');
    for (const room of [194, 130, 60, 20]) {
      const { cells } = fitStrip(full, room, width);
      const last = cells.at(-1);
      expect(last && last.x + last.width).toBeCloseTo(Math.max(room, last ? last.x + last.width : 0), 5);
      expect(cells[0]?.firstTable).toBe(0);
      expect(last?.lastTable).toBe(44);
    }
    expect(fitStrip(full, 130, width).cells.map(({ text }) => text)).toEqual(['0–39', '40', '42', '44']);
    expect(fitStrip(full, 90, width).cells.map(({ text }) => text)).toEqual(['0–42', '44']);
  });
});
