/**
 * A layered layout in bands side by side, as columns of a newspaper: what would be one long strip fills a frame. A line from
 * band to band leaves its own between two columns, goes along above all boxes and comes down between two columns again.
 */
import {
  layoutLayered,
  type LayeredEdge,
  type LayeredNode,
  type LayeredResult,
  type LayeredSeed,
} from './layered.ts';
import { assignTracks, nestLanes } from './pack.ts';
import { right, type Point, type Rect } from './rect.ts';

const BAND_GAP = 56;
const LANE = 8;
const OVER = 20;
/** Nesting looks at all pairs. */
const NESTED = 600;

/** Half of a line that goes to another band. */
interface Exit {
  readonly edge: string;
  readonly node: LayeredNode;
  /** On which side of its box it leaves. */
  readonly after: boolean;
}

/** `seedOf` tells of the boxes of one band where they stood. */
export function layoutBands(
  nodes: readonly LayeredNode[],
  edges: readonly LayeredEdge[],
  channel: number,
  bands: ReadonlyMap<string, number>,
  seedOf: (nodes: readonly LayeredNode[]) => LayeredSeed | null,
): LayeredResult {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const bandOf = (id: string): number => bands.get(id) ?? 0;
  const rects = new Map<string, Rect>();
  const routes = new Map<string, readonly Point[]>();
  const halves = new Map<string, readonly Point[]>();
  let left = 0;
  for (let band = 0; band <= Math.max(0, ...bands.values()); band += 1) {
    const own = nodes.filter(({ id }) => bandOf(id) === band);
    if (own.length === 0) continue;
    const exits: Exit[] = [];
    const inner: LayeredEdge[] = [];
    for (const edge of edges) {
      const from = byId.get(edge.from);
      const to = byId.get(edge.to);
      if (!from || !to) continue;
      const [fromBand, toBand] = [bandOf(from.id), bandOf(to.id)];
      if (fromBand === toBand) {
        if (fromBand === band) inner.push(edge);
      } else if (fromBand === band)
        exits.push({ edge: edge.id, node: from, after: from.column <= to.column });
      else if (toBand === band) exits.push({ edge: edge.id, node: to, after: to.column <= from.column });
    }
    const laid = layoutBand(own, inner, exits, channel, seedOf(own));
    const reach = Math.max(
      ...[...laid.rects.values()].map(right),
      ...[...laid.routes.values()].flatMap((points) => points.map(({ x }) => x)),
    );
    const shift = ({ x, y }: Point): Point => ({ x: x + left, y });
    for (const [id, rect] of laid.rects) rects.set(id, { ...rect, ...shift(rect) });
    for (const { id } of inner) {
      const points = laid.routes.get(id);
      if (points) routes.set(id, points.map(shift));
    }
    for (const { edge, node } of exits) {
      const points = laid.routes.get(edge);
      if (points) halves.set(halfKey(edge, node.id), points.map(shift));
    }
    left += reach + BAND_GAP;
  }
  joinHalves(edges, halves, Math.min(0, ...[...rects.values()].map(({ y }) => y)), routes);
  return { rects, routes };
}

const halfKey = (edge: string, node: string): string => `${edge} ${node}`;

/** One band; the routes of `exits` go from their box to a point above, in a channel. */
function layoutBand(
  own: readonly LayeredNode[],
  inner: readonly LayeredEdge[],
  exits: readonly Exit[],
  channel: number,
  seed: LayeredSeed | null,
): LayeredResult {
  // A line may leave on the left of the first column: there must be one before it.
  const shifted = own.map((node) => ({ ...node, column: node.column + 1 }));
  const ends = exits.map(({ edge, node, after }): LayeredNode => ({
    id: `${edge} out`,
    column: node.column + 1 + (after ? 1 : -1),
    width: 0,
    height: 0,
    portTop: 0,
    portHeight: 0,
    portLeft: 0,
    portWidth: 0,
    above: true,
  }));
  const { rects, routes } = layoutLayered(
    [...shifted, ...ends],
    [...inner, ...exits.map(({ edge, node }) => ({ id: edge, from: node.id, to: `${edge} out` }))],
    channel,
    seed && { ...seed, pass: (edge, column) => seed.pass(edge, column - 1) },
  );
  const kept = new Map(rects);
  for (const { id } of ends) kept.delete(id);
  // The last piece would run level into the end: the line goes on upward instead.
  const cut = new Map(routes);
  for (const { edge } of exits) {
    const points = routes.get(edge);
    if (points) cut.set(edge, points.slice(0, -1));
  }
  return { rects: kept, routes: cut };
}

/** Whole lines from their halves, each on a lane above `top`; of two that meet, the longer lies higher. */
function joinHalves(
  edges: readonly LayeredEdge[],
  halves: ReadonlyMap<string, readonly Point[]>,
  top: number,
  routes: Map<string, readonly Point[]>,
): void {
  const across = edges.flatMap(({ id, from, to }) => {
    const up = halves.get(halfKey(id, from));
    const down = halves.get(halfKey(id, to));
    return up && down ? [{ id, up, down }] : [];
  });
  const spans = across.map(({ up, down }) => {
    const [a, b] = [up.at(-1)?.x ?? 0, down.at(-1)?.x ?? 0];
    return { low: Math.min(a, b), high: Math.max(a, b) };
  });
  const lanes = spans.length > NESTED ? assignTracks(spans, LANE) : nestLanes(spans, LANE);
  across.forEach(({ id, up, down }, index) => {
    const y = top - OVER - LANE * (lanes[index] ?? 0);
    const level = (points: readonly Point[]): readonly Point[] => [
      ...points.slice(0, -1),
      { x: points.at(-1)?.x ?? 0, y },
    ];
    routes.set(id, [...level(up), ...level(down).toReversed()]);
  });
}
