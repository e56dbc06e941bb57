/**
 * Documents kept in this browser (IndexedDB), by slot, so that a reload loses nothing typed. The page's part is kept
 * beside the document: it changes with every step, the document only with the world. So are the deeds that are in no kept
 * document yet. Several tabs may have one document open: each writes over what it has read or written itself, and nothing else.
 */
import { createStore, delMany, entries, getMany, keys, setMany, type UseStore } from 'idb-keyval';
import * as v from 'valibot';
import type { HopscopeDocument } from '../../engine/document.ts';
import { parseDocument } from '../../export/index.ts';
import type { JournalEntry } from './journal.ts';
import { createLastLook, type SmallStore } from './last-look.ts';
import type { LivingTabs } from './living-tabs.ts';

const shelved = v.object({
  savedAt: v.number(),
  title: v.string(),
  commands: v.number(),
  document: v.unknown(),
});

export interface ShelfEntry {
  readonly slot: string;
  readonly savedAt: number;
  readonly title: string;
  readonly commands: number;
}

interface Writing {
  readonly title: string;
  /** Null where only the page has changed. */
  readonly document: HopscopeDocument | null;
  /** The deeds that are not in the document, asked for when it is written. */
  readonly deeds: () => readonly JournalEntry[];
  readonly page: object;
  /** Somebody did something since the last writing, beside looking around. */
  readonly isWork: boolean;
}

/** `behind`: another tab has worked on it since this one read or wrote it. `failed`: the browser did not take it. Nothing is written then. */
export type Saved = 'kept' | 'behind' | 'failed';

export interface Shelf {
  load(slot: string): Promise<HopscopeDocument | null>;
  save(slot: string, writing: Writing): Promise<Saved>;
  /** The page alone, at once and without a look at other tabs: the browser is about to end this one. */
  leave(slot: string, writing: Pick<Writing, 'page' | 'isWork'>): void;
  /** Keeps deeds that are in no kept document. */
  saveDeeds(slot: string, deeds: readonly JournalEntry[]): void;
  /** Those to be done again, this tab's from here on: its own and those of tabs that are closed. */
  loadDeeds(slot: string): Promise<readonly JournalEntry[]>;
  remove(slot: string): Promise<void>;
  /** Removes a document; what it gives puts it back. */
  take(slot: string): Promise<() => Promise<void>>;
  /** Newest first. */
  list(): Promise<readonly ShelfEntry[]>;
}

/** Where a kept document is opened. */
export const addressOfSlot = (slot: string): string =>
  `#/${slot.slice(0, 2)}${encodeURIComponent(slot.slice(2))}`;

const PAGE = 'page:';
const DEEDS = 'deeds:';
/** Deeds of a tab; what was kept without one belongs to none that is open. */
const deedsKey = (slot: string, tab: string): string => `${DEEDS}${slot}${tab && `\n${tab}`}`;

/** Whose work a kept document is: its tab, and a number. */
const revised = v.object({ revision: v.string() });
const revisionOf = (page: unknown): string | null => {
  const found = v.safeParse(revised, page);
  return found.success ? found.output.revision : null;
};

const journal = v.array(
  v.object({ deed: v.unknown(), again: v.boolean(), beside: v.optional(v.boolean(), false) }),
);

/** Why nothing is kept: the browser has no more room, or allows no storage at all. */
export type KeepingTrouble = 'full' | 'refused';

const troubleOf = (error: unknown): KeepingTrouble =>
  error instanceof DOMException && error.name === 'QuotaExceededError' ? 'full' : 'refused';

/** When all of a transaction is kept. `now`: nothing is added to it any more. */
const ended = (transaction: IDBTransaction, now = true): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException('not kept', 'AbortError'));
    if (now) transaction.commit();
  });

/** Where the browser refuses to store, nothing is kept and nothing fails; `told` hears it at each try, null once it keeps again. */
export function openShelf(
  told: (trouble: KeepingTrouble | null) => void,
  small: SmallStore,
  tabs: LivingTabs,
  opened: UseStore = createStore('hopscope', 'documents'),
): Shelf {
  const lastLook = createLastLook(small);
  // A browser without storage throws at once.
  const store: UseStore = async (mode, work) => opened(mode, work);
  /** A tab is told from others by when it was opened, and by chance. */
  const tab = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}:`;
  /** By slot: the work that this tab has read or written last; '' for one in which nobody has done anything. */
  const known = new Map<string, string>();
  let written = 0;
  const entered = tabs.enter(tab);
  /** What holds the deeds of this tab and of those that are closed. */
  const deedsKeys = async (slot: string): Promise<string[]> => {
    await entered;
    // Read before it is asked who is there: a tab that has written has entered before.
    const all = (await keys<string>(store)).filter(
      (key) => key === deedsKey(slot, '') || key.startsWith(deedsKey(slot, ' ').slice(0, -1)),
    );
    if (all.length === 0) return [];
    const others = new Set([...(await tabs.all())].map((other) => deedsKey(slot, other)));
    others.delete(deedsKey(slot, tab));
    return all.filter((key) => !others.has(key));
  };
  const keysOf = async (slot: string): Promise<string[]> => [slot, PAGE + slot, ...(await deedsKeys(slot))];
  const putDeeds = (kept: IDBObjectStore, slot: string, deeds: readonly JournalEntry[]): void => {
    if (deeds.length > 0) kept.put(deeds, deedsKey(slot, tab));
    else kept.delete(deedsKey(slot, tab));
  };
  const revision = (slot: string, isWork: boolean): string => {
    if (isWork) {
      written += 1;
      known.set(slot, `${tab}${written}`);
    }
    return known.get(slot) ?? '';
  };
  /** One writing, handed over at once: who closes the page right behind it takes nothing back. */
  const put = (pairs: readonly (readonly [string, unknown])[]): Promise<void> =>
    store('readwrite', (kept) => {
      for (const [key, value] of pairs) kept.put(value, key);
      return ended(kept.transaction);
    });
  const tell = <T>(writing: Promise<T>, otherwise: T): Promise<T> =>
    writing.then(
      (done) => {
        told(null);
        return done;
      },
      (error: unknown) => {
        told(troubleOf(error));
        return otherwise;
      },
    );
  return {
    load: async (slot) => {
      const [entry, page] = await getMany<unknown>([slot, PAGE + slot], store).catch(() => []);
      const found = v.safeParse(shelved, entry);
      const document = found.success ? parseDocument(found.output.document) : null;
      if (!document?.ok) return null;
      const revision = revisionOf(page) ?? '';
      known.set(slot, revision);
      const left = lastLook.take(slot, revision);
      if (!left) return page === undefined ? document.value : { ...document.value, page };
      known.set(slot, left.revision);
      // Terminals tell no more than they had told when the page was kept last.
      const whole = { ...(page as object | undefined), ...left.page };
      await put([[PAGE + slot, { ...whole, revision: left.revision }]]).catch(() => undefined);
      return { ...document.value, page: whole };
    },
    save: (slot, { title, document, deeds, page, isWork }) => {
      let before: string | undefined;
      let mine: string | undefined;
      return tell<Saved>(
        store('readwrite', async (kept) => {
          const over = ended(kept.transaction, false);
          let isOurs = false;
          const asked: IDBRequest<unknown> = kept.get(PAGE + slot);
          asked.onsuccess = () => {
            const last = revisionOf(asked.result);
            isOurs = last === null || last.startsWith(tab) || last === (known.get(slot) ?? '');
            if (!isOurs) return;
            if (document) {
              kept.put({ savedAt: Date.now(), title, commands: document.commands.length, document }, slot);
              putDeeds(kept, slot, deeds());
            }
            before = known.get(slot);
            mine = revision(slot, isWork);
            kept.put({ ...page, revision: mine }, PAGE + slot);
            kept.transaction.commit();
          };
          await over;
          if (isOurs) lastLook.forget(slot);
          return isOurs ? 'kept' : 'behind';
        }).catch((error: unknown) => {
          // The shelf has the work that it had: the next writing is over that one.
          if (mine !== undefined && known.get(slot) === mine) known.set(slot, before ?? '');
          throw error;
        }),
        'failed',
      );
    },
    leave: (slot, { page, isWork }) => {
      const base = known.get(slot) ?? '';
      lastLook.leave(slot, { base, revision: revision(slot, isWork), page });
    },
    saveDeeds: (slot, deeds) => {
      const writing = store('readwrite', (kept) => {
        putDeeds(kept, slot, deeds);
        return ended(kept.transaction);
      });
      void writing.catch(() => undefined);
    },
    loadDeeds: async (slot) => {
      const left: v.InferOutput<typeof journal> = [];
      /** One writing: two tabs that open at once do not both have them. */
      const take = async (from: readonly string[]): Promise<void> =>
        store('readwrite', (kept) => {
          for (const key of from) {
            const asked: IDBRequest<unknown> = kept.get(key);
            asked.onsuccess = () => {
              const found = v.safeParse(journal, asked.result);
              if (found.success) left.push(...found.output.filter(({ again }) => !again));
              kept.delete(key);
              if (key === from.at(-1) && left.length > 0) kept.put(left, deedsKey(slot, tab));
            };
          }
          return ended(kept.transaction, false);
        });
      try {
        const from = await deedsKeys(slot);
        if (from.length > 0) await take(from);
      } catch {
        return [];
      }
      const commands = left.map(({ deed }) => deed);
      // They are read as those of any document are.
      const whole = {
        format: 'hopscope',
        version: 1,
        scenario: null,
        seed: 0,
        commands,
        files: [],
        page: null,
      };
      const document = parseDocument(whole);
      if (!document.ok) return [];
      return document.value.commands.map((deed, at) => ({
        deed,
        again: false,
        beside: left[at]?.beside === true,
      }));
    },
    remove: async (slot) => {
      known.delete(slot);
      lastLook.forget(slot);
      await keysOf(slot)
        .then((all) => delMany(all, store))
        .catch(() => undefined);
    },
    take: async (slot) => {
      const slots = await keysOf(slot).catch(() => []);
      const held = await getMany<unknown>(slots, store).catch(() => []);
      await delMany(slots, store).catch(() => undefined);
      const back = slots.flatMap((own, at): [string, unknown][] =>
        held[at] === undefined ? [] : [[own, held[at]]],
      );
      return () => setMany(back, store).catch(() => undefined);
    },
    list: async () => {
      const all = await entries<string, unknown>(store).catch(() => []);
      const found: ShelfEntry[] = [];
      for (const [slot, value] of all) {
        const entry = v.safeParse(shelved, value);
        // A scenario in which nothing was typed is in the catalogue already.
        if (
          entry.success &&
          !slot.startsWith(PAGE) &&
          !(slot.startsWith('s/') && entry.output.commands === 0)
        )
          found.push({
            slot,
            savedAt: entry.output.savedAt,
            title: entry.output.title,
            commands: entry.output.commands,
          });
      }
      return found.toSorted((a, b) => b.savedAt - a.savedAt);
    },
  };
}
