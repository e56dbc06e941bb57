/**
 * Documents kept in this browser (IndexedDB), by slot, so that a reload loses nothing typed. The page's part is kept
 * beside the document: it changes with every step, the document only with the world.
 */
import { createStore, delMany, entries, getMany, set, setMany, type UseStore } from 'idb-keyval';
import * as v from 'valibot';
import type { HopscopeDocument } from '../../engine/document.ts';
import { parseDocument } from '../../export/index.ts';

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

export interface Shelf {
  load(slot: string): Promise<HopscopeDocument | null>;
  save(slot: string, title: string, document: HopscopeDocument): Promise<void>;
  savePage(slot: string, page: unknown): Promise<void>;
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

/** Why nothing is kept: the browser has no more room, or allows no storage at all. */
export type KeepingTrouble = 'full' | 'refused';

const troubleOf = (error: unknown): KeepingTrouble =>
  error instanceof DOMException && error.name === 'QuotaExceededError' ? 'full' : 'refused';

/** Where the browser refuses to store, nothing is kept and nothing fails; `told` hears it at each try, null once it keeps again. */
export function openShelf(told: (trouble: KeepingTrouble | null) => void): Shelf {
  const opened = createStore('hopscope', 'documents');
  // A browser without storage throws at once.
  const store: UseStore = async (mode, work) => opened(mode, work);
  const write = (writing: Promise<void>): Promise<void> =>
    writing.then(
      () => told(null),
      (error: unknown) => told(troubleOf(error)),
    );
  return {
    load: async (slot) => {
      const [whole, page] = await getMany<unknown>([slot, PAGE + slot], store).catch(() => []);
      const found = v.safeParse(shelved, whole);
      const document = found.success ? parseDocument(found.output.document) : null;
      if (!document?.ok) return null;
      return page === undefined ? document.value : { ...document.value, page };
    },
    save: (slot, title, document) =>
      write(set(slot, { savedAt: Date.now(), title, commands: document.commands.length, document }, store)),
    savePage: (slot, page) => write(set(PAGE + slot, page, store)),
    remove: (slot) => delMany([slot, PAGE + slot], store).catch(() => undefined),
    take: async (slot) => {
      const slots = [slot, PAGE + slot];
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
