/** Programs: a plain box; a database with its cylinder; a BGP speaker as a pill. */
import type { DiagramNode } from '../../view/model.ts';
import type { Rect } from '../../view/layout/rect.ts';
import type { BlockRow } from '../block.ts';
import { LEVEL } from '../levels.ts';
import type { Shape } from '../scene.ts';
import { INNER_NAME, tableWidth } from '../../view/layout/text-width.ts';
import { styleOf, type NodeStyle, type Picture } from '../style.ts';
import { blockShape, boxShape } from './box.ts';
import { glyphRun, lineRow, nameRun } from './rows.ts';

/** A database has room for its glyph beside its name from here on. */
const DATABASE_GLYPH = 0.6;
/** A speaker's number is written from here on, where it fits. */
const LEAST_PILL = 0.28;
/** Its corners: round ends while it has two rows. */
const PILL = 20;

export function programShapes(picture: Picture, node: DiagramNode, rect: Rect): readonly Shape[] {
  if (node.kind === 'speaker') return speakerShapes(picture, node, rect);
  const style = styleOf(picture, node, { fill: 'surface-2', edge: 'border-strong' });
  const glyph: readonly BlockRow[] =
    node.kind === 'database'
      ? [{ runs: glyphRun(node.glyph, style, 16), trail: null, height: 19, from: DATABASE_GLYPH }]
      : [];
  const name: BlockRow = {
    runs: [nameRun(node, 'name-inner', style)],
    trail: null,
    height: 15,
    from: LEVEL.names,
  };
  return [
    boxShape(node.id, rect, 4, style, LEVEL.names),
    blockShape(node.id, {
      rect,
      padX: 4,
      padY: 2,
      align: 'centre',
      valign: 'middle',
      rows: [...glyph, name, ...linesOf(node, style)],
    }),
  ];
}

const linesOf = (node: DiagramNode, style: NodeStyle): readonly BlockRow[] =>
  node.lines.map((line) => ({ ...lineRow(line, style), height: 13 }));

/** Where the pill has no room for its glyph and its name side by side, the name has it alone. */
function speakerShapes(picture: Picture, node: DiagramNode, rect: Rect): readonly Shape[] {
  const style = styleOf(picture, node, { fill: 'surface', edge: 'border-ctl' });
  const beside = { x: rect.x + 30, y: rect.y, width: rect.width - 38, height: rect.height };
  const wide = picture.model.compact
    ? Number.POSITIVE_INFINITY
    : Math.max(LEVEL.ports, (tableWidth(node.name, INNER_NAME) + 10) / beside.width);
  const whole = nameRun(node, 'name-inner', style);
  const name: BlockRow = {
    runs: [whole.kind === 'text' ? { ...whole, brief: node.name.replace(/^AS /, '') } : whole],
    trail: null,
    height: 15,
    from: LEAST_PILL,
  };
  const lines = linesOf(node, style);
  const words = { padX: 4, padY: 2, valign: 'middle' as const };
  return [
    boxShape(node.id, rect, Math.min(rect.height / 2, PILL), style, LEAST_PILL),
    blockShape(node.id, {
      rect: { x: rect.x + 10, y: rect.y, width: 18, height: rect.height },
      padX: 0,
      padY: 0,
      align: 'left',
      valign: 'middle',
      rows: [{ runs: glyphRun(node.glyph, style, 14), trail: null, height: 16, from: wide }],
    }),
    blockShape(node.id, {
      ...words,
      rect: beside,
      align: 'left',
      rows: [name, ...lines].map((row) => ({ ...row, from: Math.max(row.from, wide) })),
    }),
    blockShape(node.id, {
      ...words,
      rect,
      align: 'centre',
      rows: [name, ...lines].map((row) => ({ ...row, to: wide })),
    }),
  ];
}
