/** The visited-table strip of a bridge: one cell a table, runs of tables that decided nothing folded to a range. */
import type { RunTree } from './run-tree.ts';
import { isArrival } from './run-tree.ts';
import { isDeciding, isSideRoad } from './step-weight.ts';

export interface StripCell {
  /** `0`, `8–39`. */
  readonly text: string;
  readonly firstTable: number;
  readonly lastTable: number;
  /** Step indices that it stands for, first and last. */
  readonly firstStep: number;
  readonly lastStep: number;
  /** Something was decided here: outlined. */
  readonly deciding: boolean;
  readonly dropped: boolean;
  /** The playhead has been here. */
  readonly visited: boolean;
}

export interface Strip {
  readonly cells: readonly StripCell[];
  /** Which cell the playhead is in, or -1. */
  readonly current: number;
}

/**
 * Strips of the bridges that a journey visits, by `host` and `bridge`. Of several visits to one bridge the last one that
 * has begun at `playhead` is shown, else the first to come.
 * @param members step indices of the journey, ascending.
 */
export function stripsOf(
  tree: RunTree,
  members: readonly number[],
  playhead: number,
): ReadonlyMap<string, Strip> {
  const visits = new Map<string, number[][]>();
  for (const index of members) {
    const { host, bridge } = tree.steps[index]?.where ?? {};
    if (host === undefined || bridge === undefined) continue;
    const key = stripKey(host, bridge);
    const list = visits.get(key) ?? [];
    visits.set(key, list);
    if (isArrival(tree, index) || list.length === 0) list.push([]);
    if (tree.steps[index]?.what.kind === 'table' && !isSideRoad(tree, index)) list.at(-1)?.push(index);
  }
  const strips = new Map<string, Strip>();
  for (const [key, list] of visits) {
    const real = list.filter((visit) => visit.length > 0);
    const begun = real.filter(([first = Number.POSITIVE_INFINITY]) => first <= playhead);
    const visit = begun.at(-1) ?? real[0];
    if (visit) strips.set(key, stripOfVisit(tree, visit, playhead));
  }
  return strips;
}

const stripKey = (host: string, bridge: string): string => `${encodeURIComponent(host)}/${bridge}`;

function stripOfVisit(tree: RunTree, visit: readonly number[], playhead: number): Strip {
  const cells: StripCell[] = [];
  visit.forEach((index, place) => {
    const what = tree.steps[index]?.what;
    if (what?.kind !== 'table') return;
    const next = visit[place + 1];
    // What follows a table before the next one (its actions, its drop) is still that table's.
    const lastStep = next === undefined ? lastOfTable(tree, index) : next - 1;
    cells.push({
      text: String(what.table),
      firstTable: what.table,
      lastTable: what.table,
      firstStep: index,
      lastStep,
      // The first of several only says where the packet came in.
      deciding: (place > 0 || visit.length === 1) && isDeciding(tree, index),
      dropped: tree.childrenOf(index).some((child) => tree.steps[child]?.what.kind === 'dropped'),
      visited: index <= playhead,
    });
  });
  const folded = foldCells(cells);
  return {
    cells: folded,
    current: folded.findIndex(({ firstStep, lastStep }) => firstStep <= playhead && playhead <= lastStep),
  };
}

/** Steps under the last table while they stay on the bridge. */
function lastOfTable(tree: RunTree, index: number): number {
  const where = tree.steps[index]?.where;
  let last = index;
  for (let at = index + 1; at < tree.steps.length; at += 1) {
    const step = tree.steps[at];
    if (!step || step.where.host !== where?.host || step.where.bridge !== where.bridge) break;
    if (tree.isDescendant(at, index)) last = at;
  }
  return last;
}

/** The first and last table always stand alone: they are where the packet came in and went out. */
function foldCells(cells: readonly StripCell[]): readonly StripCell[] {
  const folded: StripCell[] = [];
  cells.forEach((cell, place) => {
    const before = folded.at(-1);
    const alone = (index: number): boolean => index === 0 || index === cells.length - 1;
    const joins =
      before !== undefined &&
      folded.length > 1 &&
      !alone(place) &&
      !before.deciding &&
      !cell.deciding &&
      cell.firstTable > before.lastTable;
    if (joins) folded[folded.length - 1] = joinCells(before, cell);
    else folded.push(cell);
  });
  return folded;
}

function joinCells(a: StripCell, b: StripCell): StripCell {
  const ascending = b.lastTable > a.firstTable;
  return {
    ...a,
    text: `${a.firstTable}${ascending ? '–' : '…'}${b.lastTable}`,
    lastTable: b.lastTable,
    lastStep: b.lastStep,
    deciding: a.deciding || b.deciding,
    dropped: a.dropped || b.dropped,
    visited: a.visited,
  };
}

/**
 * Cells with their widths so that the strip fills `width`: cells are joined, plain ones first, until their texts fit.
 * @param textWidth width of a cell's text, without padding.
 */
export function fitStrip(
  strip: Strip,
  width: number,
  textWidth: (text: string) => number,
): {
  readonly cells: readonly (StripCell & { readonly x: number; readonly width: number })[];
  readonly current: number;
} {
  const GAP = 4;
  const PAD = 12;
  const need = (cells: readonly StripCell[]): number =>
    cells.reduce((sum, { text }) => sum + Math.max(22, textWidth(text) + PAD), 0) + GAP * (cells.length - 1);
  let cells = [...strip.cells];
  const current = strip.current < 0 ? undefined : strip.cells[strip.current];
  while (cells.length > 1 && need(cells) > width) {
    let best = 0;
    let cost = Number.POSITIVE_INFINITY;
    for (let index = 0; index + 1 < cells.length; index += 1) {
      const a = cells[index];
      const b = cells[index + 1];
      if (!a || !b) continue;
      const edge = index === 0 || index + 2 === cells.length ? 1 : 0;
      const weight =
        (a.deciding ? 2 : 0) + (b.deciding ? 2 : 0) + edge + (b.firstTable < a.lastTable ? 1 : 0);
      if (weight < cost) {
        cost = weight;
        best = index;
      }
    }
    const [a, b] = cells.splice(best, 2);
    if (a && b) cells = [...cells.slice(0, best), joinCells(a, b), ...cells.slice(best)];
  }
  const spare = Math.max(0, width - need(cells)) / Math.max(1, cells.length);
  let x = 0;
  const placed = cells.map((cell) => {
    const own = Math.max(22, textWidth(cell.text) + PAD) + spare;
    const at = { ...cell, x, width: own };
    x += own + GAP;
    return at;
  });
  const at =
    current === undefined
      ? -1
      : placed.findIndex((cell) => cell.firstStep <= current.firstStep && current.firstStep <= cell.lastStep);
  return { cells: placed, current: at };
}
