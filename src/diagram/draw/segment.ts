/** A segment of the underlay: a band with a bus, its name at the lower left. */
import type { DiagramNode } from '../../view/model.ts';
import type { Rect } from '../../view/layout/rect.ts';
import type { Run } from '../block.ts';
import { LEVEL } from '../levels.ts';
import type { Shape } from '../scene.ts';
import { styleOf, type Picture } from '../style.ts';
import { blockShape, boxShape, lineShape } from './box.ts';
import { nameRun, textRun } from './rows.ts';

/** `jacks`: where cables reach the bus; `bus` its y; `free`: how far lines leave the lower corners free. */
export function segmentShapes(
  picture: Picture,
  node: DiagramNode,
  rect: Rect,
  bus: number,
  jacks: readonly number[],
  free: { readonly left: number; readonly right: number },
): { readonly ground: readonly Shape[]; readonly bus: readonly Shape[] } {
  const style = styleOf(picture, node, { fill: 'surface-2', edge: 'border' });
  // Between the bus and the band's edge, as much as there is: far away a text needs all of it.
  const under = { y: bus + CLEAR, height: Math.max(LABEL, rect.y + rect.height - bus - CLEAR - 1) };
  const low = jacks.length === 0 ? rect.x + 20 : Math.min(...jacks) - 18;
  const high = jacks.length === 0 ? rect.x + rect.width - 20 : Math.max(...jacks) + 18;
  return {
    ground: [
      boxShape(node.id, rect, 6, style),
      corner(
        node.id,
        { ...under, x: rect.x, width: free.left - rect.x },
        'left',
        nameRun(node, 'mono', { ...style, text: 'text-2' }),
        LEVEL.names,
      ),
      corner(
        node.id,
        { ...under, x: free.right, width: rect.x + rect.width - free.right },
        'right',
        textRun(node.trail, 'mono', style, 'text-3'),
        LEVEL.ports,
      ),
    ],
    bus: [
      lineShape(
        node.id,
        { x: low, y: bus },
        { x: high, y: bus },
        {
          colour: picture.marks.selected === node.id ? 'accent' : 'border-ctl',
          width: 5,
          round: true,
          tube: true,
        },
      ),
    ],
  };
}

const LABEL = 22;
const CLEAR = 4;

const corner = (owner: string, rect: Rect, align: 'left' | 'right', run: Run, from: number): Shape =>
  blockShape(owner, {
    rect,
    padX: 12,
    padY: 2,
    align,
    valign: 'middle',
    rows: [{ runs: [run], trail: null, height: 14, from }],
  });

export function jackShape(owner: string, x: number, y: number, onPath: boolean): Shape {
  return {
    kind: 'circle',
    owner,
    from: LEVEL.names,
    at: { x, y },
    radius: 3.5,
    fill: 'surface',
    stroke: { colour: onPath ? 'accent' : 'border-ctl', width: 1.5 },
  };
}
