import { expect, it } from 'vitest';
import type { Deed } from '../../engine/document.ts';
import { createSession } from '../engine/session.ts';
import { createPageStore } from '../store/store.ts';
import { createScreens } from '../terminal/screens.ts';
import { createJournal, type JournalEntry } from './journal.ts';
import { createKeeper } from './keeper.ts';
import { createLivingTabs } from './living-tabs.ts';
import { openShelf, type Saved, type Shelf } from './shelf.ts';

it('keeps the whole document with the next writing when the browser did not take it', async () => {
  const commands: Deed[] = [];
  const session = createSession({
    call: async (name) =>
      (name === 'document'
        ? {
            format: 'hopscope',
            version: 1,
            scenario: 'a',
            seed: 1,
            commands: [...commands],
            files: [],
            page: null,
          }
        : null) as never,
    onChanged: () => () => undefined,
    onFault: () => () => undefined,
    close: () => undefined,
  });
  let written: readonly JournalEntry[] = [];
  const journal = createJournal(session, (_slot, entries) => {
    written = entries;
  });
  const answers: Saved[] = ['failed', 'kept', 'kept'];
  const writings: Parameters<Shelf['save']>[1][] = [];
  const left: (readonly JournalEntry[])[] = [];
  const keeper = createKeeper({
    session: journal.session,
    store: createPageStore(),
    screens: createScreens(),
    journal,
    slot: () => 's/a',
    part: async () => undefined,
    shelf: {
      ...openShelf(
        () => undefined,
        () => new Storage(),
        createLivingTabs(undefined),
        () => Promise.reject(new Error('unused')),
      ),
      save: async (_slot, writing) => {
        writings.push(writing);
        left.push(writing.deeds());
        return answers.shift() ?? 'kept';
      },
    },
  });
  keeper.opened([]);
  journal.open('s/a', []);
  await journal.session.call('exec', { host: 'central', line: 'ovn-nbctl ls-add a' });
  commands.push({ kind: 'typed', host: 'central', namespace: '', line: 'ovn-nbctl ls-add a', at: 0 });

  await keeper.save();
  expect(left).toEqual([[]]);
  expect(written).toHaveLength(1);
  await keeper.save();
  await keeper.save();
  expect(writings.map(({ document, isWork }) => [document !== null, isWork])).toEqual([
    [true, true],
    [true, true],
    [false, false],
  ]);
});
