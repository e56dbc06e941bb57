import { expect, it, vi } from 'vitest';
import { assignNetworks, diagramModel, layoutDiagram, packModel } from '../../view/index.ts';
import { largeWorld } from '../../view/fixtures/chassis.ts';
import { modelOptions } from '../../view/fixtures/world.ts';
import type { LayoutReply, LayoutRequest } from './layout-desk.ts';

it('lays out a picture of more than 250 things as the page would, through copies', async () => {
  const replies: LayoutReply[] = [];
  vi.stubGlobal('postMessage', (reply: LayoutReply) => replies.push(structuredClone(reply)));
  await import('./layout-worker.ts');
  const worker = globalThis as unknown as { onmessage: (event: { readonly data: LayoutRequest }) => void };
  const ask = (request: LayoutRequest): void => worker.onmessage({ data: structuredClone(request) });

  const snapshot = largeWorld(60, 4);
  const closed = diagramModel(snapshot, modelOptions(assignNetworks(snapshot, [])));
  const expanded = new Set(closed.nodes.flatMap(({ folds }) => (folds ? [folds.expand] : [])));
  const model = diagramModel(snapshot, modelOptions(assignNetworks(snapshot, []), { expanded }));
  expect(model.nodes.length).toBeGreaterThan(250);
  const options = { pinned: new Map([['host:node-2', { x: 40, y: 3000 }]]) };
  ask({ model: packModel(model), options });
  expect(replies).toEqual([{ kind: 'layout', layout: layoutDiagram(model, options) }]);

  // What cannot be laid out is answered as well: the next one waits for it.
  ask({ model: { ...packModel(model), nodes: null as never }, options });
  expect(replies[1]).toMatchObject({ kind: 'failed' });
});
