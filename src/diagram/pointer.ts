/** What the pointer does on the diagram besides moving the camera: hover, select, open, drag what can be moved, ask for the menu. */
import type { Point, Rect } from '../view/layout/layout.ts';
import type { DiagramCallbacks } from './diagram.ts';
import { onGrid } from './moving.ts';

/** A press that moves less than this (CSS pixels) is a click. */
const SLACK = 4;
const LONG_PRESS_MS = 550;

export interface PointerGround {
  hit(at: Point): string | null;
  /** What a drag from here would move. */
  dragTarget(at: Point): string | null;
  rectOf(id: string): Rect | undefined;
  toWorld(at: Point): Point;
  /** What is selected, brought into view: its middle in CSS pixels of the canvas. */
  selected(): { readonly id: string; readonly at: Point } | null;
  /** Puts what is moving there; false where nothing is. */
  place(at: Point): boolean;
  /** The outline of what is dragged, world units; null: nothing is. */
  ghost(rect: Rect | null): void;
  hover(id: string | null): void;
}

/** CSS pixels of the canvas. */
export function pointOf(
  canvas: HTMLCanvasElement,
  event: { readonly clientX: number; readonly clientY: number },
): Point {
  const box = canvas.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/** Until `signal`. */
export function listenToPointer(
  canvas: HTMLCanvasElement,
  ground: PointerGround,
  callbacks: DiagramCallbacks,
  signal: AbortSignal,
): void {
  let pressed: Point | null = null;
  let menuTimer = 0;
  let byKey = false;
  let drag: { readonly id: string; readonly grab: Point; at: Point; moved: boolean } | null = null;
  const listen = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    handler: (event: HTMLElementEventMap[Name]) => void,
  ): void => canvas.addEventListener(name, handler, { signal });
  const isFar = (at: Point): boolean =>
    pressed !== null && Math.hypot(at.x - pressed.x, at.y - pressed.y) > SLACK;

  function hover(id: string | null, at: Point | null): void {
    if (at)
      canvas.style.cursor = ground.dragTarget(at) === null ? (id === null ? 'grab' : 'pointer') : 'move';
    ground.hover(id);
    callbacks.onHover?.(id, id === null ? null : at);
  }

  function release(): void {
    window.clearTimeout(menuTimer);
    drag = null;
    ground.ghost(null);
  }

  listen('pointerdown', (event) => {
    byKey = false;
    // A second finger makes a pinch of it: no menu opens under that.
    window.clearTimeout(menuTimer);
    const at = pointOf(canvas, event);
    pressed = at;
    if (event.pointerType === 'touch' && event.isPrimary && callbacks.onMenu)
      menuTimer = window.setTimeout(() => callbacks.onMenu?.(ground.hit(at), at), LONG_PRESS_MS);
    const id = event.button === 0 && event.pointerType === 'mouse' ? ground.dragTarget(at) : null;
    const rect = id === null ? undefined : ground.rectOf(id);
    if (id === null || !rect) return;
    const world = ground.toWorld(at);
    drag = {
      id,
      grab: { x: world.x - rect.x, y: world.y - rect.y },
      at: { x: rect.x, y: rect.y },
      moved: false,
    };
    canvas.setPointerCapture(event.pointerId);
  });

  listen('pointermove', (event) => {
    const at = pointOf(canvas, event);
    if (isFar(at)) {
      window.clearTimeout(menuTimer);
      if (drag) drag.moved = true;
    }
    if (drag?.moved) {
      const world = ground.toWorld(at);
      drag.at = onGrid({ x: world.x - drag.grab.x, y: world.y - drag.grab.y });
      const rect = ground.rectOf(drag.id);
      if (rect) ground.ghost({ ...rect, ...drag.at });
      return;
    }
    if (event.buttons === 0) hover(ground.hit(at), at);
  });

  listen('pointerup', () => {
    const done = drag;
    release();
    if (done?.moved) callbacks.onPin?.(done.id, done.at);
  });
  listen('pointercancel', release);
  listen('pointerleave', () => hover(null, null));
  listen('click', (event) => {
    const at = pointOf(canvas, event);
    if (!isFar(at) && !ground.place(at)) callbacks.onSelect?.(ground.hit(at));
  });
  listen('dblclick', (event) => {
    const id = ground.hit(pointOf(canvas, event));
    if (id !== null) callbacks.onActivate?.(id);
  });
  // Browsers tell in different ways that a key has asked for the menu; all of them tell of the key before.
  listen('keydown', ({ key, shiftKey }) => {
    byKey = key === 'ContextMenu' || (key === 'F10' && shiftKey);
  });
  listen('contextmenu', (event) => {
    if (!callbacks.onMenu) return;
    event.preventDefault();
    // A key asks for the menu of what is selected, wherever the pointer is.
    const chosen = byKey ? ground.selected() : null;
    const at = chosen?.at ?? pointOf(canvas, event);
    callbacks.onMenu(chosen?.id ?? ground.hit(at), at);
  });
  signal.addEventListener('abort', () => window.clearTimeout(menuTimer), { once: true });
}
