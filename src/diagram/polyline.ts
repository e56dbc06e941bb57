/** Orthogonal lines: rounded corners, pieces by length, the point at a length. */
import { isTip } from '../view/layout/ends.ts';
import type { Point, Rect } from '../view/layout/rect.ts';
import type { PathCommand } from './scene.ts';

export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

export function lengthOf(points: readonly Point[]): number {
  let sum = 0;
  for (let index = 1; index < points.length; index += 1) {
    const a = points[index - 1];
    const b = points[index];
    if (a && b) sum += distance(a, b);
  }
  return sum;
}

/** The point `length` from the start, clamped to the line. */
export function pointAt(points: readonly Point[], length: number): Point {
  let rest = Math.max(0, length);
  for (let index = 1; index < points.length; index += 1) {
    const a = points[index - 1];
    const b = points[index];
    if (!a || !b) continue;
    const piece = distance(a, b);
    if (rest <= piece && piece > 0)
      return { x: a.x + ((b.x - a.x) * rest) / piece, y: a.y + ((b.y - a.y) * rest) / piece };
    rest -= piece;
  }
  return points.at(-1) ?? { x: 0, y: 0 };
}

/** The part between two lengths from the start; reversed when `from` is the greater. */
export function slice(points: readonly Point[], from: number, to: number): readonly Point[] {
  if (from > to) return slice(points, to, from).toReversed();
  const part: Point[] = [pointAt(points, from)];
  let at = 0;
  for (let index = 1; index < points.length; index += 1) {
    const a = points[index - 1];
    const b = points[index];
    if (!a || !b) continue;
    at += distance(a, b);
    if (at > from + 0.01 && at < to - 0.01) part.push(b);
  }
  part.push(pointAt(points, to));
  return part;
}

/** Path commands with corners rounded by `radius`, less where a piece is too short; a line that turns back does so at its tip. */
export function rounded(points: readonly Point[], radius: number): readonly PathCommand[] {
  const [first] = points;
  if (!first) return [];
  const commands: PathCommand[] = [['M', first.x, first.y]];
  for (let index = 1; index < points.length; index += 1) {
    const before = points[index - 1];
    const at = points[index];
    const after = points[index + 1];
    if (!before || !at) continue;
    if (!after) {
      commands.push(['L', at.x, at.y]);
      continue;
    }
    const r = isTip(before, at, after)
      ? 0
      : Math.min(radius, distance(before, at) / 2, distance(at, after) / 2);
    const a = toward(at, before, r);
    const b = toward(at, after, r);
    if (r < 0.5) commands.push(['L', at.x, at.y]);
    else commands.push(['L', a.x, a.y], ['Q', at.x, at.y, b.x, b.y]);
  }
  return commands;
}

function toward(from: Point, to: Point, by: number): Point {
  const all = distance(from, to);
  return all === 0
    ? from
    : { x: from.x + ((to.x - from.x) * by) / all, y: from.y + ((to.y - from.y) * by) / all };
}

export function boundsOf(points: readonly Point[]): Rect {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  return points.length === 0
    ? { x: 0, y: 0, width: 0, height: 0 }
    : { x: left, y: top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}
