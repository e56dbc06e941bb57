/** Which octets of a frame this step changed, and which this hop did. */
import type { Step } from '../../core/base/step.ts';
import { parentIndex } from '../picture/step-index.ts';

/** 0 as it was, 1 added or changed in this hop, 2 changed by this step. */
export type OctetMarks = Uint8Array;

/** Compares from the end: headers are put on and taken off at the front. */
function markDifferences(marks: Uint8Array, before: Uint8Array, after: Uint8Array, mark: number): void {
  const shift = after.length - before.length;
  for (let at = 0; at < after.length; at += 1)
    if (at < shift || before[at - shift] !== after[at]) marks[at] = mark;
}

/** The frame as it was when it came to where step `index` is: at the last step that sent, received or made it before. */
export function frameAtHopStart(steps: readonly Step[], index: number): Uint8Array | null {
  for (let at = parentIndex(steps, index); at >= 0; at = parentIndex(steps, at)) {
    const step = steps[at];
    const kind = step?.what.kind;
    if (step?.frame && (kind === 'received' || kind === 'sent' || kind === 'originated')) return step.frame;
  }
  return null;
}

/** `changed` are this step's ranges, `[offset, size]`. */
export function octetMarks(
  frame: Uint8Array,
  hopStart: Uint8Array | null,
  changed: readonly (readonly [number, number])[],
): OctetMarks {
  const marks = new Uint8Array(frame.length);
  if (hopStart && hopStart !== frame) markDifferences(marks, hopStart, frame, 1);
  for (const [offset, size] of changed) marks.fill(2, offset, offset + size);
  return marks;
}

/** The strongest mark among the octets of a field. */
export function markOf(marks: OctetMarks, offset: number, size: number): 0 | 1 | 2 {
  let strongest: 0 | 1 | 2 = 0;
  for (let at = offset; at < offset + size && at < marks.length; at += 1) {
    if (marks[at] === 2) return 2;
    if (marks[at] === 1) strongest = 1;
  }
  return strongest;
}
