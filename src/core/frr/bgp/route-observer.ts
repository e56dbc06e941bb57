/** Who wants to hear of every new choice of a bgpd: a journal of what came, moved and went. Without one nothing is told. */
import type { BgpFamily } from '../config/bgp-config.ts';
import type { Prefix } from '../prefix.ts';
import type { BgpInstance } from './instance.ts';
import type { Destination, Path } from './path.ts';
import type { Peer } from './peer.ts';

export interface RouteObserver {
  /** A decision changed the chosen path (undefined: there is none), what it says, or the paths used beside it. */
  decided(
    instance: BgpInstance,
    family: BgpFamily,
    destination: Destination,
    old: Path | undefined,
    best: Path | undefined,
  ): void;
  /** A route that a neighbour announced is not taken; `why` in bgpd's words. */
  refused(instance: BgpInstance, family: BgpFamily, prefix: Prefix, peer: Peer, why: string): void;
  /** The instance is gone with all that it knew. */
  ended(instance: BgpInstance): void;
  /** `clear` is about to start sessions anew, or to go through routes once more. */
  clearing(): void;
}
