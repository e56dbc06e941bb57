import { expect, it } from 'vitest';
import { multinode } from '../../view/fixtures/chassis.ts';
import { likelyDestination, pingEnds } from './ends.ts';

const ends = pingEnds(multinode);

it('names guests before machines', () => {
  expect(ends.map((end) => end.text).slice(0, 3)).toEqual([
    'vm1 on worker1, 192.168.0.11',
    'vm2 on worker2, 192.168.0.12',
    'central eth1, 192.168.50.10',
  ]);
});

it.each([
  ['worker1/vm1', '192.168.0.12'],
  ['worker2/vm2', '192.168.0.11'],
  ['central/', '192.168.50.100'],
  ['nowhere/', ''],
])('from %s one would ping %s', (key, address) =>
  expect(
    likelyDestination(
      ends,
      ends.find((end) => end.key === key),
    ),
  ).toBe(address),
);
