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
  const beside = (): readonly unknown[] =>
    (written.get('s/one') ?? []).flatMap(({ deed, beside: is }) =>
      is && deed.kind === 'typed' ? [deed.line] : [],
    );
  const type = (line: string): Promise<unknown> =>
    journal.session.call('exec', { host: 'central', line }).catch(() => null);
  return { journal, calls, lines, beside, type };
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

  it('has what is left until it begins, and marks it then: a line with which the page fails is not done for ever', () => {
    const { journal, lines, type } = opened();
    const left = (line: string): JournalEntry => ({ deed: typed(line), again: false, beside: false });
    journal.open('s/two', [], [left('kills the page'), left('behind it')]);
    expect(lines('s/two')).toEqual(['kills the page', 'behind it']);
    void type('kills the page');
    expect(lines('s/two')).toEqual(['kills the page again', 'behind it']);
    void type('by hand');
    expect(lines('s/two')).toEqual(['kills the page again', 'behind it', 'by hand']);
    journal.forgetLeft();
    expect(lines('s/two')).toEqual(['kills the page again', 'by hand']);
  });

  it('tells which had not ended when others began', async () => {
    const { calls, beside, type } = opened();
    const ran = type('ends');
    await Promise.resolve();
    calls[0]?.end();
    await ran;
    void type('ping');
    void type('behind it');
    expect(beside()).toEqual(['ping']);
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
