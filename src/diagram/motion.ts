/** What moves and how: one easing, the packet along its road, the camera from view to view. */
import type { Point } from '../view/layout/rect.ts';
import { distance, lengthOf, pointAt, slice } from './polyline.ts';

export const STEP_MS = 240;
export const CAMERA_MS = 320;
export const FADE_MS = 120;

/** cubic-bezier(.2, 0, 0, 1) at `t` from 0 to 1. */
export function ease(t: number): number {
  if (t <= 0) return 0;
  if (t >= 1) return 1;
  const [x1, y1, x2, y2] = [0.2, 0, 0, 1];
  const curve = (a: number, b: number, s: number): number =>
    3 * a * s * (1 - s) ** 2 + 3 * b * s ** 2 * (1 - s) + s ** 3;
  let low = 0;
  let high = 1;
  for (let round = 0; round < 24; round += 1) {
    const middle = (low + high) / 2;
    if (curve(x1, x2, middle) < t) low = middle;
    else high = middle;
  }
  return curve(y1, y2, (low + high) / 2);
}

/** A point further than this from a road is not on it. */
const OFF_ROAD = 24;

/**
 * The line on which the packet moves from one place to the next: along the road that leads to the new place if the old one
 * lies on it, back along the old road if the new place lies on that, else null (the packet is simply there).
 */
export function wayBetween(
  from: { readonly at: Point; readonly trail: readonly Point[] },
  to: { readonly at: Point; readonly trail: readonly Point[] },
): readonly Point[] | null {
  const forward = nearest(to.trail, from.at);
  if (forward && forward.distance < OFF_ROAD)
    return [from.at, ...slice(to.trail, forward.length, lengthOf(to.trail)), to.at];
  const backward = nearest(from.trail, to.at);
  if (backward && backward.distance < OFF_ROAD)
    return [from.at, ...slice(from.trail, lengthOf(from.trail), backward.length), to.at];
  return null;
}

function nearest(
  points: readonly Point[],
  to: Point,
): { readonly length: number; readonly distance: number } | null {
  let best: { length: number; distance: number } | null = null;
  let before = 0;
  for (let index = 1; index < points.length; index += 1) {
    const a = points[index - 1];
    const b = points[index];
    if (!a || !b) continue;
    const piece = distance(a, b);
    const along =
      piece === 0
        ? 0
        : Math.max(0, Math.min(1, ((to.x - a.x) * (b.x - a.x) + (to.y - a.y) * (b.y - a.y)) / piece ** 2));
    const foot = { x: a.x + (b.x - a.x) * along, y: a.y + (b.y - a.y) * along };
    const own = { length: before + piece * along, distance: distance(foot, to) };
    // Of equals the later one: the road may pass a place twice.
    if (!best || own.distance <= best.distance) best = own;
    before += piece;
  }
  return best;
}

/** Where on a way one is at eased time `t`. */
export const onWay = (way: readonly Point[], t: number): Point => pointAt(way, lengthOf(way) * ease(t));
