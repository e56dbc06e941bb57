/**
 * The logical network from ports over their switches and routers towards the outside: from left to right, or downward
 * where it would be a long strip, in several bands where that would be one as well. What a router or switch carries (NAT, gateway chassis, load balancers) hangs on it as
 * cards.
 */
import type { DiagramModel } from '../model.ts';
import { bandsAsBefore, bandsOf } from './bands.ts';
import { tidy } from './ends.ts';
import { layoutBands } from './layered-bands.ts';
import {
  GAP,
  layoutLayered,
  type LayeredEdge,
  type LayeredNode,
  type LayeredResult,
  type LayeredSeed,
} from './layered.ts';
import { columnsOf } from './logical-columns.ts';
import { boxOf, placeUnit, unitsOf, type Flow, type Unit } from './logical-unit.ts';
import type { Layout, LayoutOptions, Route } from './layout.ts';
import { bottom, centreX, centreY, right, unionOf, type Point, type Rect } from './rect.ts';

/** A box for a name and a line under it. */
const BOX = 46;
/**
 * More columns than this are looked at from far away, where text is as large as ever: their boxes are high enough for a
 * name on two rows, or wider where the flow goes down.
 */
const WIDE = 5;
const HIGH_BOX = 60;
const STRETCH = { full: 1.75, compact: 2.05 } as const;
/** Between columns; rows stand nearer to one another, as lines between them are short and their boxes wide. */
const CHANNEL = { right: 40, down: 32, compact: 26 } as const;

/** Of the pane that pictures are looked at in: width by height, and a width that is seen at 100 %. */
interface Pane {
  readonly aspect: number;
  readonly width: number;
}
const PANE: Pane = { aspect: 4 / 3, width: 700 };
const PHONE_PANE: Pane = { aspect: 1, width: 360 };
/** How many times larger the other way must be seen to be taken: at first, and when the picture is there already. */
const WORTH_TURNING = 1.2;
const WORTH_TURNING_BACK = 2;
/** The same for bands, whose lines to one another are longer. */
const WORTH_BANDS = 1.6;
const WORTH_BANDS_ANEW = 3;
export function layoutLogical(model: DiagramModel, options: LayoutOptions): Layout {
  const pane = model.compact ? PHONE_PANE : PANE;
  const { before } = options;
  const fresh = { ...options, before: null };
  if (before?.bands) {
    const kept = flowing(model, options, before.flow ?? 'right', 0);
    return paneFor(kept, pane) <= WORTH_TURNING_BACK * leastPane(kept, pane)
      ? kept
      : layoutLogical(model, fresh);
  }
  const first = flowing(model, options, before?.flow ?? 'right', 1);
  const least = leastPane(first, pane);
  const worth = before ? WORTH_TURNING_BACK : WORTH_TURNING;
  if (paneFor(first, pane) <= worth * least) return first;
  const turned = flowing(model, fresh, before?.flow === 'down' ? 'right' : 'down', 1);
  const whole = paneFor(first, pane) > worth * paneFor(turned, pane) ? turned : first;
  const worthBands = before ? WORTH_BANDS_ANEW : WORTH_BANDS;
  if (paneFor(whole, pane) <= worthBands * least) return whole;
  const banded = [first, turned]
    .map((strip) => inBands(model, fresh, strip, pane))
    .reduce((a, b) => (paneFor(b, pane) < paneFor(a, pane) ? b : a));
  return paneFor(whole, pane) > worthBands * paneFor(banded, pane) ? banded : whole;
}

/** Turned or in bands, a picture covers about the same area: none is larger than one that fills the pane with it. */
const leastPane = ({ bounds: { width, height } }: Layout, pane: Pane): number =>
  Math.max(pane.width, Math.sqrt(width * height * pane.aspect));

/** The strip in so many bands that they fill the pane best: as it is looked at once what lines between them need is known. */
function inBands(model: DiagramModel, options: LayoutOptions, strip: Layout, pane: Pane): Layout {
  const flow = strip.flow ?? 'right';
  let count = Math.max(2, Math.round(moreBands(strip, pane)));
  let best = flowing(model, options, flow, count);
  for (let again = 0; again < 2; again += 1) {
    const next = Math.max(2, Math.round(count * moreBands(best, pane)));
    if (next === count) break;
    const other = flowing(model, options, flow, next);
    if (paneFor(other, pane) >= paneFor(best, pane)) break;
    best = other;
    count = next;
  }
  return best;
}

/** How many times as many bands would have the pane's ratio, if they needed no more room. */
function moreBands({ bounds: { width, height }, flow }: Layout, { aspect }: Pane): number {
  return Math.sqrt(flow === 'down' ? width / (height * aspect) : (height * aspect) / width);
}

/** The width of a pane in which all of it is seen at 100 %. */
const paneFor = ({ bounds }: Layout, { width, aspect }: Pane): number =>
  Math.max(width, bounds.width, bounds.height * aspect);

/** The same with x and y exchanged where the flow goes down: columns are laid from left to right. */
const turnedBy = (flow: Flow) => ({
  point: ({ x, y }: Point): Point => (flow === 'right' ? { x, y } : { x: y, y: x }),
  rect: ({ x, y, width, height }: Rect): Rect =>
    flow === 'right' ? { x, y, width, height } : { x: y, y: x, width: height, height: width },
});

/** In so many bands; 0 is in those of before. */
function flowing(model: DiagramModel, { pinned, before }: LayoutOptions, flow: Flow, count: number): Layout {
  const columns = columnsOf(model);
  const far = new Set(columns.values()).size > WIDE;
  const sizing = {
    least: far && flow === 'right' ? HIGH_BOX : BOX,
    stretch: far && flow === 'down' ? STRETCH[model.compact ? 'compact' : 'full'] : 1,
  };
  const channel = CHANNEL[flow === 'down' && model.compact ? 'compact' : flow];
  const plain = unitsOf(model, sizing, flow);
  const units = flow === 'right' ? evenPorts(plain, columns) : plain;
  const turn = turnedBy(flow);
  const nodes: LayeredNode[] = units.map((unit): LayeredNode => {
    const box = boxOf(unit, flow);
    const { width, height } = turn.rect({ x: 0, y: 0, ...box });
    const main = turn.rect(box.main);
    return {
      id: unit.main.id,
      column: columns.get(unit.main.id) ?? 0,
      width,
      height,
      portTop: main.y,
      portHeight: main.height,
      portLeft: main.x,
      portWidth: main.width,
    };
  });
  const ownerOf = (id: string): string => {
    const node = model.node(id);
    return node?.kind === 'gateway-port' && node.parent !== null ? node.parent : id;
  };
  const links = model.edges
    .filter(({ kind }) => kind === 'logical')
    .map(({ id, from, to }) => ({ id, from: ownerOf(from), to: ownerOf(to) }));
  const seedOf = (some: readonly LayeredNode[]): LayeredSeed | null =>
    before ? seedFrom(before, some, flow, pinned) : null;
  const bands = bandsFor(nodes, links, count, before?.bands);
  const { rects: boxes, routes } = calmest(
    arrange(nodes, links, channel, bands, () => null),
    seedOf(nodes),
    () => arrange(nodes, links, channel, bands, seedOf),
  );

  const rects = new Map<string, Rect>();
  const edges = new Map<string, Route>();
  for (const unit of units) {
    const laid = boxes.get(unit.main.id);
    if (!laid) continue;
    const box = turn.rect(laid);
    const { main } = boxOf(unit, flow);
    const at = pinned.get(unit.main.id) ?? { x: box.x + main.x, y: box.y + main.y };
    placeUnit(model, unit, { ...at, ...unit.size }, flow, { rects, edges });
  }
  const moved = new Set(pinned.keys());
  for (const { id, from, to } of links) {
    const a = rects.get(from);
    const b = rects.get(to);
    if (!a || !b) continue;
    const laid = moved.has(from) || moved.has(to) ? undefined : routes.get(id)?.map(turn.point);
    edges.set(id, { points: tidy(laid ?? direct(a, b)), radius: 8, stops: [] });
  }
  const all: Rect[] = [...rects.values()];
  for (const { points } of edges.values())
    for (const { x, y } of points) all.push({ x, y, width: 0, height: 0 });
  return {
    bounds: unionOf(all),
    nodes: rects,
    edges,
    strips: new Map(),
    mirrored: new Set(),
    flipped: new Set(),
    flow,
    ...(bands && { bands }),
  };
}

/** Ports of one column are of one width. */
function evenPorts(units: readonly Unit[], columns: ReadonlyMap<string, number>): readonly Unit[] {
  const widths = new Map<number, number>();
  const columnOf = ({ main }: Unit): number | undefined =>
    main.kind === 'logical-port' ? columns.get(main.id) : undefined;
  for (const unit of units) {
    const column = columnOf(unit);
    if (column !== undefined) widths.set(column, Math.max(widths.get(column) ?? 0, unit.size.width));
  }
  return units.map((unit) => {
    const column = columnOf(unit);
    return column === undefined
      ? unit
      : { ...unit, size: { ...unit.size, width: widths.get(column) ?? unit.size.width } };
  });
}

/** Null for one. */
function bandsFor(
  nodes: readonly LayeredNode[],
  links: readonly LayeredEdge[],
  count: number,
  before: ReadonlyMap<string, number> | undefined,
): ReadonlyMap<string, number> | null {
  if (count === 0 && before) return bandsAsBefore(nodes, links, before);
  return count > 1 ? bandsOf(nodes, links, count, GAP) : null;
}

const arrange = (
  nodes: readonly LayeredNode[],
  links: readonly LayeredEdge[],
  channel: number,
  bands: ReadonlyMap<string, number> | null,
  seedOf: (nodes: readonly LayeredNode[]) => LayeredSeed | null,
): LayeredResult =>
  bands
    ? layoutBands(nodes, links, channel, bands, seedOf)
    : layoutLayered(nodes, links, channel, seedOf(nodes));

/** `fresh`, or the layout that starts from where things stood, if that moves fewer of them. */
function calmest(
  fresh: LayeredResult,
  seed: LayeredSeed | null,
  settled: () => LayeredResult,
): LayeredResult {
  if (!seed) return fresh;
  const seeded = settled();
  return movedIn(seeded, seed) <= movedIn(fresh, seed) ? seeded : fresh;
}

/** How many things stand elsewhere, against the shift that most of them share. */
function movedIn({ rects }: LayeredResult, seed: LayeredSeed): number {
  const shifts = [...rects].flatMap(([id, { x, y }]) => {
    const top = seed.top(id);
    const left = seed.left(id);
    return top === undefined || left === undefined ? [] : [{ x: x - left, y: y - top }];
  });
  const middleOf = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  const x = middleOf(shifts.map((shift) => shift.x));
  const y = middleOf(shifts.map((shift) => shift.y));
  return shifts.filter((shift) => Math.hypot(shift.x - x, shift.y - y) > BOX).length;
}

/** What a layout of before says of the places of these boxes. Things that the user moved say nothing: they stand apart. */
function seedFrom(
  before: Layout,
  nodes: readonly LayeredNode[],
  flow: Flow,
  pinned: ReadonlyMap<string, Point>,
): LayeredSeed {
  const turn = turnedBy(flow);
  const tops = new Map<string, number>();
  const lefts = new Map<string, number>();
  const centres = new Map<number, number>();
  for (const { id, column, portTop, portLeft } of nodes) {
    const stood = before.nodes.get(id);
    if (!stood || pinned.has(id)) continue;
    const rect = turn.rect(stood);
    tops.set(id, rect.y - portTop);
    lefts.set(id, rect.x - portLeft);
    centres.set(column, centreX(rect));
  }
  return {
    top: (id) => tops.get(id),
    left: (id) => lefts.get(id),
    pass: (edge, column) => {
      const x = centres.get(column);
      const points = (before.edges.get(edge)?.points ?? []).map(turn.point);
      const at = points.findIndex((point, index) => {
        const next = points[index + 1];
        if (!next || x === undefined || Math.abs(next.y - point.y) > 0.5) return false;
        return Math.min(point.x, next.x) <= x && x <= Math.max(point.x, next.x);
      });
      return points[at]?.y;
    },
  };
}

/** For boxes that were moved by hand: out of the facing sides, with one turn between. */
function direct(a: Rect, b: Rect): readonly Point[] {
  if (a.x <= right(b) && b.x <= right(a)) {
    const down = a.y < b.y;
    const x = (Math.max(a.x, b.x) + Math.min(right(a), right(b))) / 2;
    return [
      { x, y: down ? bottom(a) : a.y },
      { x, y: down ? b.y : bottom(b) },
    ];
  }
  const toRight = a.x < b.x;
  const from = { x: toRight ? right(a) : a.x, y: centreY(a) };
  const to = { x: toRight ? b.x : right(b), y: centreY(b) };
  const middle = (from.x + to.x) / 2;
  return [from, { x: middle, y: from.y }, { x: middle, y: to.y }, to];
}
