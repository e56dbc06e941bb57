/** One routing table: longest-prefix match, insertion rules of netlink and the kernel's dump order. */
import { widthOf, type Family } from './family.ts';
import type { Route } from './route.ts';

/** How a new route meets an existing one: `ip route add`, `replace`, `change`, `append`, `prepend`. */
export type InsertMode = 'add' | 'replace' | 'change' | 'append' | 'prepend';

export type InsertOutcome =
  | { readonly kind: 'added' }
  | { readonly kind: 'replaced'; readonly old: Route }
  | { readonly kind: 'exists' }
  | { readonly kind: 'missing' };

export class FibTable {
  readonly id: number;
  readonly family: Family;
  /** By prefix length, then by prefix; each list in the order in which the kernel tries it. */
  readonly #byLength: (Map<bigint, Route[]> | undefined)[] = [];
  #size = 0;

  constructor(id: number, family: Family) {
    this.id = id;
    this.family = family;
  }

  get size(): number {
    return this.#size;
  }

  at(destination: bigint, length: number): readonly Route[] {
    return this.#byLength[length]?.get(destination) ?? [];
  }

  /**
   * Inserts as `fib_table_insert` (IPv4: same prefix, TOS and metric are the same place) and `fib6_add` do.
   * `same` tells whether two routes of one place are the same way (`append` keeps several ways).
   */
  insert(route: Route, mode: InsertMode, same: (a: Route, b: Route) => boolean): InsertOutcome {
    const list = this.#list(route.destination, route.length);
    const first = list.findIndex((each) => each.tos === route.tos && each.metric === route.metric);
    if (mode === 'replace' || mode === 'change') {
      const old = list[first];
      if (old !== undefined) {
        list[first] = route;
        return { kind: 'replaced', old };
      }
      if (mode === 'change') return { kind: 'missing' };
    } else if (first >= 0) {
      const place = list.filter((each) => each.tos === route.tos && each.metric === route.metric);
      if (place.some((each) => same(each, route))) return { kind: 'exists' };
      if (mode === 'add') return { kind: 'exists' };
      if (mode === 'prepend' && this.family === 4) {
        list.splice(first, 0, route);
        this.#size += 1;
        return { kind: 'added' };
      }
    }
    const before = list.findIndex(
      (each) => each.tos < route.tos || (each.tos === route.tos && each.metric > route.metric),
    );
    list.splice(before < 0 ? list.length : before, 0, route);
    this.#size += 1;
    return { kind: 'added' };
  }

  remove(route: Route): boolean {
    const map = this.#byLength[route.length];
    const list = map?.get(route.destination);
    const at = list?.indexOf(route) ?? -1;
    if (map === undefined || list === undefined || at < 0) return false;
    list.splice(at, 1);
    if (list.length === 0) map.delete(route.destination);
    this.#size -= 1;
    return true;
  }

  /** Puts `route` in the place of `old`. */
  exchange(old: Route, route: Route): void {
    const list = this.#byLength[old.length]?.get(old.destination);
    const at = list?.indexOf(old) ?? -1;
    if (list !== undefined && at >= 0) list[at] = route;
  }

  /** Candidates for an address, most specific prefix first, each prefix's routes in the kernel's order. */
  *matching(address: bigint): Generator<Route> {
    const width = widthOf(this.family);
    for (let length = Math.min(width, this.#byLength.length - 1); length >= 0; length -= 1) {
      const map = this.#byLength[length];
      if (map === undefined || map.size === 0) continue;
      const shift = BigInt(width - length);
      const list = map.get((address >> shift) << shift);
      if (list !== undefined) yield* list;
    }
  }

  /** All routes as `ip route` lists them: IPv4 by prefix, longer first where the address is equal; IPv6 with a less specific prefix after those inside it. */
  dump(): Route[] {
    const routes: Route[] = [];
    for (const map of this.#byLength)
      if (map !== undefined) for (const list of map.values()) routes.push(...list);
    const order = this.family === 4 ? byPrefix : leavesFirst;
    // A stable sort keeps each prefix's own order.
    return routes.sort(order);
  }

  #list(destination: bigint, length: number): Route[] {
    let map = this.#byLength[length];
    if (map === undefined) {
      map = new Map();
      this.#byLength[length] = map;
    }
    let list = map.get(destination);
    if (list === undefined) {
      list = [];
      map.set(destination, list);
    }
    return list;
  }
}

function byPrefix(a: Route, b: Route): number {
  if (a.destination !== b.destination) return a.destination < b.destination ? -1 : 1;
  return b.length - a.length;
}

function leavesFirst(a: Route, b: Route): number {
  if (a.length === b.length)
    return a.destination === b.destination ? 0 : a.destination < b.destination ? -1 : 1;
  const short = a.length < b.length ? a : b;
  const long = a.length < b.length ? b : a;
  const shift = BigInt(128 - short.length);
  if (long.destination >> shift === short.destination >> shift) return short === a ? 1 : -1;
  return a.destination < b.destination ? -1 : 1;
}
