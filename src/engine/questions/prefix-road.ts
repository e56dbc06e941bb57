/** The road of a prefix from the row that stands for it to a router's table. Plain data, part of the engine protocol. */
import type { Subject } from '../protocol.ts';

/** One thing that a prefix needs on its way, in the order in which it comes to be. */
export interface RoadRung {
  readonly kind: 'northbound' | 'option' | 'southbound' | 'vrf' | 'kernel' | 'table' | 'session';
  /** What it is: `Advertised_Route row`. */
  readonly title: string;
  /** Who puts it there: `you`, `northd`, `ovn-controller`, `bgpd`, `zebra`. */
  readonly by: string;
  /** Where it is or would be. */
  readonly place: string;
  /** As the command prints it; empty while it is missing. */
  readonly rows: readonly string[];
  readonly command: { readonly host: string; readonly namespace: string; readonly line: string } | null;
  /** What would make it appear; '' for one that is there, and for those that follow from one before. */
  readonly remedy: string;
  readonly subject: Subject | null;
}

/** How a prefix comes, or would come, to one router. */
export interface PrefixRoad {
  /** The speaker at its end; null where no speaker has anything to do with it. */
  readonly to: string | null;
  /** Why the speaker cannot hear of it from those who have it; '' where it has it, or the rungs say what stops it. */
  readonly why: string;
  readonly rungs: readonly RoadRung[];
}

export interface KnownPrefix {
  readonly prefix: string;
  /** `NAT`, `Advertised_Route`, `BGP`: where it was found first. */
  readonly source: string;
}
