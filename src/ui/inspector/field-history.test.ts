import { describe, expect, it } from 'vitest';
import type { FieldChange, Step } from '../../core/base/step.ts';
import { fieldHistory, matchTerms } from './field-history.ts';

const table = (id: number, parent: number | null, ...changes: FieldChange[]): Step => ({
  id,
  parent,
  time: 0,
  where: { host: 'h' },
  what: { kind: 'table', table: id, matched: true, changes },
  frame: null,
  because: [],
});

describe('field history', () => {
  const steps = [
    table(0, null, { field: 'reg15', before: '0x0', after: '0x1' }),
    table(
      1,
      0,
      { field: 'reg15', before: '0x1', after: '0x2' },
      { field: 'metadata', before: '0', after: '0x1' },
    ),
    table(2, 0, { field: 'reg14', before: '0x0', after: '0x9' }),
    table(3, 1),
  ];

  it('takes the last write on the way, and no other branch', () => {
    expect([...fieldHistory(steps, 3)]).toEqual([
      ['metadata', { value: '0x1', before: '0', step: 1 }],
      ['reg15', { value: '0x2', before: '0x1', step: 1 }],
    ]);
    expect(fieldHistory(steps, 2).get('reg15')?.value).toBe('0x1');
    expect(fieldHistory(steps, 9).size).toBe(0);
  });
});

describe('match terms', () => {
  it.each([
    ['', []],
    ['reg13=0/0xffff0000,reg15=0x2,metadata=0x1', ['reg13', 'reg15', 'metadata']],
    ['icmp6,nw_ttl=255', ['icmp6', 'nw_ttl']],
    ['ct_state=+trk-new,actions=ct(commit,zone=1)', ['ct_state', 'actions']],
  ])('%j', (text, fields) => expect(matchTerms(text).map((term) => term.field)).toEqual(fields));
});
