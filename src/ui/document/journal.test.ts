import { describe, expect, it } from 'vitest';
import type { Deed } from '../../engine/document.ts';
import { createSession } from '../engine/session.ts';
import { createJournal, type JournalEntry } from './journal.ts';

const typed = (line: string): Deed => ({ kind: 'typed', host: 'central', namespace: '', line, at: 0 });

function opened() {
  const calls: { readonly end: () => void; readonly fail: () => void }[] = [];
  const session = createSession({
    call: () =>
      new Promise((end, fail) =>
        calls.push({ end: () => end(null as never), fail: () => fail(new Error('no')) }),
      ),
    onChanged: () => () => undefined,
    onFault: () => () => undefined,
    close: () => undefined,
  });
  const written = new Map<string, readonly JournalEntry[]>();
  const journal = createJournal(session, (slot, entries) => written.set(slot, entries));
  journal.open('s/one', []);
  const lines = (slot = 's/one'): readonly string[] =>
    (written.get(slot) ?? []).map(({ deed, again }) =>
      deed.kind === 'typed' ? `${deed.line}${again ? ' again' : ''}` : deed.kind,
    );
  const type = (line: string): Promise<unknown> =>
    journal.session.call('exec', { host: 'central', line }).catch(() => null);
  return { journal, calls, lines, type };
}

describe('the journal', () => {
  it('has a line from the moment in which it begins until a document with it is kept', async () => {
    const { journal, calls, lines, type } = opened();
    const ran = type('ovn-nbctl ls-add a');
    expect(lines()).toEqual(['ovn-nbctl ls-add a']);
    await Promise.resolve();
    calls[0]?.end();
    await ran;
    expect(lines()).toEqual(['ovn-nbctl ls-add a']);
    expect(journal.kept([typed('ovn-nbctl ls-add a')], journal.ended()).left).toEqual([]);
  });

  it('keeps what a document that was asked for earlier does not have', () => {
    const { journal, type } = opened();
    const lines = (entries: readonly JournalEntry[]): readonly unknown[] =>
      entries.map(({ deed }) => deed.kind === 'typed' && deed.line);
    void type('one');
    const ended = journal.ended();
    void type('two');
    void type('one');
    expect(lines(journal.kept([typed('one')], ended).left)).toEqual(['two', 'one']);
    expect(lines(journal.kept([typed('one'), typed('two')], ended).left)).toEqual(['one']);
  });

  it('has again what was not kept after all, before what was done meanwhile', () => {
    const { journal, lines, type } = opened();
    void type('one');
    const { left, undo } = journal.kept([typed('one')], journal.ended());
    expect(left).toEqual([]);
    void type('two');
    expect(lines()).toEqual(['two']);
    undo();
    expect(lines()).toEqual(['one', 'two']);
    expect(journal.kept([typed('one'), typed('two')], journal.ended()).left).toEqual([]);
  });

  it('forgets what was refused, and what only asked was never in it', async () => {
    const { calls, lines, type, journal } = opened();
    const ran = type('fails');
    void journal.session.call('snapshot', null);
    expect(lines()).toEqual(['fails']);
    await Promise.resolve();
    calls[0]?.fail();
    await ran;
    expect(lines()).toEqual([]);
  });

  it('marks what is done again, so that a line with which the page fails is not done for ever', async () => {
    const { journal, lines, type } = opened();
    await journal.again(() => Promise.resolve(void type('kills the page')));
    expect(lines()).toEqual(['kills the page again']);
  });

  it('goes with its document', () => {
    const { journal, lines, type } = opened();
    void type('one');
    journal.move('f/one (2)');
    expect([lines(), lines('f/one (2)')]).toEqual([[], ['one']]);
    journal.open('s/two', [typed('x')]);
    expect(lines('f/one (2)')).toEqual(['one']);
    expect(lines('s/two')).toEqual([]);
  });
});
