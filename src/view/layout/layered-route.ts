/** The lines of a layered layout: where they meet boxes, on which tracks they turn, and the points that follow. */
import type { LayeredEdge, LayeredResult } from './layered.ts';
import { middle, type Cell, type Loop, type Piece } from './layered-order.ts';
import { turnTracks } from './pack.ts';
import type { Point, Rect } from './rect.ts';

/** Half of what two lines on one side of a box are apart at least. */
const SLIGHT = 4;
/** What each track beyond the first adds to a channel's width. */
const TRACK = 10;

export type Ports = ReadonlyMap<string, number>;
const portKey = (edge: number, cell: Cell): string => `${edge}/${cell.node?.id ?? ''}`;

/** Where on a box's side each edge meets it: spread about the middle in the order of the other ends. */
export function portLevels(pieces: readonly Piece[], loops: readonly Loop[], cells: Iterable<Cell>): Ports {
  interface Meeting {
    readonly edge: number;
    readonly far: number;
  }
  const before = new Map<Cell, Meeting[]>();
  const after = new Map<Cell, Meeting[]>();
  const meet = (side: Map<Cell, Meeting[]>, cell: Cell, edge: number, other: Cell): void => {
    const list = side.get(cell);
    if (list) list.push({ edge, far: middle(other) });
    else side.set(cell, [{ edge, far: middle(other) }]);
  };
  for (const { edge, left, right } of pieces) {
    meet(before, right, edge, left);
    meet(after, left, edge, right);
  }
  for (const { edge, a, b } of loops) {
    meet(after, a, edge, b);
    meet(after, b, edge, a);
  }
  const ports = new Map<string, number>();
  for (const cell of cells) {
    if (!cell.node) continue;
    for (const side of [before.get(cell) ?? [], after.get(cell) ?? []]) {
      side.sort((a, b) => a.far - b.far || a.edge - b.edge);
      const pitch = Math.min(18, (cell.node.portHeight - 12) / Math.max(1, side.length));
      side.forEach(({ edge }, index) =>
        ports.set(portKey(edge, cell), middle(cell) + (index - (side.length - 1) / 2) * pitch),
      );
    }
  }
  return ports;
}

/** Moves rooms to the level of the port that they come from or lead to, where the column leaves them space. */
function straighten(columns: readonly Cell[][], pieces: readonly Piece[], ports: Ports): void {
  const next = new Map<Cell, { readonly above: Cell | undefined; readonly below: Cell | undefined }>();
  for (const column of columns)
    column.forEach((cell, index) => next.set(cell, { above: column[index - 1], below: column[index + 1] }));
  const spaceFor = (cell: Cell, y: number): boolean => {
    const { above, below } = next.get(cell) ?? {};
    return (!above || above.y + above.height + 2 <= y) && (!below || y + cell.height + 2 <= below.y);
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

export interface Channel {
  readonly tracks: number;
}

export function planChannels(
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
    // A step that looks like a mistake is none: boxes have room for the line to come a little higher or lower.
    if (Math.abs(piece.from - piece.to) <= SLIGHT) {
      if (piece.right.node) piece.to = piece.from;
      else if (piece.left.node) piece.from = piece.to;
    }
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

export function columnLefts(
  columns: readonly Cell[][],
  channels: readonly Channel[],
  channel: number,
): readonly number[] {
  const lefts: number[] = [];
  let x = 0;
  columns.forEach((column, index) => {
    lefts.push(x);
    const width = Math.max(0, ...column.map(({ node }) => node?.width ?? 0));
    const tracks = channels[index]?.tracks ?? 0;
    x += width + (width === 0 && tracks === 0 ? 0 : channel + Math.max(0, tracks - 1) * TRACK);
  });
  return lefts;
}

interface Placed {
  readonly cellOf: ReadonlyMap<string, Cell>;
  readonly ports: Ports;
  readonly channels: readonly Channel[];
  readonly lefts: readonly number[];
  /** Width of a channel with one track. */
  readonly channel: number;
}

export function emit(
  columns: readonly Cell[][],
  edges: readonly LayeredEdge[],
  pieces: readonly Piece[],
  loops: readonly Loop[],
  placed: Placed,
): LayeredResult {
  const { ports, channels, lefts, channel } = placed;
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
    return start + (channel - TRACK) / 2 + TRACK / 2 + (tracks === 1 ? 0 : track * TRACK);
  };
  const points = edges.map((): Point[] => []);
  for (const piece of pieces) {
    const list = points[piece.edge];
    const column = columnOf.get(piece.left) ?? 0;
    list?.push({ x: side(piece.left, true), y: piece.from });
    const bent = Math.abs(piece.from - piece.to) > 0.5;
    if (bent) {
      const x = turnX(column, piece.track);
      list?.push({ x, y: piece.from }, { x, y: piece.to });
    }
    list?.push({ x: side(piece.right, false), y: bent ? piece.to : piece.from });
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
