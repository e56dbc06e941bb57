/** AS paths that came in, each kept once: a route is one of many with the same path. */
import { equalPaths } from './as-path.ts';
import type { AsPath } from './attributes.ts';

/** Beyond that many all are forgotten: those in use stay with their routes, and most of the others were refused. */
const MOST = 2048;

export class AsPathTable {
  /** By a number made of the path; of different ones with the same number the last is kept. */
  readonly #paths = new Map<number, AsPath>();

  /** The path that is equal to this one and was the first. */
  shared(path: AsPath): AsPath {
    let key = 0;
    for (const { kind, asns } of path) {
      key = (Math.imul(key, 31) + kind.length) | 0;
      for (const asn of asns) key = (Math.imul(key, 0x9e3779b1) + asn) | 0;
    }
    const known = this.#paths.get(key);
    if (known !== undefined && equalPaths(known, path)) return known;
    if (this.#paths.size >= MOST) this.#paths.clear();
    // A list that was pushed to has room for more, and these stay.
    const kept = path.map(({ kind, asns }) => ({ kind, asns: [...asns] }));
    this.#paths.set(key, kept);
    return kept;
  }
}
