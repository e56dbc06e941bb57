/**
 * Routers with their sessions. In a machine speakers stand one under the other, those with a session between them next to
 * each other; machines stand in tiers, those with most neighbours (a fabric's spines) on top.
 */
import type { DiagramEdge, DiagramModel } from '../model.ts';
import { tidy } from './ends.ts';
import type { Layout, LayoutOptions, Route } from './layout.ts';
import { bottom, centreX, unionOf, type Point, type Rect } from './rect.ts';
import { SPREAD, stackOf, type Pose, type Stack } from './routing-stack.ts';
import type { Size } from './sizes.ts';
import { placeBadges } from './session-places.ts';
import { tiersOf } from './routing-tiers.ts';

const MACHINE_GAP = 44;
/** Between tiers, at least and at most: as much as gives the picture the shape of a pane. */
const TIER_GAP = 120;
const MOST_TIER_GAP = 340;
/** Width by height of the pane: of a wide page, and of a narrow one. */
const WIDE_ASPECT = 1.5;
const TALL_ASPECT = 1.15;
/** Below the first of two ranks: its names stand there from far away. */
const RANK_GAP = 90;
/** Fewer machines than this stand in one rank. */
const LEAST_RANKED = 5;
const PART_GAP = 90;
/** Between sessions that leave a speaker by the same side, and from its corners. */
const EDGE = 12;
/** Between lanes of sessions above a tier. */
const LANE = 12;
export function layoutRouting(model: DiagramModel, { pinned }: LayoutOptions): Layout {
  const nodes = new Map<string, Rect>();
  const edges = new Map<string, Route>();
  const flipped = new Set<string>();
  const mirrored = new Set<string>();
  const sessions = model.edges.filter(({ kind }) => kind === 'bgp');
  const machineOf = machineLookup(model);
  const machines = model.children(null).filter(({ kind }) => kind === 'machine' || kind === 'container');
  const links = sessions.flatMap(({ from, to }) => {
    const a = machineOf(from);
    const b = machineOf(to);
    return a !== null && b !== null && a !== b ? [[a, b] as const] : [];
  });
  const parts = tiersOf(
    machines.map(({ id }) => id),
    links,
    // A plate stands for routers of one speaker each.
    (id) => Math.max(1, speakersIn(model, id)),
  );
  const poses = posesOf(parts, links);
  const stacks = new Map(
    machines.map((machine) => [
      machine.id,
      stackOf(model, machine, sessions, poses.get(machine.id) ?? 'crossed'),
    ]),
  );
  const reach = placeMachines(parts, stacks, links, { pinned, tall: model.compact }, (id, at) =>
    stacks.get(id)?.emit(at, { nodes, edges, flipped }),
  );
  const outer = sessions.filter((edge) => !edges.has(edge.id));
  placeBadges(model, outer, nodes, routeOuter(outer, machineOf, reach, nodes, edges), mirrored);
  const all = [...nodes.values()];
  for (const { points } of edges.values())
    for (const { x, y } of points) all.push({ x, y, width: 0, height: 0 });
  return {
    bounds: unionOf(all),
    nodes,
    edges,
    strips: new Map(),
    mirrored,
    flipped,
  };
}

const speakersIn = (model: DiagramModel, machine: string): number =>
  model
    .children(machine)
    .reduce((sum, { id, kind }) => sum + (kind === 'speaker' ? 1 : speakersIn(model, id)), 0);

/** Sessions leave the lowest tier upwards and the highest downwards: heads stand at the other side, where no line passes. */
function posesOf(
  parts: readonly (readonly (readonly string[])[])[],
  links: readonly (readonly [string, string])[],
): ReadonlyMap<string, Pose> {
  const tierOf = new Map(
    parts.flatMap((tiers) => tiers.flatMap((row, tier) => row.map((id) => [id, tier] as const))),
  );
  const up = new Set<string>();
  const down = new Set<string>();
  for (const link of links)
    for (const [own, other] of [link, link.toReversed()]) {
      const [a = 0, b = 0] = [tierOf.get(own ?? ''), tierOf.get(other ?? '')];
      if (own !== undefined) (b > a ? down : up).add(own);
    }
  return new Map(
    [...tierOf].map(([id, tier]) => [
      id,
      !up.has(id) ? 'upright' : down.has(id) || tier === 0 ? 'crossed' : 'flipped',
    ]),
  );
}

function machineLookup(model: DiagramModel): (id: string) => string | null {
  return (id) => {
    for (let at = model.node(id); at; at = at.parent === null ? undefined : model.node(at.parent))
      if (at.kind === 'machine' || at.kind === 'container') return at.id;
    return null;
  };
}

/** Where sessions may turn aside: below or above all machines of a tier. Pinned machines have neither. */
interface Reach {
  readonly floors: ReadonlyMap<string, number>;
  readonly ceilings: ReadonlyMap<string, number>;
}

function placeMachines(
  parts: readonly (readonly (readonly string[])[])[],
  stacks: ReadonlyMap<string, Stack>,
  links: readonly (readonly [string, string])[],
  { pinned, tall }: { readonly pinned: ReadonlyMap<string, Point>; readonly tall: boolean },
  emit: (id: string, at: Point) => void,
): Reach {
  const floors = new Map<string, number>();
  const ceilings = new Map<string, number>();
  const aspect = tall ? TALL_ASPECT : WIDE_ASPECT;
  let left = 0;
  for (const tiers of parts) {
    const rows = tiers.map((row, tier) => {
      const level = links.filter(([a, b]) => row.includes(a) && row.includes(b)).length;
      const one = oneRank(row, stacks);
      const last = tier > 0 && tier === tiers.length - 1;
      if (!last || level > 0 || row.length < LEAST_RANKED) return { ...one, level };
      const two = twoRanks(row, stacks, (id) => links.filter(([a, b]) => a === id || b === id).length);
      const better =
        one.width > 1.5 * aspect * (two.height + tier * TIER_GAP) && two.width < 0.85 * one.width;
      return { ...(better ? two : one), level };
    });
    const width = Math.max(...rows.map((row) => row.width));
    const heights = rows.reduce((sum, row) => sum + row.height, 0);
    const air = (width / aspect - heights) / Math.max(1, rows.length - 1);
    const gap = Math.round(Math.max(TIER_GAP, Math.min(MOST_TIER_GAP, air)));
    let y = 0;
    for (const row of rows) {
      if (y > 0) y += LANE * row.level;
      for (const { id, at } of row.places) {
        const pin = pinned.get(id);
        emit(id, pin ?? { x: Math.round(left + (width - row.width) / 2 + at.x), y: y + at.y });
        if (pin) continue;
        floors.set(id, y + row.height);
        ceilings.set(id, y);
      }
      y += row.height + gap;
    }
    left += width + (tiers.length > 1 ? PART_GAP : MACHINE_GAP);
  }
  return { floors, ceilings };
}

interface Row extends Size {
  readonly places: readonly { readonly id: string; readonly at: Point }[];
}

const NOTHING: Size = { width: 0, height: 0 };

function oneRank(row: readonly string[], stacks: ReadonlyMap<string, Stack>): Row {
  let x = 0;
  const places = row.map((id) => {
    const at = { x, y: 0 };
    x += (stacks.get(id) ?? NOTHING).width + MACHINE_GAP;
    return { id, at };
  });
  return {
    places,
    width: x - MACHINE_GAP,
    height: Math.max(...row.map((id) => stacks.get(id)?.height ?? 0)),
  };
}

/** Every second machine stands behind the gap between its neighbours, so that its sessions pass there. */
function twoRanks(
  row: readonly string[],
  stacks: ReadonlyMap<string, Stack>,
  sessions: (id: string) => number,
): Row {
  const sizeOf = (id: string): Size => stacks.get(id) ?? NOTHING;
  const wide = Math.max(...row.map((id) => sizeOf(id).width));
  const gap = Math.max(
    MACHINE_GAP,
    ...row.map((id) => Math.min(sizeOf(id).width, SPREAD * sessions(id)) + 2 * EDGE),
  );
  const step = (wide + gap) / 2;
  const front = Math.max(...row.map((id, index) => (index % 2 === 0 ? sizeOf(id).height : 0)));
  const places = row.map((id, index) => ({
    id,
    at: {
      x: index * step + (wide - sizeOf(id).width) / 2,
      y: index % 2 === 0 ? 0 : front + RANK_GAP,
    },
  }));
  const height = Math.max(...places.map(({ id, at }) => at.y + sizeOf(id).height));
  return { places, width: (row.length - 1) * step + wide, height };
}

/**
 * Sessions between machines: out of the facing sides, or over both when they stand side by side.
 * @returns for each the piece of its line that lies outside of both machines.
 */
function routeOuter(
  edges: readonly DiagramEdge[],
  machineOf: (id: string) => string | null,
  { floors, ceilings }: Reach,
  nodes: ReadonlyMap<string, Rect>,
  routes: Map<string, Route>,
): ReadonlyMap<string, readonly [Point, Point]> {
  const open = new Map<string, readonly [Point, Point]>();
  const ends = new Map<string, { readonly edge: string; readonly far: number }[]>();
  const placed = edges.flatMap((edge) => {
    const from = nodes.get(edge.from);
    const to = nodes.get(edge.to);
    const a = nodes.get(machineOf(edge.from) ?? '');
    const b = nodes.get(machineOf(edge.to) ?? '');
    return from && to && a && b ? [{ edge, from, to, a, b }] : [];
  });
  const sideOf = (own: Rect, other: Rect): 'top' | 'bottom' => (bottom(own) <= other.y ? 'bottom' : 'top');
  for (const { edge, from, to, a, b } of placed)
    for (const [id, rect, own, other] of [
      [edge.from, to, a, b],
      [edge.to, from, b, a],
    ] as const) {
      const key = `${id} ${sideOf(own, other)}`;
      const list = ends.get(key) ?? [];
      ends.set(key, list);
      list.push({ edge: edge.id, far: centreX(rect) });
    }
  for (const list of ends.values()) list.sort((x, y) => x.far - y.far);
  /** Where on a speaker's side a session begins: sorted by where it leads to, so that lines cross as little as can be. */
  const startX = (id: string, rect: Rect, side: 'top' | 'bottom', edge: string): number => {
    const list = ends.get(`${id} ${side}`) ?? [];
    const place = list.findIndex((one) => one.edge === edge);
    const pitch = Math.min(SPREAD, (rect.width - 2 * EDGE) / Math.max(1, list.length));
    return centreX(rect) + (place - (list.length - 1) / 2) * pitch;
  };
  const lanes = new Map<number, number>();
  for (const { edge, from, to, a, b } of placed) {
    const exit = (id: string, rect: Rect, own: Rect, other: Rect): readonly [Point, Point] => {
      const side = sideOf(own, other);
      const x = startX(id, rect, side, edge.id);
      return side === 'bottom'
        ? [
            { x, y: bottom(rect) },
            { x, y: Math.min(floors.get(machineOf(id) ?? '') ?? bottom(own), other.y) },
          ]
        : [
            { x, y: rect.y },
            { x, y: Math.max(ceilings.get(machineOf(id) ?? '') ?? own.y, Math.min(own.y, bottom(other))) },
          ];
    };
    const start = exit(edge.from, from, a, b);
    const [last, before] = exit(edge.to, to, b, a);
    const level = sideOf(a, b) === 'top' && sideOf(b, a) === 'top';
    const top = Math.min(a.y, b.y);
    const lane = lanes.get(top) ?? 0;
    const over = top - 24 - LANE * lane;
    const between: readonly Point[] = level
      ? [
          { x: start[1].x, y: over },
          { x: before.x, y: over },
        ]
      : [];
    if (level) lanes.set(top, lane + 1);
    const [a0 = start[1], b0 = before] = between;
    open.set(edge.id, [a0, b0]);
    routes.set(edge.id, { points: tidy([...start, ...between, before, last]), radius: 8, stops: [] });
  }
  return open;
}
