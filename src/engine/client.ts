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
  /** Called with what failed outside of any call; the engine goes on. */
  onFault(listener: (message: string) => void): () => void;
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

/** Joins a port. A worker that never came up, or is closed, rejects every call, waiting or later, with kind `bug`. */
export function createEngineClient(port: EnginePort): EngineClient {
  const waiting = new Map<RequestId, Waiting>();
  const listeners = new Set<(version: number) => void>();
  const faultListeners = new Set<(message: string) => void>();
  /** Whether it ever answered: a worker that has is alive whatever goes wrong in it. */
  let isUp = false;
  let ended: EngineError | null = null;
  let nextId: RequestId = 1;

  const end = (message: string, remedy: string): void => {
    ended = { kind: 'bug', message, place: 'engine', remedy, kept: '' };
    for (const entry of waiting.values()) entry.reject(new EngineFailure(ended));
    waiting.clear();
  };

  port.onmessage = ({ data }) => {
    isUp = true;
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
  port.onerror = (event) => {
    if (!isUp)
      end(
        'The part of the page that runs networks could not be read.',
        'Check the connection, then reload the page.',
      );
    else for (const listener of faultListeners) listener(event.message.replace(/^Uncaught (Error: )?/, ''));
  };

  return {
    call: (name, ask, options = {}) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(new EngineFailure(ended));
          return;
        }
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
    onFault: (listener) => {
      faultListeners.add(listener);
      return () => faultListeners.delete(listener);
    },
    close: () => {
      end('the engine was closed', '');
      port.terminate?.();
    },
  };
}
