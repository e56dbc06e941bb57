import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignTracks, nestLanes, packRow, spreadRow, turnTracks } from './pack.ts';

const item = fc.record({ width: fc.integer({ min: 1, max: 60 }), want: fc.integer({ min: -200, max: 800 }) });

describe('packing a row', () => {
  it('keeps order and gap', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), fc.nat(20), (items, gap) => {
        const lefts = packRow(items, gap, 0, 10_000);
        items.forEach((one, index) => {
          const next = lefts[index + 1];
          if (next !== undefined)
            expect(next).toBeGreaterThanOrEqual((lefts[index] ?? 0) + one.width + gap - 1e-9);
        });
      }),
    );
  });

  it('leaves alone what already fits', () => {
    expect(
      packRow(
        [
          { width: 10, want: 0 },
          { width: 10, want: 50 },
        ],
        5,
        0,
        100,
      ),
    ).toEqual([0, 50]);
  });

  it('shares a shift between those who want the same place', () => {
    expect(
      packRow(
        [
          { width: 10, want: 40 },
          { width: 10, want: 40 },
        ],
        0,
        0,
        100,
      ),
    ).toEqual([35, 45]);
  });

  it('stays inside its limits if it can', () => {
    expect(
      packRow(
        [
          { width: 10, want: 95 },
          { width: 10, want: 95 },
        ],
        2,
        0,
        100,
      ),
    ).toEqual([78, 90]);
  });

  it('spreads evenly', () => {
    expect(spreadRow([10], 5, 0, 100)).toEqual([expect.closeTo(45, 3)]);
    const [a = 0, b = 0] = spreadRow([10, 10], 5, 0, 100);
    expect(a).toBeCloseTo(100 - b - 10, 2);
  });
});

const span = fc
  .tuple(fc.nat(300), fc.integer({ min: 1, max: 120 }))
  .map(([low, size]) => ({ low, high: low + size }));

describe('tracks and lanes', () => {
  it('never put two spans that meet on one track', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 25 }), (spans) => {
        for (const tracks of [
          assignTracks(spans, 4),
          nestLanes(spans, 4),
          turnTracks(
            spans.map(({ low, high }, index) =>
              index % 2 ? { from: low, to: high } : { from: high, to: low },
            ),
            4,
          ),
        ])
          spans.forEach((a, i) =>
            spans.slice(i + 1).forEach((b, j) => {
              if (a.low < b.high && b.low < a.high) expect(tracks[i]).not.toBe(tracks[i + 1 + j]);
            }),
          );
      }),
    );
  });

  it('nest the shorter inside the longer', () => {
    expect(
      nestLanes(
        [
          { low: 0, high: 100 },
          { low: 10, high: 40 },
          { low: 60, high: 90 },
        ],
        4,
      ),
    ).toEqual([1, 0, 0]);
  });

  it('let the line that starts further back turn later', () => {
    expect(
      turnTracks(
        [
          { from: 0, to: 100 },
          { from: 50, to: 110 },
        ],
        4,
      ),
    ).toEqual([1, 0]);
    expect(
      turnTracks(
        [
          { from: 100, to: 0 },
          { from: 50, to: -10 },
        ],
        4,
      ),
    ).toEqual([1, 0]);
  });
});
