/** The cells of a layered layout and their order in each column: as few crossings as a few sweeps can find. */
import type { LayeredNode } from './layered.ts';

/** A box, or (node null) room for an edge that passes its column. */
export interface Cell {
  readonly node: LayeredNode | null;
  readonly height: number;
  readonly order: number;
  y: number;
}

/** One piece of an edge, between neighbouring columns. */
export interface Piece {
  readonly edge: number;
  readonly left: Cell;
  readonly right: Cell;
  from: number;
  to: number;
  track: number;
}

/** An edge between two boxes of one column. */
export interface Loop {
  readonly edge: number;
  readonly a: Cell;
  readonly b: Cell;
}

/** What lies left and right of each cell. */
export function neighbours(pieces: readonly Piece[]): {
  readonly left: ReadonlyMap<Cell, readonly Cell[]>;
  readonly right: ReadonlyMap<Cell, readonly Cell[]>;
} {
  const left = new Map<Cell, Cell[]>();
  const right = new Map<Cell, Cell[]>();
  const add = (map: Map<Cell, Cell[]>, key: Cell, value: Cell): void => {
    const list = map.get(key);
    if (list) list.push(value);
    else map.set(key, [value]);
  };
  for (const piece of pieces) {
    add(left, piece.right, piece.left);
    add(right, piece.left, piece.right);
  }
  return { left, right };
}

/** Sweeps to the right and back; the order with the fewest crossings seen is kept. */
export function orderColumns(columns: Cell[][], pieces: readonly Piece[]): void {
  const { left, right } = neighbours(pieces);
  const place = new Map<Cell, number>();
  const number = (): void => {
    for (const column of columns) column.forEach((cell, index) => place.set(cell, index));
  };
  const sort = (column: Cell[], near: ReadonlyMap<Cell, readonly Cell[]>): void => {
    const centre = new Map<Cell, number>();
    for (const cell of column) {
      const list = near.get(cell) ?? [];
      centre.set(
        cell,
        list.length === 0
          ? (place.get(cell) ?? 0)
          : list.reduce((sum, other) => sum + (place.get(other) ?? 0), 0) / list.length,
      );
    }
    column.sort((a, b) => (centre.get(a) ?? 0) - (centre.get(b) ?? 0) || a.order - b.order);
    column.forEach((cell, index) => place.set(cell, index));
  };
  number();
  let best = columns.map((column) => [...column]);
  let fewest = crossings(pieces, place);
  for (let round = 0; round < 4 && fewest > 0; round += 1) {
    for (const column of columns) sort(column, left);
    for (const column of columns.toReversed()) sort(column, right);
    const count = crossings(pieces, place);
    if (count < fewest) {
      fewest = count;
      best = columns.map((column) => [...column]);
    }
  }
  best.forEach((column, index) => columns[index]?.splice(0, Infinity, ...column));
}

/** Crossing pairs; beyond a few thousand pieces nobody counts, and neither do we. */
function crossings(pieces: readonly Piece[], place: ReadonlyMap<Cell, number>): number {
  if (pieces.length > 1500) return pieces.length;
  const byColumn = new Map<number, Piece[]>();
  const columnOf = new Map<Cell, number>();
  const key = (cell: Cell): number => columnOf.get(cell) ?? cell.node?.column ?? -1;
  for (const piece of pieces) {
    if (!columnOf.has(piece.right)) columnOf.set(piece.right, key(piece.left) + 1);
    const list = byColumn.get(key(piece.left)) ?? [];
    byColumn.set(key(piece.left), list);
    list.push(piece);
  }
  let count = 0;
  for (const list of byColumn.values())
    for (let i = 0; i < list.length; i += 1)
      for (let j = i + 1; j < list.length; j += 1) {
        const a = list[i];
        const b = list[j];
        if (!a || !b) continue;
        const first = (place.get(a.left) ?? 0) - (place.get(b.left) ?? 0);
        const second = (place.get(a.right) ?? 0) - (place.get(b.right) ?? 0);
        if (first * second < 0) count += 1;
      }
  return count;
}

/** The level at which edges meet a cell, unless they are spread. */
export const middle = ({ node, y, height }: Cell): number =>
  node ? y + node.portTop + node.portHeight / 2 : y + height / 2;
