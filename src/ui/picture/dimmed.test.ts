import { expect, it } from 'vitest';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { multinode } from '../../view/fixtures/chassis.ts';
import { modelOptions } from '../../view/fixtures/world.ts';
import { assignNetworks, diagramModel, idlePlayback, legendOf, type DiagramModel } from '../../view/index.ts';
import { dimmedByLegend, legendKey } from './dimmed.ts';

const modelOf = (snapshot: WorldSnapshot): DiagramModel =>
  diagramModel(snapshot, modelOptions(assignNetworks(snapshot, [])));

const keyOf = (model: DiagramModel, name: string): string => {
  const entry = legendOf(model, idlePlayback).find(({ text }) => text.startsWith(name));
  if (!entry) throw new Error(`${name} is not in the legend`);
  return legendKey(entry, model.networks);
};

it('a network that is switched off stays so when another one comes before it', () => {
  const before = modelOf(multinode);
  const [first] = multinode.logical?.switches ?? [];
  if (!multinode.logical || !first) throw new Error('the fixture has no logical switch');
  const other = { ...first, uuid: 'uuid-other', name: 'other', tunnelKey: 9, ports: [] };
  const logical = { ...multinode.logical, switches: [other, ...multinode.logical.switches] };
  const after = modelOf({ ...multinode, logical });
  const hidden = new Set([keyOf(before, 'network1')]);
  const dimmed = dimmedByLegend(hidden, before, idlePlayback);
  expect(dimmed.size).toBeGreaterThan(0);
  expect(dimmedByLegend(hidden, after, idlePlayback)).toEqual(dimmed);
});
