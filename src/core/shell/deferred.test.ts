import { expect, it } from 'vitest';
import { deferred } from './deferred.ts';
import type { Exit, RunningProgram } from './program.ts';

const endless = (onCancel: () => void): RunningProgram => ({
  pace: 'real',
  cancel: onCancel,
  onDone: () => undefined,
});

it('is what it goes on with when it need not wait', () => {
  const program = endless(() => undefined);
  expect(
    deferred((go) => {
      go(program);
      return () => undefined;
    }),
  ).toBe(program);
});

it('has its own pace while it waits, then that of the program', () => {
  let go: (next: Exit | RunningProgram) => void = () => undefined;
  let cancelled = false;
  const waiting = deferred((next) => {
    go = next;
    return () => undefined;
  });
  expect(waiting).toMatchObject({ pace: 'fast' });
  go(endless(() => (cancelled = true)));
  expect(waiting).toMatchObject({ pace: 'real' });
  if (!('status' in waiting)) waiting.cancel();
  expect(cancelled).toBe(true);
});

it('gives up when it is stopped while it waits', () => {
  let abandoned = false;
  let exit: Exit | null = null;
  const waiting = deferred(() => () => void (abandoned = true));
  if (!('status' in waiting)) {
    waiting.onDone((end) => (exit = end));
    waiting.cancel();
  }
  expect([abandoned, exit]).toEqual([true, { status: 130 }]);
});
