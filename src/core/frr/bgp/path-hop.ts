/**
 * The next hop of a path as it is kept: one for all paths of a neighbour that name the same, with what was worked out of it.
 * Routes of a neighbour mostly do, so it is asked for the one that it named last.
 */
import type { Address } from '../prefix.ts';
import type { MpNextHop, PathAttributes } from './attributes.ts';
import type { Neighbour } from './neighbour.ts';
import type { TrackedNextHop } from './next-hop-table.ts';

export class PathHop {
  readonly owner: Neighbour;
  readonly nextHop: number | null;
  readonly mpNextHop: MpNextHop | null;
  /** The address that must be reachable. */
  readonly tracked: Address;
  /** The address that goes into the routing table: the link-local one when two came. */
  readonly forwarding: Address;
  /** Where it is followed; it may have been forgotten there since. */
  followed: TrackedNextHop | null = null;

  constructor(owner: Neighbour, { nextHop, mpNextHop }: Pick<PathAttributes, 'nextHop' | 'mpNextHop'>) {
    this.owner = owner;
    this.nextHop = nextHop;
    this.mpNextHop = mpNextHop;
    this.tracked = trackedAddress({ nextHop, mpNextHop });
    this.forwarding = { family: 4, address: BigInt(nextHop ?? 0) };
    if (mpNextHop !== null) this.forwarding = { family: 6, address: mpNextHop.linkLocal ?? mpNextHop.global };
  }

  isOf({ nextHop, mpNextHop }: PathAttributes): boolean {
    return (
      nextHop === this.nextHop &&
      mpNextHop?.global === this.mpNextHop?.global &&
      mpNextHop?.linkLocal === this.mpNextHop?.linkLocal
    );
  }
}

/** The address that must be reachable: the link-local one when two came. */
export function trackedAddress({
  nextHop,
  mpNextHop,
}: Pick<PathAttributes, 'nextHop' | 'mpNextHop'>): Address {
  if (mpNextHop === null) return { family: 4, address: BigInt(nextHop ?? 0) };
  return { family: 6, address: mpNextHop.linkLocal ?? mpNextHop.global };
}
