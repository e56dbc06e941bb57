import { expect, it } from 'vitest';
import { comparePoints, orderMembers, type FlowRecord } from './northd.ts';

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

const member = (number: number, actions: string, group = 1): FlowRecord => ({
  ...flow,
  stage: 'lr_in_ip_routing_ecmp',
  match: `reg8[0..15] == ${group} && reg8[16..31] == ${number}`,
  actions,
});
const ordered = (expected: FlowRecord[], actual: FlowRecord[]): boolean =>
  passes(orderMembers(expected), orderMembers(actual)).every(Boolean);

it('takes the members of a multipath route in any order', () => {
  expect(ordered([member(1, 'a'), member(2, 'b')], [member(1, 'b'), member(2, 'a')])).toBe(true);
});

it.each([
  ['another action', [member(1, 'a'), member(2, 'c')]],
  ['another number', [member(1, 'a'), member(3, 'b')]],
  ['another group', [member(1, 'a'), member(2, 'b', 2)]],
  ['one action twice', [member(1, 'a'), member(2, 'a')]],
])('tells a member with %s from the recorded one', (_, actual) => {
  expect(ordered([member(1, 'a'), member(2, 'b')], actual)).toBe(false);
});
