/** Steps as rows: details joined to the stage that they belong to, runs of stages that changed nothing folded. */
import { isArrival, samePlace, type Place, type RunTree } from './run-tree.ts';
import { isDeciding, isDetail, isUnchanged } from './step-weight.ts';
import type { StepLevel } from './stepping.ts';

/** A row of the list and a mark of the timeline. */
export interface StepGroup {
  /** Index range, both ends included. */
  readonly from: number;
  readonly to: number;
  /** The stages in it; 1 unless folded. */
  readonly count: number;
  readonly folded: boolean;
  readonly deciding: boolean;
  readonly dropped: boolean;
}

/** Shorter runs are not worth a fold. */
const SHORTEST_FOLD = 3;

/** Groups that cover every step exactly once, in order. At level `action` each step is a group of its own. */
export function stepGroups(tree: RunTree, level: StepLevel): readonly StepGroup[] {
  const singles: StepGroup[] = [];
  tree.steps.forEach((step, index) => {
    const before = singles.at(-1);
    const detail = level !== 'action' && isDetail(step) && before !== undefined && !isArrival(tree, index);
    if (detail && tree.isDescendant(index, before.from)) {
      singles[singles.length - 1] = {
        ...before,
        to: index,
        deciding: before.deciding || isDeciding(tree, index),
      };
      return;
    }
    const dropped = step.what.kind === 'dropped';
    singles.push({
      from: index,
      to: index,
      count: 1,
      folded: false,
      deciding: isDeciding(tree, index),
      dropped,
    });
  });
  return level === 'action' ? singles : foldRuns(tree, singles);
}

function foldRuns(tree: RunTree, singles: readonly StepGroup[]): readonly StepGroup[] {
  const groups: StepGroup[] = [];
  let run: StepGroup[] = [];
  const flush = (): void => {
    const [first] = run;
    const last = run.at(-1);
    if (first && last && run.length >= SHORTEST_FOLD)
      groups.push({
        from: first.from,
        to: last.to,
        count: run.length,
        folded: true,
        deciding: false,
        dropped: false,
      });
    else groups.push(...run);
    run = [];
  };
  let place: Place | null = null;
  for (const group of singles) {
    const step = tree.steps[group.from];
    const here = tree.placeOf(group.from);
    const plain =
      step !== undefined && isUnchanged(tree, group.from) && !group.deciding && !isArrival(tree, group.from);
    if (!plain || !samePlace(place, here)) flush();
    if (plain) run.push(group);
    else groups.push(group);
    place = here;
  }
  flush();
  return groups;
}
