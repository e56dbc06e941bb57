/** Lanes over a Linux bridge for the tubes that run over it alone: between guests of one machine, the bridge being their underlay. */
import type { DiagramModel } from '../model.ts';
import type { LayoutSink } from './layout.ts';
import { nestLanes, type Span } from './pack.ts';
import { centreY, type Rect } from './rect.ts';
import { lanesIn, layMesh, layTube, spanOf, type Tube } from './tubes.ts';
import type { TunnelRoads } from './tunnel-roads.ts';

/** From lane to lane; from the bridge to its nearest lane. */
const LANE = { full: 28, compact: 20 } as const;
const TO_BAR = { full: 26, compact: 20 } as const;
/** Tubes that go on in the same lane from one NIC stand this far apart. */
const ABREAST = 6;

const sizeOf = (model: DiagramModel): 'full' | 'compact' => (model.compact || model.low ? 'compact' : 'full');

/** What the lanes over `bar` need above what a bridge needs anyway: counted by the order of the guests. */
export function barLanesHeight(model: DiagramModel, bar: string, { bars }: TunnelRoads): number {
  const holder = model.node(bar)?.parent ?? null;
  const guests = new Map(model.children(holder).map(({ id }, index) => [id, index]));
  const placeOf = (id: string): number => {
    for (let at = model.node(id); at; at = at.parent === null ? undefined : model.node(at.parent)) {
      const place = guests.get(at.id);
      if (place !== undefined) return place;
    }
    return 0;
  };
  const own = model.edges.filter(({ id }) => bars.get(id) === bar);
  const spans = own.flatMap(({ from, to }): Span[] => {
    if (model.node(to)?.kind === 'fold') return [];
    const [a, b] = [placeOf(from), placeOf(to)];
    return [{ low: Math.min(a, b), high: Math.max(a, b) }];
  });
  const meshes = new Set(own.flatMap(({ to }) => (model.node(to)?.kind === 'fold' ? [to] : [])));
  const count = lanesIn(nestLanes(spans, -0.5)) + meshes.size;
  return count * LANE[sizeOf(model)];
}

/** Lays the tubes whose whole way is a bridge: inner pairs further from it, the pill of a mesh nearest to it. */
export function layBarLanes(
  model: DiagramModel,
  sink: LayoutSink,
  nodes: ReadonlyMap<string, Rect>,
  tubes: readonly Tube[],
  roads: TunnelRoads,
): void {
  const size = sizeOf(model);
  for (const bar of new Set(roads.bars.values())) {
    const own = tubes.filter(({ edge }) => roads.bars.get(edge.id) === bar);
    const rect = nodes.get(bar);
    const [first] = own;
    const [end] = first?.ends ?? [];
    if (!rect || !end) continue;
    const pairs = own.filter(({ ends }) => ends.length === 2);
    const meshes = [...new Set(own.filter(({ ends }) => ends.length === 1).map(({ edge }) => edge.to))];
    const lanes = nestLanes(pairs.map(spanOf), ABREAST);
    const count = lanesIn(lanes) + meshes.length;
    // Where the guests' order is another than was thought, the lanes move together.
    const pitch = Math.min(LANE[size], barLanesHeight(model, bar, roads) / Math.max(1, count));
    const away = centreY(end.rect) < centreY(rect) ? -1 : 1;
    const laneY = (lane: number): number =>
      centreY(rect) + away * (TO_BAR[size] + (count - 1 - lane) * pitch);
    pairs.forEach((tube, index) => layTube(sink, tube, laneY(lanes[index] ?? 0)));
    meshes.forEach((mesh, index) => {
      const tubesOf = own.filter(({ edge }) => edge.to === mesh);
      layMesh(model, sink, mesh, tubesOf, laneY(count - meshes.length + index));
    });
  }
}
