/** A Linux bridge: a bar with round jacks, its name in the column at the left. */
import type { DiagramNode } from '../../view/model.ts';
import { centreX, centreY, type Rect } from '../../view/layout/rect.ts';
import type { Run } from '../block.ts';
import { LEVEL } from '../levels.ts';
import type { Shape } from '../scene.ts';
import { networkTokens, styleOf, type Picture } from '../style.ts';
import { blockShape, lineShape } from './box.ts';
import { freeWidth } from './free.ts';
import { glyphRun, nameRun, textRun } from './rows.ts';

/** `label` is where the name column ends and the bar begins; `ends` are x of everything on the bar. */
export function barShapes(
  picture: Picture,
  node: DiagramNode,
  rect: Rect,
  label: number,
  ends: readonly number[],
): readonly Shape[] {
  const style = styleOf(picture, node, { fill: 'surface', edge: 'border-ctl', network: 'edge' });
  const y = centreY(rect);
  const last = ends.length === 0 ? rect.x + rect.width : Math.max(...ends) + 16;
  return [
    lineShape(
      node.id,
      { x: label, y },
      { x: Math.max(label + 30, Math.min(last, rect.x + rect.width)), y },
      {
        colour: style.stroke.colour,
        width: picture.marks.selected === node.id ? 6 : 4,
        round: true,
        tube: true,
        ...(style.stroke.dash ? { dash: style.stroke.dash } : {}),
      },
    ),
    blockShape(node.id, {
      rect: { x: rect.x, y: rect.y, width: label - rect.x - 6, height: rect.height },
      padX: 2,
      padY: 2,
      align: 'left',
      valign: 'middle',
      rows: [
        {
          runs: [...glyphRun(node.glyph, style), nameRun(node, 'name-inner', style)],
          trail: null,
          height: 16,
          from: LEVEL.names,
        },
        ...(node.trail === ''
          ? []
          : [
              {
                runs: [textRun(node.trail, 'mono', style, style.sub)],
                trail: null,
                height: 13,
                from: LEVEL.ports,
              },
            ]),
      ],
    }),
  ];
}

/** A jack, with its device's name under the bar, on the side that lines leave free. */
export function jackShapes(
  picture: Picture,
  node: DiagramNode,
  rect: Rect,
  lines: readonly Rect[],
): readonly Shape[] {
  const style = styleOf(picture, node, { fill: 'surface', edge: 'border-ctl' });
  const net = networkTokens(picture.model, picture.model.node(node.parent ?? '')?.network ?? null);
  const colour =
    style.onPath || style.stroke.colour !== 'border-ctl'
      ? style.stroke.colour
      : (net?.stroke ?? 'border-ctl');
  return [
    {
      kind: 'circle',
      owner: node.id,
      from: LEVEL.names,
      at: { x: centreX(rect), y: centreY(rect) },
      radius: 3.5,
      fill: 'surface',
      stroke: { colour, width: 1.5 },
    },
    ...jackName(node, rect, lines, nameRun(node, 'mono', { ...style, text: style.sub })),
  ];
}

const NAME = { width: 48, height: 13, gap: 4 } as const;

function jackName(node: DiagramNode, rect: Rect, lines: readonly Rect[], run: Run): readonly Shape[] {
  const x = centreX(rect);
  const y = centreY(rect) + NAME.gap;
  const after: Rect = { x: x + NAME.gap, y, width: NAME.width, height: NAME.height };
  const before: Rect = { ...after, x: x - NAME.gap - NAME.width };
  const [wide, left] = [freeWidth(lines, after, 'left'), freeWidth(lines, before, 'right')];
  const side = wide >= Math.min(left, 30) ? 'left' : 'right';
  const free = side === 'left' ? wide : left;
  if (free < 20) return [];
  const at: Rect =
    side === 'left' ? { ...after, width: free } : { ...before, x: before.x + NAME.width - free, width: free };
  return [
    blockShape(node.id, {
      rect: at,
      padX: 1,
      padY: 0,
      align: side,
      valign: 'top',
      rows: [{ runs: [run], trail: null, height: 12, from: LEVEL.ports }],
    }),
  ];
}
