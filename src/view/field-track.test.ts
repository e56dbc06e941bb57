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
    { step: 0, values: ['64'], changed: false },
    { step: 1, values: ['63', '64'], changed: true },
    { step: 3, values: [], changed: false },
    { step: 4, values: ['255'], changed: false },
  ]);

  it('holds until something else does, on its own branch', () => {
    expect(steps.map((_, index) => track.valuesAt(index).join(' '))).toEqual([
      '64',
      '63 64',
      '64',
      '',
      '255',
      '255',
    ]);
    expect(steps.map((_, index) => track.since(index))).toEqual([0, 1, 0, 3, 4, 4]);
    expect(track.valuesBefore(1)).toEqual(['64']);
    expect(track.valuesAt(9)).toEqual([]);
  });

  it('changes where the engine says so', () => {
    expect(steps.flatMap((_, index) => (track.changesAt(index) ? [index] : []))).toEqual([1]);
  });
});
