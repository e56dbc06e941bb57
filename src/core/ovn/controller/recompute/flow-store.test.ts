import { expect, it } from 'vitest';
import type { Uuid } from '../../../base/uuid.ts';
import { createMatch } from '../../../flow/index.ts';
import type { ConjunctionAct, OfpAct } from '../../../ofproto/index.ts';
import { FlowStore, type FlowOwner } from './flow-store.ts';

const resubmit = (table: number): OfpAct => ({ kind: 'resubmit', port: 0, table, ct: false });
const clause = (id: number): ConjunctionAct => ({ kind: 'conjunction', id, clause: 1, clauses: 2 });

type Asked = { readonly acts: readonly OfpAct[] } | { readonly clauses: readonly ConjunctionAct[] };

/** What is installed where owners ask for flows with one match; owners come in the given order. */
function installed(asked: readonly Asked[]): readonly OfpAct[] | undefined {
  const store = new FlowStore();
  for (const [at, one] of asked.entries()) {
    const owner: FlowOwner = { rank: 0, name: `owner ${at}`, flows: new Map() };
    store.replace(owner, (sink) => {
      if ('acts' in one) sink.add(1, 2, createMatch(), one.acts, `0000000${at}` as Uuid);
      else sink.addConjunctions(1, 2, createMatch(), one.clauses);
    });
  }
  store.takeChanges();
  return store.flows[0]?.actions;
}

const drop: Asked = { acts: [] };
const act: Asked = { acts: [resubmit(5)] };
const clauses: Asked = { clauses: [clause(9)] };

it.each([
  ['one that acts before one that drops', [drop, act], [resubmit(5)]],
  ['one that acts before clauses', [clauses, act], [resubmit(5)]],
  ['one that drops before clauses', [clauses, drop], []],
  ['the first of equals', [act, { acts: [resubmit(6)] }], [resubmit(5)]],
  ['clauses together, by their ids', [clauses, { clauses: [clause(3)] }], [clause(3), clause(9)]],
] as const)('installs %s, whoever came first', (_, asked, expected) => {
  expect(installed(asked)).toEqual(expected);
  const isTie = asked.every((one) => 'acts' in one && one.acts.length > 0);
  if (!isTie) expect(installed(asked.toReversed())).toEqual(expected);
});
