/** Where the timeline's marks lie, in CSS pixels, and which of them is at a place. */
import type { TimelineMark, TimelineModel } from '../../view/index.ts';

/** Height of the axis; width of the labels. */
export const AXIS = 26;
export const LABELS = 112;

const NARROWEST = 3.25;
const WIDEST = 9;

/** Height of a lane: all of them in view when that stays readable, else they scroll. */
export function laneHeight(lanes: number, room: number): number {
  return Math.max(16, Math.min(22, Math.floor((room - AXIS - 2) / Math.max(1, lanes))));
}

/** Pixels a column: all of it in view when that stays readable, else it scrolls. */
export function pitchFor(columns: number, room: number): number {
  if (columns === 0) return WIDEST;
  return Math.max(NARROWEST, Math.min(WIDEST, (room - 16) / (columns + 2)));
}

/** From and to along the axis; a tick is 3 px in the middle of its column. */
export function markSpan(mark: TimelineMark, pitch: number): { readonly from: number; readonly to: number } {
  const from = (mark.x + 1) * pitch;
  return mark.kind === 'fold'
    ? { from, to: from + mark.width * pitch }
    : { from: from + pitch / 2 - 1.5, to: from + pitch / 2 + 1.5 };
}

/** Index of the mark nearest to `x`; marks are in order of x. */
export function markAt(model: TimelineModel, x: number, pitch: number): number {
  const { marks } = model;
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const mark = marks[middle];
    if (mark && markSpan(mark, pitch).from <= x) low = middle;
    else high = middle - 1;
  }
  const here = marks[low];
  const next = marks[low + 1];
  if (!here || !next) return low;
  return markSpan(next, pitch).from - x < x - markSpan(here, pitch).to ? low + 1 : low;
}

/** The step at `x` in a mark: a fold holds several. */
export function stepAt(model: TimelineModel, mark: number, x: number, pitch: number): number {
  const found = model.marks[mark];
  if (!found) return 0;
  const { from, to } = markSpan(found, pitch);
  const part = Math.max(0, Math.min(0.999, (x - from) / (to - from)));
  return found.kind === 'tick' ? found.from : found.from + Math.floor(part * (found.to - found.from + 1));
}

/** Where the playhead stands: within a fold, as far as its step is. */
export function playheadAt(mark: TimelineMark, index: number, pitch: number): number {
  const { from, to } = markSpan(mark, pitch);
  if (mark.kind === 'tick' || mark.to === mark.from) return (from + to) / 2;
  return from + ((to - from) * (index - mark.from + 0.5)) / (mark.to - mark.from + 1);
}
