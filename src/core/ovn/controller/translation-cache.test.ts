import { expect, it } from 'vitest';
import { FIELDS, createMatch, matchFieldValue, setMatchField } from '../../flow/index.ts';
import type { ExprMatches } from '../expr/index.ts';
import type { Uuid } from '../../base/uuid.ts';
import { TranslationCache, type TranslatedMatch } from './translation-cache.ts';

const FLOW = '87f0af88-0e4c-4c0e-8c1f-40ae81dca8be' as Uuid;
const DATAPATH = '00000000-0000-4000-8000-000000000001' as Uuid;

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
    let taken: readonly TranslatedMatch[] | undefined;
    cache.renew(FLOW, () => {
      taken = cache.take({
        flow: FLOW,
        datapath: DATAPATH,
        text: 'match',
        keeps,
        portNumber: () => undefined,
        translate: conjunctive,
      });
    });
    const [clause, action] = taken ?? [];
    return [
      clause?.conjunctions[0]?.id ?? 0,
      Number(action ? matchFieldValue(action.match, FIELDS.conj_id) : 0),
    ] as const;
  });
}

it('keeps clause and action together from pass to pass', () => {
  expect(ids(new TranslationCache({ kind: 'in turn', after: 1 }), 3)).toEqual([
    [2, 2],
    [2, 2],
    [2, 2],
  ]);
});

it('lets the action drift with the fault of 20.12.0, and only what is kept', () => {
  const faulty = new TranslationCache({ kind: 'in turn', after: 1 });
  faulty.drifts = true;
  expect(ids(faulty, 3)).toEqual([
    [2, 2],
    [2, 3],
    [2, 4],
  ]);
  const varying = new TranslationCache({ kind: 'in turn', after: 1 });
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
    cache.renew(FLOW, () => {
      cache.take({
        flow: FLOW,
        datapath: DATAPATH,
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
    });
  };
  take('x', 1);
  take('x', 1);
  expect(made).toBe(1);
  take('x', 2);
  take('y', 2);
  expect(made).toBe(3);
  expect(cache.counts).toEqual({ entries: 1, kept: 1 });
  cache.drop(FLOW);
  expect(cache.counts).toEqual({ entries: 0, kept: 0 });
});

it('gives a flow and a datapath the same ids whatever was before, and others when they are taken', () => {
  const [first] = ids(new TranslationCache(), 2);
  const other = new TranslationCache();
  other.renew(FLOW, () =>
    other.take({
      flow: FLOW,
      datapath: '00000001-0000-4000-8000-000000000001' as Uuid,
      text: 'match',
      keeps: true,
      portNumber: () => undefined,
      translate: conjunctive,
    }),
  );
  expect(ids(other, 1)).toEqual([first]);
  const same = '87f0af88-0e4c-4c0e-8c1f-40ae81dca8bf' as Uuid;
  const taken = other.take({
    flow: same,
    datapath: DATAPATH,
    text: 'match',
    keeps: true,
    portNumber: () => undefined,
    translate: conjunctive,
  });
  expect(taken?.[0]?.conjunctions[0]?.id).toBe((first?.[0] ?? 0) + 1);
});
