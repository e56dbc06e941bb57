import { expect, it } from 'vitest';
import { FIELDS, createMatch, matchFieldValue, setMatchField } from '../../flow/index.ts';
import type { ExprMatches } from '../expr/index.ts';
import { TranslationCache } from './translation-cache.ts';

/** One clause and the flow that its conjunction leads to. */
function conjunctive(): ExprMatches {
  const clause = createMatch();
  const action = createMatch();
  setMatchField(action, FIELDS.conj_id, 1);
  return {
    conjunctionCount: 1,
    matches: [
      { match: clause, conjunctions: [{ id: 1, clause: 0, clauses: 2 }], member: undefined },
      { match: action, conjunctions: [], member: undefined },
    ],
  };
}

/** The ids of clause and action after each of some passes. */
function ids(cache: TranslationCache, passes: number, keeps = true): (readonly [number, number])[] {
  return Array.from({ length: passes }, () => {
    cache.beginPass();
    const taken = cache.take({
      key: 'flow',
      text: 'match',
      keeps,
      portNumber: () => undefined,
      translate: conjunctive,
    });
    cache.endPass();
    const [clause, action] = taken ?? [];
    return [
      clause?.conjunctions[0]?.id ?? 0,
      Number(action ? matchFieldValue(action.match, FIELDS.conj_id) : 0),
    ] as const;
  });
}

it('keeps clause and action together from pass to pass', () => {
  expect(ids(new TranslationCache(1), 3)).toEqual([
    [2, 2],
    [2, 2],
    [2, 2],
  ]);
});

it('lets the action drift with the fault of 20.12.0, and only what is kept', () => {
  const faulty = new TranslationCache(1);
  faulty.drifts = true;
  expect(ids(faulty, 3)).toEqual([
    [2, 2],
    [2, 3],
    [2, 4],
  ]);
  const varying = new TranslationCache(1);
  varying.drifts = true;
  expect(ids(varying, 2, false)).toEqual([
    [2, 2],
    [2, 2],
  ]);
});

it('translates anew when the text or a port number changes, and forgets what is gone', () => {
  const cache = new TranslationCache();
  let made = 0;
  const take = (text: string, number: number): void => {
    cache.beginPass();
    cache.take({
      key: 'flow',
      text,
      keeps: true,
      portNumber: () => number,
      translate: (portNumber) => {
        made += 1;
        portNumber('a');
        return {
          conjunctionCount: 0,
          matches: [{ match: createMatch(), conjunctions: [], member: undefined }],
        };
      },
    });
    cache.endPass();
  };
  take('x', 1);
  take('x', 1);
  expect(made).toBe(1);
  take('x', 2);
  take('y', 2);
  expect(made).toBe(3);
  expect(cache.counts).toEqual({ entries: 1, kept: 1 });
  cache.beginPass();
  cache.endPass();
  expect(cache.counts).toEqual({ entries: 0, kept: 0 });
});
