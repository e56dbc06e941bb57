import { expect, it } from 'vitest';
import { findListing } from '../../scenarios/catalogue.ts';
import { CATALOGUE_SEED } from '../started.ts';
import { Session } from './session.ts';
import { startedScenarios } from './started-scenarios.ts';

it('writes down exactly what opening the scenario gives', async () => {
  const ids = ['multinode-ovn', 'where-is-my-packet-now', 'evpn-fabric'];
  const texts = await startedScenarios(ids);
  expect([...texts.keys()]).toEqual(ids);
  for (const id of ids) {
    const session = new Session(() => undefined);
    const snapshot = await session.open(id, CATALOGUE_SEED, {
      signal: new AbortController().signal,
      output: () => undefined,
      progress: () => undefined,
    });
    expect(JSON.parse(texts.get(id) ?? '')).toStrictEqual({ entry: findListing(id), snapshot });
  }
});
