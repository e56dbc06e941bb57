/** The inside of one machine in the routing lens: namespaces, VRFs and speakers in a column, sessions between neighbours in it. */
import type { DiagramEdge, DiagramModel, DiagramNode } from '../model.ts';
import { subjectId } from '../subject-id.ts';
import type { Route } from './layout.ts';
import { bottom, right, type Point, type Rect } from './rect.ts';
import { BOX_HEAD, headWidth, leafSize, MACHINE_HEAD, plainLines, type Size } from './sizes.ts';
import { INNER_NAME, MONO, NAME, SUB, tableWidth } from './text-width.ts';

const PAD = 14;
/** Around a machine's only speaker. */
const LONE_PAD = 8;
const GAP = 14;
/** Above and below the words of a session. */
const SESSION_AIR = 10;
/** From the line to the left end of its mark. */
const MARK = 11;
const LANE = 16;
/** Texts of a plate keep their size below 100 %. */
const PILE_ROOM = 1.3;
const PILE_LINE = 26;
/** Text keeps its size below 100 %, while boxes shrink: a narrow page is mostly there. */
const ROOM_BELOW_100 = 1.5;
/** Between sessions that leave a speaker side by side. */
export const SPREAD = 14;

/** Where sessions pass a box's edge. */
interface Passed {
  readonly above: boolean;
  readonly below: boolean;
}

const PASSED: Readonly<Record<Pose, Passed>> = {
  upright: { above: false, below: true },
  flipped: { above: true, below: false },
  crossed: { above: true, below: true },
};

interface Sessions {
  /** Both ends are in the machine. */
  readonly inside: readonly DiagramEdge[];
  /** How many lead to other machines, by speaker. */
  readonly outer: ReadonlyMap<string, number>;
}

/** Which side of a machine its head is on, and whether sessions pass it: `upright` and `flipped` ones are left by the other side. */
export type Pose = 'upright' | 'flipped' | 'crossed';

/** Where a machine's inside is written. */
interface StackSink {
  readonly nodes: Map<string, Rect>;
  readonly edges: Map<string, Route>;
  /** Boxes with their head at the bottom. */
  readonly flipped: Set<string>;
}

/** A machine ready to be put somewhere. */
export interface Stack extends Size {
  readonly emit: (at: Point, sink: StackSink) => void;
}

interface Box extends Size {
  readonly node: DiagramNode;
  /** Its head is at the bottom. */
  readonly flipped: boolean;
  readonly items: readonly Item[];
}

/** A box in a column, with the sessions that lead to the box under it. */
interface Item {
  readonly box: Box;
  readonly below: readonly SessionMark[];
  readonly y: number;
}

interface SessionMark extends Size {
  readonly edge: DiagramEdge;
  /** Null where there are too many sessions to name. */
  readonly node: DiagramNode | undefined;
}

export function stackOf(
  model: DiagramModel,
  machine: DiagramNode,
  sessions: readonly DiagramEdge[],
  pose: Pose,
): Stack {
  const outer = new Map<string, number>();
  for (const { from, to } of sessions)
    if (isIn(model, from, machine.id) !== isIn(model, to, machine.id)) {
      const own = isIn(model, from, machine.id) ? from : to;
      outer.set(own, (outer.get(own) ?? 0) + 1);
    }
  const inside = sessions.filter(
    ({ from, to }) => isIn(model, from, machine.id) && isIn(model, to, machine.id),
  );
  const root = boxOf(model, machine, { inside, outer }, PASSED[pose]);
  const drawn = new Set(marksOf(root).map(({ edge }) => edge.id));
  const lanes = inside.filter(({ id }) => !drawn.has(id));
  const left = lanes.length === 0 ? 0 : LANE * lanes.length + 4;
  return {
    width: root.width + left,
    height: root.height,
    emit: (at, sink) => {
      const { nodes, edges } = sink;
      emitBox(root, { x: at.x, y: at.y }, left, sink);
      nodes.set(machine.id, { ...at, width: root.width + left, height: root.height });
      lanes.forEach((edge, index) => emitLane(model, edge, at.x + 8 + LANE * index, nodes, edges));
    },
  };
}

/** A plate for many machines: its name, and a line each for the first and the last of them. */
const pileSize = (node: DiagramNode, compact: boolean): Size => ({
  width: Math.ceil(headWidth(node, compact) * PILE_ROOM),
  height: MACHINE_HEAD + node.lines.length * PILE_LINE + LONE_PAD,
});

function isIn(model: DiagramModel, id: string, container: string): boolean {
  for (let at = model.node(id); at; at = at.parent === null ? undefined : model.node(at.parent))
    if (at.id === container) return true;
  return false;
}

function boxOf(model: DiagramModel, node: DiagramNode, joined: Sessions, passed: Passed): Box {
  const { inside, outer } = joined;
  const children = model.children(node.id).filter(({ kind }) => kind !== 'session');
  if (children.length === 0)
    return {
      node,
      flipped: false,
      items: [],
      ...(node.folds ? pileSize(node, model.compact) : leafSize(node, model.compact)),
    };
  const joining = (a: DiagramNode, b: DiagramNode): readonly DiagramEdge[] =>
    inside.filter(
      ({ from, to }) =>
        (isIn(model, from, a.id) && isIn(model, to, b.id)) ||
        (isIn(model, from, b.id) && isIn(model, to, a.id)),
    );
  const leaving = (box: DiagramNode): number =>
    [...outer].reduce((sum, [id, count]) => sum + (isIn(model, id, box.id) ? count : 0), 0);
  const ordered = chain(children, (a, b) => joining(a, b).length, leaving);
  const items: Item[] = [];
  const outermost = node.parent === null;
  const head = outermost ? MACHINE_HEAD : BOX_HEAD;
  // A head stands where no session passes it; where they pass on both sides it leaves its middle to them.
  const flipped = passed.above && !passed.below;
  const pad = outermost && ordered.length === 1 && ordered[0]?.kind === 'speaker' ? LONE_PAD : PAD;
  let y = pad + (flipped ? 0 : head);
  const through = leaving(node);
  const least =
    passed.above && passed.below ? openHead(node) + SPREAD * through : headWidth(node, model.compact);
  let width = least - 2 * pad;
  ordered.forEach((child, index) => {
    const next = ordered[index + 1];
    const previous = ordered[index - 1];
    const away = sessionsAway(model, child, node, joined);
    const box = boxOf(model, child, joined, {
      above: (previous !== undefined && joining(previous, child).length > 0) || (away && passed.above),
      below: (next !== undefined && joining(child, next).length > 0) || (away && passed.below),
    });
    const below = [
      ...(next ? joining(child, next) : []),
      // A session whose other end is not known hangs under its speaker.
      ...inside.filter(({ from, to }) => from === child.id && model.node(to)?.kind === 'session'),
    ].map((edge) => markOf(model, edge));
    items.push({ box, below, y });
    width = Math.max(width, box.width, marksWidth(below));
    const space = below.length === 0 ? GAP : Math.max(...below.map(({ height }) => height)) + 2 * SESSION_AIR;
    y += box.height + (next || below.length > 0 ? space : 0);
  });
  return { node, flipped, items, width: width + 2 * pad, height: y + pad + (flipped ? head : 0) };
}

/** Has `child` a session that leaves `parent`? */
function sessionsAway(
  model: DiagramModel,
  child: DiagramNode,
  parent: DiagramNode,
  { inside, outer }: Sessions,
): boolean {
  return (
    [...outer.keys()].some((id) => isIn(model, id, child.id)) ||
    inside.some(
      ({ from, to }) =>
        (isIn(model, from, child.id) && !isIn(model, to, parent.id)) ||
        (isIn(model, to, child.id) && !isIn(model, from, parent.id)),
    )
  );
}

/** One session stands in the middle, its words at the right of its line; several stand side by side. */
const marksWidth = (marks: readonly SessionMark[]): number =>
  marks.length === 1
    ? 2 * ((marks[0]?.width ?? 0) - MARK)
    : marks.reduce((sum, mark) => sum + mark.width + GAP, -GAP) + 2 * MARK;

/** Lines pass the middle of a box's head: name and note stand at either side of it. */
function openHead(node: DiagramNode): number {
  const machine = node.parent === null;
  const name = 31 + tableWidth(node.name, machine ? NAME : INNER_NAME) * ROOM_BELOW_100 + 12;
  const note = tableWidth(node.trail, machine ? MONO : SUB) * ROOM_BELOW_100 + 22;
  return 2 * Math.max(name, note);
}

/** Speakers that are joined come one after the other, as far as a column allows; those with sessions to other machines first, those without any last. */
function chain(
  children: readonly DiagramNode[],
  joined: (a: DiagramNode, b: DiagramNode) => number,
  leaving: (node: DiagramNode) => number,
): readonly DiagramNode[] {
  const left = [...children];
  const degree = (node: DiagramNode): number =>
    children.reduce((sum, other) => sum + (other === node ? 0 : Math.min(1, joined(node, other))), 0);
  const ordered: DiagramNode[] = [];
  while (left.length > 0) {
    const last = ordered.at(-1);
    const follows = last && left.find((node) => joined(last, node) > 0);
    const rank = (node: DiagramNode): number =>
      leaving(node) > 0 ? 0 : degree(node) > 0 ? degree(node) : children.length;
    const next = follows ?? left.toSorted((a, b) => rank(a) - rank(b))[0];
    if (!next) break;
    ordered.push(next);
    left.splice(left.indexOf(next), 1);
  }
  return ordered;
}

/** How large a session's mark is with its words. */
export function markOf(model: DiagramModel, edge: DiagramEdge, wide = 1): SessionMark {
  const node = edge.subject ? model.node(subjectId(edge.subject)) : undefined;
  if (!node) return { edge, node, width: 2 * MARK, height: 24 };
  const lines = model.compact ? [] : plainLines(node);
  const text = Math.max(
    tableWidth(node.name, INNER_NAME),
    ...lines.map((line) => tableWidth(line.text, line.mono ? MONO : SUB)),
  );
  const room = model.compact ? ROOM_BELOW_100 : wide;
  return { edge, node, width: Math.ceil(2 * MARK + 8 + text * room), height: 23 + 14 * lines.length };
}

function marksOf(box: Box): readonly SessionMark[] {
  return box.items.flatMap((item) => [...item.below, ...marksOf(item.box)]);
}

function emitBox(box: Box, at: Point, indent: number, sink: StackSink): void {
  const { nodes, edges, flipped } = sink;
  const width = box.width;
  if (box.flipped) flipped.add(box.node.id);
  nodes.set(box.node.id, { x: at.x + indent, y: at.y, width, height: box.height });
  const marks: { readonly item: Item; readonly top: number }[] = [];
  for (const item of box.items) {
    const x = at.x + indent + (width - item.box.width) / 2;
    emitBox(item.box, { x, y: at.y + item.y }, 0, sink);
    if (item.below.length > 0) marks.push({ item, top: at.y + item.y + item.box.height });
  }
  for (const { item, top } of marks) emitMarks(item, at.x + indent, width, top, nodes, edges);
}

function emitMarks(
  { below }: Item,
  left: number,
  width: number,
  top: number,
  nodes: Map<string, Rect>,
  edges: Map<string, Route>,
): void {
  const total = below.reduce((sum, mark) => sum + mark.width + GAP, -GAP);
  // One session stands with its mark in the middle, so that its line is straight.
  let x = below.length === 1 ? left + width / 2 - MARK : left + (width - total) / 2;
  for (const { edge, node, width: own, height } of below) {
    const rect: Rect = { x: Math.round(x), y: top + SESSION_AIR, width: own, height };
    if (node) nodes.set(node.id, rect);
    const line = rect.x + MARK;
    const [upper, lower] = [nodes.get(edge.from), nodes.get(edge.to)].toSorted(
      (a, b) => (a?.y ?? 0) - (b?.y ?? 0),
    );
    const from = endAt(upper, line, 'bottom');
    const to = edge.to === node?.id ? { x: line, y: rect.y } : endAt(lower, line, 'top');
    if (from && to) {
      const down = straight(from, to);
      const points = upper === nodes.get(edge.from) ? down : down.toReversed();
      edges.set(edge.id, { points, radius: 6, stops: [] });
    }
    x += own + GAP;
  }
}

/** On a box's edge, as near to `x` as the box reaches. */
function endAt(rect: Rect | undefined, x: number, side: 'top' | 'bottom'): Point | null {
  if (!rect) return null;
  const inset = Math.min(16, rect.width / 2);
  return {
    x: Math.max(rect.x + inset, Math.min(right(rect) - inset, x)),
    y: side === 'top' ? rect.y : bottom(rect),
  };
}

function straight(from: Point, to: Point): readonly Point[] {
  if (Math.abs(from.x - to.x) < 0.5) return [from, to];
  const middle = (from.y + to.y) / 2;
  return [from, { x: from.x, y: middle }, { x: to.x, y: middle }, to];
}

/** A session between speakers that are not next to each other: out to the left, past those between, and back. */
function emitLane(
  model: DiagramModel,
  edge: DiagramEdge,
  x: number,
  nodes: Map<string, Rect>,
  edges: Map<string, Route>,
): void {
  const from = nodes.get(edge.from);
  const to = nodes.get(edge.to);
  if (!from || !to) return;
  const [a, b] = [from.y + from.height / 2, to.y + to.height / 2];
  edges.set(edge.id, {
    points: [
      { x: from.x, y: a },
      { x, y: a },
      { x, y: b },
      { x: to.x, y: b },
    ],
    radius: 8,
    stops: [],
  });
  const node = edge.subject ? model.node(subjectId(edge.subject)) : undefined;
  if (node) nodes.set(node.id, { x: x - MARK, y: (a + b) / 2 - MARK, width: 2 * MARK, height: 2 * MARK });
}
