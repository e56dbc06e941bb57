/** The order in which a switch walks its hash tables: that of ports is the order of `flood` and `all`. */
import type { OfPort } from '../../flow/ofport.table.ts';
import { hashInt } from '../../base/ovs-hash.ts';

/** Buckets, less one, of a table that grows to hold `size` entries. */
function bucketMask(size: number): number {
  let mask = Math.floor(size / 2);
  for (const shift of [1, 2, 4, 8, 16]) mask |= mask >>> shift;
  return mask | ((mask & 1) << 1);
}

/** `ports` in the order of the hash table into which they are put one after the other. */
export const floodOrder = (ports: readonly OfPort[]): readonly OfPort[] =>
  hashTableOrder(ports, (port) => hashInt(port, 0));

/** `items` in the order of a hash table into which they are put one after the other. */
export function hashTableOrder<T>(items: readonly T[], hashOf: (item: T) => number): readonly T[] {
  let mask = 0;
  let buckets: T[][] = [[]];
  const put = (item: T): void => {
    buckets[(hashOf(item) & mask) >>> 0]?.unshift(item);
  };
  items.forEach((item, index) => {
    put(item);
    const size = index + 1;
    if (Math.floor(size / 2) <= mask) return;
    const old = buckets;
    mask = bucketMask(size);
    buckets = Array.from({ length: mask + 1 }, () => []);
    for (const bucket of old) for (const one of bucket) put(one);
  });
  return buckets.flat();
}
