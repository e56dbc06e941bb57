/**
 * Multicast snooping: which groups are wanted behind which port, by the reports that pass (RFC 4541, `br_multicast.c`).
 * Frames to groups are kept from other ports only while some querier is heard, as the kernel does.
 */
import { decode, findLayer } from '../../wire/index.ts';
import { readIpv6, readU32 } from '../../wire/octets.ts';
import { ETHERTYPE, ethertypeOf, HEADER_SIZE } from '../ether.ts';
import type { Family } from '../family.ts';
import type { Namespace } from '../namespace.ts';
import { SECOND } from '../timing.ts';
import { startTimer, stopTimer, isPending, newTimer } from './timer.ts';
import type { Bridge, BridgePort, MulticastGroup } from './state.ts';

/** `multicast_membership_interval`, `multicast_querier_interval`, and what a member has left after a leave. */
const MEMBERSHIP = 260 * SECOND;
const QUERIER = 255 * SECOND;
const LAST_MEMBER = 2 * SECOND;

const IGMP = { query: 0x11, reportV1: 0x12, reportV2: 0x16, leave: 0x17, reportV3: 0x22 } as const;
const MLD = { query: 130, report: 131, done: 132, reportV2: 143 } as const;
/** Record types of version 3 and MLD version 2 reports that leave, when they name no source. */
const LEAVING: ReadonlySet<number> = new Set([1, 3]);

const ALL_NODES = (0xff02n << 112n) | 1n;

/** Groups of the local network control block are never learned: everybody gets them. */
const isLearnable = (family: Family, group: bigint): boolean =>
  family === 4 ? group >> 8n !== 0xe00000n : group !== ALL_NODES;

/** What snooping made of a multicast frame. */
export interface Snooped {
  /** The address it goes to; null when it is no IP datagram. */
  readonly destination: { readonly family: Family; readonly group: bigint } | null;
  /** A message of the protocols themselves: it follows no membership. */
  readonly isControl: boolean;
  /** Only members and multicast routers want it. */
  readonly isForMembers: boolean;
}

const PLAIN: Snooped = { destination: null, isControl: false, isForMembers: false };

interface Arrival {
  readonly net: Namespace;
  readonly bridge: Bridge;
  /** Null: the host itself sent it. */
  readonly port: BridgePort | null;
  readonly vlan: number;
}

/** The address of the IP datagram in an untagged frame. */
function destinationIn(octets: Uint8Array): Snooped['destination'] {
  const type = ethertypeOf(octets);
  if (type === ETHERTYPE.ipv4 && octets.length >= HEADER_SIZE + 20)
    return { family: 4, group: BigInt(readU32(octets, HEADER_SIZE + 16)) };
  if (type === ETHERTYPE.ipv6 && octets.length >= HEADER_SIZE + 40)
    return { family: 6, group: readIpv6(octets, HEADER_SIZE + 24) };
  return null;
}

/** IGMP is a protocol of its own; MLD follows a hop-by-hop header. */
const mayBeControl = (family: Family, octets: Uint8Array): boolean =>
  family === 4 ? octets[HEADER_SIZE + 9] === 2 : octets[HEADER_SIZE + 6] === 0;

/** Reads a multicast frame and learns from it. */
export function snoop(arrival: Arrival, octets: Uint8Array): Snooped {
  if (!arrival.bridge.multicastSnooping) return PLAIN;
  const destination = destinationIn(octets);
  if (destination === null) return PLAIN;
  const { family } = destination;
  const data = { destination, isControl: false, isForMembers: isLearnable(family, destination.group) };
  // Most frames are not of these protocols: their headers need no reading.
  if (!mayBeControl(family, octets)) return data;
  const decoded = decode(octets);
  const ipv4 = family === 4 ? findLayer(decoded, 'ipv4') : undefined;
  const ipv6 = family === 6 ? findLayer(decoded, 'ipv6') : undefined;
  const igmp = ipv4 ? findLayer(decoded, 'igmp') : undefined;
  if (igmp) {
    const join = (group: number): void => joinGroup(arrival, 4, BigInt(group));
    if (igmp.type === IGMP.reportV1 || igmp.type === IGMP.reportV2) join(igmp.group);
    else if (igmp.type === IGMP.leave) leaveGroup(arrival, 4, BigInt(igmp.group));
    else if (igmp.type === IGMP.query) heardQuery(arrival, 4, ipv4?.source !== 0);
    else if (igmp.type === IGMP.reportV3) takeRecords(arrival, 4, igmp.records);
    return {
      destination,
      isControl: true,
      isForMembers: igmp.type === IGMP.reportV1 || igmp.type === IGMP.reportV2,
    };
  }
  const icmp = ipv6 ? findLayer(decoded, 'icmpv6') : undefined;
  const message = icmp?.message;
  if (message?.kind === 'listener') {
    if (icmp?.type === MLD.report) joinGroup(arrival, 6, message.group);
    else if (icmp?.type === MLD.done) leaveGroup(arrival, 6, message.group);
    else if (icmp?.type === MLD.query) heardQuery(arrival, 6, true);
    return { destination, isControl: true, isForMembers: icmp?.type === MLD.report };
  }
  if (message?.kind === 'listener-report') {
    takeRecords(arrival, 6, message.records);
    return { destination, isControl: true, isForMembers: false };
  }
  return data;
}

interface GroupRecord {
  readonly type: number;
  readonly group: number | bigint;
  readonly sources: readonly unknown[];
}

function takeRecords(arrival: Arrival, family: Family, records: readonly GroupRecord[]): void {
  for (const { type, group, sources } of records)
    if (LEAVING.has(type) && sources.length === 0) leaveGroup(arrival, family, BigInt(group));
    else joinGroup(arrival, family, BigInt(group));
}

const isSame = (arrival: Arrival, family: Family, group: bigint, entry: MulticastGroup): boolean =>
  entry.family === family &&
  entry.group === group &&
  entry.vlan === arrival.vlan &&
  entry.port === (arrival.port?.ifindex ?? null);

function joinGroup(arrival: Arrival, family: Family, group: bigint): void {
  if (!isLearnable(family, group)) return;
  const { bridge, net, vlan, port } = arrival;
  let entry = bridge.groups.find((each) => isSame(arrival, family, group, each));
  if (entry === undefined) {
    entry = {
      family,
      group,
      vlan,
      port: port?.ifindex ?? null,
      permanent: false,
      byUser: false,
      timer: newTimer(),
    };
    bridge.groups.push(entry);
  }
  if (!entry.permanent) expireAfter(net, bridge, entry, MEMBERSHIP);
}

function leaveGroup(arrival: Arrival, family: Family, group: bigint): void {
  const { bridge, net, port } = arrival;
  const entry = bridge.groups.find((each) => isSame(arrival, family, group, each));
  if (entry === undefined || entry.permanent) return;
  if (port?.fastLeave === true) forgetGroup(bridge, entry);
  // A querier asks whether somebody else is there; without one nobody does.
  else if (!isPending(bridge.queriers[family])) expireAfter(net, bridge, entry, LAST_MEMBER);
}

function expireAfter(net: Namespace, bridge: Bridge, entry: MulticastGroup, time: number): void {
  startTimer(net.machine.context.clock, entry.timer, time, () => forgetGroup(bridge, entry));
}

/** A membership that a user adds; one that is not permanent ends as those that were reported do. */
export function addGroup(
  net: Namespace,
  bridge: Bridge,
  group: Pick<MulticastGroup, 'family' | 'group' | 'vlan' | 'port' | 'permanent'>,
): void {
  const entry: MulticastGroup = { ...group, byUser: true, timer: newTimer() };
  bridge.groups.push(entry);
  if (!entry.permanent) expireAfter(net, bridge, entry, MEMBERSHIP);
}

/** Takes a membership away. */
export function forgetGroup(bridge: Bridge, entry: MulticastGroup): void {
  stopTimer(entry.timer);
  const at = bridge.groups.indexOf(entry);
  if (at >= 0) bridge.groups.splice(at, 1);
}

/** A port that goes takes its memberships along. */
export function forgetPort(bridge: Bridge, port: BridgePort): void {
  for (const entry of [...bridge.groups])
    if (entry.port === port.ifindex && !entry.permanent) forgetGroup(bridge, entry);
  stopTimer(port.routerTimer);
}

/** Behind the port of a query is a multicast router; one without an address only asks. */
function heardQuery({ net, bridge, port }: Arrival, family: Family, hasAddress: boolean): void {
  const { clock } = net.machine.context;
  startTimer(clock, bridge.queriers[family], QUERIER, () => undefined);
  if (port !== null && hasAddress && port.multicastRouter === 1)
    startTimer(clock, port.routerTimer, QUERIER, () => undefined);
}

/** Who gets a frame: the ports and whether the host; null: everybody. */
export function membersOf(
  bridge: Bridge,
  { destination, isControl, isForMembers }: Snooped,
  vlan: number,
): { readonly ports: ReadonlySet<number>; readonly host: boolean } | null {
  if (destination === null || !isPending(bridge.queriers[destination.family])) return null;
  const entries = isControl
    ? []
    : bridge.groups.filter(
        (each) =>
          each.family === destination.family && each.group === destination.group && each.vlan === vlan,
      );
  if (entries.length === 0 && !isForMembers) return null;
  const ports = new Set(entries.flatMap((entry) => (entry.port === null ? [] : [entry.port])));
  for (const port of bridge.ports) if (isRouterPort(port)) ports.add(port.ifindex);
  return { ports, host: bridge.multicastRouter === 2 || entries.some((entry) => entry.port === null) };
}

/** Whether a multicast router is behind a port: seen (1), or said by the user (2). */
export const isRouterPort = (port: BridgePort): boolean =>
  port.multicastRouter === 2 || (port.multicastRouter === 1 && isPending(port.routerTimer));
