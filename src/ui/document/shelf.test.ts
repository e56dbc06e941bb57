import type { UseStore } from 'idb-keyval';
import { describe, expect, it } from 'vitest';
import type { Deed } from '../../engine/document.ts';
import type { JournalEntry } from './journal.ts';
import { createLivingTabs } from './living-tabs.ts';
import { openShelf, type KeepingTrouble } from './shelf.ts';

const none = (): Storage => {
  throw new DOMException('no storage', 'SecurityError');
};

const typed = (line: string): Deed => ({ kind: 'typed', host: 'central', namespace: '', line, at: 0 });

const entry = (line: string, again = false): JournalEntry => ({ deed: typed(line), again, beside: false });

const writing = { title: 'a', document: null, deeds: () => [], page: {}, isWork: true };

/** As much of an IndexedDB store as the shelf uses: transactions run one after another, each at once when its turn comes. */
function memoryStore(): { readonly store: UseStore; readonly values: Map<string, unknown> } {
  const values = new Map<string, unknown>();
  let turn: Promise<unknown> = Promise.resolve();
  const store: UseStore = (_mode, work) => {
    const before = turn;
    const acts: (() => void)[] = [];
    const transaction = { oncomplete: (): void => undefined, commit: () => undefined };
    const ask = <T>(read: () => T) => {
      const request = { result: undefined as T | undefined, onsuccess: (): void => undefined };
      acts.push(() => {
        request.result = read();
        request.onsuccess();
      });
      return request;
    };
    const objects = {
      transaction,
      get: (key: string) => ask(() => values.get(key)),
      getAllKeys: () => ask(() => [...values.keys()].toSorted()),
      put: (value: unknown, key: string) => ask(() => values.set(key, value)),
      delete: (key: string) => ask(() => values.delete(key)),
    };
    const answer = work(objects as unknown as IDBObjectStore);
    turn = before.then(async () => {
      for (let act = acts.shift(); act; act = acts.shift()) {
        act();
        await Promise.resolve();
      }
      transaction.oncomplete();
    });
    return Promise.resolve(answer);
  };
  return { store, values };
}

/** Locks of one browser, and each tab's hold on them until it is closed. */
function browser() {
  const { store, values } = memoryStore();
  const names = new Set<string>();
  const open = () => {
    let own = '';
    const locks = {
      request: (name: string, granted: () => Promise<unknown>) => {
        own = name;
        names.add(name);
        return granted();
      },
      query: async () => ({ held: [...names].map((name) => ({ name })), pending: [] }),
    } as unknown as LockManager;
    const shelf = openShelf(() => undefined, none, createLivingTabs(locks), store);
    const lines = async (slot: string): Promise<readonly unknown[]> =>
      (await shelf.loadDeeds(slot)).map(({ deed }) => deed.kind === 'typed' && deed.line);
    return { shelf, lines, close: () => names.delete(own) };
  };
  return { open, values };
}

describe('the shelf', () => {
  it.each([
    ['QuotaExceededError', 'full'],
    ['SecurityError', 'refused'],
  ] as const)('says of a writing that ends with %s that it failed', async (name, trouble) => {
    const told: (KeepingTrouble | null)[] = [];
    const shelf = openShelf(
      (now) => told.push(now),
      none,
      createLivingTabs(undefined),
      () => Promise.reject(new DOMException('no', name)),
    );
    expect(await shelf.save('s/a', writing)).toBe('failed');
    expect(told).toEqual([trouble]);
  });

  it('gives what a tab was doing to another only once it is closed, and once', async () => {
    const { open } = browser();
    const [first, second] = [open(), open()];
    first.shelf.saveDeeds('s/a', [entry('ping'), entry('twice', true), entry('ls-add')]);
    first.shelf.saveDeeds('s/ab', [entry('elsewhere')]);
    expect(await second.lines('s/a')).toEqual([]);
    second.shelf.saveDeeds('s/a', []);
    expect(await open().lines('s/a')).toEqual([]);
    first.close();
    expect(await second.lines('s/a')).toEqual(['ping', 'ls-add']);
    expect(await open().lines('s/a')).toEqual([]);
    // It has them until it writes others.
    expect(await second.lines('s/a')).toEqual(['ping', 'ls-add']);
    second.shelf.saveDeeds('s/a', []);
    expect(await second.lines('s/a')).toEqual([]);
  });

  it('gives what was kept before tabs had names, and forgets all but what an open tab does', async () => {
    const { open, values } = browser();
    values.set('deeds:s/a', [{ deed: typed('old'), again: false }]);
    const [first, second] = [open(), open()];
    first.shelf.saveDeeds('s/a', [entry('ping')]);
    expect(await second.lines('s/a')).toEqual(['old']);
    await second.shelf.remove('s/a');
    expect(await second.lines('s/a')).toEqual([]);
    expect(await first.lines('s/a')).toEqual(['ping']);
  });

  it('takes every tab for closed where the browser has no locks', async () => {
    const { store } = memoryStore();
    const open = () => openShelf(() => undefined, none, createLivingTabs(undefined), store);
    open().saveDeeds('s/a', [entry('one')]);
    expect(await open().loadDeeds('s/a')).toEqual([entry('one')]);
  });
});
