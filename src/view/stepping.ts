/** The debugger's stepping: where the playhead goes next. Pure functions over the recorded steps, in order of time. */
import { isArrival, journeyEnd, type RunTree } from './run-tree.ts';
import { isDetail } from './step-weight.ts';

/** `hop` device to device, `stage` table or lookup, `action` every recorded step. */
export type StepLevel = 'hop' | 'stage' | 'action';

export type StepCommand = 'over' | 'into' | 'out' | 'back' | 'start' | 'end';

/**
 * The index to go to; the same index when there is nowhere to go.
 *
 * `over` goes to the next stop of the level, `back` to the one before: each undoes the other between stops.
 * `into` goes to the next stop of the next finer level; `out` finishes what the level is inside: an action its stage,
 * a stage its device (on this packet's own way, should it have been copied), a hop its journey.
 */
export function stepIndexAfter(tree: RunTree, index: number, command: StepCommand, level: StepLevel): number {
  const last = tree.steps.length - 1;
  if (last < 0) return index;
  const at = Math.min(Math.max(index, 0), last);
  switch (command) {
    case 'start':
      return 0;
    case 'end':
      return last;
    case 'over':
      return nextStop(tree, at, level) ?? last;
    case 'into':
      return nextStop(tree, at, level === 'hop' ? 'stage' : 'action') ?? last;
    case 'back':
      for (let to = at - 1; to >= 0; to -= 1) if (isStop(tree, to, level)) return to;
      return 0;
    case 'out':
      return out(tree, at, level);
  }
}

function out(tree: RunTree, at: number, level: StepLevel): number {
  const last = tree.steps.length - 1;
  if (level === 'hop') {
    const end = journeyEnd(tree, at);
    return end > at ? end : (nextStop(tree, at, 'hop') ?? last);
  }
  const outer = level === 'action' ? 'stage' : 'hop';
  for (let to = at + 1; to <= last; to += 1)
    if (isStop(tree, to, outer) && tree.isDescendant(to, at)) return to;
  return nextStop(tree, at, outer) ?? last;
}

/** Does a playhead that moves at `level` halt at this step? Ends of a packet are stops at every level. */
function isStop(tree: RunTree, index: number, level: StepLevel): boolean {
  const step = tree.steps[index];
  if (!step) return false;
  if (level === 'action' || step.what.kind === 'dropped') return true;
  // A tunnel's end is a delivery too, but not the end of the packet in it.
  if (step.what.kind === 'delivered' && tree.tunnelOf(index) < 0) return true;
  return level === 'stage' ? !isDetail(step) : isArrival(tree, index);
}

function nextStop(tree: RunTree, at: number, level: StepLevel): number | undefined {
  for (let to = at + 1; to < tree.steps.length; to += 1) if (isStop(tree, to, level)) return to;
  return undefined;
}
