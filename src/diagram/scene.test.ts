import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorldSnapshot } from '../engine/snapshot.ts';
import { largeWorld, multinode } from '../view/fixtures/chassis.ts';
import { gateways, largeLogical } from '../view/fixtures/gateways.ts';
import { fabric, racks, routers } from '../view/fixtures/routers.ts';
import { echoRun } from '../view/fixtures/run.ts';
import { tripleo } from '../view/fixtures/tripleo.ts';
import { variedWorld } from '../view/fixtures/varied.ts';
import { modelOptions } from '../view/fixtures/world.ts';
import {
  assignNetworks,
  diagramModel,
  idlePlayback,
  idsOfRun,
  layoutDiagram,
  playerOf,
  runTree,
  type Lens,
} from '../view/index.ts';
import { buildScene } from './build-scene.ts';
import { collisions, struck } from './fixtures/unreadable.ts';
import { FONTS, tableMeasure } from './measure.ts';
import { packetMarks, resolveScene } from './resolve.ts';
import { noMarks, type Scene } from './scene.ts';

const steps = echoRun();

function sceneOf(snapshot: WorldSnapshot, lens: Lens, step: number | null, compact = false): Scene {
  const model = diagramModel(
    snapshot,
    modelOptions(assignNetworks(snapshot, []), {
      lens,
      compact,
      keep: step === null ? new Set() : idsOfRun(steps),
    }),
  );
  const layout = layoutDiagram(model, { pinned: new Map() });
  return buildScene(
    model,
    layout,
    step === null ? idlePlayback : playerOf(model, runTree(steps))(step),
    noMarks,
  );
}

const ZOOMS = [0.25, 0.3, 0.4, 0.5, 0.6, 0.72, 0.8, 1, 1.25, 1.6, 2, 3] as const;

describe('labels', () => {
  it.each([
    ['multinode', multinode, 'overlay', 44],
    ['multinode, at a table', multinode, 'overlay', 37],
    ['multinode, on the way back', multinode, 'overlay', 135],
    ['multinode, physical', multinode, 'physical', 44],
    ['ten machines', largeWorld(10, 30), 'overlay', null],
    ['guests of a hypervisor', tripleo, 'overlay', null],
    ['gateways', gateways, 'logical', null],
    ['many switches', largeLogical(30, 5), 'logical', null],
    ['gateways and their racks', racks, 'routing', null],
    ['a fabric', fabric(2, 4), 'routing', null],
    ['a session that passes another speaker', routers([3], [[1, 0]]), 'routing', null],
    [
      'spines over routers in namespaces',
      routers(
        [1, 1, 2, 2],
        [
          [0, 3],
          [1, 3],
          [0, 5],
          [1, 5],
          [2, 3],
          [4, 5],
        ],
      ),
      'routing',
      null,
    ],
  ] as const)('never overlap in %s', (_, snapshot, lens, step) => {
    for (const compact of [false, true]) {
      const scene = sceneOf(snapshot, lens, step, compact);
      for (const k of ZOOMS) {
        const marks = resolveScene(scene, k, null, tableMeasure);
        expect(collisions(marks), `at ${k}`).toEqual([]);
        expect(struck(marks), `at ${k}`).toEqual([]);
      }
    }
  });

  it('never overlap at any zoom of any topology', () => {
    const machine = fc.record({
      guests: fc.nat(5),
      provider: fc.boolean(),
      bridges: fc.array(fc.nat(3), { maxLength: 2 }),
      vlans: fc.nat(2),
      bond: fc.boolean(),
      vrf: fc.boolean(),
      busyNamespace: fc.boolean(),
      databases: fc.boolean(),
      longNames: fc.boolean(),
    });
    const world = fc.record({
      machines: fc.array(machine, { minLength: 1, maxLength: 6 }),
      tunnelled: fc.boolean(),
      ring: fc.boolean(),
    });
    fc.assert(
      fc.property(world, fc.double({ min: 0.2, max: 4, noNaN: true }), (shape, k) => {
        const marks = resolveScene(sceneOf(variedWorld(shape), 'overlay', null), k, null, tableMeasure);
        expect(collisions(marks)).toEqual([]);
        expect(struck(marks)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('are never smaller than 9.5 px, and stay on their own box', () => {
    for (const { size } of Object.values(FONTS)) expect(size).toBeGreaterThanOrEqual(9.5);
  });

  it.each([
    [0.25, ['worker1', 'central', 'worker2']],
    [0.5, ['worker1', 'central', 'worker2', 'vm1', 'vm2', 'br-int']],
    [1, ['192.168.50.100', '3', 'ovn-worker-0', '8–39', '192.168.0.11/24']],
    [2, ['to 192.168.50.101', 'fail_mode secure']],
  ])('show at %d what their level says', (k, wanted) => {
    const texts = resolveScene(sceneOf(multinode, 'overlay', 44), k, null, tableMeasure).flatMap((mark) =>
      mark.kind === 'text' ? [mark.text] : [],
    );
    for (const text of wanted) expect(texts).toContain(text);
    if (k === 0.25) expect(texts.filter((text) => !/^\d$/.test(text))).toHaveLength(wanted.length);
    if (k < 1) expect(texts).not.toContain('192.168.50.100');
    if (k < 2) expect(texts).not.toContain('fail_mode secure');
  });
});

describe('scene', () => {
  it('keeps its geometry when the playhead moves', () => {
    const boxes = (scene: Scene): unknown => scene.regions;
    expect(boxes(sceneOf(multinode, 'overlay', 5))).toEqual(boxes(sceneOf(multinode, 'overlay', 60)));
    expect(sceneOf(multinode, 'overlay', 5).bounds).toEqual(sceneOf(multinode, 'overlay', 60).bounds);
  });

  it('draws only what touches the view', () => {
    const scene = sceneOf(largeWorld(10, 30), 'overlay', null);
    const all = resolveScene(scene, 1, null, tableMeasure).length;
    const part = resolveScene(scene, 1, { x: 0, y: 0, width: 300, height: 300 }, tableMeasure).length;
    expect(part).toBeGreaterThan(0);
    expect(part).toBeLessThan(all / 4);
  });

  it('leaves nothing out while the zoom changes but the gaps in crossed lines', () => {
    for (const k of [0.3, 0.6, 1.4]) {
      const scene = sceneOf(largeWorld(4, 6), 'logical', null);
      const marks = (brief: boolean) => resolveScene(scene, k, null, tableMeasure, brief);
      const texts = (brief: boolean) => marks(brief).filter(({ kind }) => kind === 'text');
      expect(texts(true)).toEqual(texts(false));
      const gaps = scene.shapes.filter(({ fine, from }) => fine && from <= k).length;
      expect(marks(true)).toHaveLength(marks(false).length - gaps);
      expect(gaps > 0).toBe(k > 0.4);
    }
  });

  it('draws the packet with its headers in proportion, and its callout only when there is room to read', () => {
    const { packet } = sceneOf(multinode, 'overlay', 44);
    expect(packet?.callout).toBe('156 B, .100 → .101:6081');
    const [outer, tunnel, inner] = packet?.bands ?? [];
    expect([outer?.fill, tunnel?.fill, inner?.fill]).toEqual(['accent', 'net-3', 'surface']);
    expect((inner?.width ?? 0) > (outer?.width ?? 0) && (outer?.width ?? 0) > (tunnel?.width ?? 0)).toBe(
      true,
    );
    if (packet)
      expect(packetMarks(packet, 0.5, tableMeasure).some(({ kind }) => kind === 'text')).toBe(false);
  });

  it('holds the packet on its road at every step of the run', () => {
    const model = diagramModel(multinode, modelOptions(assignNetworks(multinode, [])));
    const layout = layoutDiagram(model, { pinned: new Map() });
    steps.forEach((_, index) => {
      const scene = buildScene(model, layout, playerOf(model, runTree(steps))(index), noMarks);
      expect(scene.packet, `step ${index}`).not.toBeNull();
    });
  });
});
