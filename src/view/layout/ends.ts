/** Edges end at what they join: at a box's edge, a chip's edge, a bar's jack. */
import type { DiagramModel } from '../model.ts';
import type { Route } from './layout.ts';
import { bottom, centreX, centreY, right, type Point, type Rect } from './rect.ts';

/** Moves the first and last point of every edge onto its node's outline, along the piece that leads there. */
export function snapEnds(
  model: DiagramModel,
  nodes: ReadonlyMap<string, Rect>,
  edges: Map<string, Route>,
): void {
  for (const { id, from, to, kind } of model.edges) {
    const a = nodes.get(from);
    const b = nodes.get(to);
    if (!a || !b) continue;
    const route = edges.get(id);
    if (!route) {
      // Side by side in a row, and nothing between them.
      if (kind === 'control') edges.set(id, { points: sideways(a, b), radius: 0, stops: [] });
      continue;
    }
    const points = [...route.points];
    const [first, second] = points;
    const last = points.at(-1);
    const before = points.at(-2);
    if (!first || !second || !last || !before) continue;
    if (model.node(from)?.kind !== 'segment') points[0] = snap(first, second, a, isBar(model, from));
    if (model.node(to)?.kind !== 'segment')
      points[points.length - 1] = snap(last, before, b, isBar(model, to));
    edges.set(id, { ...route, points: tidy(points) });
  }
}

const isBar = (model: DiagramModel, id: string): boolean => {
  const node = model.node(id);
  return (
    node?.kind === 'linux-bridge' ||
    (node?.kind === 'port' && model.node(node.parent ?? '')?.kind === 'linux-bridge')
  );
};

function snap(end: Point, next: Point, rect: Rect, bar: boolean): Point {
  if (bar) return { x: end.x, y: centreY(rect) };
  if (Math.abs(end.x - next.x) < 0.01) return { x: end.x, y: next.y > centreY(rect) ? bottom(rect) : rect.y };
  return { x: next.x > centreX(rect) ? right(rect) : rect.x, y: end.y };
}

function sideways(a: Rect, b: Rect): readonly Point[] {
  const y = (centreY(a) + centreY(b)) / 2;
  return a.x < b.x
    ? [
        { x: right(a), y },
        { x: b.x, y },
      ]
    : [
        { x: a.x, y },
        { x: right(b), y },
      ];
}

/** Without points that repeat or lie on a straight line, be it that the line turns back there. */
export const tidy = (points: readonly Point[]): readonly Point[] => cornersOf(points, isStraight);

/** Without points that repeat or lie on a straight line; where the line turns back its tip stays. */
export const tidyThroughTips = (points: readonly Point[]): readonly Point[] =>
  cornersOf(points, (a, b, c) => isStraight(a, b, c) && !isTip(a, b, c));

function cornersOf(
  points: readonly Point[],
  isNoCorner: (before: Point, at: Point, after: Point) => boolean,
): readonly Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const last = kept.at(-1);
    if (last && same(last.x, point.x) && same(last.y, point.y)) continue;
    const before = kept.at(-2);
    if (last && before && isNoCorner(before, last, point)) kept.pop();
    kept.push(point);
  }
  return kept;
}

const isStraight = (a: Point, b: Point, c: Point): boolean =>
  (same(a.x, b.x) && same(b.x, c.x)) || (same(a.y, b.y) && same(b.y, c.y));

/** Does a line turn back on itself at `b`? */
export const isTip = (a: Point, b: Point, c: Point): boolean =>
  isStraight(a, b, c) && (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) < 0;

const same = (a: number, b: number): boolean => Math.abs(a - b) < 0.01;
