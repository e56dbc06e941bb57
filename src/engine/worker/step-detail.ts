/** One step in full: headers, encapsulation, what changed, what decided, and why not at a drop. */
import type { Step } from '../../core/base/step.ts';
import type { Run, World } from '../../core/sim/index.ts';
import type { StackLayer, StepDetail } from '../protocol.ts';
import { becauseCards, type Databases } from './because.ts';
import { dropConclusion } from './drop-conclusion.ts';
import { changedRanges, decodeStep, encapsulationStack, headerRows, stepText } from './packet-view.ts';
import { runStep } from './runs.ts';

/** The closest cause that had a frame. */
function frameBefore(world: World, run: Run, step: Step): Uint8Array | null {
  for (let at = step.parent; at !== null;) {
    const cause = runStep(world, run, at);
    if (cause.frame !== null) return cause.frame;
    at = cause.parent;
  }
  return null;
}

/** Tells which step put each layer on: the first cause in whose frame it is as far from the end. */
function withPushes(world: World, run: Run, step: Step, layers: readonly StackLayer[]): StackLayer[] {
  const size = step.frame?.length ?? 0;
  const pushed = layers.map((): number | null => null);
  for (let at: number | null = step.id; at !== null;) {
    const cause = runStep(world, run, at);
    const length = cause.frame?.length ?? 0;
    for (const [index, layer] of layers.entries()) if (size - layer.offset <= length) pushed[index] = at;
    at = cause.parent;
  }
  return layers.map((layer, index) => ({ ...layer, pushedBy: pushed[index] ?? null }));
}

export function stepDetail(world: World, databases: Databases, run: Run, position: number): StepDetail {
  const step = runStep(world, run, position);
  const { frame } = step;
  const decoded = frame === null ? null : decodeStep(step, frame);
  return {
    run: run.id,
    step,
    headers: decoded ? headerRows(decoded) : [],
    stack: decoded ? withPushes(world, run, step, encapsulationStack(decoded)) : [],
    changed: frame === null ? [] : changedRanges(frameBefore(world, run, step), frame),
    text: frame === null ? '' : stepText(step, frame),
    because: step.because.flatMap((row) => becauseCards(databases, row)),
    conclusion: dropConclusion(step),
  };
}
