/** What bgpd asks of the configured lists and route maps. A name without a list or map behind it is the asker's case. */
import type { Family, Prefix } from '../prefix.ts';
import type { BgpFamily } from '../config/bgp-config.ts';
import type { AsPath, PathAttributes } from './attributes.ts';
import type { PathSource } from './path.ts';

/** The neighbour whose route is judged, or to which it goes. */
export interface PolicyPeer {
  /** Configured name: address or interface. */
  readonly name: string;
  readonly remoteAs: number;
  readonly localAs: number;
  readonly isInternal: boolean;
  /** Numeric address of the session; null without one. */
  readonly address: { readonly family: Family; readonly address: bigint } | null;
  readonly interface: string | null;
  /** This end's addresses, for `set ip next-hop peer-address` outbound. */
  readonly localAddress: { readonly family: Family; readonly address: bigint } | null;
}

export interface RouteMapInput {
  readonly family: BgpFamily;
  readonly prefix: Prefix;
  readonly attributes: PathAttributes;
  readonly source: PathSource;
  /** Null for what has no neighbour: network, redistribute, aggregate, import. */
  readonly peer: PolicyPeer | null;
  readonly direction:
    | 'in'
    | 'out'
    | 'network'
    | 'redistribute'
    | 'aggregate'
    | 'default'
    | 'import'
    | 'table';
  /** Metric to the next hop (`set metric igp`, `match`). */
  readonly igpMetric: number;
  /** The chosen path and those used beside it; 0: the route is none that was chosen. */
  readonly pathsInUse: number;
  /** The instance: for `match source-vrf`, local AS of `set as-path prepend last-as`. */
  readonly vrf: string;
  readonly localAs: number;
  /** What a relative `set local-preference` starts from where the route has none: own routes begin with the default. */
  readonly localPreference: number;
  /** VRF from which a leaked route came. */
  readonly sourceVrf: string | null;
}

export interface RouteMapVerdict {
  readonly permit: boolean;
  /** Changed by `set` lines; the input's own object when nothing changed. */
  readonly attributes: PathAttributes;
}

export interface Policy {
  /** 'missing' when no such route map is configured (bgpd then denies). */
  routeMap(name: string, input: RouteMapInput): RouteMapVerdict | 'missing';
  /** 'missing' when no such list is configured (bgpd then denies for a neighbour's list). */
  prefixList(name: string, prefix: Prefix): 'permit' | 'deny' | 'missing';
  accessList(name: string, prefix: Prefix): 'permit' | 'deny' | 'missing';
  asPathList(name: string, path: AsPath): 'permit' | 'deny' | 'missing';
}
