/** The camera: pure functions from a viewport to another. Screen = world * k + (x, y), CSS pixels. */
import { bottom, clamp, right, type Point, type Rect } from '../view/layout/rect.ts';

export interface ViewportState {
  readonly x: number;
  readonly y: number;
  readonly k: number;
  readonly width: number;
  readonly height: number;
}

export const ZOOM_LEAST = 0.05;
export const ZOOM_MOST = 4;
const MARGIN = 16;

/** The whole of `bounds`, centred, with a margin; never larger than 100 %. */
export function fitted(
  { width, height }: Pick<ViewportState, 'width' | 'height'>,
  bounds: Rect,
): Pick<ViewportState, 'x' | 'y' | 'k'> {
  if (bounds.width <= 0 || bounds.height <= 0 || width <= 0 || height <= 0) return { x: 0, y: 0, k: 1 };
  const margin = Math.min(MARGIN, width / 20);
  const k = clamp(
    Math.min((width - 2 * margin) / bounds.width, (height - 2 * margin) / bounds.height, 1),
    ZOOM_LEAST,
    ZOOM_MOST,
  );
  return {
    k,
    x: Math.round((width - bounds.width * k) / 2 - bounds.x * k),
    y: Math.round((height - bounds.height * k) / 2 - bounds.y * k),
  };
}

/** Zoomed by `factor` about a point of the screen, which stays where it is. */
export function zoomed(
  viewport: ViewportState,
  factor: number,
  at: Point,
): Pick<ViewportState, 'x' | 'y' | 'k'> {
  const k = clamp(viewport.k * factor, ZOOM_LEAST, ZOOM_MOST);
  const real = k / viewport.k;
  return { k, x: at.x - (at.x - viewport.x) * real, y: at.y - (at.y - viewport.y) * real };
}

/** Moved as little as possible so that `rect` (world) lies inside with `margin` pixels around; its start, if it is too large. */
export function revealed(
  viewport: ViewportState,
  rect: Rect,
  margin: number,
): Pick<ViewportState, 'x' | 'y' | 'k'> {
  const shift = (low: number, high: number, size: number): number => {
    if (high - low > size - 2 * margin || low < margin)
      return low < margin || high > size - margin ? margin - low : 0;
    return high > size - margin ? size - margin - high : 0;
  };
  const { x, y, k, width, height } = viewport;
  return {
    k,
    x: x + shift(rect.x * k + x, right(rect) * k + x, width),
    y: y + shift(rect.y * k + y, bottom(rect) * k + y, height),
  };
}

export const toWorld = ({ x, y, k }: ViewportState, at: Point): Point => ({
  x: (at.x - x) / k,
  y: (at.y - y) / k,
});
export const toScreen = ({ x, y, k }: ViewportState, at: Point): Point => ({
  x: at.x * k + x,
  y: at.y * k + y,
});
