/**
 * A router as plain data, read-only, for who draws or explains it: sessions with what moved them and their messages,
 * prefixes with every path and why it was chosen or not, and the routes of zebra.
 */
import { comparePathsTo } from '../bgp/decision.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import { MESSAGE_TYPE } from '../bgp/message/header.ts';
import type { Destination, Path, SelectionReason } from '../bgp/path.ts';
import type { MessageCounts, Peer, SessionState, SessionTimers } from '../bgp/peer.ts';
import type { MessageRecord, StateRecord } from '../bgp/session-history.ts';
import type { BgpFamily } from '../config/bgp-config.ts';
import { formatCommunities, formatExtendedCommunity, formatLargeCommunity } from '../policy/communities.ts';
import { formatAsPath } from '../policy/lists.ts';
import { formatAddress, formatPrefix, type Family } from '../prefix.ts';
import { globalNextHop, hasIpv6NextHop, nextHop4 } from '../show/bgp-path-parts.ts';
import { evpnWords } from './evpn-words.ts';
import { forwardingNexthops, type RouteEntry } from '../zebra/route.ts';
import type { Zebra } from '../zebra/zebra.ts';

type MessageType = 'OPEN' | 'UPDATE' | 'NOTIFICATION' | 'KEEPALIVE' | 'ROUTE-REFRESH' | 'unknown';

export interface MessageView extends MessageRecord {
  readonly type: MessageType;
}

export interface SessionView {
  readonly neighbour: string;
  readonly address: string | null;
  readonly remoteAs: number;
  readonly state: SessionState;
  /** Changes of state, newest last. */
  readonly moves: readonly StateRecord[];
  /** Those that run, with the simulated nanoseconds that are left. */
  readonly timers: readonly { readonly name: keyof SessionTimers; readonly left: number }[];
  readonly sent: Readonly<MessageCounts>;
  readonly received: Readonly<MessageCounts>;
  readonly families: readonly {
    readonly family: BgpFamily;
    readonly negotiated: boolean;
    readonly accepted: number;
    readonly sent: number;
  }[];
  /** The last ones, oldest first. */
  readonly messages: readonly MessageView[];
}

const TYPES: ReadonlyMap<number, MessageType> = new Map([
  [MESSAGE_TYPE.open, 'OPEN'],
  [MESSAGE_TYPE.update, 'UPDATE'],
  [MESSAGE_TYPE.notification, 'NOTIFICATION'],
  [MESSAGE_TYPE.keepalive, 'KEEPALIVE'],
  [MESSAGE_TYPE.routeRefresh, 'ROUTE-REFRESH'],
]);
const TYPE_OCTET = 18;

/** What kind of message octets are, by their header. */
export const messageType = (octets: Uint8Array): MessageType =>
  TYPES.get(octets[TYPE_OCTET] ?? 0) ?? 'unknown';

/** `now` in simulated nanoseconds. */
export function sessionView(peer: Peer, now: number): SessionView {
  const timers = Object.entries(peer.timers) as [keyof SessionTimers, number | null][];
  return {
    neighbour: peer.name,
    address: peer.address === null ? null : formatAddress(peer.address),
    remoteAs: peer.remoteAs,
    state: peer.state,
    moves: [...peer.history.states],
    timers: timers.flatMap(([name, due]) => (due === null ? [] : [{ name, left: due - now }])),
    sent: { ...peer.sent },
    received: { ...peer.received },
    families: [...peer.families.values()].map(({ family, negotiated, acceptedCount, sentCount }) => ({
      family,
      negotiated,
      accepted: acceptedCount,
      sent: sentCount,
    })),
    messages: peer.history.messages.map((record) => ({
      ...record,
      type: messageType(record.octets),
    })),
  };
}

interface PathView {
  /** The neighbour's name; null for what this router makes itself. */
  readonly from: string | null;
  readonly source: Path['source']['kind'];
  /** The VRF from which it was imported. */
  readonly importedFrom: string | null;
  readonly nextHop: string;
  /** As `show bgp` writes it; '' for an empty one. */
  readonly asPath: string;
  readonly origin: Path['attributes']['origin'];
  readonly localPreference: number | null;
  readonly med: number | null;
  readonly weight: number;
  readonly communities: string;
  readonly largeCommunities: string;
  readonly extendedCommunities: string;
  readonly valid: boolean;
  readonly chosen: boolean;
  /** Used beside the chosen one. */
  readonly multipath: boolean;
  readonly stale: boolean;
  readonly suppressed: boolean;
  /** Of the chosen one: what decided last. Of another: what speaks for the chosen one against it; null where it was not asked. */
  readonly reason: SelectionReason | null;
}

export interface PrefixView {
  readonly prefix: string;
  /** What a route of EVPN says, in a sentence; null for one of another family. */
  readonly words: string | null;
  readonly version: number;
  readonly paths: readonly PathView[];
}

function pathView(
  instance: BgpInstance,
  family: BgpFamily,
  destination: Destination,
  path: Path,
  best: Path | undefined,
): PathView {
  const { attributes, source } = path;
  const { options, families } = instance.config;
  const decision = {
    options,
    sameClusterLength: families[family].options.maximumPathsIbgp?.equalClusterLength ?? false,
  };
  const reason =
    path === best
      ? destination.reason
      : best === undefined || !path.valid
        ? null
        : comparePathsTo(best, path, decision).reason;
  return {
    from: path.peer === instance.self ? null : path.peer.name,
    source: source.kind,
    importedFrom: source.kind === 'imported' ? source.vrf : null,
    nextHop: hasIpv6NextHop(path, destination.prefix.family)
      ? globalNextHop(attributes)
      : nextHop4(attributes),
    asPath: formatAsPath(attributes.asPath),
    origin: attributes.origin,
    localPreference: attributes.localPreference,
    med: attributes.med,
    weight: attributes.weight,
    communities: formatCommunities(attributes.communities ?? []),
    largeCommunities: (attributes.largeCommunities ?? []).map(formatLargeCommunity).join(' '),
    extendedCommunities: (attributes.extendedCommunities ?? []).map(formatExtendedCommunity).join(' '),
    valid: path.valid,
    chosen: path.selected,
    multipath: path.multipath,
    stale: path.stale,
    suppressed: path.suppressed,
    reason,
  };
}

/** One prefix of a table with all its paths; undefined where the table does not hold it. `key`: the prefix as text. */
export function prefixView(instance: BgpInstance, family: BgpFamily, key: string): PrefixView | undefined {
  const destination = instance.rib(family).destinations.get(key);
  if (destination === undefined) return undefined;
  const best = destination.paths.find((path) => path.selected);
  return {
    prefix: key,
    words: evpnWords(destination.prefix, (best ?? destination.paths[0])?.attributes),
    version: destination.version,
    paths: destination.paths.map((path) => pathView(instance, family, destination, path, best)),
  };
}

interface RouteView {
  readonly prefix: string;
  readonly protocol: RouteEntry['protocol'];
  readonly distance: number;
  readonly metric: number;
  /** Best of those that zebra was offered (RIB). */
  readonly selected: boolean;
  /** In the kernel (FIB). */
  readonly installed: boolean;
  /** What packets take, recursive next hops resolved. */
  readonly nextHops: readonly {
    readonly gateway: string | null;
    readonly interface: string | null;
    /** Blackhole, unreachable or prohibit. */
    readonly reject: string | null;
  }[];
}

/** Zebra's routes of one family of a VRF, by prefix. */
export const routesView = (zebra: Zebra, vrf: string, family: Family): readonly RouteView[] =>
  zebra
    .table(vrf, family)
    .nodes()
    .flatMap((node) =>
      node.entries.map((entry) => ({
        prefix: formatPrefix(node.prefix),
        protocol: entry.protocol,
        distance: entry.distance,
        metric: entry.metric,
        selected: entry.selected,
        installed: entry.installed,
        nextHops: forwardingNexthops(entry.nexthops).map((hop) => ({
          gateway: hop.gateway === null ? null : formatAddress(hop.gateway),
          interface: hop.interface,
          reject: hop.kind === 'blackhole' ? (hop.reject ?? 'blackhole') : null,
        })),
      })),
    );
