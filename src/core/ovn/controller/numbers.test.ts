import { expect, it } from 'vitest';
import type { Uuid } from '../../base/uuid.ts';
import { Numbers } from './numbers.ts';

const one = '00000000-0000-4000-8000-000000000001' as Uuid;
const two = '00000000-0000-4000-8000-000000000002' as Uuid;

it('gives a description one number, the lowest that is free, for as long as somebody uses it', () => {
  const numbers = new Numbers();
  expect(numbers.assign('a', one)).toBe(1);
  expect(numbers.assign('b', one)).toBe(2);
  expect(numbers.assign('a', two)).toBe(1);
  numbers.renew(one, () => numbers.assign('b', one));
  expect(numbers.assign('a', two)).toBe(1);
  numbers.drop(two);
  expect([...numbers.entries()]).toEqual([['b', 2]]);
  expect(numbers.assign('c', two)).toBe(1);
  expect(numbers.assign('d', two)).toBe(3);
  numbers.keepOnly(new Set([one]));
  expect([...numbers.entries()]).toEqual([['b', 2]]);
});
