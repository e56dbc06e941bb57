/**
 * When the recorder ran each command. Captures date pings and injections; timers and ages that commands printed tell how
 * long ago something began that another command did; the rest is spread evenly. All of it at once: least squares.
 */

/** Event `at` ran `apart` nanoseconds after event `since`. */
export interface Distance {
  readonly at: number;
  readonly since: number;
  readonly apart: number;
}

/** What is known of an event. Times are nanoseconds on one scale. */
export interface Planned {
  /** When it ran, where captures date it. */
  readonly began: number | undefined;
  /** When it ran by a timer that it printed. */
  readonly printed: number | undefined;
  /** How long at least until the next event runs: what it needs itself, and waits after it. */
  readonly least: number;
  /** Whether preparing it takes the recorder longer than a command, and nobody knows how long. */
  readonly isPrepared: boolean;
}

/** How long the recorder needed for a command, where nothing tells. */
const COMMAND_TIME = 0.1e9;
const SHORTEST = 5e6;
const ROUNDS = 6;

/** How much each kind of knowledge weighs, as 1 over the square of its error. */
const WEIGHT = { even: 1, prepared: 0.02, apart: 1e4, printed: 1e6, dated: 1e8, shortest: 1e8 };

/** When each event ran. The first that is dated, else the first of all, gives the scale. */
export function schedule(events: readonly Planned[], distances: readonly Distance[]): number[] {
  if (events.length === 0) return [];
  const anchor = Math.max(
    0,
    events.findIndex(({ began }) => began !== undefined),
  );
  const origin = events[anchor]?.began ?? 0;
  /** Gaps that would come out too short are held at the shortest. */
  const held = new Set<number>();
  for (let round = 1; ; round += 1) {
    const times = solve(events, distances, held, anchor, origin);
    let isLegal = true;
    for (let at = 1; at < times.length; at += 1) {
      const gap = (times[at] as number) - (times[at - 1] as number);
      if (gap >= (events[at - 1] as Planned).least + SHORTEST / 2) continue;
      isLegal &&= held.has(at);
      held.add(at);
    }
    if (!isLegal && round < ROUNDS) continue;
    return inOrder(times, events);
  }
}

/** Earlier than the one before it ran none. */
function inOrder(times: readonly number[], events: readonly Planned[]): number[] {
  let earliest = -Infinity;
  return times.map((time, at) => {
    const begins = Math.max(time, earliest);
    earliest = begins + (events[at] as Planned).least;
    return begins;
  });
}

function solve(
  events: readonly Planned[],
  distances: readonly Distance[],
  held: ReadonlySet<number>,
  anchor: number,
  origin: number,
): number[] {
  const size = events.length;
  // Rows of the normal equations, the last column their right side.
  const rows = Array.from({ length: size }, () => new Float64Array(size + 1));
  const add = (weight: number, at: number, since: number | null, value: number): void => {
    const row = rows[at] as Float64Array;
    row[at] = (row[at] as number) + weight;
    row[size] = (row[size] as number) + weight * value;
    if (since === null) return;
    const other = rows[since] as Float64Array;
    other[since] = (other[since] as number) + weight;
    row[since] = (row[since] as number) - weight;
    other[at] = (other[at] as number) - weight;
    other[size] = (other[size] as number) - weight * value;
  };
  add(WEIGHT.dated, anchor, null, 0);
  events.forEach(({ began, printed, isPrepared }, at) => {
    if (began !== undefined && at !== anchor) add(WEIGHT.dated, at, null, began - origin);
    else if (printed !== undefined) add(WEIGHT.printed, at, null, printed - origin);
    const before = events[at - 1];
    if (before === undefined) return;
    if (held.has(at)) add(WEIGHT.shortest, at, at - 1, before.least + SHORTEST);
    else add(isPrepared ? WEIGHT.prepared : WEIGHT.even, at, at - 1, before.least + COMMAND_TIME);
  });
  for (const { at, since, apart } of distances) add(WEIGHT.apart, at, since, apart);
  return eliminate(rows).map((time) => time + origin);
}

/** Gauss's elimination of a positive definite system; the rows are used up. */
function eliminate(rows: readonly Float64Array[]): number[] {
  const size = rows.length;
  rows.forEach((pivot, at) => {
    const scale = pivot[at] as number;
    for (let below = at + 1; below < size; below += 1) {
      const row = rows[below] as Float64Array;
      const factor = (row[at] as number) / scale;
      if (factor === 0) continue;
      for (let column = at; column <= size; column += 1)
        row[column] = (row[column] as number) - factor * (pivot[column] as number);
    }
  });
  const result: number[] = [];
  for (let at = size - 1; at >= 0; at -= 1) {
    const row = rows[at] as Float64Array;
    let rest = row[size] as number;
    for (let column = at + 1; column < size; column += 1)
      rest -= (row[column] as number) * (result[column] as number);
    result[at] = rest / (row[at] as number);
  }
  return result;
}
