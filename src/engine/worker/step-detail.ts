/** One step in full: headers, encapsulation, what changed, what decided, and why not at a drop. */
import type { Step } from '../../core/base/step.ts';
import type { Run, World } from '../../core/sim/index.ts';
import type { StackLayer, StepDetail } from '../protocol.ts';
import { becauseCards, type Databases } from './because.ts';
import { dropConclusion } from './drop-conclusion.ts';
import { changedRanges, decodeStep, encapsulationStack, headerRows } from './packet-view.ts';
import { runStep } from './runs.ts';

/** What a resolved address sets free: the packet that was queued for it, not the answer that brought it. */
function waitingFor(world: World, run: Run, step: Step): Step {
  const { host, namespace } = step.where;
  for (let at = step.parent; at !== null;) {
    const cause = runStep(world, run, at);
    const here = cause.where.host === host && cause.where.namespace === namespace;
    if (cause.what.kind === 'queued' && here) return cause;
    at = cause.parent;
  }
  return step;
}

/** The step whose octets a packet still has at `step`: itself, or the closest cause since it was made. */
function holderOf(world: World, run: Run, step: Step): Step | null {
  const from = step.what.kind === 'resolved' ? waitingFor(world, run, step) : step;
  for (let at = from; ; at = runStep(world, run, at.parent)) {
    if (at.frame !== null) return at;
    if (at.parent === null || at.what.kind === 'originated') return null;
  }
}

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
function withPushes(world: World, run: Run, holder: Step, layers: readonly StackLayer[]): StackLayer[] {
  const size = holder.frame?.length ?? 0;
  const pushed = layers.map((): number | null => null);
  for (let at: number | null = holder.id; at !== null;) {
    const cause = runStep(world, run, at);
    const length = cause.frame?.length ?? 0;
    for (const [index, layer] of layers.entries()) if (size - layer.offset <= length) pushed[index] = at;
    at = cause.parent;
  }
  return layers.map((layer, index) => ({ ...layer, pushedBy: pushed[index] ?? null }));
}

export function stepDetail(world: World, databases: Databases, run: Run, position: number): StepDetail {
  const step = runStep(world, run, position);
  const { frame: own } = step;
  const holder = holderOf(world, run, step);
  const frame = holder?.frame ?? null;
  const decoded = holder === null || frame === null ? null : decodeStep(holder, frame);
  return {
    run: run.id,
    step,
    frame,
    headers: decoded ? headerRows(decoded) : [],
    stack: holder && decoded ? withPushes(world, run, holder, encapsulationStack(decoded)) : [],
    changed: own === null ? [] : changedRanges(frameBefore(world, run, step), own),
    because: step.because.flatMap((row) => becauseCards(databases, row)),
    conclusion: dropConclusion(step),
  };
}
