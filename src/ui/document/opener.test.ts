import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import type { HopscopeDocument } from '../../engine/document.ts';
import { EngineFailure } from '../../engine/client.ts';
import { createSession } from '../engine/session.ts';
import { createPageStore } from '../store/store.ts';
import { createScreens } from '../terminal/screens.ts';
import { createTerminals } from '../terminal/terminals.ts';
import { createJournal } from './journal.ts';
import { createOpener } from './opener.ts';
import { parseRoute } from './route.ts';

const made = (scenario: string): HopscopeDocument => ({
  format: 'hopscope',
  version: 1,
  scenario,
  seed: 1,
  commands: [{ kind: 'typed', host: 'central', namespace: '', line: 'ovn-nbctl ls-add a', at: 0 }],
  files: [],
  page: null,
});

/** An engine whose answers the test gives, and a shelf with the scenarios `a` and `b` on it. */
function bench() {
  const calls: {
    readonly name: string;
    readonly answer: (value: unknown) => void;
    readonly refuse: (error: Error) => void;
  }[] = [];
  const session = createSession({
    call: (name, _ask, options) =>
      new Promise((resolve, reject) => {
        calls.push({ name, answer: (value) => resolve(value as never), refuse: reject });
        options?.signal?.addEventListener('abort', () =>
          reject(
            new EngineFailure({ kind: 'cancelled', message: 'stopped', place: '', remedy: '', kept: '' }),
          ),
        );
      }),
    onChanged: () => () => undefined,
    onFault: () => () => undefined,
    close: () => undefined,
  });
  const journal = createJournal(session, () => undefined);
  const screens = createScreens();
  const opener = createOpener({
    session: journal.session,
    queries: new QueryClient(),
    store: createPageStore(),
    shelf: {
      load: async (slot) => made(slot.slice(2)),
      save: async () => 'kept',
      leave: () => undefined,
      saveDeeds: () => undefined,
      loadDeeds: async () => [],
      remove: async () => undefined,
      take: async () => async () => undefined,
      list: async () => [],
    },
    screens,
    terminals: createTerminals(journal.session, screens, () => undefined),
    journal,
    parted: () => undefined,
    navigate: () => undefined,
    started: async () => null,
  });
  const names = (): readonly string[] => calls.map(({ name }) => name);
  /** Resolves when the engine has been asked `count` times. */
  const asked = async (count: number): Promise<void> => {
    await expect.poll(() => calls.length, { interval: 1 }).toBe(count);
  };
  return { opener, calls, names, asked };
}

describe('a kept document that did not open', () => {
  it('is not opened from its beginning when it is cancelled', async () => {
    const { opener, names, asked } = bench();
    const opening = opener.openRoute(parseRoute('#/s/a'));
    await asked(1);
    opener.cancel();
    await opening;
    expect(names()).toEqual(['openDocument']);
    expect(opener.state()).toMatchObject({ slot: null, working: null, failure: null });
  });

  it('stands back behind one that was asked for later', async () => {
    const { opener, names, asked } = bench();
    const first = opener.openRoute(parseRoute('#/s/a'));
    await asked(1);
    void opener.openRoute(parseRoute('#/s/b'));
    await asked(2);
    await first;
    expect(names()).toEqual(['openDocument', 'openDocument']);
    expect(opener.state().working).not.toBeNull();
  });

  it('says why when the engine refuses it', async () => {
    const { opener, calls, names, asked } = bench();
    const opening = opener.openRoute(parseRoute('#/s/a'));
    await asked(1);
    calls[0]?.refuse(new Error('a line in it is refused'));
    await opening;
    expect(names()).toEqual(['openDocument']);
    expect(opener.state()).toMatchObject({
      slot: null,
      failure: { title: 'This document could not be opened', message: 'a line in it is refused' },
    });
  });
});
