/**
 * The order in which the real program walks its hash tables. It shows in a few flows (numbers of ECMP groups and their
 * members, lists inside a match), so it is kept.
 */
import { HashOrder, stringOrder } from '../../../ovsdb/index.ts';

/** `items`, put into a table one after the other, in the order of a walk over it. */
export function inHashOrder<T>(items: Iterable<T>, hashOf: (item: T) => number): readonly T[] {
  const table = new HashOrder<T>();
  for (const item of items) table.insert(item, hashOf(item) >>> 0);
  return [...table.values()];
}

/** The members of an `sset` in the order of a walk over it. */
export function inSetOrder(texts: Iterable<string>): readonly string[] {
  return stringOrder(new Set(texts));
}
