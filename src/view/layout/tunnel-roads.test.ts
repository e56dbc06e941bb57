import { expect, it } from 'vitest';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { diagramModel } from '../diagram-model.ts';
import { chassisOn, tripleo } from '../fixtures/tripleo.ts';
import { racksOfChassis } from '../fixtures/racks.ts';
import { modelOptions } from '../fixtures/world.ts';
import { assignNetworks } from '../networks.ts';
import { tunnelRoads } from './tunnel-roads.ts';

const modelOf = (snapshot: WorldSnapshot, collapsed: readonly string[] = [], compact = false) =>
  diagramModel(
    snapshot,
    modelOptions(assignNetworks(snapshot, []), { collapsed: new Set(collapsed), compact }),
  );

it('finds the hub of a mesh, not what is nearest to one of its ends', () => {
  const snapshot = racksOfChassis(4);
  const model = modelOf(
    snapshot,
    snapshot.hosts.map(({ name }) => `host:${name}`),
  );
  const mesh = model.edges.filter(({ kind, to }) => kind === 'tunnel' && model.node(to)?.kind === 'fold');
  expect(mesh).toHaveLength(8);
  const { roads } = tunnelRoads(model);
  for (const { id } of mesh) {
    const last = roads.get(id)?.at(-1)?.node ?? '';
    expect(model.node(last)?.parent ?? last, id).toBe('host:spine');
  }
});

it('gives a mesh no road when one of its ends has none: one picture for all of it', () => {
  const snapshot = chassisOn(7);
  const lost: WorldSnapshot = {
    ...snapshot,
    tunnels: snapshot.tunnels.map((one) => (one.host === 'compute-3' ? { ...one, localIp: null } : one)),
  };
  const ends = (all: WorldSnapshot): number => {
    const model = modelOf(all);
    const { roads, bars } = tunnelRoads(model);
    return model.edges.filter(
      ({ id, to }) => model.node(to)?.kind === 'fold' && (roads.has(id) || bars.has(id)),
    ).length;
  };
  expect(ends(snapshot)).toBe(7);
  expect(ends(lost)).toBe(0);
});

it('takes the cable that carries a tunnel where one chip stands for several NICs', () => {
  const model = modelOf(
    tripleo,
    tripleo.hosts.slice(1).map(({ name }) => `host:${name}`),
    true,
  );
  const { bars } = tunnelRoads(model);
  const tunnels = model.edges.filter(({ kind }) => kind === 'tunnel');
  expect(tunnels.map(({ id }) => bars.get(id))).toEqual(tunnels.map(() => 'link:hypervisor//data'));
});

it('takes a time that grows with the tunnels, not with their square', () => {
  const took = (count: number): number => {
    const model = modelOf(chassisOn(count));
    const start = performance.now();
    tunnelRoads(model);
    return performance.now() - start;
  };
  took(20);
  expect(took(80)).toBeLessThan(1500);
});
