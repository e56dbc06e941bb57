/** The neighbour entries of one namespace, in order of creation. */
import type { Family } from './family.ts';
import type { Neighbour } from './neighbour-state.ts';

export class NeighbourTable {
  readonly #entries = new Map<string, Neighbour>();

  find(family: Family, ifindex: number, address: bigint): Neighbour | undefined {
    return this.#entries.get(keyOf(family, ifindex, address, false));
  }

  findProxy(family: Family, ifindex: number, address: bigint): Neighbour | undefined {
    return this.#entries.get(keyOf(family, ifindex, address, true));
  }

  /** A new entry in state NONE. */
  create(family: Family, ifindex: number, address: bigint, now: number, proxy = false): Neighbour {
    const neighbour: Neighbour = {
      family,
      address,
      ifindex,
      state: 'NONE',
      mac: null,
      router: false,
      proxy,
      externLearn: false,
      protocol: 0,
      updated: now,
      confirmed: now,
      used: now,
      probes: 0,
      cancelTimer: null,
      queue: [],
    };
    this.#entries.set(keyOf(family, ifindex, address, proxy), neighbour);
    return neighbour;
  }

  delete(neighbour: Neighbour): void {
    neighbour.cancelTimer?.();
    neighbour.cancelTimer = null;
    this.#entries.delete(keyOf(neighbour.family, neighbour.ifindex, neighbour.address, neighbour.proxy));
  }

  all(family?: Family): Neighbour[] {
    const entries = [...this.#entries.values()];
    return family === undefined ? entries : entries.filter((entry) => entry.family === family);
  }
}

const keyOf = (family: Family, ifindex: number, address: bigint, proxy: boolean): string =>
  `${family}${proxy ? 'p' : ''}/${ifindex}/${address.toString(16)}`;
