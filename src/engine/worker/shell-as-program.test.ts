import { expect, it } from 'vitest';
import { runShell } from './shell-as-program.ts';

it('a shell that fails to start ends with a status, and who waits for it is told', async () => {
  const told: string[] = [];
  const errors: string[] = [];
  await new Promise<void>((ended) => {
    const program = runShell({
      script: 'cat f',
      env: {},
      cwd: '/',
      stdin: '',
      output: { out: (text) => told.push(text), err: (text) => errors.push(text) },
      stop: new AbortController(),
      start: () => Promise.reject(new Error('no room')),
      ended,
    });
    program.onDone(({ status }) => told.push(`status ${status}`));
  });
  expect(told).toEqual(['status 1']);
  expect(errors).toEqual(['bash: no room\n']);
});
