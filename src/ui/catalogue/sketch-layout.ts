/** Where a network's shape stands in a small picture: machines in one row over their segments, or in two where cables join pairs. */
import type { ScenarioEntry } from '../../engine/protocol.ts';

type Shape = ScenarioEntry['shape'];

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Sketch {
  readonly machines: readonly Box[];
  /** Machines inside others. */
  readonly inner: readonly Box[];
  /** Segments of more than two ends or in one row: a line with a drop from each machine. */
  readonly buses: readonly {
    readonly y: number;
    readonly drops: readonly { readonly x: number; readonly from: number }[];
  }[];
  /** Cables between two rows. */
  readonly cables: readonly (readonly [x1: number, y1: number, x2: number, y2: number])[];
}

export const WIDTH = 112;
export const HEIGHT = 72;
const MARGIN = 8;
const GAP = 5;
/** Of a row; more machines than this are as many as can be told apart. */
const MOST = 10;
const MOST_BUSES = 3;
const MOST_INNER = 8;

export function sketchOf({ machines, segments }: Shape): Sketch {
  const rows = twoRows(machines.length, segments);
  return rows ? inTwoRows(machines, segments, rows) : overBuses(machines, segments);
}

/** Which row each machine is in, the fewer above; null when a segment has more than two ends or a circle is odd. */
function twoRows(count: number, segments: Shape['segments']): readonly boolean[] | null {
  if (segments.length < 2 || segments.some((ends) => ends.length !== 2)) return null;
  const lower: (boolean | undefined)[] = Array.from({ length: count });
  for (let changed = true, seed = 0; seed < count; changed = true) {
    if (lower[seed] === undefined) lower[seed] = true;
    while (changed) {
      changed = false;
      for (const [a = 0, b = 0] of segments) {
        const [one, other] = [lower[a], lower[b]];
        if (one !== undefined && one === other) return null;
        if (one !== undefined && other === undefined) lower[b] = !one;
        else if (other !== undefined && one === undefined) lower[a] = !other;
        else continue;
        changed = true;
      }
    }
    seed += 1;
  }
  const below = lower.filter((one) => one === true).length;
  return lower.map((one) => (below * 2 >= count ? one === true : one !== true));
}

const weightOf = ({ inside }: Shape['machines'][number]): number => 1 + Math.min(inside, MOST_INNER) * 0.5;

/** Boxes side by side, wider for those with others inside. */
function row(
  all: Shape['machines'],
  members: readonly number[],
  y: number,
  height: number,
): ReadonlyMap<number, Box> {
  const shown = members.slice(0, MOST);
  const weights = shown.map((index) => weightOf(all[index] ?? { inside: 0 }));
  const total = weights.reduce((sum, one) => sum + one, 0);
  const room = WIDTH - 2 * MARGIN - GAP * (shown.length - 1);
  const unit = Math.min(24, room / total);
  let x = (WIDTH - unit * total - GAP * (shown.length - 1)) / 2;
  return new Map(
    shown.map((index, at) => {
      const width = unit * (weights[at] ?? 1);
      const box: Box = { x, y, width, height };
      x += width + GAP;
      return [index, box];
    }),
  );
}

function innerOf({ inside }: Shape['machines'][number], { x, y, width, height }: Box): readonly Box[] {
  const count = Math.min(inside, MOST_INNER);
  if (count === 0) return [];
  const pad = 3;
  const gap = 2;
  const rows = count > 4 ? 2 : 1;
  const columns = Math.ceil(count / rows);
  const own = (width - 2 * pad - gap * (columns - 1)) / columns;
  const tall = (height - 2 * pad - gap * (rows - 1)) / rows;
  // A machine too narrow to show them is as one that has none.
  if (own < 2) return [];
  return Array.from({ length: count }, (_, at) => ({
    x: x + pad + (at % columns) * (own + gap),
    y: y + pad + Math.floor(at / columns) * (tall + gap),
    width: own,
    height: tall,
  }));
}

const middle = ({ x, width }: Box): number => x + width / 2;

function inTwoRows(
  machines: Shape['machines'],
  segments: Shape['segments'],
  lower: readonly boolean[],
): Sketch {
  const members = (below: boolean): number[] =>
    machines.flatMap((_, index) => (lower[index] === below ? [index] : []));
  const boxes = new Map([
    ...row(machines, members(false), MARGIN + 2, 16),
    ...row(machines, members(true), HEIGHT - MARGIN - 20, 18),
  ]);
  return {
    machines: [...boxes.values()],
    inner: [...boxes].flatMap(([index, box]) => innerOf(machines[index] ?? { inside: 0 }, box)),
    buses: [],
    cables: segments.flatMap(([a = 0, b = 0]) => {
      const [one, other] = lower[a] === true ? [boxes.get(b), boxes.get(a)] : [boxes.get(a), boxes.get(b)];
      return one && other ? [[middle(one), one.y + one.height, middle(other), other.y] as const] : [];
    }),
  };
}

function overBuses(machines: Shape['machines'], segments: Shape['segments']): Sketch {
  const shown = segments.slice(0, MOST_BUSES);
  const room = shown.length * 8;
  const boxes = row(
    machines,
    machines.map((_, index) => index),
    MARGIN + 2,
    HEIGHT - 2 * MARGIN - 4 - room - (room > 0 ? 4 : 0),
  );
  return {
    machines: [...boxes.values()],
    inner: [...boxes].flatMap(([index, box]) => innerOf(machines[index] ?? { inside: 0 }, box)),
    buses: shown.map((ends, at) => ({
      y: HEIGHT - MARGIN - (shown.length - 1 - at) * 8 - 2,
      drops: ends.flatMap((index) => {
        const box = boxes.get(index);
        // Each segment leaves a machine at a place of its own.
        return box
          ? [{ x: box.x + (box.width * (at + 1)) / (shown.length + 1), from: box.y + box.height }]
          : [];
      }),
    })),
    cables: [],
  };
}
