import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashString, HashOrder, mapOrder, sortedByText, stringOrder } from './hash-order.ts';

it('is the order in which the real ovn-nbctl printed options', () => {
  // Recorded from ovn-nbctl lsp-get-options, which walks the map as it lies in memory.
  const printed =
    'longer-key-with-more-words key7 key8 key12 key18 key2 key4 key1 key16 key21 key14 key6 key5 key0 é key3 key9 key15 key11 key17 key23 key19 key20 key22 key13 key10'.split(
      ' ',
    );
  const options = new Map(printed.toSorted().map((key) => [key, 'v']));
  expect(mapOrder(options).map(([key]) => key)).toEqual(printed);
});

it('holds every item once, whatever the hashes', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40)), (hashes) => {
      const table = new HashOrder<number>();
      hashes.forEach((hash, i) => table.insert(i, hash));
      expect([...table.values()].toSorted((a, b) => a - b)).toEqual(hashes.map((_, i) => i));
    }),
  );
});

it('gives items of one hash back last first until the table grows', () => {
  const table = new HashOrder<string>();
  for (const item of ['a', 'b', 'c']) table.insert(item, 7);
  // The table grew with the second item, which turned the first two around.
  expect([...table.values()]).toEqual(['c', 'a', 'b']);
});

it('hashes octets, not characters', () => {
  expect(hashString('')).toBe(0);
  expect(hashString('é')).not.toBe(hashString('e'));
  expect(stringOrder([])).toEqual([]);
});

it('sorts by text', () => {
  expect(sortedByText([{ n: 'b' }, { n: 'a' }, { n: 'c' }], ({ n }) => n).map(({ n }) => n)).toEqual([
    'a',
    'b',
    'c',
  ]);
});
