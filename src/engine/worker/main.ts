/** The worker's entry: takes requests, runs them on the session, answers each once. An internal error is reported and the state kept. */
import type { CallName, EngineError, EngineReply, EngineRequest } from '../protocol.ts';
import { InvariantError } from '../../core/base/assert.ts';
import { CALLS } from './calls.ts';
import { Refused } from './refused.ts';
import { Session } from './session.ts';

const post = (reply: EngineReply): void => globalThis.postMessage(reply);

const session = new Session((version) => post({ kind: 'changed', version }));
const running = new Map<number, AbortController>();

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
    const value = await CALLS[name](session, ask, {
      signal: controller.signal,
      output: (stream, text) => post({ kind: 'output', id, stream, text }),
      progress: (done, total, text) => post({ kind: 'progress', id, done, total, text }),
    });
    post({ kind: 'answer', id, answer: value });
  } catch (error) {
    post({ kind: 'error', id, error: describe(error, controller.signal.aborted) });
  } finally {
    running.delete(id);
  }
}

globalThis.onmessage = ({ data }: MessageEvent<EngineRequest>) => {
  switch (data.kind) {
    case 'call':
      void answer(data.id, data.name, data.ask as never);
      return;
    case 'cancel':
      running.get(data.id)?.abort();
  }
};
