import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute, slotOf } from './route.ts';

const none = { lens: null, run: null, step: null };

function check(hash: string, expected: ReturnType<typeof parseRoute>): void {
  it(`reads ${hash || '(nothing)'}`, () => {
    expect(parseRoute(hash)).toEqual(expected);
    expect(parseRoute(formatRoute(expected))).toEqual(expected);
  });
}

describe('route', () => {
  check('', { kind: 'catalogue' });
  check('#/', { kind: 'catalogue' });
  check('#/nothing', { kind: 'catalogue' });
  check('#/x/y', { kind: 'catalogue' });
  check('#/s/%E0%A4%A', { kind: 'catalogue' });
  check('#/s/multinode-ovn', { kind: 'scenario', id: 'multinode-ovn', look: none });
  check('#/s/multinode-ovn?lens=overlay&run=2&step=43', {
    kind: 'scenario',
    id: 'multinode-ovn',
    look: { lens: 'overlay', run: 2, step: 43 },
  });
  check('#/s/a?step=-1', { kind: 'scenario', id: 'a', look: none });
  check('#/f/ovnnb_db.db%2C%20ovnsb_db.db', { kind: 'files', name: 'ovnnb_db.db, ovnsb_db.db', look: none });
  check('#/f/a%2Fb', { kind: 'files', name: 'a/b', look: none });

  it('keeps one slot for a document wherever one looks in it', () => {
    expect(slotOf(parseRoute('#/s/a?step=4'))).toBe(slotOf(parseRoute('#/s/a')));
  });
});
