/** Keeps the open document: the page's part as it is, the world's when it has changed, in the slot that it was opened from or one of its own. */
import type { Deed, HopscopeDocument } from '../../engine/document.ts';
import type { Session, WorldAge } from '../engine/session.ts';
import type { PageStore } from '../store/store.ts';
import type { Screens } from '../terminal/screens.ts';
import { keyOfDeed } from './deeds.ts';
import type { Journal } from './journal.ts';
import { keptPage } from './kept-page.ts';
import { EMPTY_PAGE_PART, workOf, type PagePart } from './page-part.ts';
import type { Shelf } from './shelf.ts';

export interface KeeperParts {
  readonly session: Session;
  readonly store: PageStore;
  readonly shelf: Shelf;
  readonly screens: Screens;
  readonly journal: Journal;
  /** Where the open document is kept; null for none. */
  readonly slot: () => string | null;
  /** Gives the document a slot of its own. */
  readonly part: () => Promise<void>;
}

export interface Keeper {
  /** A document was opened, with these deeds in it. */
  opened(deeds: readonly Deed[]): void;
  /** The document as it is now, with the page's part. */
  current(): Promise<HopscopeDocument>;
  save(): Promise<void>;
  leave(): void;
  /** Has `settle` called before the page is kept or handed on. The answer takes it back. */
  beforeKeeping(settle: () => void): () => void;
}

/** What tells whether somebody has looked elsewhere (`text`), or worked (the others). */
const stateOf = (page: PagePart, deeds: readonly Deed[]) => ({
  text: JSON.stringify(page),
  work: workOf(page),
  deeds: deeds.map(keyOfDeed).join('\n'),
});

export function createKeeper({ session, store, shelf, screens, journal, slot, part }: KeeperParts): Keeper {
  /** The age of the world that the shelf holds: while it is the same, only the page's part is written again. */
  let saved: WorldAge | null = null;
  let savedTitle = '';
  /** What the shelf has, as this tab read or wrote it last. */
  let kept = stateOf(EMPTY_PAGE_PART, []);
  /** Another tab has worked on it since. */
  let isBehind = false;
  const settling = new Set<() => void>();
  const pagePart = (): PagePart => {
    for (const settle of settling) settle();
    return keptPage(store.getState(), screens.all());
  };

  const self: Keeper = {
    opened: (deeds) => {
      saved = null;
      isBehind = false;
      kept = stateOf(pagePart(), deeds);
    },

    current: () => session.call('document', { page: pagePart() }),

    save: async () => {
      const at = slot();
      if (at === null) return;
      const age = session.age();
      const { title } = store.getState().document;
      const ended = journal.ended();
      const document = saved !== age || savedTitle !== title ? await self.current() : null;
      if (slot() !== at) return;
      const page = pagePart();
      const now = document ? stateOf(page, document.commands) : { ...stateOf(page, []), deeds: kept.deeds };
      const isWork = now.work !== kept.work || now.deeds !== kept.deeds;
      let undo = (): void => undefined;
      const done = await shelf.save(at, {
        title,
        document,
        deeds: () => {
          const kept = journal.kept(document?.commands ?? [], ended);
          ({ undo } = kept);
          return kept.left;
        },
        page,
        isWork,
      });
      if (slot() !== at) return;
      if (done === 'failed') {
        undo();
        return;
      }
      isBehind = done === 'behind';
      if (done === 'kept') {
        kept = now;
        if (!document) return;
        saved = age;
        savedTitle = title;
      } else if (isWork) {
        saved = null;
        await part();
      }
    },

    leave: () => {
      const at = slot();
      if (at === null) return;
      const page = pagePart();
      const { text, work } = stateOf(page, []);
      // What follows may come too late.
      if (text !== kept.text && !isBehind) shelf.leave(at, { page, isWork: work !== kept.work });
      void self.save();
    },

    beforeKeeping: (settle) => {
      settling.add(settle);
      return () => settling.delete(settle);
    },
  };
  return self;
}
