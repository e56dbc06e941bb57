import { expect, it } from 'vitest';
import { diagramModel, layoutDiagram } from '../../view/index.ts';
import { racksOfChassis } from '../../view/fixtures/racks.ts';
import { modelOptions } from '../../view/fixtures/world.ts';
import { assignNetworks } from '../../view/networks.ts';
import { tubeCounts } from './tube-counts.ts';

it.each([
  ['folded to a mesh', 4, 7],
  ['one by one', 3, 5],
])('says at each NIC how many tunnels lie in its tube, %s', (_, racks, each) => {
  const snapshot = racksOfChassis(racks);
  const collapsed = new Set(snapshot.hosts.map(({ name }) => `host:${name}`));
  const model = diagramModel(snapshot, modelOptions(assignNetworks(snapshot, []), { collapsed }));
  const layout = layoutDiagram(model, { pinned: new Map() });
  const tubes = model.edges.flatMap((edge) => {
    const route = layout.edges.get(edge.id);
    return edge.kind === 'tunnel' && route ? [{ edge, route }] : [];
  });
  const said = tubeCounts(model, layout, tubes).map((shape) => (shape.kind === 'tag' ? shape.tag.text : ''));
  expect(said).toEqual(Array.from({ length: 2 * racks }, () => `×${each}`));
});
