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

export interface LayoutMemory {
  readonly lay: (model: DiagramModel, pinned: ReadonlyMap<string, Point>, picture: string) => Arranged;
  /** By the desk; null when it was overtaken. */
  readonly layAtDesk: (
    model: DiagramModel,
    pinned: ReadonlyMap<string, Point>,
    picture: string,
  ) => Promise<Arranged | null>;
}

export function createLayoutMemory(desk: LayoutDesk): LayoutMemory {
  let last: Arranged | null = null;
  const before = (picture: string): Layout | null => (last?.picture === picture ? last.layout : null);
  return {
    lay: (model, pinned, picture) => {
      last = { picture, model, layout: layoutDiagram(model, { pinned, before: before(picture) }) };
      return last;
    },
    layAtDesk: async (model, pinned, picture) => {
      const layout = await desk.lay(model, { pinned, before: before(picture) });
      if (layout === null) return null;
      last = { picture, model, layout };
      return last;
    },
  };
}
