/**
 * Deeds that are in no kept document yet, written down as they begin: a page that is closed or fails in the midst of one
 * does it again when the document is opened the next time.
 */
import type { Deed } from '../../engine/document.ts';
import type { Session } from '../engine/session.ts';
import { deedOf, keyOfDeed } from './deeds.ts';

export interface JournalEntry {
  readonly deed: Deed;
  /** It was done again already: a deed with which the page failed twice is left. */
  readonly again: boolean;
  /** Others began before it had ended. */
  readonly beside: boolean;
}

export interface Journal {
  /** The session, whose deeds are written down. */
  readonly session: Session;
  /** Another document is open, or none (null), with these deeds in it; `left` is to be done again, and is marked so as it begins. */
  open(slot: string | null, deeds: readonly Deed[], left?: readonly JournalEntry[]): void;
  /** The open document has another slot. */
  move(slot: string): void;
  /** Deeds that have ended by now: whatever is asked of the engine from here on knows of them. */
  ended(): ReadonlySet<JournalEntry>;
  /**
   * A document with these deeds is about to be kept, asked for when those of `ended` had ended: gives what is left, to be kept with it.
   * `undo`: it was not kept after all.
   */
  kept(
    deeds: readonly Deed[],
    ended: ReadonlySet<JournalEntry>,
  ): { readonly left: readonly JournalEntry[]; readonly undo: () => void };
  /** What was left and has not begun is not done again. */
  forgetLeft(): void;
}

/** `write` keeps the entries of a slot at once; none of them: there is nothing to do again. */
export function createJournal(
  session: Session,
  write: (slot: string, entries: readonly JournalEntry[]) => void,
): Journal {
  let slot: string | null = null;
  let entries: readonly JournalEntry[] = [];
  let known = 0;
  let over = new Set<JournalEntry>();
  let waiting = new Set<JournalEntry>();
  const toWrite = (): readonly JournalEntry[] =>
    entries.map((entry, at) => {
      const isFollowed = entries.slice(at + 1).some((later) => !waiting.has(later));
      return waiting.has(entry) ? entry : { ...entry, beside: isFollowed && !over.has(entry) };
    });
  const put = (next: readonly JournalEntry[]): void => {
    if (next.length === entries.length && next.every((entry, at) => entry === entries[at])) return;
    entries = next;
    if (slot !== null) write(slot, toWrite());
  };
  return {
    session: {
      ...session,
      call: async (name, ask, options) => {
        const deed = deedOf(name, ask);
        if (!deed) return session.call(name, ask, options);
        const key = keyOfDeed(deed);
        const left = entries.find((other) => waiting.has(other) && keyOfDeed(other.deed) === key);
        const entry = { deed, again: left !== undefined, beside: false };
        if (left) {
          waiting.delete(left);
          put(entries.map((other) => (other === left ? entry : other)));
        } else put([...entries, entry]);
        try {
          return await session.call(name, ask, options);
        } catch (error) {
          // What was stopped is in the document, as far as it came; what was refused never happened.
          if (options?.signal?.aborted !== true) put(entries.filter((other) => other !== entry));
          throw error;
        } finally {
          over.add(entry);
        }
      },
    },
    open: (next, deeds, left = []) => {
      slot = next;
      known = deeds.length;
      over = new Set();
      waiting = new Set(left);
      entries = left;
      if (slot !== null) write(slot, entries);
    },
    move: (next) => {
      if (slot !== null) write(slot, []);
      slot = next;
      write(slot, toWrite());
    },
    ended: () => new Set(over),
    kept: (deeds, ended) => {
      const before = { known, entries, over };
      const news = deeds.slice(known).map(keyOfDeed);
      known = deeds.length;
      const left = entries.filter((entry) => {
        if (ended.has(entry)) return false;
        const at = news.indexOf(keyOfDeed(entry.deed));
        if (at >= 0) news.splice(at, 1);
        return at < 0;
      });
      entries = left;
      for (const entry of ended) over.delete(entry);
      const undo = (): void => {
        // Another document is open by now; what was written down of this one is still there.
        if (over !== before.over) return;
        known = before.known;
        for (const entry of ended) over.add(entry);
        put([...before.entries.filter((entry) => !left.includes(entry)), ...entries]);
      };
      return { left: toWrite(), undo };
    },
    forgetLeft: () => put(entries.filter((entry) => !waiting.has(entry))),
  };
}
