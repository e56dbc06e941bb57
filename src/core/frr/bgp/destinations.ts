/**
 * The destinations of a table, in the order in which they came. Plain IPv4 prefixes are known by a number: each route that
 * comes asks, and a text would cost more than the rest of the look-up.
 */
import { parsePrefix, routeKey, type Prefix } from '../prefix.ts';
import type { DestinationView } from './path.ts';
import type { StoredDestination } from './rib-table.ts';

type Key = number | string;

/** Address and length in one number, for what is plain IPv4. */
const keyOf = (prefix: Prefix): Key => {
  const { family, address, length, distinguisher, evpn } = prefix;
  return family === 4 && distinguisher === undefined && evpn === undefined
    ? Number(address) * 64 + length
    : routeKey(prefix);
};

export class Destinations implements DestinationView {
  readonly #byKey = new Map<Key, StoredDestination>();

  get size(): number {
    return this.#byKey.size;
  }

  find(prefix: Prefix): StoredDestination | undefined {
    return this.#byKey.get(keyOf(prefix));
  }

  get(text: string): StoredDestination | undefined {
    const prefix = parsePrefix(text);
    return this.#byKey.get(prefix?.family === 4 ? keyOf(prefix) : text);
  }

  values(): IterableIterator<StoredDestination> {
    return this.#byKey.values();
  }

  add(destination: StoredDestination): void {
    this.#byKey.set(keyOf(destination.prefix), destination);
  }

  /** False: it was not there. */
  delete({ prefix }: StoredDestination): boolean {
    return this.#byKey.delete(keyOf(prefix));
  }
}
