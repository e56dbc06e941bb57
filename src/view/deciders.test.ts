import { describe, expect, it } from 'vitest';
import type { RowRef, Step, What, Where } from '../core/base/step.ts';
import { decidersOf } from './deciders.ts';
import { runTree } from './run-tree.ts';

const ROW: RowRef = { kind: 'route', host: 'a', namespace: '', table: 'main', text: 'default' };

/** One journey, each step caused by the one before; a step with a row is written with `true`. */
function journey(...steps: readonly (readonly [Where, What, boolean?])[]): readonly Step[] {
  return steps.map(([where, what, row], id) => ({
    id,
    parent: id === 0 ? null : id - 1,
    time: id,
    where,
    what,
    frame: null,
    because: row === true ? [ROW] : [],
  }));
}

const GUEST: Where = { host: 'a', namespace: 'vm1', device: 'vm1' };
const BRIDGE: Where = { host: 'a', bridge: 'br-int' };
const NIC: Where = { host: 'a', device: 'eth1' };
const FAR: Where = { host: 'b', bridge: 'br-int' };
const PING: What = { kind: 'originated', program: 'ping', text: '' };
const table = (number: number, ...fields: readonly string[]): What => ({
  kind: 'table',
  table: number,
  matched: true,
  changes: fields.map((field) => ({ field, before: '0x0', after: '0x1' })),
});
const routed: What = { kind: 'routed', destination: '0.0.0.0/0', via: '', device: 'eth1' };

function check(steps: readonly Step[], index: number, expected: readonly number[]): void {
  expect(decidersOf(runTree(steps), index)).toEqual(expected);
}

describe('what decided a hop', () => {
  const steps = journey(
    [GUEST, PING],
    [GUEST, routed, true],
    [GUEST, { kind: 'sent' }],
    [BRIDGE, { kind: 'received' }],
    [BRIDGE, table(0, 'reg14'), true],
    [BRIDGE, table(40, 'reg15'), true],
    [BRIDGE, table(41, 'reg0'), true],
    [BRIDGE, table(44, 'tun_id'), true],
    [NIC, { kind: 'sent' }],
    [FAR, { kind: 'received' }],
    [FAR, table(0, 'reg15'), true],
  );

  it('is every row that mattered since the packet came to the place before, the nearest first', () => {
    check(steps, 8, [7, 5]);
  });

  it('leaves out the step at hand and what lies before the hop', () => {
    check(steps, 7, [5]);
    check(steps, 10, [7, 5]);
  });

  it('is that of the hop before where a cable alone led here', () => {
    check(steps, 9, [7, 5]);
  });

  it('is the route of the guest where the bridge has only just got the packet', () => {
    check(steps, 3, [1]);
    check(steps, 4, [1]);
  });

  it('leaves out that the packet waited, or that somebody learned from it', () => {
    const waited = journey(
      [GUEST, PING],
      [GUEST, routed, true],
      [GUEST, { kind: 'queued', reason: 'no address yet' }, true],
      [BRIDGE, { kind: 'learned', text: 'vm1' }, true],
      [BRIDGE, { kind: 'received' }],
    );
    check(waited, 3, [1]);
    check(waited, 4, [1]);
  });

  it('is nothing where the packet begins', () => {
    check(steps, 0, []);
    check(steps, 1, []);
  });
});
