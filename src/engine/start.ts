/** Starts the worker and joins it. */
import { createEngineClient, type EngineClient } from './client.ts';
import type { EngineRequest } from './protocol.ts';

/** `toOpen`: a document will be opened at once. */
export function startEngine(toOpen: boolean): EngineClient {
  const worker = new Worker(new URL('./worker/main.ts', import.meta.url), { type: 'module', name: 'engine' });
  if (toOpen) worker.postMessage({ kind: 'prepare' } satisfies EngineRequest);
  return createEngineClient(worker);
}
