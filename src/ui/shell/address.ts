/** Reads and writes the page's address. */
import { useSyncExternalStore } from 'react';

/** Goes to an address of this page; a step or lens replaces, a document adds to the history. */
export function navigate(hash: string, replace: boolean): void {
  if (hash === location.hash) return;
  if (replace) history.replaceState(null, '', hash);
  else history.pushState(null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  addEventListener('popstate', listener);
  return () => {
    removeEventListener('hashchange', listener);
    removeEventListener('popstate', listener);
  };
}

export function useAddress(): string {
  return useSyncExternalStore(subscribe, () => location.hash);
}
