/** Shapes that every kind uses: a rounded box, a text block, a region. */
import type { Rect } from '../../view/layout/rect.ts';
import type { TextBlock } from '../block.ts';
import type { Shape, Stroke } from '../scene.ts';
import type { NodeStyle } from '../style.ts';

export function boxShape(
  owner: string,
  rect: Rect,
  radius: number,
  style: Pick<NodeStyle, 'fill' | 'stroke'>,
  from = 0,
): Shape {
  return { kind: 'rect', owner, from, rect, radius, fill: style.fill, stroke: style.stroke };
}

export const blockShape = (owner: string, block: TextBlock, from = 0): Shape => ({
  kind: 'block',
  owner,
  from,
  block,
});

export function lineShape(
  owner: string,
  a: { readonly x: number; readonly y: number },
  b: { readonly x: number; readonly y: number },
  stroke: Stroke,
  from = 0,
): Shape {
  return {
    kind: 'path',
    owner,
    from,
    commands: [
      ['M', a.x, a.y],
      ['L', b.x, b.y],
    ],
    bounds: {
      x: Math.min(a.x, b.x),
      y: Math.min(a.y, b.y),
      width: Math.abs(a.x - b.x),
      height: Math.abs(a.y - b.y),
    },
    fill: null,
    stroke,
  };
}

export const hairline: Stroke = { colour: 'border', width: 1 };
