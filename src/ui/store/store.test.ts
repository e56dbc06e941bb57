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

  it('undoes what was done to the picture: folds, legend, filter, focus, one by one', () => {
    const store = createPageStore();
    const { actions } = store.getState();
    const undo = (): void => store.temporal.getState().undo();
    const shown = () => store.getState().arrangement;
    actions.collapse('host:a', true);
    actions.toggleKind('cable:');
    actions.setFilter('on path');
    actions.setFilter('on path');
    actions.setFocus({ kind: 'host', host: 'a' });
    actions.setLens('logical');
    actions.showInspector('tables');
    undo();
    expect(shown()).toMatchObject({ focus: null, filter: 'on path' });
    undo();
    expect(shown()).toMatchObject({ filter: '', hidden: new Set(['cable:']) });
    undo();
    expect(shown()).toMatchObject({ hidden: new Set(), collapsed: new Set(['host:a']) });
    undo();
    expect(shown().collapsed).toEqual(new Set());
    expect(store.temporal.getState().pastStates).toEqual([]);
    store.temporal.getState().redo();
    expect(shown().collapsed).toEqual(new Set(['host:a']));
    // Where one looks is no deed.
    expect(store.getState().viewport).toMatchObject({ lens: 'logical', inspector: 'tables' });
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
