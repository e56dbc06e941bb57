/** Panning without painting: what stays in view is moved as it is, only what comes into view is painted. */
import { devicePixels, paintScene, type PaintOptions, type PenContext, type Viewport } from './canvas-pen.ts';
import type { Scene } from './scene.ts';
import type { Theme } from './theme.ts';

export type ScrollContext = PenContext &
  Pick<CanvasRenderingContext2D, 'drawImage' | 'canvas'> & {
    globalCompositeOperation: CanvasRenderingContext2D['globalCompositeOperation'];
  };

interface Painted {
  readonly scene: Scene;
  readonly theme: Theme;
  readonly viewport: Viewport;
}

export interface ScrollingPen {
  /** Shows `scene` in `viewport`. `settled`: nothing fades in or out, so that what is painted may be used again. */
  paint(scene: Scene, viewport: Viewport, theme: Theme, options: PaintOptions, settled: boolean): void;
  /** The canvas was cleared or resized. */
  forget(): void;
}

/** The canvas may be painted by this pen alone. */
export function createScrollingPen(context: ScrollContext): ScrollingPen {
  let painted: Painted | null = null;
  return {
    paint: (scene, viewport, theme, options, settled) => {
      const before = painted;
      painted = settled ? { scene, theme, viewport } : null;
      const shift = before && settled ? shiftBetween(before, { scene, theme, viewport }) : null;
      if (!shift) {
        paintScene(context, scene, viewport, theme, options);
        return;
      }
      if (shift.x === 0 && shift.y === 0) return;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.globalCompositeOperation = 'copy';
      context.drawImage(context.canvas, shift.x, shift.y);
      context.globalCompositeOperation = 'source-over';
      const { width, height } = context.canvas;
      const { x, y } = shift;
      /** Device pixels, so that no edge of a part lies within one. */
      const repaint = (left: number, top: number, wide: number, high: number): void => {
        if (wide === 0 || high === 0) return;
        const { ratio } = viewport;
        const part = { x: left / ratio, y: top / ratio, width: wide / ratio, height: high / ratio };
        paintScene(context, scene, viewport, theme, options, part);
      };
      // The upright strip over the whole height, then what the level one has beside it.
      repaint(x > 0 ? 0 : width + x, 0, Math.abs(x), height);
      repaint(Math.max(0, x), y > 0 ? 0 : height + y, width - Math.abs(x), Math.abs(y));
    },
    forget: () => (painted = null),
  };
}

/** By how many device pixels the same picture has moved; null: it is another one, or too little of it stays. */
function shiftBetween(before: Painted, after: Painted): { readonly x: number; readonly y: number } | null {
  const a = before.viewport;
  const b = after.viewport;
  const same =
    before.scene === after.scene &&
    before.theme === after.theme &&
    a.k === b.k &&
    a.width === b.width &&
    a.height === b.height &&
    a.ratio === b.ratio;
  if (!same) return null;
  const x = devicePixels(b.x, b.ratio) - devicePixels(a.x, a.ratio);
  const y = devicePixels(b.y, b.ratio) - devicePixels(a.y, a.ratio);
  return Math.abs(x) < (b.width * b.ratio) / 2 && Math.abs(y) < (b.height * b.ratio) / 2 ? { x, y } : null;
}
