import { describe, expect, it } from 'vitest';
import { multinode } from '../../view/fixtures/chassis.ts';
import { modelOptions } from '../../view/fixtures/world.ts';
import { assignNetworks, diagramModel, idlePlayback, layoutDiagram } from '../../view/index.ts';
import { noMarks } from '../scene.ts';
import { journeyShapes } from './journey.ts';

describe('the road of a packet', () => {
  const model = diagramModel(multinode, modelOptions(assignNetworks(multinode, []), { lens: 'physical' }));
  const layout = layoutDiagram(model, { pinned: new Map() });

  it('reaches the end of a cable on which the packet comes back', () => {
    const cable = model.edges.find(({ kind }) => kind === 'cable');
    const points = cable && layout.edges.get(cable.id)?.points;
    if (!cable || !points) throw new Error('no cable');
    const there = { kind: 'edge', edge: cable.id, from: cable.from, to: cable.to, step: 0 } as const;
    const back = { ...there, from: cable.to, to: cable.from, step: 1 } as const;
    const playback = {
      ...idlePlayback,
      index: 1,
      branches: [
        [{ kind: 'node', node: cable.from, step: 0 }, there, { kind: 'node', node: cable.to, step: 0 }, back],
      ],
    } as const;
    const { lines } = journeyShapes({ model, playback, marks: noMarks }, layout);
    const drawn = lines.flatMap((shape) => (shape.kind === 'path' ? shape.commands : []));
    const ends = drawn.map((command) => command.slice(-2));
    const tip = points.at(-1);
    expect(ends).toContainEqual([tip?.x, tip?.y]);
  });
});
