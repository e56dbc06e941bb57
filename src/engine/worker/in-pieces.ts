/** Long work in pieces, between which the worker hears what else is asked of it: Stop above all. */
import type { CallContext } from './call.ts';
import { nextTask } from './next-task.ts';

/** Wall milliseconds of a piece. */
const PIECE = 40;

/** Goes through `work` to its end; rejects as soon as the caller gave up. `tell` is called after each piece. */
export async function inPieces<Value>(
  work: Generator<unknown, Value>,
  { signal }: Pick<CallContext, 'signal'>,
  tell: () => void = () => undefined,
): Promise<Value> {
  let end = performance.now() + PIECE;
  for (;;) {
    const part = work.next();
    if (part.done === true) return part.value;
    if (performance.now() < end) continue;
    tell();
    await nextTask();
    signal.throwIfAborted();
    end = performance.now() + PIECE;
  }
}
