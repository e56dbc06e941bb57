/** Long work in pieces, between which the worker hears what else is asked of it: Stop above all. */
import type { CallContext } from './call.ts';

/** Wall milliseconds of a piece. */
const PIECE = 40;

/** After the tasks that wait already. A timer would come some milliseconds late each time. */
const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

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
