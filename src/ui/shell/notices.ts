/** What the page has to say that belongs to no panel: each kind once, until it is closed or no longer so. */
import type { KeepingTrouble } from '../document/shelf.ts';

export type Notice =
  /** This browser keeps nothing. */
  | { readonly kind: 'keeping'; readonly trouble: KeepingTrouble }
  /** Another build of the page has taken this one's place. */
  | { readonly kind: 'newer' }
  /** A part of the page, fetched when it is needed, did not come. */
  | { readonly kind: 'part' }
  /** Two tabs have worked on one document: this one's is kept by that name. */
  | { readonly kind: 'parted'; readonly name: string }
  /** Something failed in the engine outside of any call. */
  | { readonly kind: 'fault'; readonly message: string };

export interface Notices {
  all(): readonly Notice[];
  subscribe(listener: () => void): () => void;
  /** Replaces one of the same kind; one that was closed stays closed while it says the same. */
  put(notice: Notice): void;
  /** It is no longer so. */
  withdraw(kind: Notice['kind']): void;
  /** The user has read it. */
  close(kind: Notice['kind']): void;
}

const same = (a: Notice | undefined, b: Notice): boolean => JSON.stringify(a) === JSON.stringify(b);

export function createNotices(): Notices {
  let shown: readonly Notice[] = [];
  const read = new Map<Notice['kind'], Notice>();
  const listeners = new Set<() => void>();
  const show = (next: readonly Notice[]): void => {
    shown = next;
    for (const listener of listeners) listener();
  };
  const without = (kind: Notice['kind']): readonly Notice[] => shown.filter((one) => one.kind !== kind);
  return {
    all: () => shown,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    put: (notice) => {
      const { kind } = notice;
      if (same(read.get(kind), notice) || shown.some((one) => same(one, notice))) return;
      read.delete(kind);
      show([...without(kind), notice]);
    },
    withdraw: (kind) => {
      read.delete(kind);
      if (shown.some((one) => one.kind === kind)) show(without(kind));
    },
    close: (kind) => {
      const notice = shown.find((one) => one.kind === kind);
      if (!notice) return;
      // A part that is asked for again is worth telling again.
      if (kind !== 'part') read.set(kind, notice);
      show(without(kind));
    },
  };
}
