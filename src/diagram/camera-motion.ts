/** The camera of one canvas: d3-zoom's gestures, jumps, and moves that take a moment. */
import { select, zoom, zoomIdentity, type D3ZoomEvent } from 'd3';
import type { Point } from '../view/layout/layout.ts';
import { ZOOM_LEAST, ZOOM_MOST, type ViewportState } from './camera.ts';
import { CAMERA_MS, ease } from './motion.ts';

type Target = Pick<ViewportState, 'x' | 'y' | 'k'>;

export interface CameraMotion {
  readonly view: ViewportState;
  /** Where it will be when it rests. */
  readonly goal: Target;
  /** It is on its way to somewhere. */
  readonly moving: boolean;
  jumpTo(to: Target): void;
  /** At once unless `animate`. */
  moveTo(to: Target, animate: boolean): void;
  /** Takes it to where it is at `time`; call before each painting. */
  step(time: number): void;
  /** The canvas has another size: its middle stays the middle. */
  resize(width: number, height: number): void;
  destroy(): void;
}

export interface CameraWatcher {
  /** Whether a press at this point (client coordinates) may begin a pan. */
  readonly pannable: (event: MouseEvent) => boolean;
  readonly onView: (view: ViewportState, before: ViewportState) => void;
  /** A move has begun: `step` is wanted with the next frame. */
  readonly onMove: () => void;
}

export function createCameraMotion(canvas: HTMLCanvasElement, watcher: CameraWatcher): CameraMotion {
  let view: ViewportState = { x: 0, y: 0, k: 1, width: 0, height: 0 };
  let move: { readonly from: ViewportState; readonly to: Target; readonly start: number } | null = null;

  const surface = select(canvas);
  const behaviour = zoom<HTMLCanvasElement, unknown>()
    .scaleExtent([ZOOM_LEAST, ZOOM_MOST])
    .filter((event: Event) => {
      if (event instanceof WheelEvent) return true;
      if (event.type === 'dblclick') return false;
      if (event instanceof MouseEvent) return event.button === 0 && !event.ctrlKey && watcher.pannable(event);
      return true;
    })
    .wheelDelta(
      (event: WheelEvent) =>
        -event.deltaY *
        (event.deltaMode === 1 ? 0.05 : event.deltaMode ? 1 : 0.002) *
        (event.ctrlKey ? 8 : 1),
    )
    .on('zoom', ({ transform, sourceEvent }: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      if (sourceEvent) move = null;
      const before = view;
      view = { ...view, x: transform.x, y: transform.y, k: transform.k };
      watcher.onView(view, before);
    });
  surface.call(behaviour).on('dblclick.zoom', null);
  surface.style('touch-action', 'none');

  function jumpTo({ x, y, k }: Target): void {
    surface.call(behaviour.transform, zoomIdentity.translate(x, y).scale(k));
  }

  return {
    get view() {
      return view;
    },
    get goal() {
      return move?.to ?? view;
    },
    get moving() {
      return move !== null;
    },
    jumpTo: (to) => {
      move = null;
      jumpTo(to);
    },
    moveTo: (to, animate) => {
      move = animate ? { from: view, to, start: performance.now() } : null;
      if (animate) watcher.onMove();
      else jumpTo(to);
    },
    step: (time) => {
      if (!move) return;
      const t = ease((time - move.start) / CAMERA_MS);
      const { from, to } = move;
      if (t >= 1) move = null;
      const k = from.k * (to.k / from.k) ** t;
      // The point that is in the middle moves evenly while the zoom changes.
      const middle = (one: Target): Point => ({
        x: (view.width / 2 - one.x) / one.k,
        y: (view.height / 2 - one.y) / one.k,
      });
      const a = middle(from);
      const b = middle(to);
      const at = { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
      jumpTo(t >= 1 ? to : { k, x: view.width / 2 - at.x * k, y: view.height / 2 - at.y * k });
    },
    resize: (width, height) => {
      const shift =
        view.width === 0 ? { x: 0, y: 0 } : { x: (width - view.width) / 2, y: (height - view.height) / 2 };
      view = { ...view, width, height };
      jumpTo({ k: view.k, x: view.x + shift.x, y: view.y + shift.y });
    },
    destroy: () => surface.on('.zoom', null),
  };
}
