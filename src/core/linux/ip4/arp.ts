/** ARP: requests for a neighbour's address, answers for ours, what is learned from others (`arp.c`, RFC 826). */
import { formatIpv4 } from '../../base/address.ts';
import type { StepId } from '../../base/step.ts';
import { readMac, readU16, readU32, writeMac, writeU16, writeU32 } from '../../wire/octets.ts';
import { transmit } from '../device.ts';
import { addressingOf, BROADCAST_MAC, ETHERTYPE, frameOf, HEADER_SIZE } from '../ether.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import type { NeighbourDiscovery, Solicitor } from '../neighbour.ts';
import { neighbourRow, record, recordDrop } from '../recording.ts';
import { fibLookup, localType } from '../route-lookup.ts';
import { SCOPE } from '../route.ts';
import { MILLISECOND } from '../timing.ts';
import { readIpv4 } from './packet.ts';
import { routeInput } from './route-input.ts';
import { selectAddress } from './source-address.ts';

const REQUEST = 1;
const REPLY = 2;

/** An ARP packet for Ethernet and IPv4. */
export function buildArp(
  operation: number,
  senderMac: bigint,
  sender: number,
  targetMac: bigint,
  target: number,
): Uint8Array {
  const packet = new Uint8Array(28);
  writeU16(packet, 0, 1);
  writeU16(packet, 2, ETHERTYPE.ipv4);
  packet[4] = 6;
  packet[5] = 4;
  writeU16(packet, 6, operation);
  writeMac(packet, 8, senderMac);
  writeU32(packet, 14, sender);
  writeMac(packet, 18, targetMac);
  writeU32(packet, 24, target);
  return packet;
}

function sendArp(
  net: Namespace,
  link: Link,
  to: bigint,
  operation: number,
  senderMac: bigint,
  sender: number,
  targetMac: bigint,
  target: number,
  parent: StepId | null,
): void {
  if (link.noArp) return;
  transmit(
    net,
    link,
    frameOf(to, link.mac, ETHERTYPE.arp, buildArp(operation, senderMac, sender, targetMac, target)),
    parent,
  );
}

/** Asks for `neighbour`'s address; the sender's address follows `arp_announce`. */
export const solicitArp: Solicitor = (net, link, neighbour, mac, trigger, parent) => {
  const target = Number(neighbour.address);
  const sender = announced(net, link, target, trigger);
  const step = record(
    net,
    link.name,
    { kind: 'originated', program: 'kernel', text: `ARP request for ${formatIpv4(target)}` },
    null,
    parent,
    [neighbourRow(net, link, neighbour)],
  );
  sendArp(net, link, mac ?? BROADCAST_MAC, REQUEST, link.mac, sender, 0n, target, step);
};

function announced(net: Namespace, link: Link, target: number, trigger: Uint8Array | null): number {
  const header = trigger === null ? 'none' : readIpv4(trigger);
  const source = typeof header === 'string' ? 0 : header.source;
  const level = net.sysctl.max4(link.name, 'arp_announce');
  if (source !== 0 && level < 2 && localType(net, 4, BigInt(source)) === 'local') {
    if (level === 0) return source;
    const onLink = link.addresses4.some(
      (address) =>
        address.length > 0 &&
        address.local >>> (32 - address.length) === target >>> (32 - address.length) &&
        source >>> (32 - address.length) === target >>> (32 - address.length),
    );
    if (onLink) return source;
  }
  return selectAddress(net, link, target, SCOPE.link);
}

/** Tells everybody an address of ours, as `arp_notify` and address changes do. */
export function announceArp(net: Namespace, link: Link, address: number, parent: StepId | null): void {
  sendArp(net, link, BROADCAST_MAC, REQUEST, link.mac, address, link.mac, address, parent);
}

/** A frame with an ARP packet for this link. */
export function receiveArp(
  neighbours: NeighbourDiscovery,
  net: Namespace,
  link: Link,
  frame: Uint8Array,
  parent: StepId | null,
): void {
  const packet = frame.subarray(HEADER_SIZE);
  const drop = (problem: string): void => {
    recordDrop(net, link.name, { kind: 'malformed', problem }, frame, parent);
  };
  if (link.noArp || link.kind === 'lo') {
    recordDrop(net, link.name, { kind: 'blocked', problem: 'ARP is off on this link' }, frame, parent);
    return;
  }
  if (packet.length < 28) return drop('ARP packet cut');
  if (readU16(packet, 0) !== 1 || readU16(packet, 2) !== ETHERTYPE.ipv4)
    return drop('ARP for another hardware or protocol');
  const operation = readU16(packet, 6);
  if (operation !== REQUEST && operation !== REPLY) return drop(`ARP operation ${operation}`);
  const senderMac = readMac(packet, 8);
  const sender = readU32(packet, 14);
  const target = readU32(packet, 24);
  if (target >>> 28 === 0xe || (target >>> 24 === 127 && net.sysctl.max4(link.name, 'route_localnet') === 0))
    return drop('ARP for a multicast or loopback address');
  const step = record(net, link.name, { kind: 'delivered', to: 'kernel' }, frame, parent);

  if (sender === 0) {
    // Somebody asks whether the address is taken (RFC 5227).
    if (
      operation === REQUEST &&
      localType(net, 4, BigInt(target)) === 'local' &&
      !ignored(net, link, sender, target)
    )
      sendArp(net, link, senderMac, REPLY, link.mac, target, senderMac, sender, step);
    return;
  }
  if (operation === REQUEST) {
    const route = routeInput(net, link, { source: sender, destination: target, tos: 0, mark: 0 });
    if (route.kind === 'local' && route.type === 'local') {
      if (!ignored(net, link, sender, target) && !filtered(net, link, sender, target)) {
        learn(neighbours, net, link, sender, senderMac, step);
        const why = record(
          net,
          link.name,
          { kind: 'originated', program: 'kernel', text: `ARP reply: ${formatIpv4(target)} is here` },
          null,
          step,
          [
            {
              kind: 'address',
              host: net.machine.host,
              namespace: net.name,
              device: link.name,
              text: formatIpv4(target),
            },
          ],
        );
        sendArp(net, link, senderMac, REPLY, link.mac, target, senderMac, sender, why);
      } else recordDrop(net, link.name, { kind: 'not-for-us' }, frame, step);
      return;
    }
    if (route.kind === 'forward' && proxies(net, link, target, route.link)) {
      learn(neighbours, net, link, sender, senderMac, step);
      sendArp(net, link, senderMac, REPLY, link.mac, target, senderMac, sender, step);
      return;
    }
  }
  update(neighbours, net, link, frame, operation, sender, senderMac, target, step);
}

function learn(
  neighbours: NeighbourDiscovery,
  net: Namespace,
  link: Link,
  sender: number,
  mac: bigint,
  parent: StepId | null,
): void {
  const address = BigInt(sender);
  const neighbour =
    net.neighbours.find(4, link.index, address) ??
    net.neighbours.create(4, link.index, address, net.machine.context.clock.now());
  neighbours.update(net, link, neighbour, mac, 'STALE', parent, { override: true });
}

/** What a reply, or a request for somebody else, says about a neighbour that we know. */
function update(
  neighbours: NeighbourDiscovery,
  net: Namespace,
  link: Link,
  frame: Uint8Array,
  operation: number,
  sender: number,
  mac: bigint,
  target: number,
  parent: StepId | null,
): void {
  const now = net.machine.context.clock.now();
  const gratuitous = sender === target;
  let neighbour = net.neighbours.find(4, link.index, BigInt(sender));
  if (neighbour === undefined && net.sysctl.max4(link.name, 'arp_accept') !== 0) {
    const found = fibLookup(net, {
      family: 4,
      destination: BigInt(sender),
      source: 0n,
      tos: 0,
      mark: 0,
      iif: 0,
      oif: link.index,
    });
    if ((operation === REPLY || gratuitous) && found.kind === 'route' && found.route.type === 'unicast')
      neighbour = net.neighbours.create(4, link.index, BigInt(sender), now);
  }
  if (neighbour === undefined) return;
  const lock = net.sysctl.neigh(4, link.name, 'locktime') * 10 * MILLISECOND;
  const override = gratuitous || now > neighbour.updated + lock;
  const direct = operation === REPLY && addressingOf(frame, link.mac) === 'host';
  neighbours.update(net, link, neighbour, mac, direct ? 'REACHABLE' : 'STALE', parent, { override });
}

function ignored(net: Namespace, link: Link, sender: number, target: number): boolean {
  const here = link.addresses4.filter((address) => address.local === target);
  switch (net.sysctl.max4(link.name, 'arp_ignore')) {
    case 0:
      return false;
    case 1:
      return here.length === 0;
    case 2:
      return !here.some(
        (address) =>
          address.length === 0 || sender >>> (32 - address.length) === target >>> (32 - address.length),
      );
    case 3:
      return !here.some((address) => address.scope < SCOPE.link);
    case 8:
      return true;
    default:
      return false;
  }
}

function filtered(net: Namespace, link: Link, sender: number, target: number): boolean {
  if (net.sysctl.max4(link.name, 'arp_filter') === 0) return false;
  const back = fibLookup(net, {
    family: 4,
    destination: BigInt(sender),
    source: BigInt(target),
    tos: 0,
    mark: 0,
    iif: 0,
    oif: 0,
  });
  return back.kind === 'error' || back.nexthop?.ifindex !== link.index;
}

function proxies(net: Namespace, link: Link, target: number, out: Link): boolean {
  if (out === link) return false;
  if (net.neighbours.findProxy(4, link.index, BigInt(target)) !== undefined) return true;
  return net.sysctl.max4(link.name, 'proxy_arp') !== 0;
}
