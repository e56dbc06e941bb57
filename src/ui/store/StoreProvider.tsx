/** Hands the page store down the tree, and reads from it by selector. */
import { createContext, useContext, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Actions, PageState, PageStore } from './store.ts';

const StoreContext = createContext<PageStore | null>(null);

export function StoreProvider({
  store,
  children,
}: {
  readonly store: PageStore;
  readonly children: ReactNode;
}) {
  return <StoreContext value={store}>{children}</StoreContext>;
}

/** The store itself, for what reads it outside of rendering. */
export function usePageStore(): PageStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error('usePageStore outside StoreProvider');
  return store;
}

/** Renders again when the selected value changes; the selector must give a stored value, not build one. */
export function usePage<T>(selector: (state: PageState) => T): T {
  return useStore(usePageStore(), selector);
}

/** The functions that change the page; the same object for the life of the page. */
export function useActions(): Actions {
  return useStore(usePageStore(), (state) => state.actions);
}

/** Undo and redo of the document slice. */
export function useHistory(): {
  readonly undo: () => void;
  readonly redo: () => void;
  readonly past: number;
  readonly future: number;
} {
  const { temporal } = usePageStore();
  const past = useStore(temporal, (state) => state.pastStates.length);
  const future = useStore(temporal, (state) => state.futureStates.length);
  const { undo, redo } = temporal.getState();
  return { undo: () => undo(), redo: () => redo(), past, future };
}
