/** Tunnels drawn on what they run over: tubes around the cables, and through what joins these. */
import type { DiagramModel } from '../model.ts';
import { tidy } from './ends.ts';
import type { Route } from './layout.ts';
import { bottom, centreX, centreY, right, unionOf, type Point, type Rect } from './rect.ts';
import { SUB, tableWidth } from './text-width.ts';
import type { Hop, TunnelRoads } from './tunnel-roads.ts';

export const PILL = 18;
/** Between what a mesh meets in and the pill that says how many tunnels it is. */
export const CUFF = 5;
/** From the lower edge of an Open vSwitch bridge to tubes that pass it. */
const INSIDE = 14;

interface Drawn {
  readonly model: DiagramModel;
  readonly nodes: ReadonlyMap<string, Rect>;
  readonly edges: ReadonlyMap<string, Route>;
}

/** Writes the routes of all tunnels that have a road, and the places of their meshes' pills. Everything else is laid. */
export function layTunnelRoads(
  model: DiagramModel,
  { roads }: TunnelRoads,
  nodes: Map<string, Rect>,
  edges: Map<string, Route>,
): void {
  const drawn: Drawn = { model, nodes, edges };
  const meshes = new Map<
    string,
    { readonly edge: string; readonly points: Point[]; readonly hub: string }[]
  >();
  for (const [id, hops] of roads) {
    const edge = model.edge(id);
    const middle = edge && lineOf(drawn, hops);
    const last = hops.at(-1);
    if (!edge || !middle || !last) continue;
    if (model.node(edge.to)?.kind === 'fold') {
      const points = [...entry(drawn, edge.from, hops[0]?.node ?? '', middle[0]), ...middle];
      meshes.set(edge.to, [...(meshes.get(edge.to) ?? []), { edge: id, points, hub: last.node }]);
      continue;
    }
    const points = tidy([
      ...entry(drawn, edge.from, hops[0]?.node ?? '', middle[0]),
      ...middle,
      ...entry(drawn, edge.to, last.node, middle.at(-1)).toReversed(),
    ]);
    edges.set(id, {
      points,
      radius: 12,
      stops: stopsOf(drawn, points, [hops[0]?.node ?? '', last.node]),
      onCables: true,
    });
  }
  for (const [mesh, lines] of meshes) {
    const pill = pillOf(drawn, mesh, lines);
    if (!pill) continue;
    nodes.set(mesh, pill);
    for (const { edge, points } of lines) {
      const to = points.at(-1);
      const end = { x: Math.min(right(pill), Math.max(pill.x, to?.x ?? 0)), y: centreY(pill) };
      edges.set(edge, {
        points: tidy([...points.slice(0, -1), ...corner(to ?? end, end)]),
        radius: 12,
        stops: stopsOf(drawn, points, [model.edge(edge)?.via[0] ?? '']),
        onCables: true,
      });
    }
  }
}

/** From the box of a tunnel's end to the first point of its cable, straight through the NIC. */
function entry({ nodes }: Drawn, from: string, nic: string, cable: Point | undefined): readonly Point[] {
  const box = nodes.get(from);
  const door = nodes.get(nic);
  if (!box || !door || !cable || box === door) return [];
  // Of a tile the NIC's chip stands astride its edge, and the cable begins at the chip.
  const above = centreY(box) < centreY(door);
  const y = above ? bottom(box) : box.y;
  const x = Math.min(right(box) - 8, Math.max(box.x + 8, cable.x));
  const edge = above ? door.y : bottom(door);
  return Math.abs(x - cable.x) < 0.5
    ? [{ x: cable.x, y }]
    : [
        { x, y },
        { x, y: edge },
        { x: cable.x, y: edge },
      ];
}

/** The lines of a road's edges one after the other, joined inside what they meet in. */
function lineOf({ model, nodes, edges }: Drawn, hops: readonly Hop[]): Point[] | null {
  const points: Point[] = [];
  let through: Rect | null = null;
  hops.forEach(({ node, edge }, index) => {
    const rect = nodes.get(node);
    if (rect && points.length > 0) through = passage(model.node(node)?.kind, rect, through);
    const route = edge && edges.get(edge.id);
    if (!route || !edge) return;
    const own = edge.from === node ? route.points : route.points.toReversed();
    const [first] = own;
    const last = points.at(-1);
    if (first && last && through)
      points.push({ x: last.x, y: centreY(through) }, { x: first.x, y: centreY(through) });
    points.push(...own);
    if (index < hops.length - 1) through = null;
  });
  // To the middle of what a mesh meets in, if that is a bridge.
  const last = points.at(-1);
  if (last && through && hops.at(-2)?.edge === null) points.push({ x: last.x, y: centreY(through) });
  return points.length < 2 ? null : points;
}

/** Where tubes pass a thing: along a bar, behind chips, under the tables of a bridge. */
function passage(kind: string | undefined, rect: Rect, before: Rect | null): Rect {
  if (kind === 'ovs-bridge') return { ...rect, y: bottom(rect) - INSIDE, height: 0 };
  if (kind === 'machine' || kind === 'container') return before ?? { ...rect, y: bottom(rect), height: 0 };
  return kind === 'linux-bridge' || !before ? rect : before;
}

/** The pill of a mesh: a cuff around the tubes where they come to a box, on a bar between them. */
function pillOf(
  { model, nodes }: Drawn,
  mesh: string,
  lines: readonly { readonly points: readonly Point[]; readonly hub: string }[],
): Rect | null {
  const ends = lines.flatMap(({ points }) => points.at(-1) ?? []);
  const hub = nodes.get(lines[0]?.hub ?? '');
  if (!hub || ends.length === 0) return null;
  const reach = unionOf(ends.map(({ x, y }) => ({ x, y, width: 0, height: 0 })));
  const width = Math.max(
    Math.ceil(tableWidth(model.node(mesh)?.name ?? '', SUB) * 1.4 + 24),
    reach.width + 14,
  );
  const x = centreX(reach) - width / 2;
  const below = reach.y > centreY(hub);
  // In a tile, behind the chip of its NICs, nothing else runs.
  const own = model.node(lines[0]?.hub ?? '');
  const holder = own?.collapsed ? own : model.node(own?.parent ?? '');
  const tile = holder?.collapsed ? nodes.get(holder.id) : undefined;
  if (tile && holder) {
    const doors = model
      .children(holder.id)
      .flatMap(({ id, side }) => (side === 'inside' ? [] : (nodes.get(id) ?? [])));
    const upper = Math.min(bottom(tile), ...doors.map(({ y }) => y));
    const lower = Math.max(tile.y, ...doors.map(bottom));
    const inside = Math.min(width, tile.width - 2 * CUFF);
    const left = Math.max(tile.x + CUFF, Math.min(right(tile) - CUFF - inside, centreX(reach) - inside / 2));
    // Its NICs may be at its upper edge.
    const low = doors.reduce((sum, door) => sum + centreY(door) - centreY(tile), 0) >= 0;
    return { x: left, y: low ? upper - CUFF - PILL : lower + CUFF, width: inside, height: PILL };
  }
  if (own?.kind === 'linux-bridge' || reach.height > 1)
    return { x, y: centreY(hub) - PILL / 2, width, height: PILL };
  return { x, y: below ? bottom(hub) + CUFF : hub.y - CUFF - PILL, width, height: PILL };
}

function corner(from: Point, to: Point): readonly Point[] {
  return Math.abs(from.x - to.x) < 0.5 ? [to] : [from, { x: from.x, y: to.y }, to];
}

/** Where a tube passes each NIC: as length from its start. */
function stopsOf(
  { nodes }: Drawn,
  points: readonly Point[],
  nics: readonly string[],
): readonly { readonly node: string; readonly at: number }[] {
  return nics.flatMap((node) => {
    const rect = nodes.get(node);
    if (!rect) return [];
    let sum = 0;
    for (const [index, b] of points.entries()) {
      const a = points[index - 1];
      if (!a) continue;
      const length = Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
      const level = Math.abs(a.x - b.x) < 0.5 && a.x >= rect.x && a.x <= right(rect);
      const part = (centreY(rect) - a.y) / (b.y - a.y);
      if (level && part >= 0 && part <= 1) return [{ node, at: sum + part * length }];
      sum += length;
    }
    return [];
  });
}
