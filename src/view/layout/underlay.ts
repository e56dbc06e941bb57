/**
 * Between the rows of machines (or under the only one): plain cables first, then a band for each segment with its tubes,
 * inner pairs nearer to their machines, and its bus.
 */
import type { DiagramEdge, DiagramModel, DiagramNode } from '../model.ts';
import { attachments, facing, isInside, layCables, machineOf, type Attached } from './cables.ts';
import type { LayoutSink } from './layout.ts';
import { assignTracks, nestLanes, type Span } from './pack.ts';
import { bottom, centreX, centreY, clamp, right, type Point, type Rect } from './rect.ts';
import { SUB, tableWidth } from './text-width.ts';
import type { TunnelRoads } from './tunnel-roads.ts';

const BAND_GAP = 14;
const TUBE_PITCH = 16;

interface Sizes {
  readonly firstLane: number;
  readonly lane: number;
  readonly busUnderLanes: number;
  readonly lonelyBus: number;
  readonly underBus: number;
}

const FULL: Sizes = { firstLane: 24, lane: 26, busUnderLanes: 38, lonelyBus: 34, underBus: 30 };
const COMPACT: Sizes = { firstLane: 16, lane: 22, busUnderLanes: 18, lonelyBus: 24, underBus: 24 };

interface Tube {
  readonly edge: DiagramEdge;
  /** One end only: it leads into a mesh. */
  readonly ends: readonly TubeEnd[];
}

interface TubeEnd {
  readonly node: string;
  /** The box that the tube comes out of. */
  readonly rect: Rect;
  /** The NIC that it passes, if that is drawn. */
  readonly nic: string | null;
  readonly nicRect: Rect | null;
  x: number;
}

export interface UnderlayFrame {
  readonly x: number;
  readonly width: number;
  /** Lower edge of what is above. */
  readonly top: number;
  /** Machines whose centre is below this are the lower row. */
  readonly middle: number;
}

/** Lays everything but the tunnels that have a road; gives the y under the last band. Heights do not depend on where exactly the lower row is. */
export function layUnderlay(
  model: DiagramModel,
  sink: LayoutSink,
  nodes: ReadonlyMap<string, Rect>,
  frame: UnderlayFrame,
  roads: TunnelRoads,
): number {
  const attached = attachments(model, nodes, frame.middle);
  let y = layCables(model, sink, nodes, frame, attached);
  const tubes = placeTubes(model, nodes, roads);
  const segments = model.children(null).filter(({ kind }) => kind === 'segment');
  const known = new Set(segments.map(({ id }) => id));
  const sizes = model.compact || model.low ? COMPACT : FULL;
  segments.forEach((segment, index) => {
    const own = tubes.filter(({ edge }) => segmentOf(edge) === segment.id);
    const top = y + (index === 0 ? 0 : BAND_GAP);
    y = layBand(model, sink, nodes, segment, own, { ...frame, top }, sizes, attached);
  });
  const inner = tubes.filter(({ edge }) => isInside(model, edge));
  for (const machine of new Set(inner.map(({ edge }) => machineOf(model, edge.from)))) {
    const own = inner.filter(({ edge }) => machineOf(model, edge.from) === machine);
    const under = Math.max(
      ...own.flatMap(({ ends }) => ends.map(({ nicRect, rect }) => bottom(nicRect ?? rect))),
    );
    layLanes(model, sink, own, { first: under + 16, middle: Number.POSITIVE_INFINITY, sizes, bus: false });
  }
  const loose = tubes.filter((tube) => !known.has(segmentOf(tube.edge)) && !inner.includes(tube));
  if (loose.length === 0) return y;
  const lanes = layLanes(model, sink, loose, { first: y + 18, middle: frame.middle, sizes, bus: false });
  return lanes.bottom;
}

/** What tubes between guests of one machine need under those guests, about: their lanes by the guests' order. */
export function innerLanesHeight(model: DiagramModel, machine: string, roads: TunnelRoads): number {
  const guests = model.children(machine).filter(({ kind }) => kind === 'machine' || kind === 'container');
  const guestOf = (id: string): number => {
    let at = model.node(id);
    while (at && at.parent !== machine) at = at.parent === null ? undefined : model.node(at.parent);
    return at ? guests.indexOf(at) : -1;
  };
  const spans = model.edges.flatMap((edge): Span[] => {
    if (edge.kind !== 'tunnel' || roads.has(edge.id)) return [];
    const [a, b] = [guestOf(edge.from), guestOf(edge.to)];
    return a < 0 || b < 0 || a === b ? [] : [{ low: Math.min(a, b) * 100, high: Math.max(a, b) * 100 }];
  });
  return spans.length === 0 ? 0 : lanesIn(nestLanes(spans, -20)) * FULL.lane + 12;
}

const segmentOf = (edge: DiagramEdge): string =>
  edge.segment === null ? '' : `segment:${encodeURIComponent(edge.segment)}`;

/** The machine that a thing is in, which may itself be a guest. */
function ownMachine(model: DiagramModel, id: string): string {
  let at = model.node(id);
  while (at && at.kind !== 'machine' && at.kind !== 'container')
    at = at.parent === null ? undefined : model.node(at.parent);
  return at?.id ?? '';
}

/** Where each tube comes down: about its NIC's middle, in the order that lets them nest. */
function placeTubes(
  model: DiagramModel,
  nodes: ReadonlyMap<string, Rect>,
  roads: TunnelRoads,
): readonly Tube[] {
  const tubes = model.edges.flatMap((edge): Tube[] => {
    if (edge.kind !== 'tunnel' || roads.has(edge.id)) return [];
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

function layBand(
  model: DiagramModel,
  sink: LayoutSink,
  nodes: ReadonlyMap<string, Rect>,
  segment: DiagramNode,
  tubes: readonly Tube[],
  frame: UnderlayFrame,
  sizes: Sizes,
  attached: Attached,
): number {
  const lanes = layLanes(model, sink, tubes, {
    first: frame.top + sizes.firstLane,
    middle: frame.middle,
    sizes,
    bus: true,
  });
  for (const edge of model.edges) {
    if (edge.to !== segment.id) continue;
    const rect = nodes.get(edge.from);
    if (!rect) continue;
    const x = attached(edge.id, edge.from) ?? centreX(rect);
    sink.edge(
      edge.id,
      [
        { x, y: facing(rect, lanes.bus) },
        { x, y: lanes.bus },
      ],
      { radius: 0 },
    );
  }
  sink.node(segment.id, { x: frame.x, y: frame.top, width: frame.width, height: lanes.bottom - frame.top });
  return lanes.bottom;
}

interface LanePlan {
  readonly first: number;
  readonly middle: number;
  readonly sizes: Sizes;
  readonly bus: boolean;
}

/** From above to below: tubes of the upper row, tubes between the rows, the mesh, the bus, tubes of the lower row. */
function layLanes(
  model: DiagramModel,
  sink: LayoutSink,
  tubes: readonly Tube[],
  { first, middle, sizes, bus }: LanePlan,
): { readonly bus: number; readonly bottom: number } {
  const isLower = ({ rect }: TubeEnd): boolean => centreY(rect) > middle;
  const pairs = tubes.filter(({ ends }) => ends.length === 2);
  const upper = pairs.filter(({ ends }) => !ends.some(isLower));
  const lower = pairs.filter(({ ends }) => ends.every(isLower));
  const mixed = pairs.filter((pair) => !upper.includes(pair) && !lower.includes(pair));
  let y = first;
  const upperLanes = nestLanes(upper.map(spanOf), 14);
  upper.forEach((tube, index) => layTube(sink, tube, y + (upperLanes[index] ?? 0) * sizes.lane));
  y += lanesIn(upperLanes) * sizes.lane;
  const mixedLanes = assignTracks(mixed.map(spanOf), 14);
  mixed.forEach((tube, index) => layTube(sink, tube, y + (mixedLanes[index] ?? 0) * sizes.lane));
  y += lanesIn(mixedLanes) * sizes.lane;
  const meshes = new Set(tubes.filter(({ ends }) => ends.length === 1).map(({ edge }) => edge.to));
  for (const mesh of meshes) {
    layMesh(
      model,
      sink,
      mesh,
      tubes.filter(({ edge }) => edge.to === mesh),
      y,
    );
    y += sizes.lane;
  }
  const used = y > first;
  const busY = used ? y - sizes.lane + sizes.busUnderLanes : first - sizes.firstLane + sizes.lonelyBus;
  const lowerLanes = nestLanes(lower.map(spanOf), 14);
  const count = lanesIn(lowerLanes);
  const from = (bus ? busY + sizes.underBus : y) + 14;
  lower.forEach((tube, index) =>
    layTube(sink, tube, from + (count - 1 - (lowerLanes[index] ?? 0)) * sizes.lane),
  );
  const end = count > 0 ? from + (count - 1) * sizes.lane + sizes.firstLane : bus ? busY + sizes.underBus : y;
  return { bus: busY, bottom: end };
}

const lanesIn = (lanes: readonly number[]): number => (lanes.length === 0 ? 0 : 1 + Math.max(...lanes));

const spanOf = ({ ends }: Tube): Span => {
  const xs = ends.map(({ x }) => x);
  return { low: Math.min(...xs), high: Math.max(...xs) };
};

function layTube(sink: LayoutSink, { edge, ends }: Tube, y: number): void {
  const [from, to] = ends;
  if (!from || !to) return;
  const points = [...toLane(from, y), ...toLane(to, y).toReversed()];
  sink.edge(edge.id, points, { radius: 12, stops: stopsOf(points, from, to) });
}

/** All idle tunnels of a large mesh: one tube between their machines, with its count in a pill. */
function layMesh(
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
