/**
 * Between the rows of machines (or under the only one): plain cables first, then a band for each segment with its tubes,
 * inner pairs nearer to their machines, and its bus.
 */
import type { DiagramEdge, DiagramModel, DiagramNode } from '../model.ts';
import { attachments, facing, isInside, layCables, machineOf, type Attached } from './cables.ts';
import type { LayoutSink } from './layout.ts';
import { layBarLanes } from './bar-lanes.ts';
import { assignTracks, nestLanes, type Span } from './pack.ts';
import { bottom, centreX, centreY, type Rect } from './rect.ts';
import { lanesIn, layMesh, layTube, placeTubes, spanOf, type Tube, type TubeEnd } from './tubes.ts';
import type { TunnelRoads } from './tunnel-roads.ts';

const BAND_GAP = 14;

interface Sizes {
  readonly firstLane: number;
  readonly lane: number;
  readonly busUnderLanes: number;
  readonly lonelyBus: number;
  readonly underBus: number;
}

const FULL: Sizes = { firstLane: 24, lane: 26, busUnderLanes: 38, lonelyBus: 34, underBus: 30 };
const COMPACT: Sizes = { firstLane: 16, lane: 22, busUnderLanes: 18, lonelyBus: 24, underBus: 24 };

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
  layBarLanes(model, sink, nodes, tubes, roads);
  const inner = tubes.filter(({ edge }) => isInside(model, edge) && !roads.bars.has(edge.id));
  for (const machine of new Set(inner.map(({ edge }) => machineOf(model, edge.from)))) {
    const own = inner.filter(({ edge }) => machineOf(model, edge.from) === machine);
    const under = Math.max(
      ...own.flatMap(({ ends }) => ends.map(({ nicRect, rect }) => bottom(nicRect ?? rect))),
    );
    layLanes(model, sink, own, { first: under + 16, middle: Number.POSITIVE_INFINITY, sizes, bus: false });
  }
  const loose = tubes.filter(
    (tube) => !known.has(segmentOf(tube.edge)) && !inner.includes(tube) && !roads.bars.has(tube.edge.id),
  );
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
    if (edge.kind !== 'tunnel' || roads.roads.has(edge.id) || roads.bars.has(edge.id)) return [];
    const [a, b] = [guestOf(edge.from), guestOf(edge.to)];
    return a < 0 || b < 0 || a === b ? [] : [{ low: Math.min(a, b) * 100, high: Math.max(a, b) * 100 }];
  });
  return spans.length === 0 ? 0 : lanesIn(nestLanes(spans, -20)) * FULL.lane + 12;
}

const segmentOf = (edge: DiagramEdge): string =>
  edge.segment === null ? '' : `segment:${encodeURIComponent(edge.segment)}`;

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
