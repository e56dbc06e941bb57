import { expect, it } from 'vitest';
import { multinode } from '../../view/fixtures/chassis.ts';
import { modelOptions } from '../../view/fixtures/world.ts';
import { assignNetworks, diagramModel, subjectId } from '../../view/index.ts';
import { createLayoutMemory } from './layout-memory.ts';

it('a pin that is taken back leaves everything where it was', () => {
  const memory = createLayoutMemory({ lay: () => Promise.resolve(null), close: () => undefined });
  const model = diagramModel(multinode, modelOptions(assignNetworks(multinode, [])));
  const central = subjectId({ kind: 'host', host: 'central' });
  const lay = (pins: ReadonlyMap<string, { readonly x: number; readonly y: number }>) =>
    memory.lay(model, pins, 'overlay').layout.nodes;
  const free = lay(new Map());
  const at = free.get(central) ?? { x: 0, y: 0 };
  const once = lay(new Map([[central, { x: at.x + 40, y: at.y + 60 }]]));
  expect(once.get(central)).toMatchObject({ x: at.x + 40, y: at.y + 60 });
  lay(new Map([[central, { x: at.x + 90, y: at.y + 200 }]]));
  expect(lay(new Map([[central, { x: at.x + 40, y: at.y + 60 }]]))).toEqual(once);
  expect(lay(new Map())).toEqual(free);
});
