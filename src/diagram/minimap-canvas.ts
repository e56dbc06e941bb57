/** The minimap's own canvas: painted with the diagram, and dragged in to move the view. */
import type { Point } from '../view/layout/rect.ts';
import type { Viewport } from './canvas-pen.ts';
import { minimapPlan, paintMinimap } from './minimap.ts';
import { setBacking } from './canvas-size.ts';
import type { Theme } from './theme.ts';

type Picture = Omit<Parameters<typeof paintMinimap>[2], 'packet' | 'viewport'>;

export interface MinimapCanvas {
  attach(canvas: HTMLCanvasElement | null): void;
  paint(picture: Picture, packet: Point | null, viewport: Viewport, theme: Theme): void;
}

/** `onPoint` is told the world point under a pressed pointer, `onSize` when it is to be painted again. */
export function createMinimapCanvas(onPoint: (at: Point) => void, onSize: () => void): MinimapCanvas {
  let canvas: HTMLCanvasElement | null = null;
  let last: Picture | null = null;
  // Kept, not read while painting: reading it there makes the browser lay the page out in the middle of a frame.
  let size = { width: 0, height: 0 };
  const observer = new ResizeObserver(() => {
    if (canvas) size = { width: canvas.clientWidth, height: canvas.clientHeight };
    onSize();
  });
  const onPointer = (event: PointerEvent): void => {
    if (!canvas || !last || event.buttons !== 1) return;
    const box = canvas.getBoundingClientRect();
    const { k, x, y } = minimapPlan(last.layout.bounds, box.width, box.height);
    onPoint({ x: (event.clientX - box.left - x) / k, y: (event.clientY - box.top - y) / k });
  };
  return {
    attach: (next) => {
      observer.disconnect();
      canvas?.removeEventListener('pointerdown', onPointer);
      canvas?.removeEventListener('pointermove', onPointer);
      canvas = next;
      if (!next) return;
      next.addEventListener('pointerdown', onPointer);
      next.addEventListener('pointermove', onPointer);
      observer.observe(next);
    },
    paint: (picture, packet, viewport, theme) => {
      last = picture;
      const pen = canvas?.getContext('2d');
      if (!canvas || !pen || size.width === 0) return;
      const { ratio } = viewport;
      setBacking(canvas, size.width, size.height, ratio);
      paintMinimap(pen, { ...size, ratio }, { ...picture, packet, viewport }, theme);
    },
  };
}
