/** Plane geometry in world units, y downward. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const right = ({ x, width }: Rect): number => x + width;
export const bottom = ({ y, height }: Rect): number => y + height;
export const centreX = ({ x, width }: Rect): number => x + width / 2;
export const centreY = ({ y, height }: Rect): number => y + height / 2;

/** Do two rectangles share an area (touching edges do not count), with `gap` kept free around the first? */
export const overlaps = (a: Rect, b: Rect, gap = 0): boolean =>
  a.x - gap < right(b) && b.x < right(a) + gap && a.y - gap < bottom(b) && b.y < bottom(a) + gap;

export const contains = (outer: Rect, { x, y }: Point): boolean =>
  x >= outer.x && x <= right(outer) && y >= outer.y && y <= bottom(outer);

/** Smallest rectangle around all; an empty one at the origin for none. */
export function unionOf(rects: Iterable<Rect>): Rect {
  let [left, top, far, low] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const rect of rects) {
    left = Math.min(left, rect.x);
    top = Math.min(top, rect.y);
    far = Math.max(far, right(rect));
    low = Math.max(low, bottom(rect));
  }
  return left > far
    ? { x: 0, y: 0, width: 0, height: 0 }
    : { x: left, y: top, width: far - left, height: low - top };
}

export const clamp = (value: number, low: number, high: number): number =>
  Math.max(low, Math.min(high, value));
