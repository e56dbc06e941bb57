/** What one instance knows of its interfaces, worked out once for each change: every route that comes or goes asks. */
import type { Address, Prefix } from '../prefix.ts';
import type { ConnectionEnds } from './peer.ts';
import type { Zebra, ZebraInterface } from './zebra-port.ts';

const onNetwork = (network: Prefix, { family, address }: Address): boolean => {
  if (network.family !== family) return false;
  const shift = BigInt((family === 4 ? 32 : 128) - network.length);
  return network.address >> shift === address >> shift;
};

export class OwnLinks {
  readonly #zebra: Zebra;
  readonly #vrf: string;
  #links: readonly ZebraInterface[] | null = null;
  #up: ReadonlySet<bigint> | null = null;
  #around = new WeakMap<ConnectionEnds, readonly Prefix[]>();

  constructor(zebra: Zebra, vrf: string) {
    this.#zebra = zebra;
    this.#vrf = vrf;
  }

  /** Zebra told of a change. */
  changed(): void {
    this.#links = null;
    this.#up = null;
    this.#around = new WeakMap();
  }

  all(): readonly ZebraInterface[] {
    this.#links ??= this.#zebra.interfaces().filter((link) => link.vrf === this.#vrf);
    return this.#links;
  }

  /** The address is one of an interface that is up. */
  isOwn(family: 4 | 6, address: bigint): boolean {
    this.#up ??= new Set(
      this.all()
        .filter((link) => link.up)
        .flatMap((link) => link.addresses.map((own) => own.address)),
    );
    return (
      this.#up.has(address) &&
      this.all().some(
        (link) => link.up && link.addresses.some((own) => own.family === family && own.address === address),
      )
    );
  }

  /** One of this router's networks holds the far end of a connection and the address. */
  isShared(ends: ConnectionEnds, address: Address): boolean {
    let networks = this.#around.get(ends);
    if (networks === undefined) {
      networks = this.all().flatMap((link) => link.addresses.filter((own) => onNetwork(own, ends.remote)));
      this.#around.set(ends, networks);
    }
    return networks.some((network) => onNetwork(network, address));
  }
}
