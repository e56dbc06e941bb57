/** Which of the three arrangements fits the page. */
import { useSyncExternalStore } from 'react';

/** `wide` from 1200 px, `medium` from 600, `narrow` below. */
export type LayoutMode = 'wide' | 'medium' | 'narrow';

const WIDE = '(min-width: 1200px)';
const NARROW = '(max-width: 599px)';

function read(): LayoutMode {
  if (matchMedia(NARROW).matches) return 'narrow';
  return matchMedia(WIDE).matches ? 'wide' : 'medium';
}

function subscribe(listener: () => void): () => void {
  const queries = [matchMedia(WIDE), matchMedia(NARROW)];
  for (const query of queries) query.addEventListener('change', listener);
  return () => {
    for (const query of queries) query.removeEventListener('change', listener);
  };
}

/** Follows the page's width; at 200 % browser zoom the narrower arrangement applies by itself. */
export function useLayoutMode(): LayoutMode {
  return useSyncExternalStore(subscribe, read);
}
