/** A machine: rounded 6, head with glyph, name and address; as a tile when collapsed or far away. */
import type { DiagramNode, NodeLine } from '../../view/model.ts';
import type { Rect } from '../../view/layout/rect.ts';
import type { Layout } from '../../view/layout/layout.ts';
import { MACHINE_HEAD, machineHead } from '../../view/layout/sizes.ts';
import { NAME, tableWidth } from '../../view/layout/text-width.ts';
import type { BlockRow, Run } from '../block.ts';
import { LEAST_NAME, LEVEL, OUTSIDE_NAME, PLATE } from '../levels.ts';
import type { Shape } from '../scene.ts';
import { holdsPath, styleOf, type NodeStyle, type Picture } from '../style.ts';
import { blockShape, boxShape, hairline, lineShape } from './box.ts';
import { glyphRun, lineRow, nameRun, textRun } from './rows.ts';

const OUTSIDE = 46;
/** Room above a machine for its name as a plate. */
const OVER_PLATE = 100;

export function machineShapes(
  picture: Picture,
  node: DiagramNode,
  rect: Rect,
  { flipped, nodes }: Pick<Layout, 'flipped' | 'nodes'>,
): readonly Shape[] {
  const isFlipped = flipped.has(node.id);
  if (node.collapsed) return tileShapes(picture, node, rect, isFlipped, tileZooms(picture, node, nodes));
  const rest = holdsPath(picture, node.id) ? 'border-ctl' : 'border-strong';
  const style = styleOf(picture, node, { fill: 'surface', edge: rest });
  const shapes: Shape[] = [boxShape(node.id, rect, 6, style)];
  const high = machineHead(picture.model, node);
  const outside = { ...OUTSIDE_NAME, to: (OUTSIDE_NAME.to * MACHINE_HEAD) / high };
  const head: Rect = { ...rect, y: isFlipped ? rect.y + rect.height - high : rect.y, height: high };
  const edge = isFlipped ? head.y : head.y + high;
  if (picture.marks.selected === node.id) {
    // A large area keeps its ground when it is selected: the head says it.
    shapes[0] = boxShape(node.id, rect, 6, { ...style, fill: 'surface' });
    shapes.push(
      boxShape(node.id, { x: head.x + 1, y: head.y + 1, width: head.width - 2, height: high - 2 }, 5, {
        fill: 'accent-soft',
        stroke: { colour: 'accent-soft', width: 0 },
      }),
    );
  }
  shapes.push(
    lineShape(node.id, { x: rect.x, y: edge }, { x: rect.x + rect.width, y: edge }, hairline, LEVEL.names),
  );
  const name = [...glyphRun(node.glyph, style, 16), nameRun(node, 'name', style)];
  shapes.push(
    blockShape(node.id, {
      rect: head,
      padX: 9,
      padY: 4,
      align: 'left',
      valign: 'middle',
      rows: [
        // A guest has no place outside it: from further away its name is small.
        ...(node.parent === null
          ? []
          : [
              {
                runs: [nameRun(node, 'sub', style)],
                trail: null,
                height: 12,
                from: outside.from,
                to: outside.to,
              },
            ]),
        {
          runs: name,
          trail:
            node.trail === ''
              ? null
              : { run: textRun(node.trail, 'mono', style, style.sub), from: LEVEL.ports },
          height: 18,
          from: outside.to,
        },
      ],
    }),
  );
  if (node.parent === null)
    shapes.push(
      blockShape(
        node.id,
        {
          // As high as the name at the least zoom at which it is written.
          rect: {
            x: rect.x,
            y: isFlipped ? rect.y + rect.height : rect.y - OUTSIDE,
            width: rect.width,
            height: OUTSIDE,
          },
          padX: 2,
          padY: 0,
          align: 'left',
          valign: 'middle',
          rows: [
            {
              runs: [nameRun(node, 'name', style)],
              trail: null,
              height: 14,
              from: outside.from,
              to: outside.to,
            },
          ],
        },
        outside.from,
      ),
    );
  if (node.parent === null || !holdsPath(picture, node.id))
    shapes.push(plateName(picture, node, rect, isFlipped));
  if (node.lines.length > 0)
    shapes.push(
      blockShape(node.id, {
        rect: {
          x: rect.x,
          y: isFlipped ? head.y - node.lines.length * 14 - 4 : edge,
          width: rect.width,
          height: node.lines.length * 14 + 4,
        },
        padX: 9,
        padY: 3,
        align: 'left',
        valign: 'top',
        rows: node.lines.map((line) => lineRow(line, style)),
      }),
    );
  return shapes;
}

/** Beside a name on one row, of a glyph and of the block's least padding. CSS pixels. */
const GLYPH_ROOM = 28;
const NAME_ROOM = 7;

/** From which zoom all tiles side by side have room for their name in its usual letters, and for their glyph: all have it, or none. */
interface TileZooms {
  readonly names: number;
  readonly glyphs: number;
}

function tileZooms(picture: Picture, node: DiagramNode, nodes: ReadonlyMap<string, Rect>): TileZooms {
  const zooms = (room: number): number =>
    Math.max(
      ...picture.model.children(node.parent).flatMap(({ id, name, collapsed }) => {
        const rect = collapsed ? nodes.get(id) : undefined;
        return rect ? [(room + tableWidth(name, NAME)) / rect.width] : [];
      }),
    );
  return { names: zooms(NAME_ROOM), glyphs: zooms(GLYPH_ROOM) };
}

/** From here on a tile has lines under its name; below, the name may take their room. */
const TILE_LINES = 0.47;
/** NICs sit astride the edge that looks at the cables. */
const NIC_ROOM = 12;

/** A machine without its inside: its name, and as many of its lines as the zoom leaves room for. */
function tileShapes(
  picture: Picture,
  node: DiagramNode,
  rect: Rect,
  flipped: boolean,
  zooms: TileZooms,
): readonly Shape[] {
  const rest = holdsPath(picture, node.id) ? 'border-ctl' : 'border-strong';
  const style = styleOf(picture, node, { fill: 'surface', edge: rest });
  const shapes: Shape[] = [boxShape(node.id, rect, 6, style)];
  // A narrow page has many tiles side by side.
  const namesFrom = picture.model.compact ? Math.max(OUTSIDE_NAME.to, zooms.names) : zooms.names;
  const glyphsFrom = zooms.glyphs;
  // Many in one look like a pile of them.
  if (node.folds)
    for (const off of [6, 3])
      shapes.unshift(boxShape(node.id, { ...rect, x: rect.x + off, y: rect.y - off }, 6, style));
  shapes.push(
    blockShape(
      node.id,
      {
        rect: {
          ...rect,
          y: rect.y + (flipped ? NIC_ROOM : 2),
          height: rect.height - NIC_ROOM - 2,
        },
        padX: 9,
        padY: 4,
        align: 'left',
        valign: 'top',
        rows: [
          {
            // Small letters say more of a name than a part of it.
            runs: [briefly(node, nameRun(node, 'sub', style))],
            trail: null,
            height: 17,
            from: LEAST_NAME,
            to: namesFrom,
          },
          {
            runs: [briefly(node, nameRun(node, 'name', style))],
            trail: null,
            height: 19,
            from: Math.max(LEAST_NAME, namesFrom),
            to: Math.max(OUTSIDE_NAME.to, glyphsFrom),
          },
          {
            runs: [...glyphRun(node.glyph, style, 16), briefly(node, nameRun(node, 'name', style))],
            trail: null,
            height: 20,
            from: Math.max(OUTSIDE_NAME.to, glyphsFrom),
          },
          ...node.lines.map((line) => listRow(line, style)),
        ],
      },
      LEAST_NAME,
    ),
  );
  return shapes;
}

/** How many machines a plate stands for is said even where there is no room to say what they are. */
const briefly = (node: DiagramNode, name: Run): Run =>
  node.folds && name.kind === 'text' ? { ...name, brief: `${node.folds.count} more` } : name;

/** A line of names; where there is no room for all of them, the first and how many more. */
function listRow(line: NodeLine, style: NodeStyle): BlockRow {
  const row = { ...lineRow(line, style), from: TILE_LINES };
  const [first = '', ...others] = line.text.split(', ');
  if (others.length === 0) return row;
  const brief = `${first} +${others.length}`;
  return { ...row, runs: row.runs.map((run) => (run.kind === 'text' ? { ...run, brief } : run)) };
}

/** The name of a machine that is drawn as a plate: over it, and of a guest in its upper half while no packet passes there. */
function plateName(picture: Picture, node: DiagramNode, rect: Rect, flipped: boolean): Shape {
  const style = styleOf(picture, node, { fill: 'surface', edge: 'border-strong' });
  const outermost = node.parent === null;
  const over = {
    ...rect,
    y: flipped ? rect.y + rect.height : rect.y - OVER_PLATE,
    height: OVER_PLATE,
  };
  // Tubes and cables leave a machine on the side of the underlay.
  const height = rect.height * 0.45;
  const upper = { ...rect, height, y: flipped ? rect.y + rect.height - height : rect.y };
  return blockShape(
    node.id,
    {
      rect: outermost ? over : upper,
      padX: 2,
      padY: 0,
      align: outermost ? 'left' : 'centre',
      valign: 'middle',
      rows: [{ runs: [nameRun(node, 'name', style)], trail: null, height: 14, from: LEAST_NAME, to: PLATE }],
    },
    LEAST_NAME,
  );
}
