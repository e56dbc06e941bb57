/** A journey's pieces as lines in the plane: along edges, through boxes, over the cells of a bridge's strip. */
import { bridgeNameRect } from '../view/layout/bridge-name.ts';
import { tidy } from '../view/layout/ends.ts';
import type { Layout } from '../view/layout/layout.ts';
import { bottom, centreX, centreY, clamp, right, type Point, type Rect } from '../view/layout/rect.ts';
import type { DiagramModel } from '../view/model.ts';
import type { PathPiece, Playback, Strip } from '../view/playback.ts';
import { cellsOf } from './draw/ovs-bridge.ts';
import { lengthOf, slice } from './polyline.ts';

/** A stretch of road laid by one step. */
export interface Stretch {
  readonly points: readonly Point[];
  readonly step: number;
  /** The edge, or '' inside a node. */
  readonly edge: string;
  /** Index of the piece that it belongs to. */
  readonly piece: number;
}

interface Ground {
  readonly model: DiagramModel;
  readonly layout: Layout;
  readonly playback: Playback;
}

interface Stay {
  readonly node: string;
  readonly step: number;
  readonly piece: number;
}

/** Stretches of one branch in order; each begins where the one before ends, unless nothing is drawn between them. */
export function stretchesOf(
  model: DiagramModel,
  layout: Layout,
  playback: Playback,
  branch: readonly PathPiece[],
): readonly Stretch[] {
  const ground: Ground = { model, layout, playback };
  const stretches: Stretch[] = [];
  let pen: Point | null = null;
  let stay: Stay | null = null;
  for (const [index, piece] of branch.entries()) {
    if (piece.kind === 'node') {
      // From a box into a chip astride its edge, or from a chip into its box, no edge leads.
      const door: Point | null = stay && crossing(ground, stay.node, piece.node);
      if (stay && door) {
        if (pen) stretches.push(...walk(ground, stay, pen, door, piece.step, index));
        pen = door;
      }
      stay = { node: piece.node, step: piece.step, piece: index };
      continue;
    }
    const points = edgePoints(layout, piece);
    const [start] = points;
    const end = points.at(-1);
    if (!start || !end) continue;
    if (stay && pen) stretches.push(...walk(ground, stay, pen, start, piece.step, index));
    stretches.push({ points, step: piece.step, edge: piece.edge, piece: index });
    pen = end;
  }
  if (stay && pen) stretches.push(...arrive(ground, stay, pen));
  return stretches;
}

/** An edge's points in the direction of travel, from one of its stations to another. */
function edgePoints(layout: Layout, piece: Extract<PathPiece, { kind: 'edge' }>): readonly Point[] {
  const route = layout.edges.get(piece.edge);
  const [first] = route?.points ?? [];
  const last = route?.points.at(-1);
  if (!route || !first || !last) return [];
  const total = lengthOf(route.points);
  const station = (node: string): number => {
    const stop = route.stops.find((one) => one.node === node);
    if (stop) return stop.at;
    const rect = layout.nodes.get(node);
    return rect && gap(rect, last) < gap(rect, first) ? total : 0;
  };
  const from = station(piece.from);
  const to = station(piece.to);
  return from === to ? [] : slice(route.points, from, to);
}

const gap = (rect: Rect, { x, y }: Point): number =>
  Math.hypot(Math.max(rect.x - x, 0, x - right(rect)), Math.max(rect.y - y, 0, y - bottom(rect)));

/** Where the road passes between a box and a chip astride its edge: on the chip's inner edge, over the strip's end if it can. */
function crossing({ model, layout }: Ground, from: string, to: string): Point | null {
  const a = model.node(from);
  const b = model.node(to);
  const chip = a?.parent === to ? a : b?.parent === from ? b : undefined;
  const rect = chip && layout.nodes.get(chip.id);
  const box = chip && layout.nodes.get(chip.parent ?? '');
  if (!chip || !rect || !box) return null;
  if (model.node(chip.parent ?? '')?.kind === 'linux-bridge') return { x: centreX(rect), y: centreY(rect) };
  const y = centreY(rect) < centreY(box) ? bottom(rect) : rect.y;
  const strip = layout.strips.get(chip.parent ?? '');
  if (!strip) return { x: centreX(rect), y };
  const column = chip.id === from ? strip.x + COLUMN : right(strip) - COLUMN;
  return { x: clamp(column, rect.x + 8, right(rect) - 8), y };
}

/** From the strip's ends to where the road enters and leaves it, if nothing pulls it elsewhere. */
const COLUMN = 16;

/** Through a node from one point on its outline to another. */
function walk(
  ground: Ground,
  stay: Stay,
  from: Point,
  to: Point,
  step: number,
  piece: number,
): readonly Stretch[] {
  const rect = ground.layout.nodes.get(stay.node);
  if (!rect) return [];
  // Names stand in the middle of logical boxes: the road goes up to them, not over them.
  if (ground.model.lens === 'logical') return [];
  const strip = ground.layout.strips.get(stay.node);
  const visited = ground.playback.strips.get(stay.node);
  if (strip && visited && visited.cells.length > 0 && !ground.model.compact)
    return overStrip(ground, strip, visited, rect, stay, from, { at: to, step, piece });
  if (Math.abs(from.x - to.x) < 0.5 || Math.abs(from.y - to.y) < 0.5)
    return [{ points: [from, to], step, edge: '', piece }];
  const level = ground.model.node(stay.node)?.kind === 'linux-bridge' ? from.y : centreY(strip ?? rect);
  return [
    { points: tidy([from, { x: from.x, y: level }, { x: to.x, y: level }, to]), step, edge: '', piece },
  ];
}

/** Into the first cell, along the strip cell by cell, out of the last one. */
function overStrip(
  ground: Ground,
  strip: Rect,
  visited: Strip,
  box: Rect,
  stay: Stay,
  from: Point,
  exit: { readonly at: Point; readonly step: number; readonly piece: number } | null,
): readonly Stretch[] {
  const cells = cellsOf(visited, strip);
  const first = cells[0];
  const last = cells.at(-1);
  if (!first || !last) return [];
  const y = centreY(strip);
  const enter = column(strip.x + COLUMN, from.x, first.rect);
  const stretches: Stretch[] = [
    {
      points: throughWall(ground, stay.node, box, strip, from, { x: enter, y }),
      step: stay.step,
      edge: '',
      piece: stay.piece,
    },
  ];
  let x = enter;
  cells.slice(1).forEach(({ cell, rect }, index) => {
    const end = index === cells.length - 2;
    const next = end && exit ? column(right(strip) - COLUMN, exit.at.x, rect) : centreX(rect);
    stretches.push({
      points: [
        { x, y },
        { x: next, y },
      ],
      step: cell.firstStep,
      edge: '',
      piece: stay.piece,
    });
    x = next;
  });
  if (exit)
    stretches.push({
      points: throughWall(ground, stay.node, box, strip, exit.at, { x, y }).toReversed(),
      step: exit.step,
      edge: '',
      piece: exit.piece,
    });
  return stretches;
}

/** Straight if the outer point lies over the cell; else as near to `wanted` as the cell allows. */
const column = (wanted: number, outer: number, cell: Rect): number =>
  outer >= cell.x + 6 && outer <= right(cell) - 6 ? outer : clamp(wanted, cell.x + 6, right(cell) - 6);

/** Free lanes in a bridge, from its upper edge: under the upper chips, and just over the strip. */
const UPPER_LANE = 13;
const LOWER_LANE = 42;

/** From a point on the box's edge to a cell, around the bridge's name. */
function throughWall(
  { model, layout }: Ground,
  id: string,
  box: Rect,
  strip: Rect,
  outer: Point,
  inner: Point,
): readonly Point[] {
  if (outer.y > centreY(strip)) {
    if (Math.abs(outer.x - inner.x) < 0.5) return [outer, inner];
    const level = (bottom(strip) + outer.y) / 2;
    return tidy([outer, { x: outer.x, y: level }, { x: inner.x, y: level }, inner]);
  }
  const node = model.node(id);
  const name = node ? bridgeNameRect(node, box, layout.mirrored.has(id)) : { ...box, width: 0 };
  const hits = outer.x > name.x - 4 && outer.x < right(name) + 4;
  if (!hits && Math.abs(outer.x - inner.x) < 0.5) return [outer, inner];
  const low = box.y + LOWER_LANE;
  if (!hits) return tidy([outer, { x: outer.x, y: low }, { x: inner.x, y: low }, inner]);
  // Under the chip along to the name's inner end, down past it, and on to the cell.
  const high = box.y + UPPER_LANE;
  const past = layout.mirrored.has(id) ? right(name) + 6 : name.x - 6;
  return tidy([
    outer,
    { x: outer.x, y: high },
    { x: past, y: high },
    { x: past, y: low },
    { x: inner.x, y: low },
    inner,
  ]);
}

/** The road's end: on a bridge as far along its strip as it got. */
function arrive(ground: Ground, stay: Stay, from: Point): readonly Stretch[] {
  const strip = ground.layout.strips.get(stay.node);
  const visited = ground.playback.strips.get(stay.node);
  const box = ground.layout.nodes.get(stay.node);
  if (!strip || !visited || !box || visited.cells.length === 0 || ground.model.compact) return [];
  return overStrip(ground, strip, visited, box, stay, from, null);
}
