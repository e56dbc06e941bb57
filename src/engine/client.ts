/** The page's side of the engine: typed calls over a message port, with cancellation, output and progress. */
import type {
  CallName,
  EngineCalls,
  EngineError,
  EngineReply,
  EngineRequest,
  RequestId,
} from './protocol.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onOutput?: (stream: 'out' | 'err', text: string) => void;
  readonly onProgress?: (done: number, total: number, text: string) => void;
}

/** Rejections of a call are of this class. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
  readonly detail: EngineError;
  constructor(detail: EngineError) {
    super(detail.message);
    this.detail = detail;
  }
}

export interface EngineClient {
  call<Name extends CallName>(
    name: Name,
    ask: EngineCalls[Name]['ask'],
    options?: CallOptions,
  ): Promise<EngineCalls[Name]['answer']>;
  /** Called with the new version after every change of the world. */
  onChanged(listener: (version: number) => void): () => void;
  close(): void;
}

/** The part of a Worker or MessagePort that the client needs. */
export interface EnginePort {
  postMessage(message: EngineRequest): void;
  onmessage: ((event: MessageEvent<EngineReply>) => void) | null;
  onerror?: ((event: ErrorEvent) => void) | null;
  terminate?(): void;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: EngineFailure) => void;
  readonly options: CallOptions;
}

/** Joins a port. A worker that dies rejects every waiting call with kind `bug`. */
export function createEngineClient(port: EnginePort): EngineClient {
  const waiting = new Map<RequestId, Waiting>();
  const listeners = new Set<(version: number) => void>();
  let nextId: RequestId = 1;

  const failAll = (message: string): void => {
    for (const entry of waiting.values())
      entry.reject(new EngineFailure({ kind: 'bug', message, place: 'engine', remedy: '', kept: '' }));
    waiting.clear();
  };

  port.onmessage = ({ data }) => {
    if (data.kind === 'changed') {
      for (const listener of listeners) listener(data.version);
      return;
    }
    const entry = waiting.get(data.id);
    if (!entry) return;
    switch (data.kind) {
      case 'output':
        entry.options.onOutput?.(data.stream, data.text);
        return;
      case 'progress':
        entry.options.onProgress?.(data.done, data.total, data.text);
        return;
      case 'answer':
        waiting.delete(data.id);
        entry.resolve(data.answer as never);
        return;
      case 'error':
        waiting.delete(data.id);
        entry.reject(new EngineFailure(data.error));
    }
  };
  port.onerror = (event) => failAll(event.message || 'the engine stopped');

  return {
    call: (name, ask, options = {}) =>
      new Promise((resolve, reject) => {
        const id = nextId;
        nextId += 1;
        waiting.set(id, { resolve: resolve as (answer: never) => void, reject, options });
        options.signal?.addEventListener('abort', () => port.postMessage({ kind: 'cancel', id }), {
          once: true,
        });
        port.postMessage({ kind: 'call', id, name, ask } as EngineRequest);
      }),
    onChanged: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      failAll('the engine was closed');
      port.terminate?.();
    },
  };
}
