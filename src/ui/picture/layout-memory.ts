/** The layout of a picture starts from that of the one before it, so that a small change moves little. */
import { layoutDiagram, type DiagramModel, type Layout, type Point } from '../../view/index.ts';
import type { LayoutDesk } from './layout-desk.ts';

/** A model with its layout. */
export interface Arranged {
  /** Names what is looked at: another one starts anew. */
  readonly picture: string;
  readonly model: DiagramModel;
  readonly layout: Layout;
}

type Pins = ReadonlyMap<string, Point>;

export interface LayoutMemory {
  readonly lay: (model: DiagramModel, pinned: Pins, picture: string) => Arranged;
  /** By the desk; null when it was overtaken. */
  readonly layAtDesk: (model: DiagramModel, pinned: Pins, picture: string) => Promise<Arranged | null>;
}

export function createLayoutMemory(desk: LayoutDesk): LayoutMemory {
  let last: (Arranged & { readonly pinned: Pins }) | null = null;
  /** The newest with nothing pinned. */
  let free: Arranged | null = null;
  const before = (picture: string, pinned: Pins): Layout | null => {
    if (last?.picture !== picture) return null;
    // A thing whose pin is gone or elsewhere must not be held where the pin had it.
    if (holdsAll(pinned, last.pinned)) return last.layout;
    return free?.picture === picture ? free.layout : null;
  };
  const remember = (arranged: Arranged, pinned: Pins): Arranged => {
    last = { ...arranged, pinned };
    if (pinned.size === 0) free = arranged;
    return arranged;
  };
  return {
    lay: (model, pinned, picture) => {
      const layout = layoutDiagram(model, { pinned, before: before(picture, pinned) });
      return remember({ picture, model, layout }, pinned);
    },
    layAtDesk: async (model, pinned, picture) => {
      const layout = await desk.lay(model, { pinned, before: before(picture, pinned) });
      return layout === null ? null : remember({ picture, model, layout }, pinned);
    },
  };
}

const holdsAll = (pinned: Pins, earlier: Pins): boolean =>
  [...earlier].every(([id, at]) => {
    const now = pinned.get(id);
    return now?.x === at.x && now.y === at.y;
  });
