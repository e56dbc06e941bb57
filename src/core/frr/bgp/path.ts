/** Routes to one prefix as bgpd keeps them: a destination with its paths, the chosen one and the reason (RFC 4271 9.1). */
import type { Prefix } from '../prefix.ts';
import type { BgpFamily } from '../config/bgp-config.ts';
import type { RouteProtocol } from '../route-protocol.ts';
import type { PathAttributes } from './attributes.ts';
import type { Peer } from './peer.ts';

/** The next hop of a route that came from zebra. */
export type RedistributedNextHop =
  | { readonly kind: 'gateway' }
  | { readonly kind: 'interface'; readonly interface: string }
  | { readonly kind: 'blackhole' };

/** Where a path comes from. */
export type PathSource =
  | { readonly kind: 'received' }
  /** `network`; shown as "sourced, local". */
  | { readonly kind: 'network' }
  /** `redistribute`; shown as "sourced". */
  | {
      readonly kind: 'redistributed';
      readonly protocol: RouteProtocol;
      readonly instance: number | null;
      /** How the route goes on in zebra's table. */
      readonly nextHop: RedistributedNextHop;
    }
  | { readonly kind: 'aggregate' }
  /** Leaked from another VRF's table; `parent` lives in that VRF's instance. */
  | { readonly kind: 'imported'; readonly vrf: string; readonly parent: Path };

/** Why the best path is best, in the words that bgpd prints. */
export type SelectionReason =
  | 'Nothing to Select'
  | 'First path received'
  | 'EVPN Sticky Mac'
  | 'EVPN sequence number'
  | 'EVPN lower IP'
  | 'EVPN local ES path'
  | 'EVPN non proxy'
  | 'Weight'
  | 'Local Pref'
  | 'Local Route'
  | 'Confederation based AS Path'
  | 'AS Path'
  | 'Origin'
  | 'MED'
  | 'Peer Type'
  | 'Confed Peer Type'
  | 'IGP Metric'
  | 'Older Path'
  | 'Router ID'
  | 'Cluster length'
  | 'Path Staleness'
  | 'Locally configured route'
  | 'Neighbor IP'
  | 'Nothing left to compare';

/** One route to one prefix. Only bgpd changes it. */
export interface Path {
  readonly destination: Destination;
  /** The instance's own peer (`bgp.self`) for what did not come from a neighbour. */
  readonly peer: Peer;
  readonly source: PathSource;
  attributes: PathAttributes;
  /** The attributes as far as paths are compared: the next hop in it may be another path's. */
  readonly weighed: PathAttributes;
  /** Next hop reachable (or import check passed). */
  valid: boolean;
  selected: boolean;
  /** Used beside the selected one; not set on that one itself. */
  multipath: boolean;
  /** Best among those of its neighbouring AS, while `bgp deterministic-med` is on. */
  bestOfAs: boolean;
  stale: boolean;
  removed: boolean;
  history: boolean;
  damped: boolean;
  /** Withdrawn from advertisement by `aggregate-address ... summary-only` or `suppress-map`. */
  suppressed: boolean;
  /** Simulated nanoseconds of the last change: "Last update". */
  receivedAt: number;
  /** Metric to the next hop as zebra tells. */
  igpMetric: number;
  /** The next hop was answered by zebra (or is directly connected). False: inaccessible. */
  nextHopAccessible: boolean;
  /** For RFC 7911; 0 without. */
  readonly addpathRxId: number;
}

/** A prefix with its paths (`struct bgp_dest`). `paths` is in bgpd's own order: newest first. */
export interface Destination {
  readonly prefix: Prefix;
  /** The prefix as text. */
  readonly key: string;
  /** Its place in lists of all destinations of the table; another one has it after this one is gone. */
  readonly number: number;
  readonly paths: Path[];
  /** Reason of the last decision; null before one. */
  reason: SelectionReason | null;
  /** Table version at which the best path changed last. */
  version: number;
  /** Zebra refused or has not installed the chosen route: `r` in the tables. */
  ribFailure: boolean;
}

/** The destinations of a table, in the order in which they came. */
export interface DestinationView {
  readonly size: number;
  /** By `key`. */
  get(key: string): Destination | undefined;
  values(): IterableIterator<Destination>;
}

/** The table of one family in one VRF. */
export interface Rib {
  readonly family: BgpFamily;
  readonly destinations: DestinationView;
  /** "BGP table version". */
  readonly version: number;
  /** Of the routes of one distinguisher. */
  versionOf(distinguisher: bigint): number;
  /** In the order of the show texts. Sorted at most once a change. */
  sorted(): readonly Destination[];
  /** Nodes of bgpd's own tree, branching ones without a route included: "RIB entries". */
  readonly nodeCount: number;
  /** The most specific destination that covers `prefix` and has a path. */
  longestMatch(prefix: Prefix): Destination | undefined;
}
