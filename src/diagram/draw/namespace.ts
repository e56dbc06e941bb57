/** A namespace: rounded 4, dashed, for one can leave it but not see out of it. A VRF: a plain box with its colour as a bar. */
import type { DiagramNode } from '../../view/model.ts';
import type { Rect } from '../../view/layout/rect.ts';
import type { TextBlock } from '../block.ts';
import { LEVEL } from '../levels.ts';
import type { Shape } from '../scene.ts';
import { networkTokens, styleOf, type Picture } from '../style.ts';
import { blockShape, boxShape } from './box.ts';
import { freeParts } from './free.ts';
import { glyphRun, lineRows, nameRun, textRun } from './rows.ts';

const HEAD = 24;
const headOf = (rect: Rect, flipped: boolean): Rect => ({
  ...rect,
  y: flipped ? rect.y + rect.height - HEAD : rect.y,
  height: HEAD,
});

/** The places of a name in a head, beside the lines that run through it. */
function besideLines(pieces: readonly Rect[], head: Rect): Pick<TextBlock, 'rect' | 'others'> {
  const [rect = head, ...others] = freeParts(pieces, head);
  return others.length > 0 ? { rect, others } : { rect };
}

/** `pieces` are the lines of the picture. */
export function namespaceShapes(
  picture: Picture,
  node: DiagramNode,
  rect: Rect,
  flipped: boolean,
  pieces: readonly Rect[],
): readonly Shape[] {
  const style = styleOf(picture, node, { fill: 'canvas', edge: 'border-ctl', dash: [4, 3], network: 'fill' });
  const inner = picture.model.children(node.id).length > 0;
  const small = rect.height < 30;
  return [
    boxShape(node.id, rect, 4, style),
    blockShape(node.id, {
      ...(inner ? besideLines(pieces, headOf(rect, flipped)) : { rect }),
      padX: 8,
      padY: small ? 0 : 6,
      align: small && picture.model.compact ? 'centre' : 'left',
      valign: small ? 'middle' : 'top',
      rows: [
        {
          runs: picture.model.compact
            ? [nameRun(node, 'mono', style)]
            : [...glyphRun(node.glyph, style), nameRun(node, 'name-inner', style)],
          trail:
            node.trail === '' || picture.model.compact
              ? null
              : { run: textRun(node.trail, 'sub', style, style.sub), from: LEVEL.ports },
          height: small ? 14 : 20,
          from: LEVEL.names,
        },
        ...(inner || picture.model.compact ? [] : lineRows(node, style)),
      ],
    }),
  ];
}

export function vrfShapes(
  picture: Picture,
  node: DiagramNode,
  rect: Rect,
  flipped: boolean,
  pieces: readonly Rect[],
): readonly Shape[] {
  const style = styleOf(picture, node, { fill: 'surface-2', edge: 'border-strong', network: 'edge' });
  const net = networkTokens(picture.model, node.network);
  return [
    boxShape(node.id, rect, 4, style),
    ...(net
      ? [
          boxShape(node.id, { x: rect.x, y: rect.y, width: 4, height: rect.height }, 1, {
            fill: net.stroke,
            stroke: { colour: net.stroke, width: 0 },
          }),
        ]
      : []),
    blockShape(node.id, {
      ...besideLines(pieces, headOf(rect, flipped)),
      padX: 10,
      padY: 4,
      align: 'left',
      valign: 'middle',
      rows: [
        {
          runs: picture.model.compact
            ? [nameRun(node, 'name-inner', style)]
            : [...glyphRun(node.glyph, style), nameRun(node, 'name-inner', style)],
          trail: { run: textRun(node.trail, 'sub', style, style.sub), from: LEVEL.ports },
          height: 18,
          from: LEVEL.names,
        },
      ],
    }),
  ];
}
