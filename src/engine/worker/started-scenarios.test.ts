import { expect, it } from 'vitest';
import { findListing } from '../../scenarios/catalogue.ts';
import { CATALOGUE_SEED } from '../started.ts';
import { Session } from './session.ts';
import { startedScenarios } from './started-scenarios.ts';

it.each(['multinode-ovn-empty', 'multinode-ovn', 'evpn-fabric'])(
  'writes down exactly what opening %s gives',
  async (id) => {
    const texts = await startedScenarios([id]);
    const session = new Session(() => undefined);
    const snapshot = await session.open(id, CATALOGUE_SEED, {
      signal: new AbortController().signal,
      output: () => undefined,
      progress: () => undefined,
    });
    expect([...texts.keys()]).toEqual([id]);
    expect(JSON.parse(texts.get(id) ?? '')).toStrictEqual({ entry: findListing(id), snapshot });
  },
);
