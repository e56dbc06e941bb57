/** A thing being moved without a drag: by the arrow keys, or to where the next click or tap is. */
import type { Point, Rect } from '../view/layout/rect.ts';

/** Positions lie on this grid, world units. */
const GRID = 4;

export const onGrid = ({ x, y }: Point): Point => ({
  x: Math.round(x / GRID) * GRID,
  y: Math.round(y / GRID) * GRID,
});

interface MovingGround {
  rectOf(id: string): Rect | undefined;
  /** The outline of where it would stand, world units; null: nothing is on its way. */
  ghost(rect: Rect | null): void;
  /** Keeps a place of the view in view. */
  follow(rect: Rect): void;
  /** What is on its way; null once it is over. */
  onMoving(id: string | null): void;
  /** Where it was put (top left, world units). */
  onPin(id: string, at: Point): void;
}

export interface Moving {
  readonly id: string | null;
  start(id: string): void;
  /** World units. */
  by(x: number, y: number): void;
  /** Puts its middle there and is over. */
  to(at: Point): void;
  /** `keep` false: it stays where it was. */
  end(keep: boolean): void;
  /** The outline once more, after the camera moved. */
  draw(): void;
}

export function createMoving(ground: MovingGround): Moving {
  let under: { readonly id: string; readonly rect: Rect; readonly moved: boolean } | null = null;
  const draw = (): void => ground.ghost(under?.rect ?? null);
  const put = (at: Point): void => {
    if (under === null) return;
    under = { id: under.id, rect: { ...under.rect, ...onGrid(at) }, moved: true };
    draw();
  };
  const end = (keep: boolean): void => {
    const done = under;
    if (done === null) return;
    under = null;
    draw();
    ground.onMoving(null);
    if (keep && done.moved) ground.onPin(done.id, { x: done.rect.x, y: done.rect.y });
  };
  return {
    get id() {
      return under?.id ?? null;
    },
    start: (id) => {
      end(false);
      const rect = ground.rectOf(id);
      if (!rect) return;
      under = { id, rect, moved: false };
      ground.follow(rect);
      draw();
      ground.onMoving(id);
    },
    by: (x, y) => {
      if (under === null) return;
      put({ x: under.rect.x + x, y: under.rect.y + y });
      ground.follow(under.rect);
    },
    to: (at) => {
      if (under === null) return;
      put({ x: at.x - under.rect.width / 2, y: at.y - under.rect.height / 2 });
      end(true);
    },
    end,
    draw,
  };
}
