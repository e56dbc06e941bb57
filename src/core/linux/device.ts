/** The life of a link: registering, setting up and down, carrier, address and MTU; and frames in and out of it. */
import type { StepId } from '../base/step.ts';
import { invariant } from '../base/assert.ts';
import { ok } from '../base/result.ts';
import {
  addressingOf,
  ETHERTYPE,
  ethertypeOf,
  HEADER_SIZE,
  isGroupMac,
  tagOf,
  TAG_SIZE,
  withoutTag,
} from './ether.ts';
import { refuse, type NetlinkResult } from './errno.ts';
import type { Link, OperState } from './link.ts';
import type { LinkChange, Machine, Namespace } from './namespace.ts';
import { record, recordDrop } from './recording.ts';

export function namespaceOf(machine: Machine, link: Link): Namespace {
  const net = machine.namespaces.get(link.namespace);
  invariant(net !== undefined, `namespace of ${link.name}`);
  return net;
}

export function findLink(net: Namespace, name: string): Link | undefined {
  for (const link of net.links.values()) if (link.name === name || link.altNames.includes(name)) return link;
  return undefined;
}

/** Whether `link` stands over `other`, however many links are between: VLANs over their device, bridges and bonds over their ports. */
export function standsOver(machine: Machine, link: Link, other: Link): boolean {
  const ports = [...namespaceOf(machine, link).links.values()].filter(({ master }) => master === link);
  return [...ports, ...(link.lower === null ? [] : [link.lower])].some(
    (below) => below === other || standsOver(machine, below, other),
  );
}

export function changed(net: Namespace, link: Link, change: LinkChange): void {
  for (const listener of net.machine.linkListeners) listener(net, link, change);
}

const tell = (net: Namespace, link: Link, deleted = false): void =>
  net.machine.notify({ kind: 'link', namespace: net.name, link, deleted });

/** Puts a link into a namespace; its index is kept unless it is taken. */
export function attach(net: Namespace, link: Link): void {
  if (link.index === 0 || net.links.has(link.index)) {
    while (net.links.has(net.nextIndex)) net.nextIndex += 1;
    link.index = net.nextIndex;
    net.nextIndex += 1;
  }
  link.namespace = net.name;
  net.links.set(link.index, link);
  net.sysctl.addDevice(link.name);
  changed(net, link, 'register');
  tell(net, link);
}

/** Takes a link out of its namespace: down first, then forgotten by everything. */
export function detach(net: Namespace, link: Link): void {
  setDown(net, link);
  changed(net, link, 'unregister');
  net.links.delete(link.index);
  link.qdisc = 'noop';
  net.sysctl.removeDevice(link.name);
  tell(net, link, true);
}

export function setUp(net: Namespace, link: Link): NetlinkResult {
  if (link.up) return ok(undefined);
  if (link.lower !== null && !link.lower.up && link.kind === 'vlan') return refuse('ENETDOWN');
  link.up = true;
  if (link.qdisc === 'noop') link.qdisc = link.defaultQdisc;
  link.driver.changed?.(link);
  changed(net, link, 'up');
  tell(net, link);
  return ok(undefined);
}

export function setDown(net: Namespace, link: Link): void {
  if (!link.up) return;
  changed(net, link, 'going-down');
  link.up = false;
  link.driver.changed?.(link);
  changed(net, link, 'down');
  tell(net, link);
}

/** The driver's report on the wire. */
export function setCarrier(net: Namespace, link: Link, carrier: boolean): void {
  link.operReported = true;
  if (link.carrier === carrier) return;
  link.carrier = carrier;
  link.carrierChanges += 1;
  updateOperState(net, link);
  // The other end's report may have come first; the kernel looks at both later.
  const { peer } = link;
  if (peer !== null && !peer.carrier) updateOperState(namespaceOf(net.machine, peer), peer);
  if (!link.up) return;
  changed(net, link, 'carrier');
  tell(net, link);
}

export function setMtu(net: Namespace, link: Link, mtu: number): NetlinkResult {
  if (mtu < link.minMtu) return refuse('EINVAL', 'mtu less than device minimum');
  if (link.maxMtu > 0 && mtu > link.maxMtu) return refuse('EINVAL', 'mtu greater than device maximum');
  if (link.mtu === mtu) return ok(undefined);
  link.mtu = mtu;
  changed(net, link, 'mtu');
  tell(net, link);
  return ok(undefined);
}

export function setMac(
  net: Namespace,
  link: Link,
  mac: bigint,
  source: Link['macSource'] = 'set',
): NetlinkResult {
  if (!link.ethernet) return refuse('EOPNOTSUPP');
  if (isGroupMac(mac) || mac === 0n) return refuse('EADDRNOTAVAIL');
  link.macSource = source;
  if (link.mac === mac) return ok(undefined);
  link.mac = mac;
  changed(net, link, 'address');
  tell(net, link);
  return ok(undefined);
}

export function rename(net: Namespace, link: Link, name: string): NetlinkResult {
  if (findLink(net, name) !== undefined) return refuse('EEXIST');
  net.sysctl.renameDevice(link.name, name);
  link.name = name;
  changed(net, link, 'name');
  tell(net, link);
  return ok(undefined);
}

/** Joins or leaves a link-layer group. */
export function joinMulticast(link: Link, mac: bigint): void {
  link.multicast.set(mac, (link.multicast.get(mac) ?? 0) + 1);
}

export function leaveMulticast(link: Link, mac: bigint): void {
  const users = (link.multicast.get(mac) ?? 0) - 1;
  if (users > 0) link.multicast.set(mac, users);
  else link.multicast.delete(mac);
}

function capture(net: Namespace, link: Link, direction: 'in' | 'out', octets: Uint8Array): void {
  if (net.taps.length === 0) return;
  const time = net.machine.context.clock.now();
  for (const tap of [...net.taps])
    if (tap.link === null || tap.link === link) tap.listener({ link, direction, time, octets });
}

/** Sends a frame out of a link (`dev_queue_xmit`). A link without carrier drops before a capture could see the frame. */
export function transmit(net: Namespace, link: Link, octets: Uint8Array, parent: StepId | null): void {
  if (!link.up) {
    recordDrop(net, link.name, { kind: 'link-down', device: link.name }, octets, parent);
    return;
  }
  if (!link.carrier && link.operReported) {
    link.counters.txDropped += 1;
    recordDrop(net, link.name, { kind: 'no-carrier', device: link.name }, octets, parent);
    return;
  }
  capture(net, link, 'out', octets);
  const step = record(net, link.name, { kind: 'sent' }, octets, parent);
  if (link.driver.transmit(link, octets, step)) {
    link.counters.txPackets += 1;
    link.counters.txBytes += octets.length;
  } else link.counters.txDropped += 1;
}

/** Devices that count what they receive without the Ethernet header. */
const COUNTS_PAYLOAD: ReadonlySet<Link['kind']> = new Set([
  'bridge',
  'vxlan',
  'geneve',
  'gretap',
  'internal',
  'vlan',
  'macvlan',
]);

/** Whether a frame fits the link, as veth and the bridge check it. */
export const fits = (link: Link, octets: Uint8Array): boolean =>
  octets.length <= link.mtu + (link.ethernet ? HEADER_SIZE : 0) + TAG_SIZE;

/** Adds a frame to what a link has received. */
export function countReceived({ counters, kind }: Link, octets: Uint8Array): void {
  counters.rxPackets += 1;
  counters.rxBytes += octets.length - (COUNTS_PAYLOAD.has(kind) ? HEADER_SIZE : 0);
}

/** Takes a frame that came in at a link (`netif_receive_skb`). */
export function receive(net: Namespace, link: Link, octets: Uint8Array, parent: StepId | null): void {
  if (link.deleted) return;
  if (!link.up) {
    link.counters.rxDropped += 1;
    recordDrop(net, link.name, { kind: 'link-down', device: link.name }, octets, parent);
    return;
  }
  countReceived(link, octets);
  if (link.ethernet && isGroupMac(toMac(octets)) && link.kind === 'physical') link.counters.rxMulticast += 1;
  capture(net, link, 'in', octets);
  const step = record(net, link.name, { kind: 'received' }, octets, parent);
  deliver(net, link, octets, step);
}

const toMac = (octets: Uint8Array): bigint => BigInt((octets[0] as number) & 1) << 40n;

/** After the captures: VLAN devices, whoever took the link over, and then the protocols. */
function deliver(net: Namespace, link: Link, octets: Uint8Array, step: StepId | null): void {
  const tag = link.ethernet ? tagOf(octets) : undefined;
  if (tag !== undefined) {
    const upper = vlanDevice(net, link, tag.protocol, tag.id);
    if (upper !== undefined) {
      receive(net, upper, withoutTag(octets), step);
      return;
    }
  }
  if (link.receiver !== null && link.receiver(link, octets, step) === 'consumed') return;
  if (tag !== undefined) {
    // A priority tag (VLAN 0) is taken off; another VLAN without a device is somebody else's.
    if (tag.id === 0) deliver(net, link, withoutTag(octets), step);
    else recordDrop(net, link.name, { kind: 'not-for-us' }, octets, step);
    return;
  }
  const type = link.ethernet
    ? ethertypeOf(octets)
    : (octets[0] as number) >> 4 === 6
      ? ETHERTYPE.ipv6
      : ETHERTYPE.ipv4;
  if (link.ethernet && addressingOf(octets, link.mac) === 'other') {
    recordDrop(net, link.name, { kind: 'not-for-us' }, octets, step);
    return;
  }
  const protocol = net.machine.protocols.get(type);
  if (protocol === undefined)
    recordDrop(
      net,
      link.name,
      { kind: 'unsupported', feature: `ethertype 0x${type.toString(16).padStart(4, '0')}` },
      octets,
      step,
    );
  else protocol(net, link, octets, step);
}

function vlanDevice(net: Namespace, lower: Link, protocol: number, id: number): Link | undefined {
  for (const link of net.links.values())
    if (link.vlan !== null && link.lower === lower && link.vlan.id === id && link.vlan.protocol === protocol)
      return link;
  return undefined;
}

/** The operational state that `ip link` prints (RFC 2863). */
export const operState = (link: Link): OperState => (link.up ? link.operState : 'DOWN');

/** Finds the operational state anew, as the kernel does only when a carrier changes (`rfc2863_policy`). */
export function updateOperState(net: Namespace, link: Link): void {
  if (!link.operReported) link.operState = 'UNKNOWN';
  else if (link.carrier) link.operState = 'UP';
  else {
    const below = link.lower ?? link.peer;
    const visible = below !== null && net.links.get(below.index) === below;
    link.operState = visible && !below.carrier ? 'LOWERLAYERDOWN' : 'DOWN';
  }
}
