/** Which steps of a run were taken while something was broken on purpose. */
import type { Step } from '../../core/base/step.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';

/** First and last step of each fault that was on during the run; steps are in order of time. */
export function faultSpans(
  faults: WorldSnapshot['faults'],
  steps: readonly Step[],
): readonly (readonly [number, number])[] {
  return faults.flatMap(({ since, until }): (readonly [number, number])[] => {
    const from = steps.findIndex(({ time }) => time >= since);
    const to = steps.findLastIndex(({ time }) => until === null || time < until);
    return from < 0 || to < from ? [] : [[from, to]];
  });
}
