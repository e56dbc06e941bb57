/** Steps of a run by what their packet looks like. */
import { isBare } from '../../core/base/step.ts';
import type { Run, World } from '../../core/sim/index.ts';
import { compileDisplayFilter } from './display-filter/compile.ts';
import { decodeStep } from './packet-view.ts';
import { Refused } from './refused.ts';

/** Positions of steps whose frame the filter lets through, ascending; none without a run. Refused for what is no filter. */
export function matchSteps(world: World, run: Run | null, text: string): readonly number[] {
  const filter = compileDisplayFilter(text);
  if (!filter.ok) throw new Refused(filter.error.message, `column ${filter.error.place?.column ?? 1}`);
  const found: number[] = [];
  // Neighbouring steps share their octets.
  let before: { readonly frame: Uint8Array; readonly bare: boolean; readonly matches: boolean } | null = null;
  run?.steps.forEach((id, position) => {
    const step = world.recorder.step(id);
    const { frame } = step;
    if (frame === null) return;
    const bare = isBare(step);
    if (before?.frame !== frame || before.bare !== bare)
      before = { frame, bare, matches: filter.value.matches(decodeStep(step, frame), frame) };
    if (before.matches) found.push(position);
  });
  return found;
}
