/** Things in a row, each as near as it can be to where it wants to be, in order and without overlap. */

export interface Packed {
  readonly width: number;
  /** Wanted left edge. */
  readonly want: number;
}

/**
 * Left edges that keep the order and `gap` between neighbours (a number, or by the index of the first of two) and have the least sum of squared moves
 * (pool adjacent violators), shifted as a whole to lie between `low` and `high` if they fit.
 */
export function packRow(
  items: readonly Packed[],
  gap: number | ((before: number) => number),
  low: number,
  high: number,
): readonly number[] {
  const offsets: number[] = [];
  let offset = 0;
  let total = 0;
  items.forEach(({ width }, index) => {
    offsets.push(offset);
    total = offset + width;
    offset += width + (typeof gap === 'number' ? gap : gap(index));
  });
  const pools: { sum: number; count: number }[] = [];
  items.forEach(({ want }, index) => {
    pools.push({ sum: want - (offsets[index] ?? 0), count: 1 });
    for (;;) {
      const last = pools.at(-1);
      const before = pools.at(-2);
      if (!last || !before || before.sum / before.count <= last.sum / last.count) break;
      pools.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count });
    }
  });
  const highest = Math.max(low, high - total);
  const lefts: number[] = [];
  for (const { sum, count } of pools) {
    const base = Math.max(low, Math.min(highest, sum / count));
    for (let index = 0; index < count; index += 1) lefts.push(base + (offsets[lefts.length] ?? 0));
  }
  return lefts;
}

/** Left edges for items spread evenly over [low, high]: equal gaps, half a gap at the ends, `gap` at least. */
export function spreadRow(
  widths: readonly number[],
  gap: number,
  low: number,
  high: number,
): readonly number[] {
  const sum = widths.reduce((a, b) => a + b, 0);
  const free = high - low - sum;
  const between = Math.max(gap, free / (widths.length + 0.0001));
  const used = sum + between * (widths.length - 1);
  let x = low + Math.max(0, (high - low - used) / 2);
  return widths.map((width) => {
    const at = x;
    x += width + between;
    return at;
  });
}

export interface Span {
  readonly low: number;
  readonly high: number;
}

/** Tracks by the left-edge rule: spans that do not come within `gap` share one. Gives the track of each, in input order. */
export function assignTracks(spans: readonly Span[], gap: number): readonly number[] {
  const order = spans
    .map((_, index) => index)
    .sort((a, b) => (spans[a]?.low ?? 0) - (spans[b]?.low ?? 0) || a - b);
  const ends: number[] = [];
  const tracks: number[] = spans.map(() => 0);
  for (const index of order) {
    const span = spans[index];
    if (!span) continue;
    let track = ends.findIndex((end) => end + gap <= span.low);
    if (track < 0) track = ends.length;
    ends[track] = span.high;
    tracks[index] = track;
  }
  return tracks;
}

/**
 * Tracks for lines that turn: each comes along the first axis, runs from `from` to `to` on its track and goes on. Of two that
 * run the same way and meet, the one that starts further back turns later, so that their level parts do not cross.
 */
export function turnTracks(
  lines: readonly { readonly from: number; readonly to: number }[],
  gap: number,
): readonly number[] {
  const spans = lines.map(({ from, to }): Span => ({
    low: Math.min(from, to) - gap / 2,
    high: Math.max(from, to) + gap / 2,
  }));
  const onward = (index: number): boolean => (lines[index]?.to ?? 0) >= (lines[index]?.from ?? 0);
  const start = (index: number): number => lines[index]?.from ?? 0;
  const order = lines
    .map((_, index) => index)
    .sort(
      (a, b) =>
        Number(onward(b)) - Number(onward(a)) ||
        (onward(a) ? start(b) - start(a) : start(a) - start(b)) ||
        a - b,
    );
  const tracks: number[] = lines.map(() => 0);
  const placed: number[] = [];
  for (const index of order) {
    const own = spans[index];
    if (!own) continue;
    const met = placed.filter((other) => {
      const span = spans[other];
      return span !== undefined && span.low < own.high && own.low < span.high;
    });
    let track = Math.max(
      0,
      ...met.filter((other) => onward(other) === onward(index)).map((other) => (tracks[other] ?? 0) + 1),
    );
    const taken = new Set(met.map((other) => tracks[other] ?? 0));
    while (taken.has(track)) track += 1;
    tracks[index] = track;
    placed.push(index);
  }
  return tracks;
}

/** Lanes for nested spans: a span lies below every span that it meets and that is shorter. Gives the lane of each. */
export function nestLanes(spans: readonly Span[], gap: number): readonly number[] {
  const order = spans
    .map((_, index) => index)
    .sort(
      (a, b) => length(spans[a]) - length(spans[b]) || (spans[a]?.low ?? 0) - (spans[b]?.low ?? 0) || a - b,
    );
  const lanes: number[] = spans.map(() => 0);
  const placed: number[] = [];
  for (const index of order) {
    const span = spans[index];
    if (!span) continue;
    let lane = 0;
    for (const other of placed) {
      const at = spans[other];
      if (at && at.low - gap < span.high && span.low - gap < at.high)
        lane = Math.max(lane, (lanes[other] ?? 0) + 1);
    }
    lanes[index] = lane;
    placed.push(index);
  }
  return lanes;
}

const length = (span: Span | undefined): number => (span ? span.high - span.low : 0);
