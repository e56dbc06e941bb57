import { expect, it } from 'vitest';
import { assignNetworks, diagramModel, idlePlayback, layoutDiagram } from '../../view/index.ts';
import { multinode } from '../../view/fixtures/chassis.ts';
import { tripleo } from '../../view/fixtures/tripleo.ts';
import { modelOptions } from '../../view/fixtures/world.ts';
import { buildScene } from '../build-scene.ts';
import { tableMeasure } from '../measure.ts';
import { resolveScene } from '../resolve.ts';
import { noMarks } from '../scene.ts';

it.each([0.3, 0.44, 0.53, 1, 2])('draws the VLANs of a trunk apart at zoom %d', (zoom) => {
  const networks = assignNetworks(tripleo, []);
  const model = diagramModel(tripleo, modelOptions(networks, { lens: 'physical' }));
  const trunk = model.edges.find(({ kind, networks: list }) => kind === 'trunk' && list.length > 1);
  if (!trunk) throw new Error('the fixture has a trunk');
  const layout = layoutDiagram(model, { pinned: new Map() });
  const { shapes, ...scene } = buildScene(model, layout, idlePlayback, noMarks);
  const own = shapes.filter(({ kind, owner }) => kind === 'path' && owner === trunk.id);
  const marks = resolveScene({ ...scene, shapes: own }, zoom, null, tableMeasure);
  const stripes = marks.flatMap((mark) => {
    if (mark.kind !== 'path' || !mark.stroke?.colour.startsWith('net-')) return [];
    const [start] = mark.commands;
    return start?.[0] === 'M' ? [{ x: start[1], width: mark.stroke.width }] : [];
  });
  expect(stripes).toHaveLength(trunk.networks.length);
  stripes.sort((a, b) => a.x - b.x);
  for (const [at, stripe] of stripes.entries()) {
    const next = stripes[at + 1];
    expect(stripe.width).toBeGreaterThanOrEqual(2);
    if (next) expect(next.x - stripe.x).toBeGreaterThanOrEqual(stripe.width);
  }
});

it('draws one plain line for a trunk whose VLANs would run into one', () => {
  const model = diagramModel(tripleo, modelOptions(assignNetworks(tripleo, []), { lens: 'physical' }));
  const trunks = new Set(model.edges.filter(({ kind }) => kind === 'trunk').map(({ id }) => id));
  const scene = buildScene(model, layoutDiagram(model, { pinned: new Map() }), idlePlayback, noMarks);
  const shapes = scene.shapes.filter(({ owner }) => trunks.has(owner));
  const drawn = resolveScene({ ...scene, shapes }, 0.2, null, tableMeasure);
  expect(drawn).toHaveLength(trunks.size);
});

it.each([
  ['of a network', 0],
  ['between routers', null],
])('lets a tunnel in use stand out among idle ones: %s', (_, network) => {
  const model = diagramModel(multinode, modelOptions(assignNetworks(multinode, [])));
  const [used, ...idle] = model.edges.filter(({ kind }) => kind === 'tunnel').map(({ id }) => id);
  if (used === undefined) throw new Error('the fixture has tunnels');
  const playback = { ...idlePlayback, tunnels: new Map([[used, { network, label: 'geneve VNI 5' }]]) };
  const { shapes } = buildScene(model, layoutDiagram(model, { pinned: new Map() }), playback, noMarks);
  const tubes = shapes.filter(({ kind, owner }) => kind === 'path' && owner.startsWith('tunnel:'));
  const colours = (id: string): readonly string[] =>
    tubes.flatMap((shape) =>
      shape.kind === 'path' && shape.owner === id && shape.stroke ? [shape.stroke.colour] : [],
    );
  for (const other of idle) {
    expect(colours(other)).toHaveLength(2);
    for (const colour of colours(used)) expect(colours(other)).not.toContain(colour);
  }
  expect(tubes.slice(-2).every(({ owner }) => owner === used)).toBe(true);
});
