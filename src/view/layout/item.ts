/** What a container's layout works on: items in rows, chips on items, and nets that join them. */
import type { DiagramEdge, DiagramNode } from '../model.ts';
import type { Arranged } from './container.ts';

export interface Chip {
  readonly node: DiagramNode;
  readonly width: number;
  readonly height: number;
  /** Centre, in the container's coordinates, once placed. */
  x: number;
}

export interface Item {
  readonly id: string;
  /** `pass`: only room for an edge that crosses the row. */
  readonly form: 'box' | 'bar' | 'pass';
  readonly node: DiagramNode | null;
  /** For containers: what is inside. */
  readonly inner: Arranged | null;
  /** Rows count from the bottom, 1 above the doors; `TOP` is the first row. */
  rank: number;
  order: number;
  x: number;
  width: number;
  height: number;
  /** Takes a share of the free width of its row. */
  readonly stretch: boolean;
  readonly topChips: Chip[];
  readonly bottomChips: Chip[];
}

/** Ranks from here on are first rows; there are several when many guests share a machine. */
export const TOP = 1_000;

/** One end of a net. */
export interface End {
  readonly node: string;
  /** Null for a door: a chip astride the container's own lower edge. */
  readonly item: Item | null;
  readonly chip: Chip | null;
  /** Offset from the item's left for a chip deeper inside it. */
  readonly dx: number | null;
  /** Settled among others on the same box. */
  at: number | null;
}

export interface Net {
  readonly edge: DiagramEdge;
  readonly upper: End;
  readonly lower: End;
  /** Rooms in the rows between, top first. */
  readonly passes: Item[];
  /** Only pulls its ends together: drawn by somebody else. */
  readonly invisible: boolean;
}

/** Where an end is, if that is settled; else the range in which it may be. */
export function endX(end: End): { readonly x: number } | { readonly low: number; readonly high: number } {
  if (end.at !== null) return { x: end.at };
  if (end.chip) return { x: end.chip.x };
  if (!end.item) return { x: 0 };
  if (end.dx !== null) return { x: end.item.x + end.dx };
  if (end.item.form === 'pass') return { x: end.item.x + end.item.width / 2 };
  const margin = Math.min(10, end.item.width / 2);
  return { low: end.item.x + margin, high: end.item.x + end.item.width - margin };
}

/** A settled coordinate for an end, as near to `want` as its range allows. */
export function settleX(end: End, want: number): number {
  const at = endX(end);
  return 'x' in at ? at.x : Math.max(at.low, Math.min(at.high, want));
}

/** Both ends of a net, straight if that is possible. */
export function netX(upper: End, lower: End): { readonly from: number; readonly to: number } {
  const a = endX(upper);
  const b = endX(lower);
  if ('x' in a) return { from: a.x, to: settleX(lower, a.x) };
  if ('x' in b) return { from: settleX(upper, b.x), to: b.x };
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  if (low <= high) return { from: (low + high) / 2, to: (low + high) / 2 };
  const mid = (low + high) / 2;
  return { from: settleX(upper, mid), to: settleX(lower, mid) };
}
