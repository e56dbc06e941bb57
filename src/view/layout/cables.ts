/**
 * Cables between the NICs of two machines. From above to below: those that join machines of the upper row, those between
 * the rows, those of the lower row; each group on tracks that let its lines cross as little as they can.
 */
import type { DiagramEdge, DiagramModel } from '../model.ts';
import type { LayoutSink } from './layout.ts';
import { nestLanes, turnTracks, type Span } from './pack.ts';
import { bottom, centreX, centreY, type Rect } from './rect.ts';

const TRACK = 14;
const NEST_GAP = 6;

/** Where an edge meets one of its nodes: the x on its edge, or null where the middle will do. */
export type Attached = (edge: string, node: string) => number | null;

export const machineOf = (model: DiagramModel, id: string): string => {
  let at = model.node(id);
  while (at && at.parent !== null) at = model.node(at.parent);
  return at?.id ?? '';
};

/** A cable of a guest ends inside the machine that it runs in: its container draws it. */
export const isInside = (model: DiagramModel, { from, to }: DiagramEdge): boolean =>
  machineOf(model, from) === machineOf(model, to);

/** Where a line from the underlay meets a box: its edge that faces the lane. */
export const facing = (rect: Rect, y: number): number => (y > centreY(rect) ? bottom(rect) : rect.y);

const isCable = (model: DiagramModel, edge: DiagramEdge): boolean =>
  edge.segment !== null &&
  (edge.kind === 'cable' || edge.kind === 'trunk' || edge.kind === 'access') &&
  !isInside(model, edge);

/** Several cables of one box leave it side by side, in the order in which they do not cross on their way. */
export function attachments(model: DiagramModel, nodes: ReadonlyMap<string, Rect>, middle: number): Attached {
  const ends = new Map<string, { readonly edge: string; readonly key: readonly [number, number] }[]>();
  for (const edge of model.edges) {
    if (!isCable(model, edge)) continue;
    const a = nodes.get(edge.from);
    const b = nodes.get(edge.to);
    if (!a || !b) continue;
    for (const [node, own, other] of [
      [edge.from, a, b],
      [edge.to, b, a],
    ] as const) {
      if (model.node(node)?.kind === 'segment') continue;
      const list = ends.get(node) ?? [];
      list.push({ edge: edge.id, key: orderOf(own, other, middle) });
      ends.set(node, list);
    }
  }
  const places = new Map<string, number>();
  for (const [node, list] of ends) {
    const rect = nodes.get(node);
    if (!rect || list.length < 2) continue;
    list.sort((one, other) => one.key[0] - other.key[0] || one.key[1] - other.key[1]);
    const pitch = (rect.width - 12) / list.length;
    list.forEach(({ edge }, index) => places.set(`${edge} ${node}`, rect.x + 6 + pitch * (index + 0.5)));
  }
  return (edge, node) => places.get(`${edge} ${node}`) ?? null;
}

/** Leftward ones of the same row first, the nearest leftmost; then those to the other row; then rightward ones, the farthest first. */
function orderOf(own: Rect, other: Rect, middle: number): readonly [number, number] {
  const sameRow = centreY(own) > middle === centreY(other) > middle;
  if (!sameRow) return [1, centreX(other)];
  return centreX(other) < centreX(own) ? [0, -centreX(other)] : [2, -centreX(other)];
}

interface Cable {
  readonly edge: DiagramEdge;
  readonly upper: { readonly rect: Rect; readonly x: number };
  readonly lower: { readonly rect: Rect; readonly x: number };
}

/** Lays them from `top` on; gives the free y under them. */
export function layCables(
  model: DiagramModel,
  sink: LayoutSink,
  nodes: ReadonlyMap<string, Rect>,
  { top, middle }: { readonly top: number; readonly middle: number },
  attached: Attached,
): number {
  const groups: Record<'upper' | 'mixed' | 'lower', Cable[]> = { upper: [], mixed: [], lower: [] };
  for (const edge of model.edges) {
    const a = nodes.get(edge.from);
    const b = nodes.get(edge.to);
    if (!a || !b || !isCable(model, edge) || model.node(edge.to)?.kind === 'segment') continue;
    const from = { rect: a, x: attached(edge.id, edge.from) ?? centreX(a) };
    const to = { rect: b, x: attached(edge.id, edge.to) ?? centreX(b) };
    const [below, above] = [centreY(a) > middle, centreY(b) > middle];
    const cable = below && !above ? { edge, upper: to, lower: from } : { edge, upper: from, lower: to };
    groups[below !== above ? 'mixed' : below ? 'lower' : 'upper'].push(cable);
  }
  const upperLanes = nestLanes(groups.upper.map(spanOf), NEST_GAP);
  const mixedTracks = turnTracks(
    groups.mixed.map(({ upper, lower }) => ({ from: upper.x, to: lower.x })),
    NEST_GAP,
  );
  const lowerLanes = nestLanes(groups.lower.map(spanOf), NEST_GAP);
  const counts = [upperLanes, mixedTracks, lowerLanes].map((list) => 1 + Math.max(-1, ...list));
  const [upperCount = 0, mixedCount = 0, lowerCount = 0] = counts;
  const all = upperCount + mixedCount + lowerCount;
  if (all === 0) return top;
  const lay = ({ edge, upper, lower }: Cable, track: number): void => {
    const y = top + 4 + track * TRACK;
    const [start, end] = upper.rect === nodes.get(edge.from) ? [upper, lower] : [lower, upper];
    sink.edge(
      edge.id,
      [
        { x: start.x, y: facing(start.rect, y) },
        { x: start.x, y },
        { x: end.x, y },
        { x: end.x, y: facing(end.rect, y) },
      ],
      { radius: 8 },
    );
  };
  groups.upper.forEach((cable, index) => lay(cable, upperLanes[index] ?? 0));
  groups.mixed.forEach((cable, index) => lay(cable, upperCount + (mixedTracks[index] ?? 0)));
  groups.lower.forEach((cable, index) => lay(cable, all - 1 - (lowerLanes[index] ?? 0)));
  return top + 4 + all * TRACK + 10;
}

const spanOf = ({ upper, lower }: Cable): Span => ({
  low: Math.min(upper.x, lower.x),
  high: Math.max(upper.x, lower.x),
});
