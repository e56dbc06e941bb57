/**
 * Boxes in columns from left to right: order by barycentre, each as level with its neighbours as it can be, edges
 * orthogonal with a track of their own where they turn. Deterministic; a box added at the end moves little else.
 */
import { packRow, turnTracks } from './pack.ts';
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

interface Cell {
  readonly node: LayeredNode | null;
  readonly height: number;
  readonly order: number;
  y: number;
}

/** One piece of an edge, between neighbouring columns. */
interface Piece {
  readonly edge: number;
  readonly left: Cell;
  readonly right: Cell;
  from: number;
  to: number;
  track: number;
}

const GAP = 16;
const CHANNEL = 36;
const TRACK = 10;
const PASS = 8;
const ROOM_GAP = 4;

export function layoutLayered(nodes: readonly LayeredNode[], edges: readonly LayeredEdge[]): LayeredResult {
  const columns: Cell[][] = [];
  const cellOf = new Map<string, Cell>();
  const cells = (column: number): Cell[] => {
    while (columns.length <= column) columns.push([]);
    return columns[column] ?? [];
  };
  nodes.forEach((node, order) => {
    const cell: Cell = { node, height: node.height, order, y: 0 };
    cellOf.set(node.id, cell);
    cells(node.column).push(cell);
  });
  const { pieces, loops } = cutEdges(edges, cellOf, cells);
  orderColumns(columns, pieces);
  levelColumns(columns, pieces);
  const ports = portLevels(pieces, loops, cellOf);
  const channels = planChannels(columns, pieces, ports);
  const lefts = columnLefts(columns, channels);
  return emit(columns, edges, pieces, loops, { cellOf, ports, channels, lefts });
}

interface Loop {
  readonly edge: number;
  readonly a: Cell;
  readonly b: Cell;
}

/** Edges to the right, in pieces with a room in every column between; edges within a column apart. */
function cutEdges(
  edges: readonly LayeredEdge[],
  cellOf: ReadonlyMap<string, Cell>,
  cells: (column: number) => Cell[],
): { readonly pieces: Piece[]; readonly loops: readonly Loop[] } {
  const pieces: Piece[] = [];
  const loops: Loop[] = [];
  edges.forEach(({ from, to }, edge) => {
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
      pieces.push({ edge, left: at, right: room, from: 0, to: 0, track: 0 });
      at = room;
    }
    pieces.push({ edge, left: at, right, from: 0, to: 0, track: 0 });
  });
  return { pieces, loops };
}

function neighbours(pieces: readonly Piece[]): {
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
function orderColumns(columns: Cell[][], pieces: readonly Piece[]): void {
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

const middle = ({ node, y, height }: Cell): number =>
  node ? y + node.portTop + node.portHeight / 2 : y + height / 2;

/** Each cell level with the mean of its neighbours, columns in turn from both sides; the last word has the side with more edges. */
function levelColumns(columns: readonly Cell[][], pieces: readonly Piece[]): void {
  const { left, right } = neighbours(pieces);
  const settle = (column: Cell[], near: readonly ReadonlyMap<Cell, readonly Cell[]>[]): void => {
    const packed = packRow(
      column.map((cell) => {
        // A room stays level with what its edge comes from: the edge then turns only once.
        const list = cell.node ? near.flatMap((map) => map.get(cell) ?? []) : (left.get(cell) ?? []);
        const want = list.length === 0 ? middle(cell) : median(list.map(middle));
        return { width: cell.height, want: want - (middle(cell) - cell.y) };
      }),
      (index) => (column[index]?.node || column[index + 1]?.node ? GAP : ROOM_GAP),
      -1e9,
      1e9,
    );
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

type Ports = ReadonlyMap<string, number>;
const portKey = (edge: number, cell: Cell): string => `${edge}/${cell.node?.id ?? ''}`;

/** Where on a box's side each edge meets it: spread about the middle in the order of the other ends. */
function portLevels(
  pieces: readonly Piece[],
  loops: readonly Loop[],
  cellOf: ReadonlyMap<string, Cell>,
): Ports {
  const ports = new Map<string, number>();
  for (const cell of cellOf.values()) {
    const { node } = cell;
    if (!node) continue;
    const sides = [
      pieces.filter(({ right }) => right === cell).map(({ edge, left }) => ({ edge, far: middle(left) })),
      [
        ...pieces
          .filter(({ left }) => left === cell)
          .map(({ edge, right }) => ({ edge, far: middle(right) })),
        ...loops
          .filter(({ a, b }) => a === cell || b === cell)
          .map(({ edge, a, b }) => ({ edge, far: middle(a === cell ? b : a) })),
      ],
    ];
    for (const side of sides) {
      side.sort((a, b) => a.far - b.far || a.edge - b.edge);
      const pitch = Math.min(18, (node.portHeight - 12) / Math.max(1, side.length));
      side.forEach(({ edge }, index) =>
        ports.set(portKey(edge, cell), middle(cell) + (index - (side.length - 1) / 2) * pitch),
      );
    }
  }
  return ports;
}

/** Moves rooms to the level of the port that they come from or lead to, where the column leaves them space. */
function straighten(columns: readonly Cell[][], pieces: readonly Piece[], ports: Ports): void {
  const spaceFor = (cell: Cell, y: number): boolean => {
    const column = columns.find((one) => one.includes(cell)) ?? [];
    return column.every(
      (other) =>
        other === cell ||
        (other.y < cell.y ? other.y + other.height + 2 <= y : y + cell.height + 2 <= other.y),
    );
  };
  const pull = (cell: Cell, level: number): void => {
    const y = level - cell.height / 2;
    if (!cell.node && spaceFor(cell, y)) cell.y = y;
  };
  const level = (edge: number, cell: Cell): number => ports.get(portKey(edge, cell)) ?? middle(cell);
  for (const { edge, left, right } of pieces) pull(right, level(edge, left));
  for (const { edge, left, right } of pieces.toReversed())
    if (Math.abs(level(edge, left) - level(edge, right)) < 12) pull(left, level(edge, right));
}

interface Channel {
  readonly tracks: number;
}

function planChannels(
  columns: readonly Cell[][],
  pieces: readonly Piece[],
  ports: Ports,
): readonly Channel[] {
  const columnOf = new Map<Cell, number>();
  columns.forEach((column, index) => {
    for (const cell of column) columnOf.set(cell, index);
  });
  straighten(columns, pieces, ports);
  const channels: Piece[][] = columns.map(() => []);
  for (const piece of pieces) {
    piece.from = ports.get(portKey(piece.edge, piece.left)) ?? middle(piece.left);
    piece.to = ports.get(portKey(piece.edge, piece.right)) ?? middle(piece.right);
    channels[columnOf.get(piece.left) ?? 0]?.push(piece);
  }
  return channels.map((list) => {
    const bent = list.filter(({ from, to }) => Math.abs(from - to) > 0.5);
    const tracks = turnTracks(bent, 8);
    bent.forEach((piece, index) => (piece.track = tracks[index] ?? 0));
    untangle(bent);
    return { tracks: bent.length === 0 ? 0 : 1 + Math.max(...bent.map(({ track }) => track)) };
  });
}

/** Where one edge comes in at the level at which another goes out, the one from the left must turn first. */
function untangle(bent: readonly Piece[]): void {
  if (bent.length > 300) return;
  for (let round = 0; round < bent.length; round += 1) {
    let moved = false;
    for (const a of bent)
      for (const b of bent) {
        if (a === b || Math.abs(a.from - b.to) > 4 || a.track <= b.track) continue;
        [a.track, b.track] = [b.track, a.track];
        moved = true;
      }
    if (!moved) return;
  }
}

function columnLefts(columns: readonly Cell[][], channels: readonly Channel[]): readonly number[] {
  const lefts: number[] = [];
  let x = 0;
  columns.forEach((column, index) => {
    lefts.push(x);
    const width = Math.max(0, ...column.map(({ node }) => node?.width ?? 0));
    const tracks = channels[index]?.tracks ?? 0;
    x += width + (width === 0 && tracks === 0 ? 0 : CHANNEL + Math.max(0, tracks - 1) * TRACK);
  });
  return lefts;
}

interface Placed {
  readonly cellOf: ReadonlyMap<string, Cell>;
  readonly ports: Ports;
  readonly channels: readonly Channel[];
  readonly lefts: readonly number[];
}

function emit(
  columns: readonly Cell[][],
  edges: readonly LayeredEdge[],
  pieces: readonly Piece[],
  loops: readonly Loop[],
  placed: Placed,
): LayeredResult {
  const { ports, channels, lefts } = placed;
  const rects = new Map<string, Rect>();
  const widths = columns.map((column) => Math.max(0, ...column.map(({ node }) => node?.width ?? 0)));
  const columnOf = new Map<Cell, number>();
  columns.forEach((column, index) => {
    for (const cell of column) {
      columnOf.set(cell, index);
      const { node } = cell;
      if (node)
        rects.set(node.id, {
          x: (lefts[index] ?? 0) + ((widths[index] ?? 0) - node.width) / 2,
          y: cell.y,
          width: node.width,
          height: node.height,
        });
    }
  });
  const side = (cell: Cell, right: boolean): number => {
    const column = columnOf.get(cell) ?? 0;
    const rect = cell.node && rects.get(cell.node.id);
    if (!rect || !cell.node) return (lefts[column] ?? 0) + (right ? (widths[column] ?? 0) : 0);
    return rect.x + cell.node.portLeft + (right ? cell.node.portWidth : 0);
  };
  const turnX = (column: number, track: number): number => {
    const start = (lefts[column] ?? 0) + (widths[column] ?? 0);
    const tracks = Math.max(1, channels[column]?.tracks ?? 1);
    return start + (CHANNEL - TRACK) / 2 + TRACK / 2 + (tracks === 1 ? 0 : track * TRACK);
  };
  const points = edges.map((): Point[] => []);
  for (const piece of pieces) {
    const list = points[piece.edge];
    const column = columnOf.get(piece.left) ?? 0;
    list?.push({ x: side(piece.left, true), y: piece.from });
    if (Math.abs(piece.from - piece.to) > 0.5) {
      const x = turnX(column, piece.track);
      list?.push({ x, y: piece.from }, { x, y: piece.to });
    }
    list?.push({ x: side(piece.right, false), y: piece.to });
  }
  for (const { edge, a, b } of loops) {
    const x = turnX(columnOf.get(a) ?? 0, 0);
    const from = ports.get(portKey(edge, a)) ?? middle(a);
    const to = ports.get(portKey(edge, b)) ?? middle(b);
    points[edge]?.push(
      { x: side(a, true), y: from },
      { x, y: from },
      { x, y: to },
      { x: side(b, true), y: to },
    );
  }
  const routes = new Map<string, readonly Point[]>();
  edges.forEach(({ id, from }, index) => {
    const list = points[index] ?? [];
    if (list.length < 2) return;
    // Pieces were laid from left to right; the edge may be meant the other way.
    const first =
      pieces.find(({ edge }) => edge === index)?.left.node?.id ??
      loops.find(({ edge }) => edge === index)?.a.node?.id;
    routes.set(id, first === from ? list : list.toReversed());
  });
  return { rects, routes };
}
