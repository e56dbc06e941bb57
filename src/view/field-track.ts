/** What a field holds at each step of a run, from where it became something else. */
import type { Result } from '../core/base/result.ts';
import type { Step } from '../core/base/step.ts';
import type { FieldReading } from '../engine/protocol.ts';

export interface FieldTrack {
  /** Of several layers that have it, each one's, the outermost first; none where the packet has no such field. */
  readonly valuesAt: (index: number) => readonly string[];
  /** The step on the way to `index` from which on it holds what it holds there; -1 where it never held anything. */
  readonly since: (index: number) => number;
  /** The step that a step follows from; -1 for the first. */
  readonly causeOf: (index: number) => number;
  /** What it held before step `index`. */
  readonly valuesBefore: (index: number) => readonly string[];
  /** Whether a step gives a packet another value or the field itself. */
  readonly changesAt: (index: number) => boolean;
}

/** Tracks by the field's name; an error says what is wrong with the name. Missing: not known yet. */
export type FieldTracks = ReadonlyMap<string, Result<FieldTrack, string>>;

/** Cost: one pass over the steps. Causes come before what follows from them. */
export function fieldTrack(steps: readonly Step[], readings: readonly FieldReading[]): FieldTrack {
  const here = new Map(readings.map((reading) => [reading.step, reading]));
  const indexOf = new Map<number, number>();
  const parents = new Int32Array(steps.length).fill(-1);
  const origins = new Int32Array(steps.length).fill(-1);
  steps.forEach(({ id, parent }, index) => {
    indexOf.set(id, index);
    const cause = parent === null ? -1 : (indexOf.get(parent) ?? -1);
    parents[index] = cause;
    origins[index] = here.has(index) ? index : cause < 0 ? -1 : (origins[cause] ?? -1);
  });
  const since = (index: number): number => origins[index] ?? -1;
  const causeOf = (index: number): number => parents[index] ?? -1;
  const valuesAt = (index: number): readonly string[] => here.get(since(index))?.values ?? [];
  return {
    causeOf,
    valuesAt,
    valuesBefore: (index) => valuesAt(causeOf(index)),
    since,
    changesAt: (index) => here.get(index)?.changed ?? false,
  };
}
