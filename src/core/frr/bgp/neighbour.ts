/** A neighbour as bgpd itself holds it: everything of `Peer`, changeable. */
import type { Address } from '../prefix.ts';
import type { BgpFamily, PeerConfig, PeerFamilyOptions, PeerOptions } from '../config/bgp-config.ts';
import type {
  BfdStatus,
  Capabilities,
  ConnectionEnds,
  LastReset,
  MessageCounts,
  Peer,
  PeerFamily,
  PeerSort,
  ReceivedRoute,
  SessionState,
  SessionTimers,
} from './peer.ts';
import { AdvertisedRoutes, type ToldRoute } from './advertised-routes.ts';
import type { PathAttributes } from './attributes.ts';
import { PathHop } from './path-hop.ts';
import { SessionData, type RunningTimer } from './session-data.ts';
import { SessionHistory, type MessageLog } from './session-history.ts';
import type { StoredDestination } from './rib-table.ts';
import type { GroupMembership } from './update-groups.ts';

/** What waits to be sent to a neighbour for one destination; null: a withdrawal. */
export type Outgoing = ToldRoute | null;

export class NeighbourFamily implements PeerFamily {
  readonly family: BgpFamily;
  options: PeerFamilyOptions & { readonly activate: boolean };
  negotiated = false;
  /** Paths of this neighbour in the table that count against `maximum-prefix`. */
  acceptedCount = 0;
  /** Its place in the update groups while the session is up. */
  membership: GroupMembership | null = null;
  endOfRibSent = false;
  endOfRibReceived = false;
  /** Simulated nanoseconds of the last End-of-RIB and the last UPDATE with routes; 0: none. */
  endOfRibSentAt = 0;
  updateSentAt = 0;
  maximumPrefixReached = false;
  maximumPrefixWarned = false;
  defaultOriginated = false;
  inboundPolicyMissing = false;
  outboundPolicyMissing = false;
  #received: Map<string, ReceivedRoute> | null = null;
  readonly advertised = new AdvertisedRoutes();
  /** bgpd never sets what it shows here: its update groups count for themselves. */
  readonly tableVersion = 0;
  /** The table has been gone through once since the session came up. */
  initialised = false;
  #outgoing: Map<StoredDestination, Outgoing> | null = null;
  /** A default route that waits: true announces, false withdraws. */
  outgoingDefault: PathAttributes | null | undefined = undefined;
  endOfRibWaits = false;
  /** `updateGroup`'s memory. */
  groupNumber: number | null = null;
  /** The update group in which the table was gone through last. */
  toldGroup: number | null = null;
  /** Takes back the walk through the table that is about to happen; null: none is. */
  announcing: (() => void) | null = null;
  /** What the neighbour has been told goes out again, until nothing is left to send. */
  forceUpdates = false;
  /** A refresh was begun (RFC 7313) and its end is owed. */
  refreshBegun = false;
  /** The neighbour asked before End-of-RIB was sent: it is answered afterwards. */
  refreshPending = false;
  /** Runs from the beginning of the neighbour's refresh to its end. */
  refreshing: (() => void) | null = null;
  /** Routes of this family survive a restart of the neighbour. */
  nonStop = false;

  constructor(family: BgpFamily, options: PeerFamilyOptions & { readonly activate: boolean }) {
    this.family = family;
    this.options = options;
  }

  /** bgpd compares whole seconds. */
  get endOfRibSentAfterUpdate(): boolean {
    return Math.floor(this.endOfRibSentAt / 1e9) >= Math.floor(this.updateSentAt / 1e9);
  }

  /** Made when it is asked for: most families of most neighbours are never active. */
  get received(): Map<string, ReceivedRoute> {
    this.#received ??= new Map();
    return this.#received;
  }

  /** Whether there may be copies of what it sent. */
  get keepsCopies(): boolean {
    return this.#received !== null;
  }

  get outgoing(): Map<StoredDestination, Outgoing> {
    this.#outgoing ??= new Map();
    return this.#outgoing;
  }

  get updateGroup(): number | null {
    return this.membership?.group.id ?? null;
  }

  get subgroup(): number | null {
    return this.membership?.subgroup.id ?? null;
  }

  get sentCount(): number {
    return this.advertised.size + (this.defaultOriginated ? 1 : 0);
  }

  /** As after the end of a session. */
  reset(): void {
    this.negotiated = false;
    this.groupNumber = null;
    this.toldGroup = null;
    this.membership?.leave();
    this.membership = null;
    this.endOfRibSent = false;
    this.endOfRibReceived = false;
    this.maximumPrefixReached = false;
    this.maximumPrefixWarned = false;
    this.defaultOriginated = false;
    this.initialised = false;
    this.endOfRibWaits = false;
    this.announcing?.();
    this.announcing = null;
    this.forceUpdates = false;
    this.refreshBegun = false;
    this.refreshPending = false;
    this.refreshing?.();
    this.refreshing = null;
    this.outgoingDefault = undefined;
    this.advertised.clear();
    this.#outgoing = null;
  }
}

export class Neighbour implements Peer {
  readonly name: string;
  config: PeerConfig | null;
  options: PeerOptions;
  /** From configuration; 0 for `external`, which an OPEN fills in. */
  configuredRemoteAs = 0;
  remoteAsKind: 'specified' | 'internal' | 'external' | 'none' = 'none';
  localAs: number;
  sort: PeerSort = 'external';
  address: Address | null = null;
  metAt: Address | null = null;
  readonly interface: string | null;
  session = new SessionData(false);
  /** The connection that the neighbour opened, until one of both wins. */
  incoming: SessionData | null = null;
  upSince: number | null = null;
  lastRead: number | null;
  lastWrite: number | null;
  lastUpdate: number | null = null;
  connectRetryTime = 120;
  advertisementInterval = 0;
  configuredHoldTime = 180;
  configuredKeepaliveTime = 60;
  /** Seconds until the next attempt from Idle; doubles after errors. */
  startTime = 1;
  establishedCount = 0;
  droppedCount = 0;
  lastReset: LastReset;
  lastDown: (LastReset & { readonly at: number }) | null = null;
  ends: ConnectionEnds | null = null;
  nextHop4 = 0;
  nextHop6Global = 0n;
  nextHop6Local = 0n;
  sharedNetwork = false;
  ttl = 1;
  /** External and one hop away: its address and its next hops must be on connected networks. */
  mustBeConnected = true;
  descriptor: number | null = null;
  prefixOverflow = false;
  /** Made while a file of configuration is read: it waits until a little after the end. */
  heldByConfiguration = false;
  awaitsRestart = false;
  /** Negotiated with restarting: some family has `nonStop`. */
  nonStopMode = false;
  /** How long the neighbour said that it needs to restart, in seconds. */
  restartTime = 0;
  hostname: { readonly host: string; readonly domain: string } | null = null;
  gracefulRestartMode: 'helper' | 'restart' | 'disable' = 'helper';
  gracefulRestartInherited = true;
  bfd: BfdStatus | null = null;
  removedFromConfiguration = false;
  readonly families = new Map<BgpFamily, NeighbourFamily>();
  /** Of all its connections. */
  readonly history: SessionHistory;
  readonly longTimers = new Map<'gracefulRestart' | 'stalePath' | 'maximumPrefixRestart', RunningTimer>();
  /** The `bgp listen range` from which it came; null: it is configured. */
  readonly range: string | null;
  /** The key of the tracked address of this neighbour. */
  /** The interface on which the last session ran. */
  link: string | null = null;
  nextHopKey: string | null = null;
  #lastHop: PathHop | null = null;
  /** How zebra was asked about the address last: whether it had to be on a network of this router; null: not yet. */
  askedConnected: boolean | null = null;

  constructor(
    name: string,
    config: PeerConfig | null,
    localAs: number,
    interfaceName: string | null,
    now: number,
    log: MessageLog,
    range: string | null = null,
  ) {
    this.range = range;
    this.name = name;
    this.history = new SessionHistory(log);
    this.config = config;
    this.options = config?.options ?? {};
    this.localAs = localAs;
    this.interface = interfaceName;
    this.lastRead = now;
    this.lastWrite = null;
    this.lastReset = { at: now, reason: 'none', notification: null, offending: null };
  }

  get state(): SessionState {
    return this.session.state;
  }

  /** A connection on which BGP is spoken. */
  get hasSession(): boolean {
    const { state } = this.session;
    return state === 'OpenSent' || state === 'OpenConfirm' || state === 'Established';
  }

  get reading(): boolean {
    return this.hasSession;
  }

  get writing(): boolean {
    return this.hasSession;
  }

  get isInternal(): boolean {
    return this.sort === 'internal';
  }

  get isExternal(): boolean {
    return this.sort === 'external';
  }

  get isEstablished(): boolean {
    return this.session.state === 'Established';
  }

  get remoteAs(): number {
    return this.configuredRemoteAs === 0 ? this.session.remoteAs : this.configuredRemoteAs;
  }

  get remoteRouterId(): number {
    return this.session.remoteRouterId;
  }

  get localRouterId(): number {
    return this.session.localRouterId;
  }

  get holdTime(): number {
    return this.session.holdTime;
  }

  get keepaliveTime(): number {
    return this.session.keepaliveTime;
  }

  get sentCapabilities(): Capabilities | null {
    return this.session.sentCapabilities;
  }

  get receivedCapabilities(): Capabilities | null {
    return this.session.receivedCapabilities;
  }

  get sent(): MessageCounts {
    return this.session.sent;
  }

  get received(): MessageCounts {
    return this.session.received;
  }

  get timers(): SessionTimers {
    const due = (timer: RunningTimer | undefined): number | null => timer?.due ?? null;
    const { timers } = this.session;
    return {
      start: due(timers.get('start')),
      connectRetry: due(timers.get('connectRetry')),
      hold: due(timers.get('hold')),
      keepalive: due(timers.get('keepalive')),
      gracefulRestart: due(this.longTimers.get('gracefulRestart')),
      stalePath: due(this.longTimers.get('stalePath')),
      maximumPrefixRestart: due(this.longTimers.get('maximumPrefixRestart')),
    };
  }

  /** The next hop of a route of this neighbour: the same object as long as it names the same. */
  hopOf(attributes: PathAttributes): PathHop {
    if (this.#lastHop?.isOf(attributes) !== true) this.#lastHop = new PathHop(this, attributes);
    return this.#lastHop;
  }

  family(family: BgpFamily): NeighbourFamily | undefined {
    return this.families.get(family);
  }

  /** Some family is activated. */
  get isActive(): boolean {
    for (const family of this.families.values()) if (family.options.activate) return true;
    return false;
  }

  /** IPv4 prefixes go with IPv6 next hops: both ends said the capability. */
  hasExtendedNextHop(family: BgpFamily): boolean {
    const { sentCapabilities, receivedCapabilities } = this.session;
    return (
      sentCapabilities !== null &&
      receivedCapabilities !== null &&
      sentCapabilities.extendedNextHop.includes(family) &&
      receivedCapabilities.extendedNextHop.includes(family)
    );
  }
}

/** Counters of a connection that becomes the neighbour's own are added to those before it. */
export function addCounts(to: MessageCounts, from: MessageCounts): void {
  to.open += from.open;
  to.notification += from.notification;
  to.keepalive += from.keepalive;
  to.capability += from.capability;
}
