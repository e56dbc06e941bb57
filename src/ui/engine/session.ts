/**
 * The page's hold on the engine: the client, which world it has open (`epoch`) and how old that world is (`version`).
 * Both numbers go into query keys, so that what was asked of an older world is never shown for a newer one.
 */
import type { CallName, EngineCalls } from '../../engine/protocol.ts';
import { EngineFailure, type CallOptions, type EngineClient } from '../../engine/client.ts';

/** Calls that need no open world. */
const FREE: readonly CallName[] = ['scenario', 'scenarios', 'open', 'openDocument', 'openFiles'];

/** Which world, and how old: rises with every change. */
export interface WorldAge {
  readonly epoch: number;
  readonly version: number;
}

export interface Session {
  call<Name extends CallName>(
    name: Name,
    ask: EngineCalls[Name]['ask'],
    options?: CallOptions,
  ): Promise<EngineCalls[Name]['answer']>;
  /** What is asked of the open world waits until `opening` is over: the page shows one that is still being opened. */
  wait(opening: Promise<unknown>): void;
  /** The same object until the world changes. */
  age(): WorldAge;
  subscribe(listener: () => void): () => void;
  /** To be called when another world has been opened. */
  reopened(version: number): void;
}

/** Joins a client. Changes that arrive within one frame are told once (`schedule`). */
export function createSession(
  client: EngineClient,
  schedule: (work: () => void) => void = (work) => requestAnimationFrame(work),
): Session {
  let age: WorldAge = { epoch: 0, version: 0 };
  let told = true;
  let held: Promise<unknown> | null = null;
  const listeners = new Set<() => void>();

  const tell = (): void => {
    told = true;
    for (const listener of listeners) listener();
  };
  client.onChanged((version) => {
    if (version === age.version) return;
    age = { epoch: age.epoch, version };
    if (!told) return;
    told = false;
    schedule(tell);
  });

  return {
    call: async (name, ask, options) => {
      while (held && !FREE.includes(name)) await held;
      options?.signal?.throwIfAborted();
      return client.call(name, ask, options);
    },
    wait: (opening) => {
      const over = opening.then(
        () => undefined,
        () => undefined,
      );
      held = over;
      void over.then(() => {
        if (held === over) held = null;
      });
    },
    age: () => age,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reopened: (version) => {
      age = { epoch: age.epoch + 1, version };
      tell();
    },
  };
}

/** What is wrong and where: `10.0.0 is not an IPv4 address, column 12`. */
export function placedMessage(error: unknown): string {
  const { message, place } = failureOf(error);
  return place === '' ? message : `${message}, ${place}`;
}

/** The text, place and what was kept of anything that a call rejected with. */
export function failureOf(error: unknown): {
  readonly message: string;
  readonly place: string;
  readonly remedy: string;
  readonly kept: string;
  readonly cancelled: boolean;
} {
  if (error instanceof EngineFailure) {
    const { message, place, remedy, kept, kind } = error.detail;
    return { message, place, remedy, kept, cancelled: kind === 'cancelled' };
  }
  const cancelled = error instanceof DOMException && error.name === 'AbortError';
  return {
    message: error instanceof Error ? error.message : String(error),
    place: '',
    remedy: '',
    kept: '',
    cancelled,
  };
}
