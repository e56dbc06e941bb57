/** Preferences outlive documents; they are kept in the browser's small store. */
import * as v from 'valibot';
import type { PreferencesSlice } from './slices.ts';
import { START_PREFERENCES } from './store.ts';

const KEY = 'hopscope-preferences';

const size = (otherwise: number) =>
  v.fallback(v.pipe(v.number(), v.minValue(44), v.maxValue(4000)), otherwise);

const isShown = v.fallback(v.boolean(), true);

const schema = v.object({
  theme: v.fallback(v.picklist(['system', 'light', 'dark']), START_PREFERENCES.theme),
  explorerWidth: size(START_PREFERENCES.explorerWidth),
  inspectorWidth: size(START_PREFERENCES.inspectorWidth),
  dockHeight: size(START_PREFERENCES.dockHeight),
  around: v.fallback(
    v.object({ title: isShown, legend: isShown, footer: isShown }),
    START_PREFERENCES.around,
  ),
  firstSteps: isShown,
});

/** What is missing or damaged takes its default; so does all where the browser gives no storage. */
export function loadPreferences(storage: () => Pick<Storage, 'getItem'>): PreferencesSlice {
  try {
    return v.parse(schema, JSON.parse(storage().getItem(KEY) ?? '{}'));
  } catch {
    return START_PREFERENCES;
  }
}

/** Where the browser refuses to store, nothing is kept and nothing fails. */
export function savePreferences(
  storage: () => Pick<Storage, 'setItem'>,
  preferences: PreferencesSlice,
): void {
  try {
    storage().setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Full or forbidden: preferences then last until the page closes.
  }
}
