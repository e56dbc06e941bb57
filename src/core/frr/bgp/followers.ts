/**
 * Paths that follow one next hop, in the order in which they began to. Each path knows its place: with millions of paths a
 * place in a list is a fraction of an entry in a set.
 */
import type { StoredPath } from './rib-table.ts';

/** Fewer holes than that are not worth closing. */
const FEW = 32;

export class Followers implements Iterable<StoredPath> {
  #places: (StoredPath | null)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The path follows nothing yet. */
  add(path: StoredPath): void {
    path.followerPlace = this.#places.length;
    this.#places.push(path);
    this.#size += 1;
  }

  /** The path is one of these. */
  delete({ followerPlace }: StoredPath): void {
    this.#places[followerPlace] = null;
    this.#size -= 1;
    if (this.#places.length < FEW + 2 * this.#size) return;
    this.#places = this.#places.filter((path) => path !== null);
    for (const [place, path] of this.#places.entries()) if (path !== null) path.followerPlace = place;
  }

  *[Symbol.iterator](): Iterator<StoredPath> {
    for (const path of this.#places) if (path !== null) yield path;
  }
}
