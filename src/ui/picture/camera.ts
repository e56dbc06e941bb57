/** Where the camera stands to show a whole picture, clear of the controls that float on it. */
import type { Rect } from '../../view/index.ts';
import type { KeptCamera } from '../store/slices.ts';

/** Screen = world * k + (x, y). */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

/** Room kept free at each side, and at the bottom for zoom, legend and overview. */
export interface Margins {
  readonly side: number;
  readonly bottom: number;
}

/** At most 100 %: a small network is not blown up. */
export function fitCamera(bounds: Rect, width: number, height: number, { side, bottom }: Margins): Camera {
  const roomX = Math.max(1, width - 2 * side);
  const roomY = Math.max(1, height - side - bottom);
  const k = Math.min(1, roomX / Math.max(1, bounds.width), roomY / Math.max(1, bounds.height));
  return {
    k,
    x: side + (roomX - bounds.width * k) / 2 - bounds.x * k,
    y: side + (roomY - bounds.height * k) / 2 - bounds.y * k,
  };
}

/** Two cameras that show the same. */
export const sameCamera = (a: Camera | null, b: Camera): boolean =>
  a !== null && Math.abs(a.x - b.x) < 0.5 && Math.abs(a.y - b.y) < 0.5 && Math.abs(a.k - b.k) < 0.001;

/** Two places to come back to that show the same. */
export const sameKept = (a: KeptCamera | null, b: KeptCamera | null): boolean =>
  a === null || b === null ? a === b : a.lens === b.lens && a.mode === b.mode && sameCamera(a, b);

/** A pane, in pixels. */
interface Pane {
  readonly clientWidth: number;
  readonly clientHeight: number;
}

/** The point in the middle of the pane, and the zoom: the same in a pane of any size. */
export const middleOf = ({ x, y, k }: Camera, pane: Pane): Camera => ({
  x: (pane.clientWidth / 2 - x) / k,
  y: (pane.clientHeight / 2 - y) / k,
  k,
});

/** Puts that point in the middle of a pane again. */
export const cameraAt = (middle: Camera, pane: Pane): Camera => ({
  x: pane.clientWidth / 2 - middle.x * middle.k,
  y: pane.clientHeight / 2 - middle.y * middle.k,
  k: middle.k,
});

/** Whether anything of `bounds` shows there. */
export function isInView(bounds: Rect, middle: Camera, { clientWidth, clientHeight }: Pane): boolean {
  const [wide, high] = [clientWidth / 2 / middle.k, clientHeight / 2 / middle.k];
  return (
    bounds.x < middle.x + wide &&
    bounds.x + bounds.width > middle.x - wide &&
    bounds.y < middle.y + high &&
    bounds.y + bounds.height > middle.y - high
  );
}
