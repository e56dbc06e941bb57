/** The outline of one painted letter: from how dark its pixels are to polygons, with no more corners than an eye could tell. */
import { contours } from 'd3';

/** How far an outline may be from the painted edge, in pixels of the painting. */
const TOLERANCE = 0.2;

type Point = readonly [x: number, y: number];

/**
 * Closed rings around what is at least half covered; a hole is a ring inside a ring, so that they are to be filled by the
 * even-odd rule. `coverage`: 0 to 255 by rows; its outermost pixels are empty.
 */
export function traceLetter(
  coverage: readonly number[],
  width: number,
  height: number,
): readonly (readonly Point[])[] {
  const { coordinates } = contours()
    .size([width, height])
    .contour([...coverage], 127.5);
  return coordinates
    .flat()
    .map((ring) => simplified(ring.map(([x = 0, y = 0]): Point => [x, y])))
    .filter((ring) => ring.length > 2);
}

/** A closed ring (its last point is its first) without the points that lie within the tolerance of their neighbours' line. */
function simplified(ring: readonly Point[]): readonly Point[] {
  const first = ring[0];
  if (!first) return [];
  // Two points that certainly stay: the first, and the one farthest from it.
  let farthest = 0;
  for (const [at, point] of ring.entries())
    if (distance(point, first) > distance(ring[farthest] ?? first, first)) farthest = at;
  return [...between(ring, 0, farthest), ...between(ring, farthest, ring.length - 1)];
}

const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** What stays of the points from `from` on, without `to` (Douglas and Peucker). */
function between(ring: readonly Point[], from: number, to: number): readonly Point[] {
  const [a, b] = [ring[from], ring[to]];
  if (!a || !b) return [];
  let worst = TOLERANCE;
  let corner = -1;
  for (let at = from + 1; at < to; at += 1) {
    const point = ring[at];
    const off = point ? offLine(point, a, b) : 0;
    if (off > worst) [worst, corner] = [off, at];
  }
  return corner < 0 ? [a] : [...between(ring, from, corner), ...between(ring, corner, to)];
}

function offLine(point: Point, a: Point, b: Point): number {
  const length = distance(a, b);
  if (length === 0) return distance(point, a);
  return Math.abs((b[0] - a[0]) * (a[1] - point[1]) - (a[0] - point[0]) * (b[1] - a[1])) / length;
}
