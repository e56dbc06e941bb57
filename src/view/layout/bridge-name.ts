/** Where a bridge's name stands: at one end of the lane under its upper ports. The path keeps out of it. */
import type { DiagramNode } from '../model.ts';
import type { Rect } from './rect.ts';
import { INNER_NAME, tableWidth } from './text-width.ts';

/** Under the bridge's upper edge: where chips end, where the name ends, where the strip begins. */
const NAME_TOP = 16;
const NAME_BOTTOM = 39;
export const STRIP_TOP = 46;
const INSET = 8;
/** Twice the name's width at 100 %, so that it is clear of the path down to 50 %. */
const SPREAD = 2;

export function bridgeNameRect(node: DiagramNode, rect: Rect, mirrored: boolean): Rect {
  const width = Math.min(SPREAD * (tableWidth(node.name, INNER_NAME) + 20), rect.width * 0.6);
  return {
    x: mirrored ? rect.x + INSET : rect.x + rect.width - INSET - width,
    y: rect.y + NAME_TOP,
    width,
    height: NAME_BOTTOM - NAME_TOP,
  };
}
