import { expect, it } from 'vitest';
import { createClock } from '../sim/clock.ts';
import { ResilientTable } from './resilient-group.ts';

const SECOND = 1e9;
const IDLE = { idleTimer: 10, unbalancedTimer: 0 };
const members = (...ids: number[]) => ids.map((id) => ({ id, weight: 1 }));
const ids = (table: ResilientTable): (number | null)[] => table.buckets().map(({ id }) => id);

it('gives each its share, the last first, and moves what is not in use at once', () => {
  const table = new ResilientTable(createClock(), 8, IDLE, [
    { id: 1, weight: 3 },
    { id: 2, weight: 1 },
  ]);
  expect(ids(table)).toEqual([2, 2, 1, 1, 1, 1, 1, 1]);
  table.setMembers(members(1, 2), IDLE);
  expect(ids(table)).toEqual([2, 2, 2, 2, 1, 1, 1, 1]);
  table.setMembers(members(1, 2, 3), IDLE);
  expect(ids(table)).toEqual([3, 3, 2, 2, 3, 1, 1, 1]);
  table.setMembers(members(2, 3), IDLE);
  expect(ids(table)).toEqual([3, 3, 2, 2, 3, 3, 2, 2]);
});

it('keeps buckets that are in use until they were idle, or the group was out of balance for too long', () => {
  const clock = createClock();
  const busy = new ResilientTable(clock, 4, IDLE, members(1, 2));
  const impatient = new ResilientTable(clock, 4, { idleTimer: 10, unbalancedTimer: 5 }, members(1, 2));
  const use = (): void => {
    for (const table of [busy, impatient]) for (let hash = 0; hash < 4; hash += 1) table.choose(hash);
  };
  clock.run(SECOND);
  use();
  busy.setMembers(
    [
      { id: 1, weight: 3 },
      { id: 2, weight: 1 },
    ],
    IDLE,
  );
  impatient.setMembers(
    [
      { id: 1, weight: 3 },
      { id: 2, weight: 1 },
    ],
    { idleTimer: 10, unbalancedTimer: 5 },
  );
  clock.run(4 * SECOND);
  expect([ids(busy), ids(impatient)]).toEqual([
    [2, 2, 1, 1],
    [2, 2, 1, 1],
  ]);
  expect(busy.unbalancedTime).toBe(3 * SECOND);
  use();
  clock.run(7 * SECOND);
  expect([ids(busy), ids(impatient)]).toEqual([
    [2, 2, 1, 1],
    [1, 2, 1, 1],
  ]);
  clock.run(15 * SECOND);
  expect(ids(busy)).toEqual([1, 2, 1, 1]);
  expect(busy.unbalancedTime).toBe(0);
});
