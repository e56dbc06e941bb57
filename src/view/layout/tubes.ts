/** Tunnels as tubes that leave their NICs side by side and run level in lanes. */
import type { DiagramEdge, DiagramModel } from '../model.ts';
import { facing } from './cables.ts';
import type { LayoutSink } from './layout.ts';
import type { Span } from './pack.ts';
import { centreX, centreY, clamp, right, type Point, type Rect } from './rect.ts';
import { SUB, tableWidth } from './text-width.ts';
import type { TunnelRoads } from './tunnel-roads.ts';

const TUBE_PITCH = 16;

export interface Tube {
  readonly edge: DiagramEdge;
  /** One end only: it leads into a mesh. */
  readonly ends: readonly TubeEnd[];
}

export interface TubeEnd {
  readonly node: string;
  /** The box that the tube comes out of. */
  readonly rect: Rect;
  /** The NIC that it passes, if that is drawn. */
  readonly nic: string | null;
  readonly nicRect: Rect | null;
  x: number;
}

/** The machine that a thing is in, which may itself be a guest. */
function ownMachine(model: DiagramModel, id: string): string {
  let at = model.node(id);
  while (at && at.kind !== 'machine' && at.kind !== 'container')
    at = at.parent === null ? undefined : model.node(at.parent);
  return at?.id ?? '';
}

/** Where each tube comes down: about its NIC's middle, in the order that lets them nest. */
export function placeTubes(
  model: DiagramModel,
  nodes: ReadonlyMap<string, Rect>,
  roads: TunnelRoads,
): readonly Tube[] {
  const tubes = model.edges.flatMap((edge): Tube[] => {
    if (edge.kind !== 'tunnel' || roads.roads.has(edge.id)) return [];
    const from = tubeEnd(model, nodes, edge, edge.from);
    const to = model.node(edge.to)?.kind === 'fold' ? null : tubeEnd(model, nodes, edge, edge.to);
    return from ? [{ edge, ends: to ? [from, to] : [from] }] : [];
  });
  const byStation = new Map<string, { readonly end: TubeEnd; readonly far: number }[]>();
  for (const { ends } of tubes)
    for (const end of ends) {
      const other = ends.find((one) => one !== end);
      const key = end.nic ?? end.node;
      const list = byStation.get(key) ?? [];
      list.push({ end, far: other ? centreX(other.rect) - centreX(end.rect) : 0 });
      byStation.set(key, list);
    }
  for (const list of byStation.values()) {
    // Leftward tubes first, the nearest leftmost; then rightward ones, the farthest first. A mesh stands between.
    const side = (far: number): number => (far < 0 ? -1 : far > 0 ? 1 : 0);
    list.sort((a, b) => side(a.far) - side(b.far) || b.far - a.far);
    const [first] = list;
    if (!first) continue;
    const rect = first.end.nicRect ?? first.end.rect;
    const pitch = Math.min(TUBE_PITCH, (rect.width - 14) / Math.max(1, list.length));
    list.forEach(({ end }, index) => (end.x = centreX(rect) + (index - (list.length - 1) / 2) * pitch));
  }
  return tubes;
}

function tubeEnd(
  model: DiagramModel,
  nodes: ReadonlyMap<string, Rect>,
  edge: DiagramEdge,
  node: string,
): TubeEnd | null {
  const rect = nodes.get(node);
  if (!rect) return null;
  const machine = ownMachine(model, node);
  const nic =
    edge.via.find((id) => id !== node && ownMachine(model, id) === machine && nodes.has(id)) ?? null;
  return { node, rect, nic, nicRect: nic === null ? null : (nodes.get(nic) ?? null), x: centreX(rect) };
}

export const lanesIn = (lanes: readonly number[]): number =>
  lanes.length === 0 ? 0 : 1 + Math.max(...lanes);

export const spanOf = ({ ends }: Tube): Span => {
  const xs = ends.map(({ x }) => x);
  return { low: Math.min(...xs), high: Math.max(...xs) };
};

export function layTube(sink: LayoutSink, { edge, ends }: Tube, y: number): void {
  const [from, to] = ends;
  if (!from || !to) return;
  const points = [...toLane(from, y), ...toLane(to, y).toReversed()];
  sink.edge(edge.id, points, { radius: 12, stops: stopsOf(points, from, to) });
}

/** All idle tunnels of a large mesh: one tube between their machines, with its count in a pill. */
export function layMesh(
  model: DiagramModel,
  sink: LayoutSink,
  mesh: string,
  tubes: readonly Tube[],
  y: number,
): void {
  const xs = tubes.flatMap(({ ends }) => ends.map(({ x }) => x));
  const low = Math.min(...xs);
  const high = Math.max(...xs);
  const width = Math.ceil(tableWidth(model.node(mesh)?.name ?? '', SUB) * 1.4 + 24);
  const centre = (low + high) / 2;
  sink.node(mesh, { x: centre - width / 2, y: y - 9, width, height: 18 });
  for (const { edge, ends } of tubes) {
    const [end] = ends;
    if (!end) continue;
    const points = [...toLane(end, y), { x: clamp(centre, low, high), y }];
    sink.edge(edge.id, points, {
      radius: 12,
      stops: end.nic === null ? [] : [{ node: end.nic, at: lengthTo(points, stationOf(end)) }],
    });
  }
}

/** From a tube's box to a lane, with a bend before the NIC if the NIC is not in line with the box. */
function toLane({ rect, nicRect, x }: TubeEnd, lane: number): readonly Point[] {
  const at = clamp(x, rect.x + 8, right(rect) - 8);
  const start = { x: at, y: facing(rect, lane) };
  if (Math.abs(at - x) < 0.5)
    return [
      { ...start, x },
      { x, y: lane },
    ];
  const near = nicRect ? facing(nicRect, start.y) : start.y + (lane > start.y ? 32 : -32);
  // Under the boxes of the row that the device is in.
  const bend = lane > start.y ? Math.max(start.y + 8, near - 12) : Math.min(start.y - 8, near + 12);
  return [start, { x: at, y: bend }, { x, y: bend }, { x, y: lane }];
}

const stationOf = ({ nicRect, rect, x }: TubeEnd): Point => ({ x, y: centreY(nicRect ?? rect) });

function stopsOf(
  points: readonly Point[],
  from: TubeEnd,
  to: TubeEnd,
): readonly { node: string; at: number }[] {
  const stops: { node: string; at: number }[] = [];
  if (from.nic !== null) stops.push({ node: from.nic, at: lengthTo(points, stationOf(from)) });
  if (to.nic !== null && to.nic !== from.nic)
    stops.push({ node: to.nic, at: lengthTo(points, null) - lengthTo(points.toReversed(), stationOf(to)) });
  return stops;
}

/** Length from the first point to `stop` (on one of the pieces), or of all. */
function lengthTo(points: readonly Point[], stop: Point | null): number {
  let sum = 0;
  for (let index = 1; index < points.length; index += 1) {
    const a = points[index - 1];
    const b = points[index];
    if (!a || !b) continue;
    const piece = Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
    if (stop) {
      const part = Math.abs(a.x - stop.x) + Math.abs(a.y - stop.y);
      const rest = Math.abs(stop.x - b.x) + Math.abs(stop.y - b.y);
      if (part + rest <= piece + 0.5) return sum + part;
    }
    sum += piece;
  }
  return sum;
}
