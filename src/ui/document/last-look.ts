/**
 * The page as it was when it was closed, in the browser's small store: that one takes a value at once, the large one has no
 * time for it any more. Without what the terminals showed, which may be much.
 */
import * as v from 'valibot';

export type SmallStore = () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const left = v.object({
  /** The work in the large store that the page began with, and the one that it is. */
  base: v.string(),
  revision: v.string(),
  page: v.record(v.string(), v.unknown()),
});

interface LastLook {
  leave(
    slot: string,
    look: { readonly base: string; readonly revision: string; readonly page: object },
  ): void;
  /** Gives what was left of the document with that work in it, once. */
  take(slot: string, base: string): v.InferOutput<typeof left> | null;
  forget(slot: string): void;
}

const KEY = 'hopscope-left:';

/** Where the browser has no small store, nothing is kept and nothing fails. */
export function createLastLook(store: SmallStore): LastLook {
  const forget = (slot: string): void => {
    try {
      store().removeItem(KEY + slot);
    } catch {
      // Nothing was there.
    }
  };
  return {
    leave: (slot, { base, revision, page }) => {
      const { screens: _, ...rest } = { screens: null, ...page };
      try {
        store().setItem(KEY + slot, JSON.stringify({ base, revision, page: rest }));
      } catch {
        // The look of the last moment alone is lost.
      }
    },
    take: (slot, base) => {
      try {
        const found = v.safeParse(left, JSON.parse(store().getItem(KEY + slot) ?? 'null'));
        forget(slot);
        return found.success && found.output.base === base ? found.output : null;
      } catch {
        return null;
      }
    },
    forget,
  };
}
