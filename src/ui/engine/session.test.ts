import { describe, expect, it } from 'vitest';
import type { EngineClient } from '../../engine/client.ts';
import { EngineFailure } from '../../engine/client.ts';
import { createSession, failureOf } from './session.ts';

function fakeClient(): { readonly client: EngineClient; readonly change: (version: number) => void } {
  const listeners = new Set<(version: number) => void>();
  return {
    client: {
      call: () => Promise.reject(new Error('not asked')),
      onChanged: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      onFault: () => () => undefined,
      close: () => undefined,
    },
    change: (version) => listeners.forEach((listener) => listener(version)),
  };
}

describe('session', () => {
  it('tells changes of one frame once, with the newest version', () => {
    const { client, change } = fakeClient();
    const scheduled: (() => void)[] = [];
    const session = createSession(client, (work) => scheduled.push(work));
    const seen: number[] = [];
    session.subscribe(() => seen.push(session.age().version));
    change(1);
    change(2);
    change(3);
    expect(scheduled).toHaveLength(1);
    scheduled[0]?.();
    expect(seen).toEqual([3]);
    change(3);
    expect(scheduled).toHaveLength(1);
    change(4);
    expect(scheduled).toHaveLength(2);
  });

  it('asks nothing of a world that is still being opened, but lets openings through', async () => {
    const { client } = fakeClient();
    const asked: string[] = [];
    const session = createSession({
      ...client,
      call: (name) => {
        asked.push(name);
        return Promise.resolve(null as never);
      },
    });
    const opening = new AbortController();
    session.wait(
      new Promise((_, fail) => opening.signal.addEventListener('abort', () => fail(new Error('not opened')))),
    );
    const runs = session.call('runs', null);
    const given = new AbortController();
    const stopped = session.call('tables', null, { signal: given.signal });
    given.abort();
    await session.call('open', { scenario: 'any', seed: 1 });
    expect(asked).toEqual(['open']);
    opening.abort();
    await runs;
    await expect(stopped).rejects.toThrow('aborted');
    expect(asked).toEqual(['open', 'runs']);
    await session.call('tables', null);
    expect(asked).toEqual(['open', 'runs', 'tables']);
  });

  it('keeps the same age until something changes, and counts worlds', () => {
    const { client } = fakeClient();
    const session = createSession(client, (work) => work());
    expect(session.age()).toBe(session.age());
    session.reopened(7);
    expect(session.age()).toEqual({ epoch: 1, version: 7 });
  });

  it.each([
    [
      new EngineFailure({ kind: 'refused', message: 'cut', place: 'a.db, line 3', remedy: '', kept: 'all' }),
      { message: 'cut', place: 'a.db, line 3', remedy: '', kept: 'all', cancelled: false },
    ],
    [
      new EngineFailure({ kind: 'cancelled', message: 'cancelled', place: '', remedy: '', kept: '' }),
      { message: 'cancelled', place: '', remedy: '', kept: '', cancelled: true },
    ],
    [new Error('boom'), { message: 'boom', place: '', remedy: '', kept: '', cancelled: false }],
    ['text', { message: 'text', place: '', remedy: '', kept: '', cancelled: false }],
  ])('reads failures: %#', (error, expected) => expect(failureOf(error)).toEqual(expected));
});
