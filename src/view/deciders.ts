/** What brought a packet to where it is: the steps on its way here whose rows decided something. */
import { isArrival, type RunTree } from './run-tree.ts';
import { isDeciding, isDetail } from './step-weight.ts';

/**
 * Indices of the steps that decided the hop which ends at step `index`, the nearest first; `index` itself is not among them.
 *
 * A hop over a cable, or through a tunnel's outer headers, is decided by nobody on the way: then it is the hop before that counts.
 * Empty where a packet begins, and where it has met no row yet.
 */
export function decidersOf(tree: RunTree, index: number): readonly number[] {
  const deciders: number[] = [];
  const begin = tree.journeyOf(index);
  for (let at = index; at !== begin;) {
    at = tree.parentOf(at);
    if (at < 0) break;
    if (decides(tree, at)) deciders.push(at);
    if (deciders.length > 0 && isArrival(tree, at)) break;
  }
  return deciders;
}

/** Has the step rows, and did they matter to where the packet went? A stage that only moved registers about did not, nor waiting. */
function decides(tree: RunTree, index: number): boolean {
  const step = tree.steps[index];
  if (!step || step.because.length === 0 || isDetail(step)) return false;
  const { kind } = step.what;
  return kind === 'table' ? isDeciding(tree, index) : kind !== 'queued' && kind !== 'learned';
}
