import { expect, it } from 'vitest';
import { normaliseFlow } from './openflow.ts';

const ROW =
  ' cookie=0x822d9d74, table=44, priority=100,reg15=0x2,metadata=0x1 actions=set_field:0x3/0xffff->reg13,set_field:0x1->tun_id,output:2';

it('leaves a row without unstable numbers as it is', () => {
  expect(normaliseFlow(ROW)).toBe(ROW.trim());
});

it.each([
  ['cookie', '0x822d9d74', '0x822d9d75'],
  ['table', 'table=44', 'table=45'],
  ['priority', 'priority=100', 'priority=101'],
  ['match', 'reg15=0x2', 'reg15=0x3'],
  ['zone', '0x3/0xffff', '0x4/0xffff'],
  ['port', 'output:2', 'output:3'],
])('catches a wrong %s', (_, right, wrong) => {
  expect(normaliseFlow(ROW.replace(right, wrong))).not.toBe(normaliseFlow(ROW));
});

it('takes the ids of conjunctions, and no clause of them', () => {
  const row = (actions: string): string => normaliseFlow(`table=1, priority=1,ip actions=${actions}`);
  expect(row('conjunction(7,1/2),conjunction(5,2/2)')).toBe(row('conjunction(2,2/2),conjunction(9,1/2)'));
  expect(row('conjunction(7,1/2)')).not.toBe(row('conjunction(7,2/2)'));
  expect(row('conjunction(7,1/2)')).not.toBe(row('conjunction(7,1/3)'));
});
