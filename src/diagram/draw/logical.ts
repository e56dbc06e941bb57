/** The logical network: a switch filled with its network, a router as a pill, cards on stems, ports as boxes. */
import type { DiagramNode } from '../../view/model.ts';
import { centreY, type Rect } from '../../view/layout/rect.ts';
import type { BlockRow } from '../block.ts';
import { LOGICAL_NAMES } from '../levels.ts';
import type { Shape } from '../scene.ts';
import { styleOf, type NodeStyle, type Picture } from '../style.ts';
import { blockShape, boxShape } from './box.ts';
import { glyphRun, lineRow, lineRows, nameRun } from './rows.ts';

/** Switch and router: glyph at the left, name over facts. */
export function logicalBoxShapes(
  picture: Picture,
  node: DiagramNode,
  rect: Rect,
  gateways: readonly Rect[],
): readonly Shape[] {
  const router = node.kind === 'logical-router';
  const style = router
    ? styleOf(picture, node, { fill: 'surface', edge: 'border-ctl', width: 1.5 })
    : styleOf(picture, node, { fill: 'surface-2', edge: 'border-ctl', network: 'fill', width: 1.25 });
  const onPath: NodeStyle =
    style.onPath && !router ? { ...style, stroke: { colour: 'accent', width: 2 } } : style;
  return [
    boxShape(node.id, rect, router ? Math.min(23, rect.height / 2) : 12, onPath),
    blockShape(node.id, {
      rect: besideGateways(rect, gateways),
      padX: router ? 14 : 11,
      padY: 2,
      align: 'left',
      valign: 'middle',
      centresCut: true,
      rows: [
        {
          runs: [...glyphRun(node.glyph, style, 16), nameRun(node, 'name-inner', style)],
          trail: null,
          height: 16,
          from: LOGICAL_NAMES,
        },
        // Under the name, not under the glyph.
        ...node.lines.map((line) =>
          lineRow(line, style, [{ kind: 'glyph', glyph: '', size: 16, colour: style.glyph }]),
        ),
      ],
    }),
  ];
}

/** What the squares of gateway ports leave of a box: they sit on its right end or on its lower edge. */
function besideGateways(rect: Rect, gateways: readonly Rect[]): Rect {
  const [first] = gateways;
  if (!first) return rect;
  const below = centreY(first) > rect.y + rect.height - first.height / 2;
  return below
    ? { ...rect, height: Math.min(rect.height, first.y - rect.y) }
    : { ...rect, width: Math.min(rect.width, Math.min(...gateways.map(({ x }) => x)) - rect.x) };
}

export function logicalPortShapes(picture: Picture, node: DiagramNode, rect: Rect): readonly Shape[] {
  const style = styleOf(picture, node, { fill: 'surface', edge: 'border-ctl', network: 'edge' });
  return [
    boxShape(node.id, rect, 4, style),
    blockShape(node.id, {
      rect,
      padX: 7,
      padY: 2,
      align: 'left',
      valign: 'middle',
      centresCut: true,
      rows: [
        {
          runs: [...glyphRun(node.glyph, style), nameRun(node, 'name-inner', style)],
          trail: null,
          height: 17,
          from: LOGICAL_NAMES,
        },
        ...lineRows(node, style),
      ],
    }),
  ];
}

export function localnetShapes(picture: Picture, node: DiagramNode, rect: Rect): readonly Shape[] {
  const style = styleOf(picture, node, { fill: 'surface', edge: 'border-ctl', dash: [4, 3] });
  const rows: BlockRow[] = [
    { runs: [nameRun(node, 'mono', style)], trail: null, height: 13, from: LOGICAL_NAMES },
    ...node.lines.map((line) => ({ ...lineRow(line, style), height: 13 })),
  ];
  return [
    boxShape(node.id, rect, 2, style),
    blockShape(node.id, { rect, padX: 8, padY: 2, align: 'left', valign: 'middle', rows }),
  ];
}

/** A square astride its router's end. */
export function gatewayPortShapes(picture: Picture, node: DiagramNode, rect: Rect): readonly Shape[] {
  const style = styleOf(picture, node, { fill: 'surface', edge: 'border-ctl', width: 1.5 });
  return [
    boxShape(node.id, rect, 4, style),
    blockShape(node.id, {
      rect,
      padX: 0,
      padY: 0,
      align: 'centre',
      valign: 'middle',
      rows: [{ runs: glyphRun(node.glyph, style, 12), trail: null, height: 12, from: LOGICAL_NAMES }],
    }),
  ];
}

export function cardShapes(picture: Picture, node: DiagramNode, rect: Rect): readonly Shape[] {
  const style = styleOf(picture, node, { fill: 'surface', edge: 'border-strong' });
  return [
    boxShape(node.id, rect, 4, style),
    blockShape(node.id, {
      rect,
      padX: 8,
      padY: 4,
      align: 'left',
      valign: 'middle',
      centresCut: true,
      rows: [
        {
          runs: [...glyphRun(node.glyph, style), nameRun(node, 'name-inner', style)],
          trail: null,
          height: 16,
          from: LOGICAL_NAMES,
        },
        ...lineRows(node, style),
      ],
    }),
  ];
}
