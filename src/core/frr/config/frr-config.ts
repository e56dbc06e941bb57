/**
 * The running configuration of one set of FRR daemons, and what a line that was typed changed in it.
 * The daemons read it and are told of every change by a `ConfigChange`; nothing else writes it but `config/`.
 */
import type { Prefix, Family } from '../prefix.ts';
import type {
  BgpFamily,
  BgpFamilyOptions,
  BgpInstanceConfig,
  BgpOptions,
  PeerFamilyOptions,
  PeerOptions,
} from './bgp-config.ts';
import type {
  BfdPeerConfig,
  BfdProfile,
  BfdTimers,
  InterfaceConfig,
  StaticRoute,
  VrfConfig,
} from './host-config.ts';
import type {
  AccessList,
  AsPathList,
  CommunityKind,
  CommunityList,
  PrefixList,
  RouteMap,
} from './policy-config.ts';

/** The key of `ip protocol P route-map M` in `FrrConfig.protocolMaps`. */
export const protocolMapKey = (vrf: string, family: Family, protocol: string): string =>
  `${vrf} ${family} ${protocol}`;

export interface FrrConfig {
  hostname: string;
  /** By VRF name, `default` included; in the order created. */
  readonly bgp: Map<string, BgpInstanceConfig>;
  /** By `family name` (`4 no-default`). */
  readonly prefixLists: Map<string, PrefixList>;
  /** Of each family the list that was last touched, while it is there. */
  readonly lastPrefixList: Map<Family, string>;
  readonly accessLists: Map<string, AccessList>;
  readonly asPathLists: Map<string, AsPathList>;
  /** By `kind name`. */
  readonly communityLists: Map<string, CommunityList>;
  readonly routeMaps: Map<string, RouteMap>;
  readonly interfaces: Map<string, InterfaceConfig>;
  readonly vrfs: Map<string, VrfConfig>;
  readonly staticRoutes: Map<string, StaticRoute>;
  /** `ip protocol P route-map M`: the map's name by VRF, family and protocol. */
  readonly protocolMaps: Map<string, string>;
  readonly bfdProfiles: Map<string, BfdProfile>;
  readonly bfdPeers: Map<string, BfdPeerConfig>;
  /** Lines of global options that are kept and printed as typed (`ip nht resolve-via-default`, `debug ...`, `log ...`), by their key. */
  readonly globals: Map<string, string>;
  /** What `debug` switched on, from the configuration or for now: `debug bgp updates in`. */
  readonly debugs: Set<string>;
}

/**
 * One effect of a line. A change of a peer group's option concerns each of its members that has not its own.
 * `peer-added` of a name comes before any of its options; `peer-removed` ends the session (Cease, peer unconfigured).
 */
export type ConfigChange =
  | { readonly kind: 'hostname' }
  | { readonly kind: 'bgp-added'; readonly vrf: string }
  | { readonly kind: 'bgp-removed'; readonly vrf: string }
  | { readonly kind: 'bgp-option'; readonly vrf: string; readonly option: keyof BgpOptions }
  | { readonly kind: 'peer-added'; readonly vrf: string; readonly peer: string }
  | { readonly kind: 'peer-removed'; readonly vrf: string; readonly peer: string }
  | { readonly kind: 'group-added'; readonly vrf: string; readonly group: string }
  | { readonly kind: 'group-removed'; readonly vrf: string; readonly group: string }
  | { readonly kind: 'peer-remote-as'; readonly vrf: string; readonly peer: string }
  | { readonly kind: 'peer-group'; readonly vrf: string; readonly peer: string }
  /** `peer` may be a peer group. */
  | {
      readonly kind: 'peer-option';
      readonly vrf: string;
      readonly peer: string;
      readonly option: keyof PeerOptions;
    }
  | {
      readonly kind: 'peer-family';
      readonly vrf: string;
      readonly peer: string;
      readonly family: BgpFamily;
      readonly option: keyof PeerFamilyOptions;
    }
  | {
      readonly kind: 'bgp-family';
      readonly vrf: string;
      readonly family: BgpFamily;
      readonly option: keyof BgpFamilyOptions;
    }
  | { readonly kind: 'evpn-vni'; readonly vrf: string; readonly vni: number }
  | { readonly kind: 'listen-range'; readonly vrf: string; readonly range: string }
  /** Added, changed or removed: the configuration says which. */
  | { readonly kind: 'network'; readonly vrf: string; readonly family: BgpFamily; readonly prefix: Prefix }
  | { readonly kind: 'aggregate'; readonly vrf: string; readonly family: BgpFamily; readonly prefix: Prefix }
  | { readonly kind: 'redistribute'; readonly vrf: string; readonly family: BgpFamily; readonly key: string }
  | { readonly kind: 'prefix-list'; readonly family: Family; readonly name: string }
  | { readonly kind: 'access-list'; readonly family: Family; readonly name: string }
  | { readonly kind: 'as-path-list'; readonly name: string }
  | { readonly kind: 'community-list'; readonly list: CommunityKind; readonly name: string }
  | { readonly kind: 'route-map'; readonly name: string }
  | { readonly kind: 'interface'; readonly name: string }
  | { readonly kind: 'vrf'; readonly name: string }
  | { readonly kind: 'static-route'; readonly key: string }
  | { readonly kind: 'protocol-map'; readonly key: string }
  | { readonly kind: 'bfd-profile'; readonly name: string; readonly option?: keyof BfdTimers }
  | { readonly kind: 'bfd-peer'; readonly key: string; readonly option?: keyof BfdTimers }
  | { readonly kind: 'global'; readonly key: string };

/** A configuration without a line. */
export const emptyConfig = (hostname: string): FrrConfig => ({
  hostname,
  bgp: new Map(),
  prefixLists: new Map(),
  lastPrefixList: new Map(),
  accessLists: new Map(),
  asPathLists: new Map(),
  communityLists: new Map(),
  routeMaps: new Map(),
  interfaces: new Map(),
  vrfs: new Map(),
  staticRoutes: new Map(),
  protocolMaps: new Map(),
  bfdProfiles: new Map(),
  bfdPeers: new Map(),
  globals: new Map(),
  debugs: new Set(),
});
