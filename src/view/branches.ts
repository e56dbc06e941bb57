/** A run as a tree of packets: what was sent first, the copies that it was flooded into, and what each of them caused. */
import type { RunTree } from './run-tree.ts';
import { dropText, offsetText, stageText } from './step-text.ts';

export interface Branch {
  /** Step that begins it, and the last step on its way. */
  readonly from: number;
  readonly to: number;
  /** `ping, echo request`, `to vm2`. */
  readonly text: string;
  readonly where: string;
  /** Since the run began. */
  readonly time: string;
  readonly end: 'delivered' | 'dropped' | 'copied' | 'open';
  /** `to kernel`, `addressed to somebody else`. */
  readonly outcome: string;
  readonly children: readonly Branch[];
}

interface Draft extends Omit<Branch, 'children' | 'to' | 'end' | 'outcome'> {
  to: number;
  end: Branch['end'];
  outcome: string;
  readonly children: Draft[];
}

/** Branches that begin the run, in order; each step that leads anywhere is on exactly one branch. */
export function branchesOf(tree: RunTree): readonly Branch[] {
  const goes = new Uint8Array(tree.steps.length);
  for (let at = tree.steps.length - 1; at >= 0; at -= 1) {
    const kind = tree.steps[at]?.what.kind;
    if (
      kind === 'sent' ||
      kind === 'received' ||
      kind === 'delivered' ||
      kind === 'dropped' ||
      kind === 'queued'
    )
      goes[at] = 1;
    const parent = tree.parentOf(at);
    if (goes[at] === 1 && parent >= 0) goes[parent] = 1;
  }
  const roots: Draft[] = [];
  /** The branch that each step is on. */
  const branchAt: (Draft | undefined)[] = [];
  const start = tree.steps[0]?.time ?? 0;
  tree.steps.forEach((step, at) => {
    if (goes[at] !== 1) return;
    const parent = tree.parentOf(at);
    const before = parent >= 0 ? branchAt[parent] : undefined;
    const begins = tree.journeyOf(at) === at;
    const siblings =
      parent < 0
        ? []
        : tree.childrenOf(parent).filter((other) => goes[other] === 1 && tree.journeyOf(other) !== other);
    if (before && !begins && siblings.length < 2) {
      before.to = at;
      branchAt[at] = before;
    } else {
      const draft: Draft = {
        from: at,
        to: at,
        text: textOf(tree, at, begins),
        where: placeText(tree, at),
        time: offsetText(step.time - start),
        end: 'open',
        outcome: '',
        children: [],
      };
      (before?.children ?? roots).push(draft);
      if (before && !begins && before.end === 'open') before.end = 'copied';
      branchAt[at] = draft;
    }
    const branch = branchAt[at];
    if (!branch) return;
    const { what } = step;
    // A tunnel's end is not the packet's.
    if (what.kind === 'delivered' && tree.tunnelOf(at) < 0) {
      branch.end = 'delivered';
      branch.outcome = `delivered to ${what.to}`;
    } else if (what.kind === 'dropped') {
      branch.end = 'dropped';
      branch.outcome = dropText(what.reason);
    }
  });
  return roots;
}

function textOf(tree: RunTree, at: number, begins: boolean): string {
  const step = tree.steps[at];
  if (!step) return '';
  const { what } = step;
  if (what.kind === 'originated') return [what.program, what.text].filter((part) => part !== '').join(', ');
  if (begins) return stageText(step);
  if (what.kind === 'output') return `copy to ${what.port}`;
  return `copy, ${stageText(step)}`;
}

function placeText(tree: RunTree, at: number): string {
  const step = tree.steps[at];
  const part = tree.placeOf(at)?.part ?? step?.where.device ?? '';
  return [step?.where.host ?? '', part].filter((one) => one !== '').join(' ');
}
