/** What one instance knows of its interfaces, worked out once for each change: every route that comes or goes asks. */
import type { Address, Prefix } from '../prefix.ts';
import type { ConnectionEnds } from './peer.ts';
import type { Zebra, ZebraInterface } from './zebra-port.ts';

const onNetwork = (network: Prefix, { family, address }: Address): boolean => {
  if (network.family !== family) return false;
  const shift = BigInt((family === 4 ? 32 : 128) - network.length);
  return network.address >> shift === address >> shift;
};

/** Addresses of interfaces that are up. */
interface OwnAddresses {
  readonly plain: ReadonlySet<number>;
  readonly long: ReadonlySet<bigint>;
}

/** Networks around the far end of a connection; those of IPv4 also in 32 bits, for every route that goes out asks. */
interface NetworksAround {
  readonly all: readonly Prefix[];
  readonly plain: readonly { readonly base: number; readonly mask: number }[];
}

export class OwnLinks {
  readonly #zebra: Zebra;
  readonly #vrf: string;
  #links: readonly ZebraInterface[] | null = null;
  #own: OwnAddresses | null = null;
  #around = new WeakMap<ConnectionEnds, NetworksAround>();

  constructor(zebra: Zebra, vrf: string) {
    this.#zebra = zebra;
    this.#vrf = vrf;
  }

  /** Zebra told of a change. */
  changed(): void {
    this.#links = null;
    this.#own = null;
    this.#around = new WeakMap();
  }

  all(): readonly ZebraInterface[] {
    this.#links ??= this.#zebra.interfaces().filter((link) => link.vrf === this.#vrf);
    return this.#links;
  }

  /** The address is one of an interface that is up. */
  isOwn4(address: number): boolean {
    return this.#ownAddresses().plain.has(address);
  }

  isOwn6(address: bigint): boolean {
    return this.#ownAddresses().long.has(address);
  }

  #ownAddresses(): OwnAddresses {
    if (this.#own !== null) return this.#own;
    const plain = new Set<number>();
    const long = new Set<bigint>();
    for (const link of this.all())
      for (const { family, address } of link.up ? link.addresses : []) {
        if (family === 4) plain.add(Number(address));
        else long.add(address);
      }
    this.#own = { plain, long };
    return this.#own;
  }

  /** One of this router's networks holds the far end of a connection and the IPv4 address. */
  isShared4(ends: ConnectionEnds, address: number): boolean {
    if (ends.remote.family !== 4) return false;
    for (const { base, mask } of this.#networksOf(ends).plain) if ((address & mask) === base) return true;
    return false;
  }

  isShared6(ends: ConnectionEnds, address: bigint): boolean {
    if (ends.remote.family !== 6) return false;
    return this.#networksOf(ends).all.some((network) => onNetwork(network, { family: 6, address }));
  }

  /** Networks of this router that hold the far end of a connection. */
  #networksOf(ends: ConnectionEnds): NetworksAround {
    const known = this.#around.get(ends);
    if (known !== undefined) return known;
    const all = this.all().flatMap((link) => link.addresses.filter((own) => onNetwork(own, ends.remote)));
    const plain = all
      .filter(({ family }) => family === 4)
      .map(({ address, length }) => {
        const mask = length === 0 ? 0 : -1 << (32 - length);
        return { mask, base: Number(address) & mask };
      });
    const found = { all, plain };
    this.#around.set(ends, found);
    return found;
  }
}
