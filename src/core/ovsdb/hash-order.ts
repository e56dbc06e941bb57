/**
 * The order in which Open vSwitch's hash tables give back what was put into them. Its programs print rows and options in
 * that order, so it is part of their output: buckets by hash, each filled from its head, doubled when full.
 */
import { hashBytes } from '../base/ovs-hash.ts';
import { encodeUtf8 } from '../base/utf8.ts';

const NONE = -1;

/** The mask that a table for `count` items has: all ones, at least two bits once there is more than one bucket. */
function maskFor(count: number): number {
  if (count < 2) return 0;
  const half = Math.floor(count / 2);
  const mask = 2 ** (32 - Math.clz32(half)) - 1;
  return mask | 3;
}

/** A growing table of items by hash. Only the order matters: items are never looked up by key. */
export class HashOrder<T> {
  private readonly items: T[] = [];
  private readonly hashes: number[] = [];
  private readonly next: number[] = [];
  private heads: number[] = [NONE];
  private mask = 0;

  insert(item: T, hash: number): void {
    const at = this.items.length;
    this.items.push(item);
    this.hashes.push(hash);
    this.next.push(NONE);
    this.link(at);
    if (Math.floor(this.items.length / 2) > this.mask) this.grow();
  }

  /** Items in the order of the table. */
  *values(): Generator<T> {
    for (const head of this.heads)
      for (let at = head; at !== NONE; at = this.next[at] as number) yield this.items[at] as T;
  }

  private link(at: number): void {
    const bucket = ((this.hashes[at] as number) & this.mask) >>> 0;
    this.next[at] = this.heads[bucket] as number;
    this.heads[bucket] = at;
  }

  private grow(): void {
    const mask = maskFor(this.items.length);
    if (mask <= this.mask) return;
    const before = this.heads;
    this.mask = mask;
    this.heads = Array.from({ length: mask + 1 }, () => NONE);
    for (const head of before) {
      for (let at = head; at !== NONE;) {
        const following = this.next[at] as number;
        this.link(at);
        at = following;
      }
    }
  }
}

/** `hash_string`: over the octets of `text`. */
export const hashString = (text: string): number => hashBytes(encodeUtf8(text), 0);

/** Strings in the order of a table keyed by them (`shash`, `smap`, `sset`), put in one after the other. */
export function stringOrder(texts: Iterable<string>): string[] {
  const table = new HashOrder<string>();
  for (const text of texts) table.insert(text, hashString(text));
  return [...table.values()];
}

/** Pairs of a string map in the order in which programs walk it. */
export function mapOrder(map: ReadonlyMap<string, string>): [string, string][] {
  return stringOrder(map.keys()).map((key) => [key, map.get(key) ?? '']);
}

/** Items sorted by a text of theirs as a program does that puts them into such a table first: equal ones change places. */
export function sortedByText<T>(items: Iterable<T>, textOf: (item: T) => string): T[] {
  const table = new HashOrder<T>();
  for (const item of items) table.insert(item, hashString(textOf(item)));
  return [...table.values()].sort((a, b) => {
    const x = textOf(a);
    const y = textOf(b);
    return x === y ? 0 : x < y ? -1 : 1;
  });
}
