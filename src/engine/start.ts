/** Starts the worker and joins it. */
import { createEngineClient, type EngineClient } from './client.ts';

export function startEngine(): EngineClient {
  return createEngineClient(
    new Worker(new URL('./worker/main.ts', import.meta.url), { type: 'module', name: 'engine' }),
  );
}
