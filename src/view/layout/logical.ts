/**
 * The logical network from left to right: ports, their switches, routers, and on towards the outside. What a router or
 * switch carries (NAT, gateway chassis, load balancers) hangs on it as cards.
 */
import type { DiagramModel, DiagramNode } from '../model.ts';
import { tidy } from './ends.ts';
import { layoutLayered, type LayeredNode, type LayeredResult, type LayeredSeed } from './layered.ts';
import { columnsOf } from './logical-columns.ts';
import type { Layout, LayoutOptions, Route } from './layout.ts';
import { bottom, centreX, centreY, clamp, right, unionOf, type Point, type Rect } from './rect.ts';
import { plainLines, type Size } from './sizes.ts';
import { INNER_NAME, MONO, SUB, tableWidth } from './text-width.ts';

const STEM = 14;
const CARD_GAP = 8;
const GATEWAY = 22;
/** A box for a name and a line under it. */
const BOX = 46;
/** More columns than this are looked at from far away: their boxes are high enough for a name on two rows there. */
const WIDE = 5;
const HIGH_BOX = 60;

/** A switch, router or port with its cards: laid out as one box. */
interface Unit {
  readonly main: DiagramNode;
  readonly size: Size;
  readonly above: readonly Card[];
  readonly below: readonly Card[];
  readonly gateways: readonly DiagramNode[];
}

interface Card {
  readonly node: DiagramNode;
  readonly size: Size;
  readonly owner: string;
}

export function layoutLogical(model: DiagramModel, { pinned, before }: LayoutOptions): Layout {
  const columns = columnsOf(model);
  const units = unitsOf(model, new Set(columns.values()).size > WIDE ? HIGH_BOX : BOX);
  const nodes: LayeredNode[] = units.map((unit): LayeredNode => {
    const box = boxOf(unit);
    return {
      id: unit.main.id,
      column: columns.get(unit.main.id) ?? 0,
      width: box.width,
      height: box.height,
      portTop: box.top,
      portHeight: unit.size.height,
      portLeft: (box.width - unit.size.width) / 2,
      portWidth: unit.size.width,
    };
  });
  const ownerOf = (id: string): string => {
    const node = model.node(id);
    return node?.kind === 'gateway-port' && node.parent !== null ? node.parent : id;
  };
  const links = model.edges
    .filter(({ kind }) => kind === 'logical')
    .map(({ id, from, to }) => ({ id, from: ownerOf(from), to: ownerOf(to) }));
  const { rects: boxes, routes } = calmest(
    layoutLayered(nodes, links),
    before ? seedFrom(before, units, columns, pinned) : null,
    (seed) => layoutLayered(nodes, links, seed),
  );

  const rects = new Map<string, Rect>();
  const edges = new Map<string, Route>();
  for (const unit of units) {
    const box = boxes.get(unit.main.id);
    if (box) placeUnit(unit, box, pinned.get(unit.main.id), rects, edges, model);
  }
  const moved = new Set(pinned.keys());
  for (const { id, from, to } of links) {
    const a = rects.get(from);
    const b = rects.get(to);
    if (!a || !b) continue;
    const points = moved.has(from) || moved.has(to) ? direct(a, b) : (routes.get(id) ?? direct(a, b));
    edges.set(id, { points: tidy(points), radius: 8, stops: [] });
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
  };
}

/** `fresh`, or the layout that starts from where things stood, if that moves fewer of them. */
function calmest(
  fresh: LayeredResult,
  seed: LayeredSeed | null,
  settled: (seed: LayeredSeed) => LayeredResult,
): LayeredResult {
  if (!seed) return fresh;
  const seeded = settled(seed);
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

/** What a layout of before says of the places of these units. Things that the user moved say nothing: they stand apart. */
function seedFrom(
  before: Layout,
  units: readonly Unit[],
  columns: ReadonlyMap<string, number>,
  pinned: ReadonlyMap<string, Point>,
): LayeredSeed {
  const tops = new Map<string, number>();
  const lefts = new Map<string, number>();
  const centres = new Map<number, number>();
  for (const unit of units) {
    const { id } = unit.main;
    const rect = before.nodes.get(id);
    const column = columns.get(id);
    if (!rect || column === undefined || pinned.has(id)) continue;
    const box = boxOf(unit);
    tops.set(id, rect.y - box.top);
    lefts.set(id, rect.x - (box.width - unit.size.width) / 2);
    centres.set(column, centreX(rect));
  }
  return {
    top: (id) => tops.get(id),
    left: (id) => lefts.get(id),
    pass: (edge, column) => {
      const x = centres.get(column);
      const points = before.edges.get(edge)?.points ?? [];
      const at = points.findIndex((point, index) => {
        const next = points[index + 1];
        if (!next || x === undefined || Math.abs(next.y - point.y) > 0.5) return false;
        return Math.min(point.x, next.x) <= x && x <= Math.max(point.x, next.x);
      });
      return points[at]?.y;
    },
  };
}

function unitsOf(model: DiagramModel, height: number): readonly Unit[] {
  const cards = new Map<string, Card[]>();
  for (const edge of model.edges) {
    if (edge.kind !== 'stem') continue;
    const card = model.node(edge.to);
    const holder = model.node(edge.from);
    if (!card || !holder) continue;
    const owner = holder.kind === 'gateway-port' ? (holder.parent ?? holder.id) : holder.id;
    const list = cards.get(owner) ?? [];
    cards.set(owner, list);
    list.push({ node: card, size: cardSize(card), owner: holder.id });
  }
  const degree = new Map<string, number>();
  for (const { kind, from, to } of model.edges)
    if (kind === 'logical') for (const id of [from, to]) degree.set(id, (degree.get(id) ?? 0) + 1);
  return model
    .children(null)
    .filter(({ kind }) => kind !== 'card')
    .map((main): Unit => {
      const own = cards.get(main.id) ?? [];
      // The gateway port is at the router's right end: its card hangs below, where its stem is short.
      const below = own.filter(({ owner }) => owner !== main.id);
      const gateways = model.children(main.id).filter(({ kind }) => kind === 'gateway-port');
      return {
        main,
        size: unitSize(main, (degree.get(main.id) ?? 0) + gateways.length, gateways.length > 0, height),
        above: own.filter(({ owner }) => owner === main.id),
        below,
        gateways,
      };
    });
}

/** Boxes grow with what is joined to them, so that lines keep apart. */
function unitSize(node: DiagramNode, degree: number, gateway: boolean, least: number): Size {
  const lines = plainLines(node);
  const text = Math.max(
    tableWidth(node.name, INNER_NAME),
    ...lines.map((line) => tableWidth(line.text, line.mono ? MONO : SUB)),
    0,
  );
  switch (node.kind) {
    case 'logical-switch':
      return { width: Math.ceil(clamp(text + 46, 130, 260)), height: Math.max(least, 10 * degree) };
    case 'logical-router':
      return {
        width: Math.ceil(clamp(text + (gateway ? 72 : 58), 150, 290)),
        height: Math.max(least, 10 * degree),
      };
    case 'fold':
      return { width: Math.ceil(tableWidth(node.name, SUB) + 22), height: 20 };
    case 'localnet':
      return {
        width: Math.ceil(clamp(Math.max(tableWidth(node.name, MONO), text * 0.9) + 18, 98, 220)),
        height: 20 + 14 * Math.max(1, lines.length),
      };
    default:
      return {
        width: Math.ceil(clamp(Math.max(tableWidth(node.name, INNER_NAME) + 34, text + 14), 98, 220)),
        height: lines.length > 0 ? least - 2 : 28,
      };
  }
}

/** Text keeps its size below 100 %, while boxes shrink. */
const ROOM_BELOW_100 = 1.15;

function cardSize(node: DiagramNode): Size {
  const lines = Math.max(0, ...node.lines.map((line) => tableWidth(line.text, line.mono ? MONO : SUB)));
  const text = Math.max(tableWidth(node.name, INNER_NAME) + 18, lines) * ROOM_BELOW_100;
  return {
    width: Math.ceil(clamp(text + 18, 96, 300)),
    height: Math.ceil((24 + 14 * node.lines.length) * (node.lines.length > 1 ? ROOM_BELOW_100 : 1)),
  };
}

const rowWidth = (cards: readonly Card[]): number =>
  cards.reduce((sum, { size }) => sum + size.width + CARD_GAP, -CARD_GAP);
const rowHeight = (cards: readonly Card[]): number =>
  cards.length === 0 ? 0 : STEM + Math.max(...cards.map(({ size }) => size.height));

/** Outer size of a unit, and where its main box begins. */
function boxOf({ size, above, below, gateways }: Unit): {
  readonly width: number;
  readonly height: number;
  readonly top: number;
} {
  const over = rowHeight(above);
  const own = size.width + (gateways.length > 0 ? GATEWAY : 0);
  return {
    width: Math.max(own, rowWidth(above), 2 * rowWidth(below) - size.width - 2 * GATEWAY, rowWidth(below)),
    height: over + size.height + rowHeight(below),
    top: over,
  };
}

function placeUnit(
  unit: Unit,
  box: Rect,
  pin: Point | undefined,
  rects: Map<string, Rect>,
  edges: Map<string, Route>,
  model: DiagramModel,
): void {
  const { top } = boxOf(unit);
  const home = { x: box.x + (box.width - unit.size.width) / 2, y: box.y + top };
  const main: Rect = { ...(pin ?? home), ...unit.size };
  rects.set(unit.main.id, main);
  unit.gateways.forEach((gateway, index) => {
    const pitch = Math.min(GATEWAY + 4, main.height / unit.gateways.length);
    const y = centreY(main) + (index - (unit.gateways.length - 1) / 2) * pitch - GATEWAY / 2;
    rects.set(gateway.id, { x: right(main) - GATEWAY / 2, y, width: GATEWAY, height: GATEWAY });
  });
  placeCards(unit.above, main, rects, edges, model, true);
  placeCards(unit.below, main, rects, edges, model, false);
}

function placeCards(
  cards: readonly Card[],
  main: Rect,
  rects: Map<string, Rect>,
  edges: Map<string, Route>,
  model: DiagramModel,
  above: boolean,
): void {
  // Lower cards belong to gateway ports: they end under the last of those.
  let x = above ? centreX(main) - rowWidth(cards) / 2 : right(main) + GATEWAY / 2 + 8 - rowWidth(cards);
  for (const { node, size, owner } of cards) {
    const rect: Rect = { x, y: above ? main.y - STEM - size.height : bottom(main) + STEM, ...size };
    rects.set(node.id, rect);
    x += size.width + CARD_GAP;
    const holder = rects.get(owner) ?? main;
    const at = clamp(centreX(rect), holder.x + 6, right(holder) - 6);
    const from: Point = { x: at, y: above ? holder.y : bottom(holder) };
    const end: Point = { x: clamp(at, rect.x + 8, right(rect) - 8), y: above ? bottom(rect) : rect.y };
    const edge = model.edges.find(({ kind, to }) => kind === 'stem' && to === node.id);
    const middle = (from.y + end.y) / 2;
    const points =
      Math.abs(from.x - end.x) < 0.5
        ? [from, end]
        : [from, { x: from.x, y: middle }, { x: end.x, y: middle }, end];
    if (edge) edges.set(edge.id, { points, radius: 6, stops: [] });
  }
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
