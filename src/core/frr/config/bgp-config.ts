/**
 * The configuration of bgpd: one instance a VRF, its neighbours and peer groups, its address families.
 * An option that is absent was not typed: a member of a peer group then takes the group's, else FRR's default counts
 * (`frr defaults traditional`). Records are replaced, never changed in place; maps are changed in place.
 */
import type { Prefix } from '../prefix.ts';
import type { RouteProtocol } from '../route-protocol.ts';

export type BgpFamily = 'ipv4-unicast' | 'ipv6-unicast' | 'ipv4-vpn' | 'ipv6-vpn' | 'l2vpn-evpn';

/** Families in the order in which running-config and the show texts list them. */
export const BGP_FAMILIES = [
  'ipv4-unicast',
  'ipv4-vpn',
  'ipv6-unicast',
  'ipv6-vpn',
  'l2vpn-evpn',
] as const satisfies readonly BgpFamily[];

export type RemoteAs = number | 'internal' | 'external';
export type RedistributeProtocol = Exclude<RouteProtocol, 'bgp'>;

/** Options of `neighbor X ...` that concern the session. Absent: as the group has it, else the default. */
export interface PeerOptions {
  readonly description?: string;
  readonly shutdown?: { readonly message: string | null };
  readonly passive?: boolean;
  /** Hops; 0 is absent. */
  readonly ebgpMultihop?: number;
  readonly ttlSecurityHops?: number;
  readonly disableConnectedCheck?: boolean;
  readonly enforceFirstAs?: boolean;
  readonly updateSource?:
    | { readonly kind: 'address'; readonly text: string }
    | { readonly kind: 'interface'; readonly text: string };
  readonly timers?: { readonly keepalive: number; readonly holdtime: number };
  readonly connectTimer?: number;
  readonly advertisementInterval?: number;
  readonly delayOpen?: number;
  readonly localAs?: { readonly as: number; readonly noPrepend: boolean; readonly replaceAs: boolean };
  readonly password?: string;
  readonly port?: number;
  readonly bfd?: BfdPeerOptions;
  readonly dontCapabilityNegotiate?: boolean;
  readonly overrideCapability?: boolean;
  readonly strictCapabilityMatch?: boolean;
  readonly capabilityDynamic?: boolean;
  /** `capability extended-nexthop`: on by itself for unnumbered neighbours. */
  readonly capabilityExtendedNexthop?: boolean;
  readonly solo?: boolean;
  readonly gracefulRestart?: 'helper' | 'restart' | 'disable';
  readonly interface?: string;
}

interface BfdPeerOptions {
  /** Detection multiplier, receive and transmit interval in ms; absent: the default or the profile's. */
  readonly timers?: { readonly multiplier: number; readonly receive: number; readonly transmit: number };
  readonly profile?: string;
  readonly checkControlPlaneFailure?: boolean;
}

interface MaximumPrefix {
  readonly limit: number;
  /** Percent. */
  readonly threshold: number;
  readonly warningOnly: boolean;
  /** Minutes. */
  readonly restart: number | null;
  readonly force: boolean;
}

/** Options of `neighbor X ...` inside an address family. Absent: as the group has it, else the default. */
export interface PeerFamilyOptions {
  readonly activate?: boolean;
  readonly routeMapIn?: string;
  readonly routeMapOut?: string;
  readonly prefixListIn?: string;
  readonly prefixListOut?: string;
  readonly distributeListIn?: string;
  readonly distributeListOut?: string;
  readonly filterListIn?: string;
  readonly filterListOut?: string;
  readonly unsuppressMap?: string;
  /** `next-hop-self` and `next-hop-self force` are two switches; the second goes further. */
  readonly nextHopSelf?: { readonly plain: boolean; readonly force: boolean };
  readonly nextHopLocalUnchanged?: boolean;
  readonly routeReflectorClient?: boolean;
  readonly routeServerClient?: boolean;
  readonly softReconfigurationInbound?: boolean;
  readonly defaultOriginate?: { readonly routeMap: string | null };
  /** Absent: all of standard, extended and large are sent. */
  readonly sendCommunity?: {
    readonly standard: boolean;
    readonly extended: boolean;
    readonly large: boolean;
  };
  readonly allowasIn?: { readonly count: number; readonly origin: boolean };
  readonly asOverride?: boolean;
  readonly removePrivateAs?: { readonly all: boolean; readonly replaceAs: boolean };
  readonly attributeUnchanged?: {
    readonly asPath: boolean;
    readonly nextHop: boolean;
    readonly med: boolean;
  };
  readonly maximumPrefix?: MaximumPrefix;
  readonly maximumPrefixOut?: number;
  readonly weight?: number;
  /** Site of origin as an extended community's text (`1:2`). */
  readonly siteOfOrigin?: string;
  readonly addpathTxAll?: boolean;
  readonly addpathTxBestPerAs?: boolean;
  readonly disableAddpathRx?: boolean;
}

/** One `neighbor`: an address, an interface (unnumbered) or a peer group. */
export interface PeerConfig {
  readonly name: string;
  readonly kind: 'address' | 'interface' | 'group';
  /** `interface v6only`. */
  readonly v6only: boolean;
  readonly remoteAs: RemoteAs | null;
  readonly group: string | null;
  readonly options: PeerOptions;
  readonly families: Readonly<Partial<Record<BgpFamily, PeerFamilyOptions>>>;
}

interface NetworkConfig {
  readonly prefix: Prefix;
  readonly routeMap: string | null;
  readonly backdoor: boolean;
  readonly labelIndex: number | null;
}

export interface AggregateConfig {
  readonly prefix: Prefix;
  readonly asSet: boolean;
  readonly summaryOnly: boolean;
  readonly origin: 'igp' | 'egp' | 'incomplete' | null;
  readonly routeMap: string | null;
  readonly matchingMedOnly: boolean;
  readonly suppressMap: string | null;
}

interface RedistributeConfig {
  readonly protocol: RedistributeProtocol;
  /** Of ospf and table. */
  readonly instance: number | null;
  readonly metric: number | null;
  readonly routeMap: string | null;
}

/** Options of an address family that hold one value. */
export interface BgpFamilyOptions {
  readonly maximumPaths?: number;
  readonly maximumPathsIbgp?: { readonly paths: number; readonly equalClusterLength: boolean };
  readonly distance?: { readonly external: number; readonly internal: number; readonly local: number };
  readonly tableMap?: string;
  /** VRF names of `import vrf`, in the order typed. */
  readonly importVrf?: readonly string[];
  readonly importVrfRouteMap?: string;
  readonly exportVpn?: boolean;
  readonly importVpn?: boolean;
  readonly rdVpnExport?: string;
  readonly rtVpnImport?: readonly string[];
  readonly rtVpnExport?: readonly string[];
  readonly labelVpnExport?: number | 'auto';
  readonly nexthopVpnExport?: string;
  readonly routeMapVpnImport?: string;
  readonly routeMapVpnExport?: string;
  readonly advertiseAllVni?: boolean;
  readonly advertiseDefaultGw?: boolean;
  readonly advertiseSviIp?: boolean;
  readonly advertiseIpv4?: { readonly routeMap: string | null };
  readonly advertiseIpv6?: { readonly routeMap: string | null };
  /** `default-originate ipv4` and `ipv6` of EVPN. */
  readonly evpnDefaultIpv4?: boolean;
  readonly evpnDefaultIpv6?: boolean;
  readonly evpnRd?: string;
  readonly evpnRtImport?: readonly string[];
  readonly evpnRtExport?: readonly string[];
}

export interface BgpFamilyConfig {
  options: BgpFamilyOptions;
  /** By prefix text. */
  readonly networks: Map<string, NetworkConfig>;
  readonly aggregates: Map<string, AggregateConfig>;
  /** By protocol, or `protocol instance`. */
  readonly redistribute: Map<string, RedistributeConfig>;
}

/** Options of `bgp ...` and their kin. Absent: the default of `frr defaults traditional`. */
export interface BgpOptions {
  /** IPv4 address as a number. */
  readonly routerId?: number;
  readonly clusterId?: number;
  readonly ebgpRequiresPolicy?: boolean;
  readonly networkImportCheck?: boolean;
  readonly suppressDuplicates?: boolean;
  readonly rejectAsSets?: boolean;
  /** On unless `no` was typed: an administrative reset is a Hard Reset (RFC 8538). */
  readonly hardAdministrativeReset?: boolean;
  readonly disableEbgpConnectedRouteCheck?: boolean;
  readonly allowMartianNexthop?: boolean;
  readonly fastConvergence?: boolean;
  /** New neighbours are shut down. */
  readonly defaultShutdown?: boolean;
  readonly defaultL2vpnEvpn?: boolean;
  readonly logNeighborChanges?: boolean;
  readonly fastExternalFailover?: boolean;
  readonly clientToClientReflection?: boolean;
  readonly alwaysCompareMed?: boolean;
  readonly deterministicMed?: boolean;
  readonly bestpathAsPathIgnore?: boolean;
  readonly bestpathAsPathConfed?: boolean;
  readonly bestpathMultipathRelax?: 'as-set' | 'no-as-set';
  readonly bestpathCompareRouterid?: boolean;
  readonly bestpathMed?: { readonly confed: boolean; readonly missingAsWorst: boolean };
  readonly bestpathPeerTypeMultipathRelax?: boolean;
  readonly bestpathBandwidth?: 'ignore' | 'skip-missing' | 'default-weight-for-missing';
  readonly defaultLocalPreference?: number;
  readonly defaultIpv4Unicast?: boolean;
  readonly defaultIpv6Unicast?: boolean;
  readonly defaultShowHostname?: boolean;
  readonly defaultShowNexthopHostname?: boolean;
  readonly defaultSubgroupPktQueueMax?: number;
  readonly confederationIdentifier?: number;
  readonly confederationPeers?: readonly number[];
  readonly timers?: { readonly keepalive: number; readonly holdtime: number };
  readonly minimumHoldtime?: number;
  readonly gracefulRestart?: 'restart' | 'disable';
  /** Seconds. */
  readonly gracefulRestartTime?: number;
  readonly gracefulRestartStalePathTime?: number;
  readonly gracefulRestartRibStaleTime?: number;
  readonly gracefulRestartSelectDeferTime?: number;
  readonly gracefulRestartPreserveFwState?: boolean;
  readonly gracefulRestartNotification?: boolean;
  readonly longLivedGracefulRestartStaleTime?: number;
  readonly gracefulShutdown?: boolean;
  readonly shutdown?: { readonly message: string | null };
  readonly updateDelay?: { readonly delay: number; readonly establishWait: number };
  readonly coalesceTime?: number;
  readonly conditionalAdvertisementTimer?: number;
  readonly routeReflectorAllowOutboundPolicy?: boolean;
  readonly listenLimit?: number;
  readonly suppressFibPending?: boolean;
  readonly maxMedAdministrative?: number;
  readonly writeQuanta?: number;
  readonly readQuanta?: number;
}

/** A `vni N` block. */
export interface VniConfig {
  readonly rd?: string;
  readonly importTargets?: readonly string[];
  readonly exportTargets?: readonly string[];
  readonly advertiseDefaultGw?: boolean;
  readonly advertiseSviIp?: boolean;
}

/** `router bgp ASN [vrf V]`. */
export interface BgpInstanceConfig {
  readonly asn: number;
  /** `default` for the default VRF. */
  readonly vrf: string;
  /** Made by another instance's `import vrf`, not typed: running-config leaves it out. */
  automatic: boolean;
  options: BgpOptions;
  /** Neighbours by address or interface name. */
  readonly peers: Map<string, PeerConfig>;
  readonly groups: Map<string, PeerConfig>;
  /** `bgp listen range`: group by prefix text. */
  readonly listenRanges: Map<string, string>;
  /** `vni N` blocks of EVPN. */
  readonly vnis: Map<number, VniConfig>;
  /** Every family is there from the start. */
  readonly families: Readonly<Record<BgpFamily, BgpFamilyConfig>>;
}
