/**
 * Boxes in columns from left to right: order by barycentre, each as level with its neighbours as it can be, edges
 * orthogonal with a track of their own where they turn. Deterministic; told where things stood before, it leaves them there
 * as far as there is room.
 */
import { middle, neighbours, orderColumns, type Cell, type Loop, type Piece } from './layered-order.ts';
import { columnLefts, emit, planChannels, portLevels } from './layered-route.ts';
import { packRow } from './pack.ts';
import type { Point, Rect } from './rect.ts';

export interface LayeredNode {
  readonly id: string;
  readonly column: number;
  readonly width: number;
  readonly height: number;
  /** Where edges meet it: the middle of this part of its height. */
  readonly portTop: number;
  readonly portHeight: number;
  /** The part of its width that edges meet, from its left. */
  readonly portLeft: number;
  readonly portWidth: number;
  /** Only the end of a line that leaves upward: it stands above all boxes of its column. */
  readonly above?: boolean;
}

export interface LayeredEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

export interface LayeredResult {
  readonly rects: ReadonlyMap<string, Rect>;
  readonly routes: ReadonlyMap<string, readonly Point[]>;
}

/** Where things stood in the picture before: upper left corners of boxes, and levels at which edges passed a column; undefined for what is new. */
export interface LayeredSeed {
  readonly top: (node: string) => number | undefined;
  readonly left: (node: string) => number | undefined;
  readonly pass: (edge: string, column: number) => number | undefined;
}

/** Between boxes of a column. */
export const GAP = 16;
const PASS = 8;
const ROOM_GAP = 4;
/** Where lines that leave end: above every box, however high its part that lines meet. */
const ABOVE = 40;

/** `channel`: the distance between columns when one line turns there. */
export function layoutLayered(
  nodes: readonly LayeredNode[],
  edges: readonly LayeredEdge[],
  channel: number,
  seed: LayeredSeed | null = null,
): LayeredResult {
  const columns: Cell[][] = [];
  const cellOf = new Map<string, Cell>();
  const cells = (column: number): Cell[] => {
    while (columns.length <= column) columns.push([]);
    return columns[column] ?? [];
  };
  nodes.forEach((node, order) => {
    const cell: Cell = { node, height: node.height, order, y: 0 };
    cellOf.set(node.id, cell);
    if (!node.above) cells(node.column).push(cell);
  });
  const levels = new Map<Cell, number>();
  const ends = [...cellOf.values()].filter(({ node }) => node?.above);
  const { pieces, loops } = cutEdges(edges, cellOf, cells, (room, edge, column) => {
    const level = seed?.pass(edge, column);
    if (level !== undefined) levels.set(room, level);
  });
  for (const [id, cell] of cellOf) {
    const top = seed?.top(id);
    if (top !== undefined) levels.set(cell, top - cell.y + middle(cell));
  }
  // What leaves draws its box upward in the order of the column, and pulls it nowhere.
  const level = pieces.filter(({ left, right }) => !left.node?.above && !right.node?.above);
  if (levels.size * 2 > columns.flat().length) settleAsBefore(columns, level, levels);
  else {
    orderColumns(columns, pieces);
    levelColumns(columns, level);
  }
  const top = Math.min(0, ...columns.flatMap((column) => column.map(({ y }) => y)));
  for (const end of ends) {
    end.y = top - ABOVE;
    cells(end.node?.column ?? 0).unshift(end);
  }
  const ports = portLevels(pieces, loops, cellOf.values());
  const channels = planChannels(columns, pieces, ports);
  const lefts = columnLefts(columns, channels, channel);
  return emit(columns, edges, pieces, loops, { cellOf, ports, channels, lefts, channel });
}

/** Edges to the right, in pieces with a room in every column between; edges within a column apart. */
function cutEdges(
  edges: readonly LayeredEdge[],
  cellOf: ReadonlyMap<string, Cell>,
  cells: (column: number) => Cell[],
  onRoom: (room: Cell, edge: string, column: number) => void,
): { readonly pieces: Piece[]; readonly loops: readonly Loop[] } {
  const pieces: Piece[] = [];
  const loops: Loop[] = [];
  edges.forEach(({ id, from, to }, edge) => {
    const a = cellOf.get(from);
    const b = cellOf.get(to);
    if (!a?.node || !b?.node || a === b) return;
    if (a.node.column === b.node.column) {
      loops.push({ edge, a, b });
      return;
    }
    const [left, right] = a.node.column < b.node.column ? [a, b] : [b, a];
    let at = left;
    for (let column = (left.node?.column ?? 0) + 1; column < (right.node?.column ?? 0); column += 1) {
      const room: Cell = { node: null, height: PASS, order: 10_000 + edge, y: 0 };
      cells(column).push(room);
      onRoom(room, id, column);
      pieces.push({ edge, left: at, right: room, from: 0, to: 0, track: 0 });
      at = room;
    }
    pieces.push({ edge, left: at, right, from: 0, to: 0, track: 0 });
  });
  return { pieces, loops };
}

/** Old cells on their levels, new ones level with what they are joined to, in the order of these levels; all make room for one another. */
function settleAsBefore(
  columns: readonly Cell[][],
  pieces: readonly Piece[],
  levels: Map<Cell, number>,
): void {
  const { left, right } = neighbours(pieces);
  const fresh = new Set(columns.flat().filter((cell) => !levels.has(cell)));
  // A chain of new cells learns its level from its end on, one cell a round.
  for (let round = 0; round < columns.length; round += 1)
    for (const cell of fresh) {
      const from = left.get(cell) ?? [];
      // A room stays level with what its edge comes from: the edge then turns only once.
      const near = cell.node ? [...from, ...(right.get(cell) ?? [])] : from;
      const known = near.flatMap((other) => levels.get(other) ?? []);
      if (known.length > 0 && !levels.has(cell)) levels.set(cell, median(known));
    }
  const bottom = Math.max(0, ...levels.values());
  const levelOf = (cell: Cell): number => levels.get(cell) ?? bottom;
  for (const column of columns) {
    // What is new comes after what stood there.
    column.sort(
      (a, b) => levelOf(a) - levelOf(b) || Number(fresh.has(a)) - Number(fresh.has(b)) || a.order - b.order,
    );
    const tops = packColumn(column, (cell) => levelOf(cell) - (middle(cell) - cell.y));
    column.forEach((cell, index) => (cell.y = Math.round(tops[index] ?? 0)));
  }
}

/** Tops of a column's cells, each as near as can be to where it wants to be, in order and apart. */
const packColumn = (column: readonly Cell[], want: (cell: Cell) => number): readonly number[] =>
  packRow(
    column.map((cell) => ({ width: cell.height, want: want(cell) })),
    (index) => (column[index]?.node || column[index + 1]?.node ? GAP : ROOM_GAP),
    -1e9,
    1e9,
  );

/** Each cell level with the mean of its neighbours, columns in turn from both sides; the last word has the side with more edges. */
function levelColumns(columns: readonly Cell[][], pieces: readonly Piece[]): void {
  const { left, right } = neighbours(pieces);
  const settle = (column: Cell[], near: readonly ReadonlyMap<Cell, readonly Cell[]>[]): void => {
    const packed = packColumn(column, (cell) => {
      // A room stays level with what its edge comes from: the edge then turns only once.
      const list = cell.node ? near.flatMap((map) => map.get(cell) ?? []) : (left.get(cell) ?? []);
      const want = list.length === 0 ? middle(cell) : median(list.map(middle));
      return want - (middle(cell) - cell.y);
    });
    column.forEach((cell, index) => (cell.y = packed[index] ?? 0));
  };
  for (const column of columns) {
    let y = 0;
    for (const cell of column) {
      cell.y = y;
      y += cell.height + GAP;
    }
  }
  for (let round = 0; round < 6; round += 1) {
    for (const column of columns.slice(1)) settle(column, [left]);
    for (const column of columns.slice(0, -1).toReversed()) settle(column, [right]);
    for (const column of columns) settle(column, [left, right]);
  }
  const top = Math.min(...columns.flatMap((column) => column.map(({ y }) => y)), 0);
  for (const column of columns) for (const cell of column) cell.y = Math.round(cell.y - top);
}

/** Of an even number the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
}
