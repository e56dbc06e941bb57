import { expect, it } from 'vitest';
import { createRunWatch } from './run-watch.ts';

type Told = readonly [epoch: number, id: number | null | undefined];

const told = (...all: readonly Told[]): readonly boolean[] => {
  const watch = createRunWatch();
  return all.map(([epoch, id]) => watch(epoch, id));
};

it.each<[string, readonly Told[], readonly boolean[]]>([
  [
    'a run that begins',
    [
      [1, null],
      [1, 0],
      [1, 0],
      [1, 1],
    ],
    [false, true, false, true],
  ],
  [
    'runs of a document that are told at once',
    [
      [1, 4],
      [1, 4],
    ],
    [false, false],
  ],
  [
    'runs of a document that are told late',
    [
      [1, undefined],
      [1, 4],
      [1, 4],
    ],
    [false, false, false],
  ],
  [
    'another document in the place of one',
    [
      [1, 2],
      [2, undefined],
      [2, 4],
      [2, 5],
    ],
    [false, false, false, true],
  ],
  [
    'another document that ends where the one before did',
    [
      [1, 2],
      [2, 2],
      [2, 3],
    ],
    [false, false, true],
  ],
  [
    'a document without runs after one with them',
    [
      [1, 2],
      [2, null],
      [2, 0],
    ],
    [false, false, true],
  ],
])('%s', (_what, all, expected) => expect(told(...all)).toEqual(expected));
