/** Opens each scenario of the catalogue as the page does, and writes down what it stands as. Runs when the page is built. */
import { CATALOGUE } from '../../scenarios/catalogue.ts';
import { CATALOGUE_SEED, type Started } from '../started.ts';
import type { CallContext } from './call.ts';
import { startSession } from './world-calls.ts';

const nothing = (): void => undefined;

/** `Started` of each scenario as JSON, by the scenario's id; of those in `ids`, where they are named. */
export async function startedScenarios(ids?: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const context: CallContext = { signal: new AbortController().signal, output: nothing, progress: nothing };
  const texts = new Map<string, string>();
  for (const entry of CATALOGUE) {
    if (ids && !ids.includes(entry.id)) continue;
    const call = startSession(nothing);
    const ask = { scenario: entry.id, seed: CATALOGUE_SEED };
    const snapshot = await call('open', ask as never, context);
    texts.set(entry.id, JSON.stringify({ entry, snapshot } as Started));
  }
  return texts;
}
