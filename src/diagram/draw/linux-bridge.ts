/** A Linux bridge: a bar with round jacks, its name in the column at the left. */
import type { DiagramNode } from '../../view/model.ts';
import type { Layout } from '../../view/layout/layout.ts';
import { centreX, centreY, type Rect } from '../../view/layout/rect.ts';
import { INNER_NAME, tableWidth } from '../../view/layout/text-width.ts';
import type { Run } from '../block.ts';
import { BUS_NAMES, LEVEL } from '../levels.ts';
import type { Shape } from '../scene.ts';
import { networkTokens, styleOf, type Picture } from '../style.ts';
import { blockShape, lineShape } from './box.ts';
import { freeWidth } from './free.ts';
import { glyphRun, nameRun, textRun } from './rows.ts';

/** Of a glyph beside a name, with the block's least padding. CSS pixels. */
const GLYPH_ROOM = 27;

/** `label` is where the name column ends and the bar begins; `ends` are x of everything on the bar. */
export function barShapes(
  picture: Picture,
  node: DiagramNode,
  rect: Rect,
  label: number,
  ends: readonly number[],
): readonly Shape[] {
  const style = styleOf(picture, node, { fill: 'surface', edge: 'border-ctl', network: 'edge' });
  const { compact } = picture.model;
  const name = nameRun(node, compact ? 'sub' : 'name-inner', style);
  const bars = picture.model.children(node.parent).filter(({ kind }) => kind === node.kind);
  // All bars of a machine with their glyph, or none.
  const glyphsFrom = compact
    ? LEVEL.ports
    : Math.max(...bars.map((bar) => GLYPH_ROOM + tableWidth(bar.name, INNER_NAME))) / (label - rect.x - 6);
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
        { runs: [name], trail: null, height: 16, from: BUS_NAMES, to: glyphsFrom },
        { runs: [...glyphRun(node.glyph, style), name], trail: null, height: 16, from: glyphsFrom },
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

/** A jack on its bar. */
export function jackShapes(picture: Picture, node: DiagramNode, rect: Rect): readonly Shape[] {
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
  ];
}

const NAME = { width: 110, height: 13, gap: 4, least: 20 } as const;

/** Names of a bar's jacks under the bar: right of the jack, else left of it, where lines and other names leave room. */
export function jackNames(
  picture: Picture,
  layout: Layout,
  bar: DiagramNode,
  lines: readonly Rect[],
): readonly Shape[] {
  const jacks = picture.model.children(bar.id).flatMap((node) => {
    const rect = layout.nodes.get(node.id);
    return rect ? [{ node, x: centreX(rect), y: centreY(rect) + NAME.gap }] : [];
  });
  jacks.sort((one, other) => one.x - other.x);
  let taken = Number.NEGATIVE_INFINITY;
  return jacks.flatMap(({ node, x, y }, index): readonly Shape[] => {
    const next = (jacks[index + 1]?.x ?? Number.POSITIVE_INFINITY) - 6;
    const start = x + NAME.gap;
    const after: Rect = {
      x: start,
      y,
      width: Math.max(0, Math.min(NAME.width, next - start)),
      height: NAME.height,
    };
    const end = x - NAME.gap;
    const from = Math.max(end - NAME.width, taken + 4, (jacks[index - 1]?.x ?? Number.NEGATIVE_INFINITY) + 6);
    const before: Rect = { x: from, y, width: Math.max(0, end - from), height: NAME.height };
    const [right, left] = [freeWidth(lines, after, 'left'), freeWidth(lines, before, 'right')];
    const toRight = right >= Math.min(left, 30);
    const free = toRight ? right : left;
    if (free < NAME.least) return [];
    const rect: Rect = toRight ? { ...after, width: free } : { ...before, x: end - free, width: free };
    if (toRight) taken = start + free;
    const style = styleOf(picture, node, { fill: 'surface', edge: 'border-ctl' });
    const run: Run = nameRun(node, 'mono', { ...style, text: style.sub });
    const row = { runs: [run], trail: null, height: 12, from: LEVEL.ports };
    return [
      blockShape(node.id, {
        rect,
        padX: 1,
        padY: 0,
        align: toRight ? 'left' : 'right',
        valign: 'top',
        rows: [row],
      }),
    ];
  });
}
