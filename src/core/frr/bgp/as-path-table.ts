/** AS paths that came in, each kept once: a route is one of many with the same path. */
import type { AsPath } from './attributes.ts';

/** Beyond that many all are forgotten: those in use stay with their routes, and most of the others were refused. */
const MOST = 2048;

export class AsPathTable {
  readonly #paths = new Map<string, AsPath>();

  /** The path that is equal to this one and was the first. */
  shared(path: AsPath): AsPath {
    let key = '';
    for (const { kind, asns } of path) key += kind + asns.join();
    const known = this.#paths.get(key);
    if (known !== undefined) return known;
    if (this.#paths.size >= MOST) this.#paths.clear();
    this.#paths.set(key, path);
    return path;
  }
}
