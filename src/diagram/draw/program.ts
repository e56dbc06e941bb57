/** Programs: a plain box; a database with its cylinder; a BGP speaker as a pill. */
import type { DiagramNode } from '../../view/model.ts';
import type { Rect } from '../../view/layout/rect.ts';
import type { BlockRow } from '../block.ts';
import { LEVEL } from '../levels.ts';
import type { Shape } from '../scene.ts';
import { styleOf, type Picture } from '../style.ts';
import { blockShape, boxShape } from './box.ts';
import { glyphRun, lineRow, nameRun } from './rows.ts';

export function programShapes(picture: Picture, node: DiagramNode, rect: Rect): readonly Shape[] {
  const speaker = node.kind === 'speaker';
  // A narrow page has room for the name alone.
  const bare = picture.model.compact;
  const style = styleOf(picture, node, {
    fill: speaker ? 'surface' : 'surface-2',
    edge: speaker ? 'border-ctl' : 'border-strong',
  });
  const name: BlockRow = {
    runs: [nameRun(node, 'name-inner', style)],
    trail: null,
    height: 15,
    from: speaker ? LEVEL.names : LEVEL.ports,
  };
  const lines = node.lines.map((line) => ({ ...lineRow(line, style), height: 13 }));
  const glyph: readonly BlockRow[] =
    node.kind === 'database'
      ? [{ runs: glyphRun(node.glyph, style, 16), trail: null, height: 19, from: LEVEL.ports }]
      : [];
  return [
    boxShape(node.id, rect, speaker ? rect.height / 2 : 4, style, LEVEL.names),
    ...(speaker && !bare
      ? [
          blockShape(node.id, {
            rect: { x: rect.x + 10, y: rect.y, width: 18, height: rect.height },
            padX: 0,
            padY: 0,
            align: 'left' as const,
            valign: 'middle' as const,
            rows: [{ runs: glyphRun(node.glyph, style, 14), trail: null, height: 16, from: LEVEL.ports }],
          }),
        ]
      : []),
    blockShape(node.id, {
      rect:
        speaker && !bare ? { x: rect.x + 30, y: rect.y, width: rect.width - 38, height: rect.height } : rect,
      padX: 4,
      padY: 2,
      align: speaker && !bare ? 'left' : 'centre',
      valign: 'middle',
      rows: [...glyph, name, ...lines],
    }),
  ];
}
