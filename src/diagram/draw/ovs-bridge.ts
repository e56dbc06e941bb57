/** An Open vSwitch bridge: a box with its tables as a strip, one cell a visited table. */
import type { DiagramNode } from '../../view/model.ts';
import { bridgeNameRect } from '../../view/layout/bridge-name.ts';
import type { Rect } from '../../view/layout/rect.ts';
import { fitStrip, type Strip } from '../../view/strip.ts';
import type { BlockRow } from '../block.ts';
import { LEVEL } from '../levels.ts';
import { tableMeasure } from '../measure.ts';
import type { Shape } from '../scene.ts';
import { holdsPath, styleOf, type NodeStyle, type Picture } from '../style.ts';
import { blockShape, boxShape } from './box.ts';
import { glyphRun, lineRow, nameRun, textRun } from './rows.ts';

export function bridgeShapes(
  picture: Picture,
  node: DiagramNode,
  rect: Rect,
  mirrored: boolean,
): readonly Shape[] {
  const rest =
    holdsPath(picture, node.id) || picture.playback.marks.get(node.id) === 'past'
      ? 'border-ctl'
      : 'border-strong';
  const style = styleOf(picture, node, { fill: 'surface-2', edge: rest });
  // The path shows on its ports and cells; the box itself only gets darker.
  const edge: NodeStyle =
    style.onPath && picture.marks.selected !== node.id && picture.playback.drop?.node !== node.id
      ? { ...style, stroke: { colour: rest, width: 1 } }
      : style;
  const { compact } = picture.model;
  const glyph = glyphRun(node.glyph, style);
  const name = nameRun(node, 'name-inner', style);
  const [first, ...others] = node.lines;
  const plain = first?.from === 'ports' ? first : undefined;
  const facts = plain ? others : node.lines;
  const head: BlockRow = {
    runs: mirrored || compact ? [...glyph, name] : [name, ...glyph],
    trail: null,
    height: 16,
    from: LEVEL.names,
  };
  const rows: BlockRow[] = [head];
  if (plain && !compact) rows.push({ ...lineRow(plain, style), height: 12 });
  if (!compact) rows.push(...facts.map((line) => lineRow(line, style)));
  return [
    boxShape(node.id, rect, 4, edge),
    blockShape(node.id, {
      // On a small picture the path runs down the middle.
      rect: compact
        ? { x: rect.x, y: rect.y, width: rect.width / 2 - 6, height: 23 }
        : bridgeNameRect(node, rect, mirrored),
      padX: compact ? 8 : 2,
      padY: compact ? 4 : 1,
      align: mirrored || compact ? 'left' : 'right',
      valign: compact ? 'middle' : 'top',
      rows,
    }),
  ];
}

/** The strip's cells; without a visit one pale cell that says so. */
export function stripShapes(picture: Picture, node: DiagramNode, rect: Rect): readonly Shape[] {
  const strip = picture.playback.strips.get(node.id);
  const style = styleOf(picture, node, { fill: 'surface', edge: 'border' });
  if (!strip || strip.cells.length === 0) {
    const text = picture.playback.step ? 'idle, no steps' : idleText(node);
    return [
      boxShape(node.id, rect, 3, { fill: 'surface', stroke: { colour: 'border', width: 1 } }, LEVEL.names),
      cellText(node.id, rect, text, style, 'text-3', 'mono'),
    ];
  }
  return cellsOf(strip, rect).flatMap(({ cell, rect: at, current }) => {
    const decided = cell.deciding || cell.dropped;
    const edge = cell.dropped && cell.visited ? 'drop' : decided && cell.visited ? 'accent' : null;
    const fill = cell.dropped && cell.visited ? 'drop-soft' : cell.visited ? 'accent-soft' : 'surface';
    return [
      boxShape(
        node.id,
        at,
        3,
        {
          fill,
          stroke: edge
            ? { colour: edge, width: current ? 2 : 1.25 }
            : cell.visited
              ? { colour: current ? 'accent' : 'accent-soft', width: current ? 2 : 0 }
              : { colour: decided ? 'border-ctl' : 'border', width: 1 },
        },
        LEVEL.names,
      ),
      cellText(
        node.id,
        at,
        cell.text,
        style,
        cell.visited ? (decided || current ? 'text' : 'text-2') : 'text-3',
        decided && cell.visited ? 'mono-strong' : 'mono',
      ),
    ];
  });
}

function idleText(node: DiagramNode): string {
  const count = /flows (\d+)/.exec(node.lines.map(({ text }) => text).join(' '))?.[1];
  return count === undefined || count === '0' ? 'no flows' : count === '1' ? '1 flow' : `${count} flows`;
}

function cellText(
  owner: string,
  rect: Rect,
  text: string,
  style: NodeStyle,
  colour: 'text' | 'text-2' | 'text-3',
  font: 'mono' | 'mono-strong',
): Shape {
  return blockShape(owner, {
    rect,
    padX: 4,
    padY: 0,
    align: 'centre',
    valign: 'middle',
    rows: [
      {
        runs: [textRun(text, font, style, style.dimmed ? 'text-3' : colour)],
        trail: null,
        height: 13,
        from: LEVEL.ports,
      },
    ],
  });
}

/** Cells with their places; shared with the path, which runs along them. */
export function cellsOf(
  strip: Strip,
  rect: Rect,
): readonly { readonly cell: Strip['cells'][number]; readonly rect: Rect; readonly current: boolean }[] {
  const fitted = fitStrip(strip, rect.width, (text) => tableMeasure(text, 'mono-strong'));
  return fitted.cells.map((cell, index) => ({
    cell,
    rect: { x: rect.x + cell.x, y: rect.y, width: cell.width, height: rect.height },
    current: index === fitted.current,
  }));
}
