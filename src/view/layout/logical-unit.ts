/**
 * One thing of the logical network with what hangs on it: a switch, router or port, its gateway ports and its cards (NAT,
 * gateway chassis, load balancers). Laid out as one box: the cards stand above and below it where the network goes to the
 * right, beside it where the network goes down.
 */
import type { DiagramModel, DiagramNode, NodeLine } from '../model.ts';
import { shownName } from '../shown-name.ts';
import type { Route } from './layout.ts';
import { bottom, centreX, centreY, clamp, right, type Point, type Rect } from './rect.ts';
import { lineWidth, plainLines, textWidth, type Size } from './sizes.ts';
import { INNER_NAME, MONO, SUB, tableWidth } from './text-width.ts';

/** Where the outside is; ports stand at the other end. */
export type Flow = 'right' | 'down';

const STEM = 14;
const CARD_GAP = 8;
const GATEWAY = 24;
/** How far a gateway port at the lower end is inside its router: not over the text. */
const OVERLAP = 6;

export interface Unit {
  readonly main: DiagramNode;
  readonly size: Size;
  /** Cards of the thing itself, and those of its gateway ports. */
  readonly own: readonly Card[];
  readonly hung: readonly Card[];
  readonly gateways: readonly DiagramNode[];
}

interface Card {
  readonly node: DiagramNode;
  readonly size: Size;
  readonly owner: string;
}

/** How boxes are sized: `least` is the height of one with a name and a line under it, `stretch` how much wider text gets room. */
export interface BoxSizing {
  readonly least: number;
  readonly stretch: number;
}

/** Switches, routers and ports of a logical diagram. */
export function unitsOf(model: DiagramModel, sizing: BoxSizing, flow: Flow): readonly Unit[] {
  const cards = new Map<string, Card[]>();
  for (const edge of model.edges) {
    if (edge.kind !== 'stem') continue;
    const card = model.node(edge.to);
    const holder = model.node(edge.from);
    if (!card || !holder) continue;
    const owner = holder.kind === 'gateway-port' ? (holder.parent ?? holder.id) : holder.id;
    const list = cards.get(owner) ?? [];
    cards.set(owner, list);
    list.push({ node: card, size: cardSize(card, model.compact ? 1 : sizing.stretch), owner: holder.id });
  }
  const degree = new Map<string, number>();
  for (const { kind, from, to } of model.edges)
    if (kind === 'logical') for (const id of [from, to]) degree.set(id, (degree.get(id) ?? 0) + 1);
  return model
    .children(null)
    .filter(({ kind }) => kind !== 'card')
    .map((main): Unit => {
      const all = evenCards(cards.get(main.id) ?? [], flow);
      const gateways = model.children(main.id).filter(({ kind }) => kind === 'gateway-port');
      const plain = unitSize(main, gateways.length > 0, sizing, model.compact ? textWidth : lineWidth);
      // Boxes grow with what is joined to them, so that lines keep apart.
      const room = joined(main) ? 10 * ((degree.get(main.id) ?? 0) + gateways.length) : 0;
      return {
        main,
        size:
          flow === 'right'
            ? { width: plain.width, height: Math.max(plain.height, room) }
            : { width: Math.max(plain.width, room), height: plain.height },
        own: all.filter(({ owner }) => owner === main.id),
        hung: all.filter(({ owner }) => owner !== main.id),
        gateways,
      };
    });
}

/** Cards one over the other are of one width. */
function evenCards(cards: readonly Card[], flow: Flow): readonly Card[] {
  if (flow === 'right') return cards;
  const width = Math.max(0, ...cards.map(({ size }) => size.width));
  return cards.map((card) => ({ ...card, size: { ...card.size, width } }));
}

const joined = ({ kind }: DiagramNode): boolean => kind === 'logical-switch' || kind === 'logical-router';

/** The count of a fold is read below 100 %. */
const FOLD_ROOM = 1.4;

function unitSize(
  node: DiagramNode,
  gateway: boolean,
  { least, stretch }: BoxSizing,
  widthOf: (line: NodeLine) => number,
): Size {
  const lines = plainLines(node);
  const shown = shownName(node.name);
  const name = stretch * tableWidth(shown, INNER_NAME);
  const text = Math.max(name, ...lines.map((line) => stretch * widthOf(line)));
  const wide = (width: number, low: number, high: number): number =>
    Math.ceil(clamp(width, low, stretch * high));
  switch (node.kind) {
    case 'logical-switch':
      return { width: wide(text + 46, 130, 260), height: least };
    case 'logical-router':
      return { width: wide(text + (gateway ? 72 : 58), 150, 290), height: least };
    case 'fold':
      return { width: Math.ceil(Math.max(stretch, FOLD_ROOM) * tableWidth(node.name, SUB) + 22), height: 20 };
    case 'localnet':
      return {
        width: wide(Math.max(stretch * tableWidth(shown, MONO), text * 0.9) + 18, 98, 220),
        height: 20 + 14 * Math.max(1, lines.length),
      };
    default:
      return {
        width: wide(Math.max(name + 34, text + 14), 98, 220),
        height: lines.length > 0 ? least - 2 : 28,
      };
  }
}

/** Text keeps its size below 100 %, while boxes shrink; of a picture that is looked at from far away even more. */
const ROOM_BELOW_100 = { near: 1.15, far: 1.3 } as const;

function cardSize(node: DiagramNode, stretch: number): Size {
  const room = ROOM_BELOW_100[stretch > 1 ? 'far' : 'near'];
  const lines = Math.max(0, ...node.lines.map((line) => tableWidth(line.text, line.mono ? MONO : SUB)));
  const text =
    Math.max(tableWidth(shownName(node.name), INNER_NAME) + 18, lines) * Math.max(room, stretch * 0.9);
  return {
    width: Math.ceil(clamp(text + 18, 96, 300 * stretch)),
    height: Math.ceil((24 + 14 * node.lines.length) * (node.lines.length > 1 || stretch > 1 ? room : 1)),
  };
}

const rowWidth = (cards: readonly Card[]): number =>
  cards.reduce((sum, { size }) => sum + size.width + CARD_GAP, -CARD_GAP);
const rowHeight = (cards: readonly Card[]): number =>
  cards.length === 0 ? 0 : STEM + Math.max(...cards.map(({ size }) => size.height));
const pileHeight = (cards: readonly Card[]): number =>
  cards.reduce((sum, { size }) => sum + size.height + CARD_GAP, -CARD_GAP);

/** Where a pile of cards begins and ends, from the top of a main box of that height: the gateway's cards hang below its own. */
function pileReach(
  height: number,
  own: readonly Card[],
  hung: readonly Card[],
): { readonly top: number; readonly low: number } {
  if (hung.length === 0) {
    const top = (height - pileHeight(own)) / 2;
    return { top, low: top + pileHeight(own) };
  }
  const seam = height - CARD_GAP;
  return { top: own.length === 0 ? seam : seam - CARD_GAP - pileHeight(own), low: seam + pileHeight(hung) };
}

/** A unit's outer size, and where in it the main box stands. */
export function boxOf({ size, own, hung, gateways }: Unit, flow: Flow): Size & { readonly main: Rect } {
  if (flow === 'down') {
    const cards = [...own, ...hung];
    const beside = cards.length === 0 ? 0 : STEM + Math.max(...cards.map((card) => card.size.width));
    const { top, low } = pileReach(size.height, own, hung);
    const over = Math.max(0, -top);
    const under = Math.max(low, size.height + (gateways.length > 0 ? GATEWAY - OVERLAP : 0));
    return { width: size.width + beside, height: over + under, main: { x: 0, y: over, ...size } };
  }
  const width = Math.max(
    size.width + (gateways.length > 0 ? GATEWAY : 0),
    rowWidth(own),
    2 * rowWidth(hung) - size.width - 2 * GATEWAY,
    rowWidth(hung),
  );
  const over = rowHeight(own);
  return {
    width,
    height: over + size.height + rowHeight(hung),
    main: { x: (width - size.width) / 2, y: over, ...size },
  };
}

/** Where the parts of units are written. */
export interface UnitSink {
  readonly rects: Map<string, Rect>;
  readonly edges: Map<string, Route>;
}

/** Writes a unit whose main box stands at `main`. */
export function placeUnit(model: DiagramModel, unit: Unit, main: Rect, flow: Flow, sink: UnitSink): void {
  sink.rects.set(unit.main.id, main);
  const side = flow === 'right' ? main.height : main.width;
  unit.gateways.forEach((gateway, index) => {
    const pitch = Math.min(GATEWAY + 4, side / unit.gateways.length);
    const aside = (index - (unit.gateways.length - 1) / 2) * pitch - GATEWAY / 2;
    const at =
      flow === 'right'
        ? { x: right(main) - GATEWAY / 2, y: centreY(main) + aside }
        : { x: centreX(main) + aside, y: bottom(main) - OVERLAP };
    sink.rects.set(gateway.id, { ...at, width: GATEWAY, height: GATEWAY });
  });
  if (flow === 'down') placePile(model, unit, main, sink);
  else {
    placeRow(model, unit.own, main, sink, true);
    // The gateway port is at the router's right end: its card hangs below, where its stem is short.
    placeRow(model, unit.hung, main, sink, false);
  }
}

function placeRow(
  model: DiagramModel,
  cards: readonly Card[],
  main: Rect,
  { rects, edges }: UnitSink,
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
    const middle = (from.y + end.y) / 2;
    stem(
      model,
      edges,
      node,
      from,
      [
        { x: from.x, y: middle },
        { x: end.x, y: middle },
      ],
      end,
    );
  }
}

/** Cards one over the other at the right. */
function placePile(model: DiagramModel, { own, hung }: Unit, main: Rect, { rects, edges }: UnitSink): void {
  let y = main.y + pileReach(main.height, own, hung).top;
  for (const { node, size, owner } of [...own, ...hung]) {
    const rect: Rect = { x: right(main) + STEM, y, ...size };
    rects.set(node.id, rect);
    y += size.height + CARD_GAP;
    const holder = rects.get(owner) ?? main;
    const from: Point = { x: right(holder), y: centreY(holder) };
    const end: Point = { x: rect.x, y: clamp(from.y, rect.y + 6, bottom(rect) - 6) };
    const middle = end.x - STEM / 2;
    stem(
      model,
      edges,
      node,
      from,
      [
        { x: middle, y: from.y },
        { x: middle, y: end.y },
      ],
      end,
    );
  }
}

/** The line to a card: straight where it can be. */
function stem(
  model: DiagramModel,
  edges: Map<string, Route>,
  card: DiagramNode,
  from: Point,
  turn: readonly Point[],
  end: Point,
): void {
  const edge = model.edges.find(({ kind, to }) => kind === 'stem' && to === card.id);
  const straight = Math.abs(from.x - end.x) < 0.5 || Math.abs(from.y - end.y) < 0.5;
  if (edge)
    edges.set(edge.id, { points: straight ? [from, end] : [from, ...turn, end], radius: 6, stops: [] });
}
