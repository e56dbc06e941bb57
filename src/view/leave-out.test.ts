import { expect, it } from 'vitest';
import { diagramModel } from './diagram-model.ts';
import { dimmedBy } from './filter.ts';
import { multinode } from './fixtures/chassis.ts';
import { modelOptions } from './fixtures/world.ts';
import { layoutDiagram } from './layout/layout.ts';
import { leaveOut } from './leave-out.ts';
import { assignNetworks } from './networks.ts';
import { idlePlayback } from './playback.ts';

const model = diagramModel(multinode, modelOptions(assignNetworks(multinode, []), { lens: 'overlay' }));

function without(filter: string) {
  const out = dimmedBy(filter, model, idlePlayback);
  if (!out.ok) throw new Error(out.error.message);
  return { out: out.value, left: leaveOut(model, out.value) };
}

it.each(['host == "worker1"', 'kind == namespace', 'kind == nic', 'kind == segment', 'nothing-is-called-so'])(
  'can be laid out without all but %s, with no line that ends nowhere',
  (filter) => {
    const { out, left } = without(filter);
    expect(out.size).toBeGreaterThan(0);
    for (const { id } of left.nodes) expect(out.has(id)).toBe(false);
    for (const { from, to, via } of left.edges)
      for (const id of [from, to, ...via]) expect(left.node(id)).toBeDefined();
    const layout = layoutDiagram(left, { pinned: new Map() });
    expect([...layout.nodes.keys()].toSorted()).toEqual(left.nodes.map(({ id }) => id).toSorted());
  },
);

it('shows what is left out by what it lay in', () => {
  const machine = model.nodes.find(({ name }) => name === 'worker1');
  const inside = model.nodes.find(({ parent, kind }) => parent === machine?.id && kind === 'ovs-bridge');
  const left = leaveOut(model, new Set([inside?.id ?? '']));
  expect(left.drawn(inside?.id ?? '')?.id).toBe(machine?.id);
  expect(left.drawn(machine?.id ?? '')?.id).toBe(machine?.id);
});

it('is the very same picture when nothing is left out', () => {
  expect(leaveOut(model, new Set())).toBe(model);
});
