/** A model that went to a worker is laid out as it would have been here. */
import { expect, it } from 'vitest';
import { diagramModel } from '../diagram-model.ts';
import { largeWorld, multinode } from '../fixtures/chassis.ts';
import { gateways, largeLogical } from '../fixtures/gateways.ts';
import { fabric, routers } from '../fixtures/routers.ts';
import { tripleo } from '../fixtures/tripleo.ts';
import { modelOptions } from '../fixtures/world.ts';
import type { Lens } from '../model.ts';
import { assignNetworks } from '../networks.ts';
import { layoutDiagram } from './layout.ts';
import { packModel, unpackModel } from './parcel.ts';

const LENSES: readonly Lens[] = ['physical', 'overlay', 'logical', 'routing'];

it.each([
  ['three machines', multinode],
  ['many machines', largeWorld(12, 4)],
  ['gateways', gateways],
  ['many switches', largeLogical(20, 12)],
  ['TripleO', tripleo],
  [
    'routers',
    routers(
      [2, 1, 3],
      [
        [0, 2],
        [1, 3],
        [2, 4],
      ],
    ),
  ],
  ['a fabric', fabric(2, 4)],
] as const)('%s, in every lens, alone and after an edit', (_, snapshot) => {
  const networks = assignNetworks(snapshot, []);
  for (const lens of LENSES)
    for (const compact of [false, true]) {
      const model = diagramModel(snapshot, modelOptions(networks, { lens, compact }));
      const first = layoutDiagram(model, { pinned: new Map() });
      const [id] = first.nodes.keys();
      const options = { pinned: new Map(id === undefined ? [] : [[id, { x: 40, y: 80 }]]), before: first };
      const sent = unpackModel(structuredClone(packModel(model)));
      expect(layoutDiagram(sent, { pinned: new Map() })).toEqual(first);
      expect(layoutDiagram(sent, structuredClone(options))).toEqual(layoutDiagram(model, options));
    }
});
