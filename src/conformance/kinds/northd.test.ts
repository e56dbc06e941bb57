import { expect, it } from 'vitest';
import { comparePoints, type FlowRecord } from './northd.ts';

const flow: FlowRecord = {
  datapath: 's',
  pipeline: 'ingress',
  table: 0,
  stage: 'ls_in_check_port_sec',
  priority: 50,
  match: '1',
  actions: 'next;',
};

const passes = (expected: FlowRecord[], actual: FlowRecord[]): boolean[] =>
  [...comparePoints('case', expected, actual)].map(({ pass }) => pass);

it('passes equal flows and the case', () => {
  expect(passes([flow], [flow])).toEqual([true, true]);
});

it.each<Partial<FlowRecord>>([
  { datapath: 't' },
  { pipeline: 'egress' },
  { table: 1 },
  { priority: 49 },
  { match: 'ip4' },
  { actions: 'drop;' },
])('fails a flow that differs in %o', (change) => {
  expect(passes([flow], [{ ...flow, ...change }])).toEqual([false, false, false]);
});

it('fails a flow that is missing, or there once too often', () => {
  expect(passes([flow], [])).toEqual([false, false]);
  expect(passes([flow], [flow, flow])).toEqual([true, false, false]);
});
