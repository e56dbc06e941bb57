/** What the record keeps of a world that runs on and on. */
import { expect, it } from 'vitest';
import { BACKGROUND, BACKGROUND_KEPT, RunRecorder } from './recorder.ts';

const note = (text: string, parent: number | null) => ({
  parent,
  where: { host: 'a' },
  what: { kind: 'note' as const, text },
  frame: null,
  because: [],
});

it('gives up old steps of the background, but none of a run and none that is to be kept', () => {
  const recorder = new RunRecorder({ now: () => 7 });
  const forgotten: number[] = [];
  recorder.onForgetting(({ id }) => void forgotten.push(id));
  const first = recorder.record(note('first', null));
  recorder.keep(recorder.length);
  const kept = recorder.record(note('kept', first));
  const typed = recorder.begin('typed').recorder.record(note('typed', null));
  for (let count = 0; count < 2 * BACKGROUND_KEPT; count += 1) recorder.record(note('later', null));
  const last = recorder.record(note('last', kept));
  expect(forgotten[0]).toBe(first);
  expect(forgotten).not.toContain(kept);
  expect(recorder.step(first).what).toMatchObject({
    text: expect.stringContaining('no longer kept') as string,
  });
  expect([kept, typed, last].map((id) => recorder.step(id).what)).toEqual(
    ['kept', 'typed', 'last'].map((text) => ({ kind: 'note', text })),
  );
  const { steps } = recorder.run(BACKGROUND) ?? { steps: [] };
  expect(steps.length - forgotten.length).toBeLessThan(1.5 * BACKGROUND_KEPT + 2);
});
