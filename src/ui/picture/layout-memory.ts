/** The layout of a picture starts from that of the one before it, so that a small change moves little. */
import { layoutDiagram, type DiagramModel, type Layout, type Point } from '../../view/index.ts';

export interface LayoutMemory {
  /** `picture` names what is looked at: another one starts anew. */
  readonly lay: (model: DiagramModel, pinned: ReadonlyMap<string, Point>, picture: string) => Layout;
}

export function createLayoutMemory(): LayoutMemory {
  let last: { readonly picture: string; readonly layout: Layout } | null = null;
  return {
    lay: (model, pinned, picture) => {
      const before = last?.picture === picture ? last.layout : null;
      const layout = layoutDiagram(model, { pinned, before });
      last = { picture, layout };
      return layout;
    },
  };
}
