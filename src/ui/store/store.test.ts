import { describe, expect, it } from 'vitest';
import { loadPreferences, savePreferences } from './preferences.ts';
import { createPageStore, EMPTY_DOCUMENT, START_PREFERENCES } from './store.ts';

describe('page store', () => {
  it('undoes what belongs to the document, and nothing else', () => {
    const store = createPageStore();
    const { actions } = store.getState();
    actions.pin('overlay', 'host:a', [4, 8]);
    actions.goTo(3);
    actions.toggleBreakpoint({ kind: 'drop' });
    store.temporal.getState().undo();
    expect(store.getState().document.breakpoints).toEqual([]);
    expect(store.getState().document.pins).toEqual({ overlay: { 'host:a': [4, 8] } });
    expect(store.getState().playback.step).toBe(3);
    store.temporal.getState().undo();
    expect(store.getState().document.pins).toEqual({});
    store.temporal.getState().redo();
    expect(store.getState().document.pins).toEqual({ overlay: { 'host:a': [4, 8] } });
  });

  it('turns breakpoints on and off', () => {
    const { getState } = createPageStore();
    const { toggleBreakpoint } = getState().actions;
    toggleBreakpoint({ kind: 'device', id: 'a' });
    toggleBreakpoint({ kind: 'device', id: 'b' });
    toggleBreakpoint({ kind: 'device', id: 'a' });
    expect(getState().document.breakpoints).toEqual([{ kind: 'device', id: 'b' }]);
  });

  it('begins anew with another document, but keeps preferences', () => {
    const { getState } = createPageStore();
    const { actions } = getState();
    actions.setTheme('dark');
    actions.setLens('logical');
    actions.goTo(9, 2);
    actions.opened({ ...EMPTY_DOCUMENT, title: 'other' }, { playback: { step: 4 } });
    expect(getState()).toMatchObject({
      document: { title: 'other' },
      playback: { run: null, step: 4 },
      viewport: { lens: 'overlay' },
      preferences: { theme: 'dark' },
    });
  });
});

describe('preferences', () => {
  it('come back as they were saved', () => {
    const kept = new Map<string, string>();
    savePreferences(() => ({ setItem: (key, value) => kept.set(key, value) }), {
      ...START_PREFERENCES,
      theme: 'dark',
      dockHeight: 300,
      around: { title: false, legend: true, footer: false },
    });
    expect(loadPreferences(() => ({ getItem: (key) => kept.get(key) ?? null }))).toEqual({
      ...START_PREFERENCES,
      theme: 'dark',
      dockHeight: 300,
      around: { title: false, legend: true, footer: false },
    });
  });

  it.each([null, '', '{', '[]', '7', '{"theme":"pink","dockHeight":-4}'])('%j gives the defaults', (text) =>
    expect(loadPreferences(() => ({ getItem: () => text }))).toEqual(START_PREFERENCES),
  );

  it('may be forbidden', () => {
    const refuse = (): never => {
      throw new Error('full');
    };
    expect(() => savePreferences(() => ({ setItem: refuse }), START_PREFERENCES)).not.toThrow();
    expect(() => savePreferences(refuse, START_PREFERENCES)).not.toThrow();
    expect(loadPreferences(refuse)).toEqual(START_PREFERENCES);
  });
});
