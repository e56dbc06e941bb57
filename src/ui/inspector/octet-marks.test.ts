import { describe, expect, it } from 'vitest';
import type { Step, What } from '../../core/base/step.ts';
import { frameAtHopStart, markOf, octetMarks } from './octet-marks.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe('octet marks', () => {
  it.each([
    ['abcd', 'abcd', [], '0000'],
    ['abcd', 'XYabcd', [], '110000'],
    ['XYabcd', 'abcd', [], '0000'],
    ['abcd', 'abXd', [[2, 1]], '0020'],
    ['abcd', 'HabXd', [[3, 1]], '10020'],
  ] as const)('%s to %s, %j changed: %s', (before, after, changed, expected) => {
    expect([...octetMarks(bytes(after), bytes(before), changed)].join('')).toBe(expected);
  });

  it('gives a field its strongest mark', () => {
    const marks = Uint8Array.from([0, 1, 2, 0]);
    expect([markOf(marks, 0, 1), markOf(marks, 0, 2), markOf(marks, 0, 4), markOf(marks, 3, 9)]).toEqual([
      0, 1, 2, 0,
    ]);
  });

  it('finds the frame at the start of the hop along the parents', () => {
    const step = (id: number, parent: number | null, what: What, frame: Uint8Array | null): Step => ({
      id,
      parent,
      time: 0,
      where: { host: 'h' },
      what,
      frame,
      because: [],
    });
    const first = bytes('a');
    const steps = [
      step(0, null, { kind: 'received' }, first),
      step(1, null, { kind: 'received' }, bytes('other')),
      step(2, 0, { kind: 'note', text: '' }, bytes('ab')),
      step(3, 2, { kind: 'note', text: '' }, bytes('abc')),
    ];
    expect(frameAtHopStart(steps, 3)).toBe(first);
    expect(frameAtHopStart(steps, 0)).toBeNull();
  });
});
