import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { diagramModel } from '../diagram-model.ts';
import { largeWorld, multinode } from '../fixtures/chassis.ts';
import { gateways, largeLogical, routerChain } from '../fixtures/gateways.ts';
import { fabric, racks, routers } from '../fixtures/routers.ts';
import { racksOfChassis } from '../fixtures/racks.ts';
import { chassisOn, tripleo } from '../fixtures/tripleo.ts';
import { variedWorld, type MachineShape, type WorldShape } from '../fixtures/varied.ts';
import { modelOptions } from '../fixtures/world.ts';
import {
  createModel,
  type DiagramEdge,
  type DiagramModel,
  type DiagramNode,
  type ModelOptions,
} from '../model.ts';
import { assignNetworks } from '../networks.ts';
import { layoutDiagram, type Layout, type Point, type Rect } from './layout.ts';
import { bottom, overlaps, right } from './rect.ts';

function lay(
  snapshot: WorldSnapshot,
  options: Partial<ModelOptions> = {},
  pinned: ReadonlyMap<string, Point> = new Map(),
): { model: DiagramModel; layout: Layout } {
  const model = diagramModel(snapshot, modelOptions(assignNetworks(snapshot, []), options));
  return { model, layout: layoutDiagram(model, { pinned }) };
}

/** What a viewer would call a fault: overlapping siblings, things outside their box, lines that end in the air. */
function faults({ model, layout }: { model: DiagramModel; layout: Layout }): readonly string[] {
  const found: string[] = [];
  const at = (id: string): Rect | undefined => layout.nodes.get(id);
  for (const node of model.nodes) {
    const rect = at(node.id);
    if (!rect) {
      found.push(`${node.id} has no place`);
      continue;
    }
    if (
      ![rect.x, rect.y, rect.width, rect.height].every(Number.isFinite) ||
      rect.width <= 0 ||
      rect.height <= 0
    )
      found.push(`${node.id} is ${JSON.stringify(rect)}`);
    const parent = node.parent === null ? undefined : at(node.parent);
    const inBand = model.node(node.parent ?? '')?.kind === 'segment';
    if (
      parent &&
      node.side === 'inside' &&
      !inBand &&
      (rect.x < parent.x - 0.5 ||
        right(rect) > right(parent) + 0.5 ||
        rect.y < parent.y - 0.5 ||
        bottom(rect) > bottom(parent) + 0.5)
    )
      found.push(`${node.id} sticks out of ${node.parent}`);
    if (parent && node.side !== 'inside' && (right(rect) < parent.x || rect.x > right(parent)))
      found.push(`${node.id} is beside ${node.parent}`);
  }
  const groups = new Map<string, string[]>();
  for (const { id, parent, side, kind } of model.nodes) {
    if (kind === 'fold' && model.node(parent ?? '')?.kind === 'segment') continue;
    const key = `${parent} ${side === 'inside' ? 'inside' : 'chips'}`;
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  for (const ids of groups.values())
    for (const [index, a] of ids.entries())
      for (const b of ids.slice(index + 1)) {
        const [one, two] = [at(a), at(b)];
        if (one && two && overlaps(one, two, -0.5)) found.push(`${a} overlaps ${b}`);
      }
  for (const edge of model.edges) {
    const route = layout.edges.get(edge.id);
    if (!route) {
      found.push(`${edge.id} has no road`);
      continue;
    }
    for (const [end, id] of [
      [route.points[0], edge.from],
      [route.points.at(-1), edge.to],
    ] as const) {
      const rect = at(id);
      if (!rect || !end) continue;
      const near =
        end.x >= rect.x - 1 && end.x <= right(rect) + 1 && end.y >= rect.y - 1 && end.y <= bottom(rect) + 1;
      if (!near) found.push(`${edge.id} ends at ${end.x},${end.y}, not at ${id}`);
    }
    // Sessions between tiers go straight.
    if (edge.kind === 'bgp') continue;
    route.points.forEach((point, index) => {
      const next = route.points[index + 1];
      if (next && Math.abs(point.x - next.x) > 0.5 && Math.abs(point.y - next.y) > 0.5)
        found.push(`${edge.id} is slanted`);
    });
  }
  return found;
}

/** Routers with six switches each on one transit switch, with every port shown; some switches have a second router, some a port more. */
function unfolded(routerCount: number, ports: number, more: readonly string[]): DiagramModel {
  const template = lay(largeLogical(2, 1), { lens: 'logical' }).model;
  const nodeOf = (kind: string) => template.nodes.find((node) => node.kind === kind);
  const nodes: DiagramNode[] = [];
  const edges: DiagramEdge[] = [];
  const [edge] = template.edges;
  const add = (kind: string, id: string, to: string | null): void => {
    const like = nodeOf(kind);
    if (like) nodes.push({ ...like, id, name: id });
    if (edge && to !== null) edges.push({ ...edge, id: `${id} to ${to}`, from: id, to });
  };
  add('logical-switch', 'transit', null);
  for (let router = 0; router < routerCount; router += 1) {
    add('logical-router', `router ${router}`, 'transit');
    for (let net = 0; net < 6; net += 1) {
      const name = `net ${router} ${net}`;
      add('logical-switch', name, `router ${router}`);
      const second = `router ${(router + 2) % routerCount}`;
      if (edge && net === 3) edges.push({ ...edge, id: `${name} to ${second}`, from: name, to: second });
      for (let port = 0; port < ports; port += 1) add('logical-port', `port ${port} of ${name}`, name);
    }
  }
  for (const name of more) add('logical-port', `new at ${name}`, name);
  return createModel({ ...template, nodes, edges, aliases: new Map() });
}

const machine: fc.Arbitrary<MachineShape> = fc.record({
  guests: fc.nat(9),
  provider: fc.boolean(),
  bridges: fc.array(fc.nat(4), { maxLength: 3 }),
  vlans: fc.nat(3),
  bond: fc.boolean(),
  vrf: fc.boolean(),
  busyNamespace: fc.boolean(),
  databases: fc.boolean(),
  longNames: fc.boolean(),
});
const shape: fc.Arbitrary<WorldShape> = fc.record({
  machines: fc.array(machine, { minLength: 1, maxLength: 8 }),
  tunnelled: fc.boolean(),
  ring: fc.boolean(),
});

describe('layout', () => {
  it.each([
    ['multinode', multinode, 'overlay'],
    ['multinode, no tunnels', multinode, 'physical'],
    ['ten machines of thirty guests', largeWorld(10, 30), 'overlay'],
    ['guests of a hypervisor', tripleo, 'physical'],
    ['guests with tunnels', tripleo, 'overlay'],
    ['gateways', gateways, 'logical'],
    ['two hundred switches', largeLogical(200, 40), 'logical'],
    ['gateways and their racks', racks, 'routing'],
    ['two spines, four leaves', fabric(2, 4), 'routing'],
    [
      'many sessions side by side',
      routers(
        [2, 3],
        [
          [2, 6],
          [17, 16],
          [7, 0],
          [0, 4],
          [13, 0],
        ],
      ),
      'routing',
    ],
    ['eight spines, thirty leaves', fabric(8, 30), 'routing'],
  ] as const)('puts %s without a fault', (_, snapshot, lens) => {
    expect(faults(lay(snapshot, { lens }))).toEqual([]);
  });

  it('has no fault for any topology, in either lens, small or large', () => {
    fc.assert(
      fc.property(
        shape,
        fc.constantFrom('physical' as const, 'overlay' as const),
        fc.boolean(),
        (world, lens, compact) => {
          expect(faults(lay(variedWorld(world), { lens, compact }))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has no fault with some machines as tiles and all folds open', () => {
    fc.assert(
      fc.property(shape, fc.array(fc.nat(7), { maxLength: 4 }), (world, tiles) => {
        const snapshot = variedWorld(world);
        const collapsed = new Set(
          tiles.flatMap((index) =>
            snapshot.hosts[index] ? [`host:${encodeURIComponent(snapshot.hosts[index].name)}`] : [],
          ),
        );
        const closed = diagramModel(snapshot, modelOptions([], { collapsed }));
        const expanded = new Set(closed.nodes.flatMap(({ folds }) => (folds ? [folds.expand] : [])));
        expect(faults(lay(snapshot, { collapsed, expanded }))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves what was there where it was when a port is added, as far as there is room', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(40),
        (switches, ports, at) => {
          const { model, layout: before } = lay(largeLogical(switches, ports), { lens: 'logical' });
          const again = layoutDiagram(model, { pinned: new Map(), before });
          expect([...again.nodes]).toEqual([...before.nodes]);
          const owners = model.nodes.filter(({ kind }) => kind === 'logical-switch');
          const owner = owners[at % owners.length]?.id ?? '';
          const port = model.nodes.find(({ kind }) => kind === 'logical-port');
          const edge = model.edges.find(({ kind }) => kind === 'logical');
          if (!port || !edge) return;
          const grown = createModel({
            ...model,
            nodes: [...model.nodes, { ...port, id: 'new', name: 'new' }],
            edges: [...model.edges, { ...edge, id: 'new', from: 'new', to: owner }],
            aliases: new Map(),
          });
          const after = layoutDiagram(grown, { pinned: new Map(), before });
          expect(faults({ model: grown, layout: after })).toEqual([]);
          // The whole may shift by as much; nothing moves against the rest by more than it is high, and a gap.
          const rise = (id: string): number => (after.nodes.get(id)?.y ?? 0) - (before.nodes.get(id)?.y ?? 0);
          const rises = model.nodes.map(({ id }) => rise(id));
          expect(Math.max(...rises) - Math.min(...rises)).toBeLessThanOrEqual(80);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leaves machines where they stood when what is in one of them gets less', () => {
    const { layout: before } = lay(largeWorld(4, 3), { lens: 'physical' });
    const { model, layout: fresh } = lay(largeWorld(4, 2), { lens: 'physical' });
    const after = layoutDiagram(model, { pinned: new Map(), before });
    const lefts = (layout: Layout): readonly (number | undefined)[] =>
      model.children(null).flatMap(({ id, kind }) => (kind === 'machine' ? [layout.nodes.get(id)?.x] : []));
    expect(lefts(fresh)).not.toEqual(lefts(before));
    expect(lefts(after)).toEqual(lefts(before));
    expect(faults({ model, layout: after })).toEqual([]);
  });

  it('has no fault for any tree of switches and routers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.nat(12), (switches, ports) => {
        expect(faults(lay(largeLogical(switches, ports), { lens: 'logical' }))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('fills a frame with large networks, in bands, and leaves the bands as they were when a port is added', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 9 }), fc.integer({ min: 3, max: 7 }), (routerCount, ports) => {
        const before = unfolded(routerCount, ports, []);
        const layout = layoutDiagram(before, { pinned: new Map() });
        const { width, height } = layout.bounds;
        expect(width / height).toBeGreaterThan(0.7);
        expect(width / height).toBeLessThan(2.5);
        expect(new Set(layout.bands?.values()).size).toBeGreaterThan(1);
        expect(faults({ model: before, layout })).toEqual([]);
        const grown = unfolded(routerCount, ports, ['net 1 2']);
        const after = layoutDiagram(grown, { pinned: new Map(), before: layout });
        expect(faults({ model: grown, layout: after })).toEqual([]);
        for (const [id, band] of layout.bands ?? []) expect(after.bands?.get(id), id).toBe(band);
        expect(after.bands?.get('new at net 1 2')).toBe(layout.bands?.get('net 1 2'));
      }),
      { numRuns: 6 },
    );
  });

  it('lays a long chain of routers downward, without a fault, and leaves it so when a little is added', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 12 }), fc.nat(3), (depth, ports) => {
        const before = lay(routerChain(depth, ports), { lens: 'logical' });
        expect(before.layout.flow).toBe('down');
        expect(faults(before)).toEqual([]);
        const { model } = lay(routerChain(depth + 1, ports), { lens: 'logical' });
        const layout = layoutDiagram(model, { pinned: new Map(), before: before.layout });
        expect(layout.flow).toBe('down');
        expect(faults({ model, layout })).toEqual([]);
      }),
      { numRuns: 30 },
    );
    expect(lay(largeLogical(3, 4), { lens: 'logical' }).layout.flow).toBe('right');
  });

  it('has no fault for any graph of sessions', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 16 }),
        fc.boolean(),
        (sizes, pairs, compact) => {
          expect(faults(lay(routers(sizes, pairs), { lens: 'routing', compact }))).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is the same every time', () => {
    fc.assert(
      fc.property(shape, (world) => {
        const [a, b] = [lay(variedWorld(world)).layout, lay(variedWorld(world)).layout];
        expect([...a.nodes]).toEqual([...b.nodes]);
        expect([...a.edges]).toEqual([...b.edges]);
      }),
      { numRuns: 20 },
    );
  });

  it('puts the machine with the databases between the others, and everything else in the order of the world', () => {
    const { model, layout } = lay(multinode);
    const order = model
      .children(null)
      .filter(({ kind }) => kind === 'machine')
      .toSorted((a, b) => (layout.nodes.get(a.id)?.x ?? 0) - (layout.nodes.get(b.id)?.x ?? 0));
    expect(order.map(({ name }) => name)).toEqual(['worker1', 'central', 'worker2']);
  });

  it('nests tunnels, inner pairs higher', () => {
    const { model, layout } = lay(multinode);
    const lanes = model.edges
      .filter(({ kind }) => kind === 'tunnel')
      .map(({ id }) => Math.max(...(layout.edges.get(id)?.points ?? []).map(({ y }) => y)));
    const [inner, other, outer] = lanes.toSorted((a, b) => a - b);
    expect(inner).toBe(other);
    expect(outer).toBeGreaterThan(inner ?? 0);
  });

  it.each([3, 4, 5, 6])(
    'lets each tunnel of %i guests be counted: over their bridge, from NIC to NIC, none in another',
    (count) => {
      for (const compact of [false, true]) {
        const snapshot = chassisOn(count);
        const collapsed = new Set(snapshot.hosts.slice(1).map(({ name }) => `host:${name}`));
        const { model, layout } = lay(snapshot, { compact, collapsed });
        const tunnels = model.edges.filter(({ kind }) => kind === 'tunnel');
        expect(tunnels).toHaveLength((count * (count - 1)) / 2);
        const bars = ['management', 'data'].map((name) => layout.nodes.get(`link:hypervisor//${name}`));
        const levels: { readonly y: number; readonly low: number; readonly high: number }[] = [];
        for (const { id, via } of tunnels) {
          const { points = [], stops = [] } = layout.edges.get(id) ?? {};
          const [first, second, third, last] = points;
          if (!first || !second || !third || !last) throw new Error(`${id} has no lane`);
          expect(stops.map(({ node }) => node)).toEqual(via);
          for (const [end, nic] of [
            [first, via[0]],
            [last, via[1]],
          ] as const) {
            const rect = layout.nodes.get(nic ?? '');
            expect(rect && end.x > rect.x && end.x < right(rect)).toBe(true);
          }
          expect(second.y).toBe(third.y);
          const [above, below] = bars.map((bar) => (bar ? bar.y + bar.height / 2 : Number.NaN));
          expect(second.y).toBeGreaterThan((above ?? 0) + 10);
          expect(second.y).toBeLessThan((below ?? 0) - 10);
          levels.push({ y: second.y, low: Math.min(second.x, third.x), high: Math.max(second.x, third.x) });
        }
        for (const [index, one] of levels.entries())
          for (const other of levels.slice(index + 1))
            expect(
              Math.abs(one.y - other.y) > 15 || one.high + 11 < other.low || other.high + 11 < one.low,
              `${JSON.stringify(one)} over ${JSON.stringify(other)}`,
            ).toBe(true);
      }
    },
  );

  it('writes how many idle tunnels a mesh has into the tile that they meet in, clear of its NICs', () => {
    const snapshot = racksOfChassis(4);
    const collapsed = new Set(snapshot.hosts.map(({ name }) => `host:${name}`));
    for (const compact of [false, true]) {
      const { model, layout } = lay(snapshot, { collapsed, compact });
      const pill = layout.nodes.get('fold:tunnels/');
      const tile = layout.nodes.get('host:spine');
      if (!pill || !tile) throw new Error('no pill');
      expect([pill.x, pill.y].map((at, axis) => at > (axis === 0 ? tile.x : tile.y))).toEqual([true, true]);
      expect(right(pill)).toBeLessThan(right(tile));
      expect(bottom(pill)).toBeLessThan(bottom(tile));
      for (const { id } of model.children('host:spine')) {
        const door = layout.nodes.get(id);
        expect(door && overlaps(door, pill), id).toBe(false);
      }
    }
  });

  it('joins the tunnels of a large mesh of guests in one pill over their bridge', () => {
    const { model, layout } = lay(chassisOn(7));
    // The pill lies in the hypervisor, not in a segment.
    expect(faults({ model, layout }).filter((text) => !text.includes('overlaps fold:tunnels/'))).toEqual([]);
    const mesh = layout.nodes.get('fold:tunnels/');
    const [above, below] = ['management', 'data'].map((name) => layout.nodes.get(`link:hypervisor//${name}`));
    expect(mesh?.y).toBeGreaterThan((above?.y ?? 0) + (above?.height ?? 0) / 2);
    expect(mesh && bottom(mesh)).toBeLessThan((below?.y ?? 0) + (below?.height ?? 0) / 2);
  });

  it.each([6, 8, 10])('lets two rows of %i machines begin and end on one line', (count) => {
    const snapshot = largeWorld(count, 1);
    const collapsed = new Set(snapshot.hosts.map(({ name }) => `host:${name}`));
    const { model, layout } = lay(snapshot, { lens: 'physical', collapsed });
    const machines = model.children(null).filter(({ kind }) => kind === 'machine');
    const rows = [false, true].map((lower) =>
      machines.flatMap(({ id }) => (layout.flipped.has(id) === lower ? (layout.nodes.get(id) ?? []) : [])),
    );
    const ends = rows.map((row) => [Math.min(...row.map(({ x }) => x)), Math.max(...row.map(right))]);
    expect(rows[1]?.length).toBeGreaterThan(0);
    const [[left = 0, far = 0] = [], [lowerLeft = 0, lowerFar = 0] = []] = ends;
    expect(Math.abs(left - lowerLeft)).toBeLessThanOrEqual(8);
    expect(Math.abs(far - lowerFar)).toBeLessThanOrEqual(8);
  });

  it('moves nothing but its own machine and what is right of it when a guest is added', () => {
    const one = lay(largeWorld(3, 1)).layout;
    const two = lay(largeWorld(3, 2)).layout;
    for (const [id, rect] of one.nodes) expect(two.nodes.get(id)?.y, id).toBe(rect.y);
  });

  it('keeps pinned machines where they were put and the others out of their way', () => {
    const pinned = new Map([['host:worker2', { x: 0, y: 0 }]]);
    const { layout } = lay(multinode, {}, pinned);
    expect(layout.nodes.get('host:worker2')).toMatchObject({ x: 0, y: 0 });
    const [a, b, c] = ['host:worker1', 'host:central', 'host:worker2'].map((id) => layout.nodes.get(id));
    expect(a && c && overlaps(a, c)).toBe(false);
    expect(b && c && overlaps(b, c)).toBe(false);
  });

  it('keeps a pinned router where it was put, with its cards', () => {
    const pinned = new Map([['logical-router:uuid-lr-guest', { x: 400, y: 900 }]]);
    const { layout } = lay(gateways, { lens: 'logical' }, pinned);
    expect(layout.nodes.get('logical-router:uuid-lr-guest')).toMatchObject({ x: 400, y: 900 });
    const card = layout.nodes.get('card:nat/logical-router:uuid-lr-guest');
    expect(card && bottom(card)).toBeLessThan(900);
  });

  it('takes milliseconds for large worlds', () => {
    const start = performance.now();
    lay(largeWorld(10, 30));
    lay(largeLogical(1000, 10), { lens: 'logical' });
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
