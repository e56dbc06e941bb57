/** What the fields of the packet's flow hold at a step, and which step last wrote each. */
import type { FieldChange, Step } from '../../core/base/step.ts';
import { parentIndex } from '../picture/step-index.ts';

export interface FieldValue {
  readonly value: string;
  readonly before: string;
  /** Index of the step that wrote it. */
  readonly step: number;
}

function changesOf(step: Step): readonly FieldChange[] {
  const { what } = step;
  return what.kind === 'table' || what.kind === 'action' || what.kind === 'rewritten' ? what.changes : [];
}

/** Follows the causes of step `index` back; fields that nothing on the way wrote are not in the result. */
export function fieldHistory(steps: readonly Step[], index: number): ReadonlyMap<string, FieldValue> {
  const fields = new Map<string, FieldValue>();
  for (let at = index; at >= 0; at = parentIndex(steps, at)) {
    const step = steps[at];
    if (!step) break;
    for (const change of changesOf(step).toReversed())
      if (!fields.has(change.field))
        fields.set(change.field, { value: change.after, before: change.before, step: at });
  }
  return fields;
}

/** A match as its terms, with the field that each is about; commas inside parentheses do not part. */
export function matchTerms(text: string): readonly { readonly text: string; readonly field: string }[] {
  const terms: { text: string; field: string }[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if ((char === ',' && depth === 0) || at === text.length) {
      const term = text.slice(from, at);
      if (term !== '') terms.push({ text: term, field: term.trim().split('=')[0] ?? '' });
      from = at + 1;
    }
  }
  return terms;
}
