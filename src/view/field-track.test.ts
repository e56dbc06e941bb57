import { describe, expect, it } from 'vitest';
import type { Step, What } from '../core/base/step.ts';
import { fieldTrack } from './field-track.ts';

const step = (id: number, parent: number | null, kind: 'sent' | 'originated' = 'sent'): Step => ({
  id,
  parent,
  time: 0,
  where: { host: 'h' },
  what: (kind === 'sent' ? { kind } : { kind, program: 'p', text: '' }) satisfies What,
  frame: null,
  because: [],
});

describe('a field along a run', () => {
  // 0 begins, 1 and 3 follow, 2 branches off 0; 4 is a packet of its own that 3 led to, 5 follows it.
  const steps = [
    step(0, null, 'originated'),
    step(1, 0),
    step(2, 0),
    step(3, 1),
    step(4, 3, 'originated'),
    step(5, 4),
  ];
  const track = fieldTrack(steps, [
    { step: 0, value: '64' },
    { step: 1, value: '63' },
    { step: 3, value: null },
    { step: 4, value: '255' },
  ]);

  it('holds until something else does, on its own branch', () => {
    expect(steps.map((_, index) => track.valueAt(index))).toEqual(['64', '63', '64', null, '255', '255']);
    expect(steps.map((_, index) => track.since(index))).toEqual([0, 1, 0, 3, 4, 4]);
    expect(track.valueBefore(1)).toBe('64');
    expect(track.valueAt(9)).toBeNull();
  });

  it('changes where a packet that had a value gets another, not where a packet begins or loses it', () => {
    expect(steps.flatMap((_, index) => (track.changesAt(index) ? [index] : []))).toEqual([1]);
  });
});
