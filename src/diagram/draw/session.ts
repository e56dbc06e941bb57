/** A BGP session: a round mark on its line with the state's glyph, and its words beside it. */
import type { DiagramNode } from '../../view/model.ts';
import type { Rect } from '../../view/layout/rect.ts';
import type { Shape } from '../scene.ts';
import { styleOf, type Picture } from '../style.ts';
import { blockShape, boxShape } from './box.ts';
import { SESSION_COLOUR } from './edge.ts';
import { lineRows, nameRun } from './rows.ts';

const MARK = 22;
/** From here on the glyph fits its mark; from further away the line's colour says the state. */
const LEGIBLE = 0.56;
/** And from here on the words beside it. */
const WORDS = 0.66;

/** `isLeft`: the words stand left of the mark. */
export function sessionShapes(
  picture: Picture,
  node: DiagramNode,
  rect: Rect,
  isLeft: boolean,
): readonly Shape[] {
  const style = styleOf(picture, node, { fill: 'surface', edge: 'border-ctl' });
  const selected = picture.marks.selected === node.id;
  const colour = selected ? 'accent' : style.dimmed ? 'border-ctl' : SESSION_COLOUR[node.state];
  const worded = rect.width > MARK + 4;
  const mark: Rect = {
    x: isLeft ? rect.x + rect.width - MARK : rect.x,
    y: worded ? rect.y + 1 : rect.y,
    width: MARK,
    height: MARK,
  };
  return [
    boxShape(
      node.id,
      mark,
      MARK / 2,
      { fill: selected ? 'accent-soft' : 'surface', stroke: { colour, width: selected ? 2 : 1.5 } },
      LEGIBLE,
    ),
    blockShape(node.id, {
      rect: mark,
      padX: 0,
      padY: 0,
      align: 'centre',
      valign: 'middle',
      rows: [
        {
          runs: [{ kind: 'glyph', glyph: node.glyph, size: 12, colour }],
          trail: null,
          height: 12,
          from: LEGIBLE,
        },
      ],
    }),
    ...(worded
      ? [
          blockShape(node.id, {
            rect: { ...rect, x: isLeft ? rect.x : rect.x + MARK + 4, width: rect.width - MARK - 4 },
            padX: 2,
            padY: 2,
            align: isLeft ? ('right' as const) : ('left' as const),
            valign: 'top' as const,
            rows: [
              {
                runs: [{ ...nameRun(node, 'name-inner', style), colour: style.dimmed ? 'text-3' : colour }],
                trail: null,
                height: 17,
                from: WORDS,
              },
              ...lineRows(node, style),
            ],
          }),
        ]
      : []),
  ];
}
