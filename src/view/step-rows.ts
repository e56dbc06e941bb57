/** The compact list of steps beside the timeline: number, where, table and stage, result. */
import type { Step } from '../core/base/step.ts';
import { frameAt } from './packet.ts';
import type { RunTree } from './run-tree.ts';
import { stepGroups, type StepGroup } from './step-groups.ts';
import { resultText, stageText } from './step-text.ts';
import type { StepLevel } from './stepping.ts';

export interface StepRow {
  /** Index range of steps, both ends included; more than one when folded or when it has details. */
  readonly from: number;
  readonly to: number;
  /** `43`, `7–37`: numbers count from 1 as in the step counter. */
  readonly number: string;
  /** `br-int`, `kernel`, `eth1`. */
  readonly where: string;
  readonly host: string;
  /** `40 ls_in_l2_lkup`, `route`, `9–39`. */
  readonly stage: string;
  /** `outport = "vm2"`, `156 octets`, `31 stages, unchanged`. */
  readonly result: string;
  readonly tone: 'normal' | 'deciding' | 'folded' | 'dropped';
}

/** Rows in step order, covering every step exactly once. */
export function stepRows(tree: RunTree, level: StepLevel): readonly StepRow[] {
  const { steps } = tree;
  return stepGroups(tree, level).flatMap((group): StepRow[] => {
    const row = stepRow(tree, group.from);
    if (!row) return [];
    if (!group.folded)
      return [
        { ...row, to: group.to, tone: group.dropped ? 'dropped' : group.deciding ? 'deciding' : 'normal' },
      ];
    return [
      {
        ...row,
        to: group.to,
        number: `${group.from + 1}–${group.to + 1}`,
        stage: tablesText(steps, group),
        result: `${group.count} stages, unchanged`,
        tone: 'folded',
      },
    ];
  });
}

/** One step as a row of its own; null past the end of the run. */
export function stepRow(tree: RunTree, index: number): StepRow | null {
  const step = tree.steps[index];
  return step
    ? {
        from: index,
        to: index,
        number: String(index + 1),
        host: step.where.host,
        where: whereText(tree, index),
        stage: stageText(step),
        result: resultText(step, frameAt(tree, index)?.length ?? null),
        tone: 'normal',
      }
    : null;
}

function whereText(tree: RunTree, index: number): string {
  const step = tree.steps[index];
  if (!step) return '';
  const { where, what } = step;
  if (what.kind === 'output') return tree.placeOf(index)?.part ?? where.device ?? '';
  if (where.bridge !== undefined) return where.bridge;
  const onDevice =
    what.kind === 'sent' ||
    what.kind === 'received' ||
    what.kind === 'bridged' ||
    what.kind === 'flooded' ||
    what.kind === 'learned';
  if (onDevice && where.device !== undefined) return where.device;
  return where.namespace === undefined || where.namespace === '' ? 'kernel' : where.namespace;
}

function tablesText(steps: readonly Step[], { from, to }: StepGroup): string {
  const tableAt = (index: number): string => {
    const what = steps[index]?.what;
    return what?.kind === 'table' ? String(what.table) : '';
  };
  let last = to;
  while (last > from && tableAt(last) === '') last -= 1;
  return `${tableAt(from)}–${tableAt(last)}`;
}
