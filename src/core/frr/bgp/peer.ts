/** A neighbour of one BGP instance: what was configured, what was negotiated, counters, and its tables. Read by the show texts. */
import type { BfdHandle } from '../bfd/bfd-port.ts';
import type { AdvertisedView } from './advertised-routes.ts';
import type { Address, Prefix } from '../prefix.ts';
import type { BgpFamily, PeerConfig, PeerFamilyOptions, PeerOptions } from '../config/bgp-config.ts';
import type { PathAttributes } from './attributes.ts';
import type { MessageRecord, StateRecord } from './session-history.ts';

/** RFC 4271 8.2.2, and `Clearing`/`Deleted` of bgpd. */
export type SessionState =
  | 'Idle'
  | 'Connect'
  | 'Active'
  | 'OpenSent'
  | 'OpenConfirm'
  | 'Established'
  | 'Clearing'
  | 'Deleted';

/** Why the session ended (or does not start) last, with bgpd's number for JSON. */
export const RESET_REASON = {
  none: 0,
  'router-id': 1,
  'remote-as': 2,
  'local-as': 3,
  'cluster-id': 4,
  'confederation-id': 5,
  'confederation-peer': 6,
  'rr-client': 7,
  'rs-client': 8,
  'update-source': 9,
  'family-activated': 10,
  'user-shutdown': 11,
  'user-reset': 12,
  'notification-received': 13,
  'notification-sent': 14,
  'peer-closed': 15,
  'neighbor-deleted': 16,
  'group-bind': 17,
  'group-unbind': 18,
  'capability-changed': 19,
  'passive-changed': 20,
  'multihop-changed': 21,
  'nsf-peer-closed': 22,
  'v6only-changed': 23,
  'bfd-down': 24,
  'interface-down': 25,
  'neighbor-address-lost': 26,
  'waiting-next-hop': 27,
  'waiting-neighbor-address': 28,
  'vrf-uninitialised': 29,
  'no-family-activated': 30,
  'as-sets-rejected': 31,
  'waiting-open': 32,
  'prefix-count': 33,
  'socket-error': 34,
} as const;

export type ResetReason = keyof typeof RESET_REASON;

/** A NOTIFICATION that ended a session. `hardReset`: it came inside Cease/Hard Reset (RFC 8538), code and subcode are the inner ones. */
export interface NotificationSummary {
  readonly code: number;
  readonly subcode: number;
  readonly data: Uint8Array;
  readonly hardReset: boolean;
}

export interface LastReset {
  /** Simulated nanoseconds; null: never. */
  readonly at: number | null;
  readonly reason: ResetReason;
  /** The NOTIFICATION sent or received last, kept beyond the reason. */
  readonly notification: NotificationSummary | null;
  /** The whole message that made this router send a NOTIFICATION. */
  readonly offending: Uint8Array | null;
}

/** Counters of messages, one for each direction. */
export interface MessageCounts {
  open: number;
  notification: number;
  update: number;
  keepalive: number;
  routeRefresh: number;
  capability: number;
}

export interface GracefulRestartCapability {
  readonly restartBit: boolean;
  readonly notificationBit: boolean;
  /** Seconds. */
  readonly restartTime: number;
  readonly families: readonly { readonly family: BgpFamily; readonly forwardingPreserved: boolean }[];
}

/** What one side's OPEN said (RFC 5492). */
export interface Capabilities {
  readonly multiprotocol: readonly BgpFamily[];
  readonly as4: number | null;
  readonly routeRefresh: boolean;
  readonly routeRefreshOld: boolean;
  readonly enhancedRouteRefresh: boolean;
  readonly extendedMessage: boolean;
  readonly dynamic: boolean;
  /** RFC 7911: what the sender of the OPEN can do, per family. */
  readonly addPath: readonly {
    readonly family: BgpFamily;
    readonly receive: boolean;
    readonly send: boolean;
  }[];
  /** RFC 8950: families that may have an IPv6 next hop. */
  readonly extendedNextHop: readonly BgpFamily[];
  readonly gracefulRestart: GracefulRestartCapability | null;
  readonly longLivedGracefulRestart:
    | readonly {
        readonly family: BgpFamily;
        readonly forwardingPreserved: boolean;
        readonly staleTime: number;
      }[]
    | null;
  /** Domain is '' without. */
  readonly hostname: { readonly host: string; readonly domain: string } | null;
  /** RFC 9234. */
  readonly role: number | null;
}

/** A timer that runs: simulated nanoseconds at which it goes off. */
type Due = number | null;

export interface SessionTimers {
  readonly start: Due;
  readonly connectRetry: Due;
  readonly hold: Due;
  readonly keepalive: Due;
  readonly gracefulRestart: Due;
  readonly stalePath: Due;
  readonly maximumPrefixRestart: Due;
}

/** The end points of the TCP connection, while there is one. */
export interface ConnectionEnds {
  readonly local: Address;
  readonly localPort: number;
  readonly remote: Address;
  readonly remotePort: number;
}

/** One route that came in, before policy; kept with `soft-reconfiguration inbound` only. */
export interface ReceivedRoute {
  readonly prefix: Prefix;
  readonly attributes: PathAttributes;
  readonly receivedAt: number;
}

/** One route as it was sent, after policy. */
export interface AdvertisedRoute {
  readonly prefix: Prefix;
  /** As `advertised-routes` shows them: the next hop is 0 or `::` where it becomes this end's address only on the wire. */
  readonly attributes: PathAttributes;
}

export interface PeerFamily {
  readonly family: BgpFamily;
  /** Options with the peer group's behind them. */
  readonly options: PeerFamilyOptions & { readonly activate: boolean };
  /** Both sides said it. */
  readonly negotiated: boolean;
  readonly acceptedCount: number;
  readonly sentCount: number;
  /** Update groups are numbered in the order made; unstable in the recordings. */
  readonly updateGroup: number | null;
  readonly subgroup: number | null;
  readonly endOfRibSent: boolean;
  /** No update went out after it. */
  readonly endOfRibSentAfterUpdate: boolean;
  readonly endOfRibReceived: boolean;
  readonly maximumPrefixReached: boolean;
  readonly maximumPrefixWarned: boolean;
  /** The default route was originated to this neighbour. */
  readonly defaultOriginated: boolean;
  /** An inbound/outbound policy exists where `bgp ebgp-requires-policy` asks for one. */
  readonly inboundPolicyMissing: boolean;
  readonly outboundPolicyMissing: boolean;
  /** By prefix text; empty without `soft-reconfiguration inbound`. */
  readonly received: ReadonlyMap<string, ReceivedRoute>;
  readonly advertised: AdvertisedView;
  /** Table version that was sent. */
  readonly tableVersion: number;
}

export interface BfdStatus {
  /** bgpd's word for it. */
  readonly status: BfdHandle['status'];
  /** Simulated nanoseconds at which it was last told another state; null: never. */
  readonly lastChange: number | null;
  readonly multiHop: boolean;
  readonly detectMultiplier: number;
  readonly receiveInterval: number;
  readonly transmitInterval: number;
}

/** Whose neighbour it is: of this AS, of another member of its confederation, or of another AS. */
export type PeerSort = 'internal' | 'confederation' | 'external';

export interface Peer {
  /** Address text or interface name; 'Static announcement' for the instance's own. */
  readonly name: string;
  /** The `bgp listen range` from which it came; null: it is configured. */
  readonly range: string | null;
  /** Null for the instance's own peer. */
  readonly config: PeerConfig | null;
  /** Options with the peer group's behind them. */
  readonly options: PeerOptions;
  /** Numeric, `external` and `internal` resolved; 0 while an unnumbered peer has not spoken. */
  readonly remoteAs: number;
  readonly localAs: number;
  readonly sort: PeerSort;
  readonly isInternal: boolean;
  /** Neither of this AS nor of its confederation (RFC 5065). */
  readonly isExternal: boolean;
  /** Of the session: known from configuration, or from router advertisements. */
  readonly address: Address | null;
  /** The address at which the last session was established; null: none ever was. */
  readonly metAt: Address | null;
  /** Interface of an unnumbered peer. */
  readonly interface: string | null;
  readonly state: SessionState;
  /** Simulated nanoseconds of the last change to or from Established; null: never up. */
  readonly upSince: number | null;
  readonly lastRead: number | null;
  readonly lastWrite: number | null;
  readonly lastUpdate: number | null;
  readonly remoteRouterId: number;
  readonly localRouterId: number;
  /** Seconds; negotiated when Established. */
  readonly holdTime: number;
  readonly keepaliveTime: number;
  readonly configuredHoldTime: number;
  readonly configuredKeepaliveTime: number;
  readonly connectRetryTime: number;
  readonly advertisementInterval: number;
  readonly timers: SessionTimers;
  /** Null: no OPEN yet in that direction. */
  /** Names that the neighbour's last OPEN gave, kept after the session. */
  readonly hostname: { readonly host: string; readonly domain: string } | null;
  readonly sentCapabilities: Capabilities | null;
  readonly receivedCapabilities: Capabilities | null;
  readonly sent: MessageCounts;
  readonly received: MessageCounts;
  readonly establishedCount: number;
  readonly droppedCount: number;
  readonly lastReset: LastReset;
  /** How the last session that was Established ended: what hinders the next one changes `lastReset` alone. Null: none did. */
  readonly lastDown: (LastReset & { readonly at: number }) | null;
  readonly ends: ConnectionEnds | null;
  /** What this end puts into next hops. */
  readonly nextHop4: number;
  readonly nextHop6Global: bigint;
  readonly nextHop6Local: bigint;
  readonly sharedNetwork: boolean;
  /** Hops that an external session may take. */
  readonly ttl: number;
  /** Whether bgpd reads from, and writes to, a connection: shown as its threads. */
  readonly reading: boolean;
  readonly writing: boolean;
  /** The restart time that the neighbour's last OPEN gave, kept after the session; 0: none yet. */
  readonly restartTime: number;
  /** bgpd's file descriptor; unstable, null without a connection. */
  readonly descriptor: number | null;
  /** Stopped because the neighbour sent too many prefixes: `Idle (PfxCt)`. */
  readonly prefixOverflow: boolean;
  /** Graceful restart: the neighbour is gone and its routes are kept as stale. */
  readonly awaitsRestart: boolean;
  readonly gracefulRestartMode: 'helper' | 'restart' | 'disable';
  /** Whether the mode was inherited from the instance: shown with `*`. */
  readonly gracefulRestartInherited: boolean;
  readonly bfd: BfdStatus | null;
  readonly families: ReadonlyMap<BgpFamily, PeerFamily>;
  readonly history: {
    /** Newest last. */
    readonly messages: readonly MessageRecord[];
    readonly states: readonly StateRecord[];
  };
}
