/** One BGP instance (`router bgp AS [vrf V]`) as others read it, and the daemon that holds them. */
import type { BgpFamily, BgpInstanceConfig } from '../config/bgp-config.ts';
import type { ConfigChange, FrrConfig } from '../config/frr-config.ts';
import type { NextHopView } from './next-hop-table.ts';
import type { Path, Rib } from './path.ts';
import type { EvpnVrfView } from './evpn/evpn-vrf.ts';
import type { EvpnVniView } from './evpn/vni.ts';
import type { Peer } from './peer.ts';

export interface BgpInstance {
  readonly config: BgpInstanceConfig;
  /** `default` for the default VRF. */
  readonly vrf: string;
  /** As zebra numbers it; null while zebra does not know the VRF. */
  readonly vrfId: number | null;
  readonly asn: number;
  readonly routerId: number;
  /** The number in the automatic route distinguisher of the instance. */
  readonly number: number;
  /** By name, in bgpd's own order (`peerOrder`). */
  readonly peers: ReadonlyMap<string, Peer>;
  /** The peer of what this router originates itself. */
  readonly self: Peer;
  /** The order in which bgpd lists neighbours: by address, IPv4 first; then by interface name. */
  sortedPeers(): readonly Peer[];
  rib(family: BgpFamily): Rib;
  /** Paths that this instance's table would use beside `path` for the same prefix: for JSON's `multipath`. */
  multipathOf(path: Path): readonly Path[];
}

/** EVPN as the show texts read it. */
interface EvpnView {
  /** The instance that has `advertise-all-vni`. */
  readonly speaker: BgpInstance | null;
  readonly vnis: ReadonlyMap<number, EvpnVniView>;
  readonly l3: { readonly vrfs: ReadonlyMap<string, EvpnVrfView> };
}

/** What a `clear` command names. */
export type ClearTarget =
  | { readonly kind: 'all' }
  | { readonly kind: 'peer'; readonly name: string }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'external' }
  | { readonly kind: 'as'; readonly asn: number };

export interface ClearRequest {
  /** Null: every VRF (`vrf all`). */
  readonly vrf: string | null;
  readonly target: ClearTarget;
  /** Null: the family of the command is not given. */
  readonly family: BgpFamily | null;
  readonly soft: 'in' | 'out' | 'both' | null;
}

/** The whole daemon, as vtysh and zebra see it. */
export interface BgpDaemon {
  readonly config: FrrConfig;
  /** VNIs by number, and the instance that advertises them. */
  readonly evpn: EvpnView;
  /** By VRF name, in the order configured. */
  readonly instances: ReadonlyMap<string, BgpInstance>;
  /** Next hops, and prefixes of `network`, that zebra watches for bgpd. */
  nextHops(): NextHopView[];
  /** A line of configuration took effect in `config`. */
  configurationChanged(change: ConfigChange): void;
  /** The names that were not found, as `clear` complains of them; empty when all went well. */
  clear(request: ClearRequest): readonly string[];
}
