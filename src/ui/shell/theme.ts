/** Puts the chosen theme on the page and tells what must be coloured by hand. */
import { useLayoutEffect, useSyncExternalStore } from 'react';
import { usePage } from '../store/StoreProvider.tsx';
import { useServices } from './Services.tsx';

const DARK = '(prefers-color-scheme: dark)';

function subscribe(listener: () => void): () => void {
  const query = matchMedia(DARK);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** `light` or `dark`: what is in force now. */
export function useThemeInForce(): 'light' | 'dark' {
  const theme = usePage((state) => state.preferences.theme);
  const dark = useSyncExternalStore(subscribe, () => matchMedia(DARK).matches);
  if (theme !== 'system') return theme;
  return dark ? 'dark' : 'light';
}

/** To be used once, at the top. */
export function useTheme(): void {
  const theme = useThemeInForce();
  const { terminals } = useServices();
  // Before effects of panels, which read the colours from the page.
  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    terminals.recolour();
  }, [theme, terminals]);
}
