/** Where the states of sessions between machines are written: on their lines, with their words beside them where nothing else is. */
import type { DiagramEdge, DiagramModel } from '../model.ts';
import { subjectId } from '../subject-id.ts';
import { bottom, overlaps, type Point, type Rect } from './rect.ts';
import { markOf } from './routing-stack.ts';
import type { Size } from './sizes.ts';

const BADGE = 22;
/** How often a mark is tried further from its line. */
const MOST_STEPS = 60;
/** Where on a line a mark may sit, best first: two thirds of the way, then further and further from there. */
const PLACES: readonly number[] = Array.from({ length: 29 }, (_, index) => 0.15 + index * 0.025).toSorted(
  (a, b) => Math.abs(a - 0.66) - Math.abs(b - 0.66),
);

/** Id of the mark on a line that stands for several sessions. */
export const sessionsOf = (edge: string): string => `sessions:${edge}`;

/** A session's state sits on its line, nearer to the end with fewer lines, where nothing else is. */
export function placeBadges(
  model: DiagramModel,
  edges: readonly DiagramEdge[],
  nodes: Map<string, Rect>,
  open: ReadonlyMap<string, readonly [Point, Point]>,
  mirrored: Set<string>,
): void {
  const taken: Rect[] = model
    .children(null)
    .filter(({ kind }) => kind !== 'session')
    .flatMap(({ id }) => nodes.get(id) ?? []);
  for (const edge of edges) {
    const session = model.node(edge.subject ? subjectId(edge.subject) : sessionsOf(edge.id));
    const piece = open.get(edge.id);
    if (!session || !piece) continue;
    const others = [...open].flatMap(([id, other]) => (id === edge.id ? [] : [other]));
    // With its words where there is room for them clear of all lines, else the mark alone.
    const worded = session.lines.length > 0 && !model.compact ? markOf(model, edge, WORDS_ROOM) : null;
    const place = worded && wordedPlace(piece, worded, taken, others);
    const rect = place?.rect ?? freePlace(piece, taken, others);
    if (place?.isLeft) mirrored.add(session.id);
    taken.push(rect);
    nodes.set(session.id, rect);
  }
}

/** Words keep their size below 100 %. */
const WORDS_ROOM = 1.25;

/** From a mark's upper edge to that of the letters beside it. */
const OVER_WORDS = 5;

interface WordedPlace {
  readonly rect: Rect;
  /** The words stand left of the mark. */
  readonly isLeft: boolean;
}

/** Where the mark sits on its line with its words beside it and nothing under them; null where there is no such place. */
function wordedPlace(
  piece: readonly [Point, Point],
  { width, height }: Size,
  taken: readonly Rect[],
  lines: readonly (readonly [Point, Point])[],
): WordedPlace | null {
  for (const part of PLACES)
    for (const isLeft of [false, true]) {
      const { x, y } = along(piece, part);
      const rect: Rect = {
        x: isLeft ? x + BADGE / 2 - width : x - BADGE / 2,
        y: y - BADGE / 2 - 1,
        width,
        height,
      };
      const words = {
        x: isLeft ? rect.x : rect.x + BADGE,
        y: rect.y + OVER_WORDS,
        width: width - BADGE,
        height: height - OVER_WORDS,
      };
      if (taken.some((other) => overlaps(other, rect, 4))) continue;
      if (![...lines, piece].some((line) => passes(line, words))) return { rect, isLeft };
    }
  return null;
}

/** Does a straight line run through `rect`? */
function passes([a, b]: readonly [Point, Point], rect: Rect): boolean {
  // The part of the line between the upper and the lower edge.
  const [upper, lower] = a.y <= b.y ? [a, b] : [b, a];
  const from = Math.max(upper.y, rect.y - 2);
  const to = Math.min(lower.y, bottom(rect) + 2);
  if (from > to) return false;
  const xAt = (y: number): number =>
    lower.y - upper.y < 0.5 ? upper.x : upper.x + ((lower.x - upper.x) * (y - upper.y)) / (lower.y - upper.y);
  const [p, q] = lower.y - upper.y < 0.5 ? [a.x, b.x] : [xAt(from), xAt(to)];
  return Math.max(p, q) > rect.x - 2 && Math.min(p, q) < rect.x + rect.width + 2;
}

/** On the line where there is room, not where it crosses another; beside it where many lines run close together. */
function freePlace(
  piece: readonly [Point, Point],
  taken: readonly Rect[],
  lines: readonly (readonly [Point, Point])[],
): Rect {
  const isFree = (rect: Rect): boolean => !taken.some((other) => overlaps(other, rect, 2));
  const onLine = PLACES.map((part) => squareAt(along(piece, part)));
  const clear = onLine.find((rect) => isFree(rect) && !lines.some((line) => passes(line, rect)));
  if (clear) return clear;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const aside = Math.ceil(step / 2) * (BADGE + 4) * (step % 2 === 0 ? -1 : 1);
    const free = onLine.map((rect) => ({ ...rect, x: rect.x + aside })).find(isFree);
    if (free) return free;
  }
  return squareAt(along(piece, 0.5));
}

const squareAt = ({ x, y }: Point): Rect => ({
  x: x - BADGE / 2,
  y: y - BADGE / 2,
  width: BADGE,
  height: BADGE,
});

const along = ([a, b]: readonly [Point, Point], part: number): Point => ({
  x: a.x + (b.x - a.x) * part,
  y: a.y + (b.y - a.y) * part,
});
