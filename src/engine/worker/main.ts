/**
 * The worker's entry: takes requests, runs them on the session, answers each once. An internal error is reported and the
 * state kept. The entry itself is small and answers for the catalogue; the programs are read when they are needed, or when
 * the catalogue has its answer.
 */
import type { CallName, EngineError, EngineReply, EngineRequest } from '../protocol.ts';
import { InvariantError } from '../../core/base/assert.ts';
import type { CallContext, CallOfName } from './call.ts';
import { isListCall, LIST_CALLS } from './list-calls.ts';
import { Refused } from './refused.ts';

const post = (reply: EngineReply): void => globalThis.postMessage(reply);

const running = new Map<number, AbortController>();
const session = sessionOnce((version) => post({ kind: 'changed', version }));

/** The session with its calls, started at the first asking. */
function sessionOnce(changed: (version: number) => void): () => Promise<CallOfName> {
  let started: Promise<CallOfName> | null = null;
  return () =>
    (started ??= import('./world-calls.ts').then(
      ({ startSession }) => startSession(changed),
      (error: unknown) => {
        // Whoever asks next has it tried again.
        started = null;
        throw new Refused(
          `The programs could not be read: ${error instanceof Error ? error.message : String(error)}`,
          '',
          { remedy: 'Check the connection, then open it again.' },
        );
      },
    ));
}

/** Reads the programs ahead. Whoever needs them is told if they cannot be read. */
const prepare = (): void => void session().catch(() => undefined);

function describe(error: unknown, cancelled: boolean): EngineError {
  if (error instanceof Refused) {
    const { message, place, remedy, kept } = error;
    return { kind: 'refused', message, place, remedy, kept };
  }
  if (cancelled) return { kind: 'cancelled', message: 'cancelled', place: '', remedy: '', kept: '' };
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: 'bug',
    message: error instanceof InvariantError ? `internal error: ${message}` : `unexpected error: ${message}`,
    place: 'engine',
    remedy: '',
    kept: 'The network is as it was before this step.',
  };
}

async function answer(id: number, name: CallName, ask: never): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const context: CallContext = {
      signal: controller.signal,
      output: (stream, text) => post({ kind: 'output', id, stream, text }),
      progress: (done, total, text) => post({ kind: 'progress', id, done, total, text }),
    };
    const value = isListCall(name) ? LIST_CALLS[name](ask) : await (await session())(name, ask, context);
    post({ kind: 'answer', id, answer: value });
  } catch (error) {
    post({ kind: 'error', id, error: describe(error, controller.signal.aborted) });
  } finally {
    running.delete(id);
    // What the catalogue was asked for may be opened next.
    prepare();
  }
}

// What nobody waits for reaches the page as an error of this thread, as what is thrown does.
globalThis.addEventListener('unhandledrejection', ({ reason }: PromiseRejectionEvent) => {
  throw reason;
});

globalThis.onmessage = ({ data }: MessageEvent<EngineRequest>) => {
  switch (data.kind) {
    case 'call':
      void answer(data.id, data.name, data.ask as never);
      return;
    case 'cancel':
      running.get(data.id)?.abort();
      return;
    case 'prepare':
      prepare();
  }
};
