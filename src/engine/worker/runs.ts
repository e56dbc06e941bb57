/** Runs as the page sees them: steps numbered from 0 within their run. */
import type { Step, StepId } from '../../core/base/step.ts';
import { BACKGROUND, type Run, type RunId, type World } from '../../core/sim/index.ts';
import type { RunSummary } from '../protocol.ts';
import { Refused } from './refused.ts';

/** Runs with steps, newest last; the background (protocol timers) is not one that a user asked for. */
export function runSummaries(world: World): RunSummary[] {
  return world.recorder
    .runs()
    .filter((run) => run.id !== BACKGROUND && run.steps.length > 0)
    .map((run) => ({
      id: run.id,
      title: run.title,
      startedAt: run.startedAt,
      endedAt: world.recorder.step(run.steps.at(-1) ?? 0).time,
      steps: run.steps.length,
    }));
}

export function findRun(world: World, id: RunId): Run {
  const run = world.recorder.run(id);
  if (!run) throw new Refused(`There is no run ${id}.`);
  return run;
}

/** Position of a step in its run: ids rise, so a binary search finds it. -1: not of this run. */
export function positionOf(run: Run, id: StepId): number {
  let low = 0;
  let high = run.steps.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = run.steps[middle] as number;
    if (at === id) return middle;
    if (at < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

export function runStep(world: World, run: Run, position: number): Step {
  const id = run.steps[position];
  if (id === undefined) throw new Refused(`Run ${run.id} has no step ${position}.`);
  const step = world.recorder.step(id);
  const parent = step.parent === null ? -1 : positionOf(run, step.parent);
  return { ...step, id: position, parent: parent < 0 ? null : parent };
}

/** Steps [from, to). */
export function runSteps(world: World, run: Run, from: number, to: number): Step[] {
  const end = Math.min(to, run.steps.length);
  const steps: Step[] = [];
  for (let at = Math.max(0, from); at < end; at += 1) steps.push(runStep(world, run, at));
  return steps;
}
