/** From a step's id, which counts over all runs of a world, to its place in one run. */
import type { Step, StepId } from '../../core/base/step.ts';

/** Ids rise along a run. -1 for a step of another run. */
export function stepIndex(steps: readonly Step[], id: StepId): number {
  let low = 0;
  let high = steps.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = steps[middle]?.id ?? 0;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** The step that caused step `index`, by its place in the run; -1 for the first. */
export function parentIndex(steps: readonly Step[], index: number): number {
  const parent = steps[index]?.parent ?? null;
  return parent === null ? -1 : stepIndex(steps, parent);
}
