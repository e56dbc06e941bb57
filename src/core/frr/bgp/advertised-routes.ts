/**
 * What a neighbour was told of a table, as a list by the numbers of its destinations: with many neighbours a place in a list
 * is a fraction of an entry in a map, and the routes themselves are shared by neighbours that were told the same.
 */
import { formatPrefix, type Prefix } from '../prefix.ts';
import type { PathAttributes } from './attributes.ts';
import type { Destination } from './path.ts';
import type { AdvertisedRoute } from './peer.ts';

/** One route as it was told: what all neighbours that were told the same share. */
export class ToldRoute implements AdvertisedRoute {
  readonly prefix: Prefix;
  readonly attributes: PathAttributes;

  constructor(prefix: Prefix, attributes: PathAttributes) {
    this.prefix = prefix;
    this.attributes = attributes;
  }
}

/** As others read it. */
export interface AdvertisedView {
  readonly size: number;
  of(destination: Destination): AdvertisedRoute | undefined;
  /** The route to a prefix, searched for among all. */
  to(prefix: Prefix): AdvertisedRoute | undefined;
  values(): Iterable<AdvertisedRoute>;
}

export class AdvertisedRoutes implements AdvertisedView {
  #places: (AdvertisedRoute | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Nothing for a destination of another table, though it has the same number there. */
  of({ number, prefix }: Destination): AdvertisedRoute | undefined {
    const route = this.#places[number];
    return route?.prefix === prefix ? route : undefined;
  }

  to(prefix: Prefix): AdvertisedRoute | undefined {
    const text = formatPrefix(prefix);
    for (const route of this.values()) if (formatPrefix(route.prefix) === text) return route;
    return undefined;
  }

  *values(): Generator<AdvertisedRoute> {
    for (const route of this.#places) if (route !== undefined) yield route;
  }

  set({ number }: Destination, route: AdvertisedRoute): void {
    const places = this.#places;
    while (places.length <= number) places.push(undefined);
    if (places[number] === undefined) this.#size += 1;
    places[number] = route;
  }

  delete({ number }: Destination): void {
    if (this.#places[number] === undefined) return;
    this.#places[number] = undefined;
    this.#size -= 1;
  }

  clear(): void {
    this.#places = [];
    this.#size = 0;
  }
}
