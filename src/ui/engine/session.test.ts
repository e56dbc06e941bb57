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
