/** What a field holds at each step of a run, from where it became something else. */
import type { Result } from '../core/base/result.ts';
import type { Step } from '../core/base/step.ts';
import type { FieldReading } from '../engine/protocol.ts';

export interface FieldTrack {
  /** Null where the packet has no such field. */
  readonly valueAt: (index: number) => string | null;
  /** The step on the way to `index` from which on it holds what it holds there; -1 where it never held anything. */
  readonly since: (index: number) => number;
  /** The step that a step follows from; -1 for the first. */
  readonly causeOf: (index: number) => number;
  /** What it held before step `index`. */
  readonly valueBefore: (index: number) => string | null;
  /** Whether a step gives a packet that had a value another one. */
  readonly changesAt: (index: number) => boolean;
}

/** Tracks by the field's name; an error says what is wrong with the name. Missing: not known yet. */
export type FieldTracks = ReadonlyMap<string, Result<FieldTrack, string>>;

/** Cost: one pass over the steps. Causes come before what follows from them. */
export function fieldTrack(steps: readonly Step[], readings: readonly FieldReading[]): FieldTrack {
  const here = new Map(readings.map(({ step, value }) => [step, value]));
  const indexOf = new Map<number, number>();
  const parents = new Int32Array(steps.length).fill(-1);
  const origins = new Int32Array(steps.length).fill(-1);
  steps.forEach(({ id, parent }, index) => {
    indexOf.set(id, index);
    const cause = parent === null ? -1 : (indexOf.get(parent) ?? -1);
    parents[index] = cause;
    origins[index] = here.has(index) ? index : cause < 0 ? -1 : (origins[cause] ?? -1);
  });
  const valueAt = (index: number): string | null => here.get(origins[index] ?? -1) ?? null;
  const causeOf = (index: number): number => parents[index] ?? -1;
  const valueBefore = (index: number): string | null => valueAt(causeOf(index));
  return {
    causeOf,
    valueAt,
    valueBefore,
    since: (index) => origins[index] ?? -1,
    changesAt: (index) =>
      here.has(index) &&
      steps[index]?.what.kind !== 'originated' &&
      valueAt(index) !== null &&
      valueBefore(index) !== null,
  };
}
