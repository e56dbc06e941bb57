import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import type { HopscopeDocument } from '../../engine/document.ts';
import { EngineFailure } from '../../engine/client.ts';
import { createSession } from '../engine/session.ts';
import { createPageStore } from '../store/store.ts';
import { createScreens } from '../terminal/screens.ts';
import { createTerminals } from '../terminal/terminals.ts';
import { createJournal, type JournalEntry } from './journal.ts';
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

const left = (host: string, line: string, beside = false): JournalEntry => ({
  deed: { kind: 'typed', host, namespace: '', line, at: 0 },
  again: false,
  beside,
});

/** As much of an answer as opening reads. */
const SNAPSHOT = { version: 1, deployment: null, unknown: [], routing: null, tunnels: [], logical: null };

/** An engine whose answers the test gives, and a shelf with the scenarios `a` and `b` on it; `deeds` were left in both. */
function bench(deeds: readonly JournalEntry[] = []) {
  const calls: {
    readonly name: string;
    readonly ask: unknown;
    readonly answer: (value: unknown) => void;
    readonly refuse: (error: Error) => void;
  }[] = [];
  const session = createSession({
    call: (name, ask, options) =>
      new Promise((resolve, reject) => {
        calls.push({ name, ask, answer: (value) => resolve(value as never), refuse: reject });
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
  let written: readonly JournalEntry[] = [];
  const journal = createJournal(session, (_slot, entries) => {
    written = entries;
  });
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
      loadDeeds: async () => deeds,
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
  const lines = (): readonly unknown[] =>
    calls.flatMap(({ name, ask }) => (name === 'exec' ? [(ask as { readonly line: string }).line] : []));
  const open = async (): Promise<void> => {
    const opening = opener.openRoute(parseRoute('#/s/a'));
    await asked(1);
    calls[0]?.answer(SNAPSHOT);
    await opening;
  };
  return { opener, calls, names, asked, lines, open, written: () => written };
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

describe('what the page was closed in the midst of', () => {
  it('goes on beside a line that never ends, and does not wait for the last one', async () => {
    const { opener, lines, open } = bench([left('worker1', 'ping', true), left('central', 'ls-add')]);
    await open();
    expect(lines()).toEqual(['ping', 'ls-add']);
    expect(opener.state()).toMatchObject({ slot: 's/a', working: null, failure: null });
  });

  it('is left until it begins, and no longer once it is cancelled', async () => {
    const { opener, lines, open, written } = bench([left('central', 'first'), left('central', 'second')]);
    const opening = open();
    await expect.poll(lines, { interval: 1 }).toEqual(['first']);
    const marks = (): readonly unknown[] => written().map(({ again }) => again);
    expect(marks()).toEqual([true, false]);
    opener.cancel();
    await opening;
    expect(lines()).toEqual(['first']);
    expect(marks()).toEqual([true]);
  });
});
