import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimelineMark, TimelineModel } from '../../view/index.ts';
import { markAt, markSpan, pitchFor, playheadAt, stepAt } from './timeline-geometry.ts';

const mark = (kind: 'tick' | 'fold', x: number, width: number, from: number, to: number): TimelineMark => ({
  kind,
  lane: 0,
  x,
  width,
  from,
  to,
  count: to - from + 1,
  deciding: false,
  dropped: false,
});

const MARKS = [
  mark('tick', 0, 1, 0, 0),
  mark('tick', 2, 1, 1, 1),
  mark('fold', 4, 4, 2, 32),
  mark('tick', 10, 1, 33, 33),
];
const MODEL: TimelineModel = {
  lanes: [],
  marks: MARKS,
  links: [],
  ticks: [],
  width: 11,
  markOf: (index) => MARKS.findIndex((one) => index >= one.from && index <= one.to),
};

describe('timeline geometry', () => {
  it('finds every step again where its playhead stands', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 33 }),
        fc.double({ min: 3.25, max: 9, noNaN: true }),
        (index, pitch) => {
          const at = MODEL.markOf(index);
          const found = MARKS[at];
          if (!found) throw new Error('no mark');
          const x = playheadAt(found, index, pitch);
          expect(markAt(MODEL, x, pitch)).toBe(at);
          expect(stepAt(MODEL, at, x, pitch)).toBe(index);
        },
      ),
    );
  });

  it('takes the nearest mark between two', () => {
    const gap = (markSpan(MARKS[1] as TimelineMark, 6).to + markSpan(MARKS[2] as TimelineMark, 6).from) / 2;
    expect(markAt(MODEL, gap - 1, 6)).toBe(1);
    expect(markAt(MODEL, gap + 1, 6)).toBe(2);
    expect(markAt(MODEL, -50, 6)).toBe(0);
    expect(markAt(MODEL, 9000, 6)).toBe(3);
  });

  it('fills the room but stays readable', () => {
    expect(pitchFor(10, 800)).toBe(9);
    expect(pitchFor(100, 716)).toBeCloseTo(6.86, 1);
    expect(pitchFor(10_000, 800)).toBe(3.25);
  });
});
