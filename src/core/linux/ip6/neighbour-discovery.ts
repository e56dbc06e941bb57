/** Neighbour discovery messages: solicitations, advertisements, router solicitations (RFC 4861, `ndisc.c`). */
import { formatIpv6 } from '../../base/address.ts';
import type { StepId } from '../../base/step.ts';
import { concatBytes } from '../../base/bytes.ts';
import { readIpv6, readMac, writeIpv6, writeMac } from '../../wire/octets.ts';
import { transmit } from '../device.ts';
import { ETHERTYPE, frameOf, sourceOf } from '../ether.ts';
import { isLinkLocalIp6, multicastMac, solicitedNode } from '../family.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import type { Solicitor } from '../neighbour.ts';
import { neighbourRow, record, recordDrop } from '../recording.ts';
import type { Incoming, Stack } from '../stack.ts';
import { dadConflict } from './duplicate-detection.ts';
import { buildIcmp6, ICMP6 } from './icmp.ts';
import { ALL_NODES, ALL_ROUTERS } from './mld.ts';
import { buildIpv6, NEXT, readIpv6Header, type Ipv6Header } from './packet.ts';
import { isUsable } from './source-address.ts';

const OPTION = { sourceLink: 1, targetLink: 2, nonce: 14 } as const;

function linkOption(kind: number, mac: bigint): Uint8Array {
  const option = new Uint8Array(8);
  option[0] = kind;
  option[1] = 1;
  writeMac(option, 2, mac);
  return option;
}

/** The first option of a kind; undefined when it is not there. */
function findOption(options: Uint8Array, kind: number): Uint8Array | undefined {
  for (let at = 0; at + 8 <= options.length;) {
    const size = (options[at + 1] as number) * 8;
    if (size === 0 || at + size > options.length) return undefined;
    if (options[at] === kind) return options.subarray(at, at + size);
    at += size;
  }
  return undefined;
}

const macIn = (option: Uint8Array | undefined): bigint | null =>
  option === undefined ? null : readMac(option, 2);

function send(
  stack: Stack,
  net: Namespace,
  link: Link,
  source: bigint,
  destination: bigint,
  type: number,
  rest: number,
  data: Uint8Array,
  text: string,
  parent: StepId | null,
): void {
  const message = buildIcmp6(source, destination, type, 0, rest, data);
  const { datagram, step } = originate(net, link, source, destination, message, text, parent);
  const waiting = {
    octets: datagram,
    parent: step,
    send: (mac: bigint, at: StepId | null) =>
      transmit(net, link, frameOf(mac, link.mac, ETHERTYPE.ipv6, datagram), at),
    fail: (at: StepId | null) =>
      void recordDrop(net, link.name, { kind: 'neighbour-failed' }, { packet: datagram }, at),
  };
  if (destination >> 120n === 0xffn) waiting.send(multicastMac(6, destination), step);
  else stack.neighbours.output(net, link, 6, destination, waiting);
}

/** The datagram of a message, and the step that made it; no frame is around it yet. */
function originate(
  net: Namespace,
  link: Link,
  source: bigint,
  destination: bigint,
  message: Uint8Array,
  text: string,
  parent: StepId | null,
): { readonly datagram: Uint8Array; readonly step: StepId | null } {
  const datagram = buildIpv6({ source, destination, next: NEXT.icmpv6, hopLimit: 255 }, message);
  const what = { kind: 'originated', program: 'kernel', text } as const;
  return { datagram, step: record(net, link.name, what, { packet: datagram }, parent) };
}

/** A solicitation of `target`. A zero source is a duplicate address check and carries a nonce. */
export function sendNeighbourSolicitation(
  stack: Stack,
  net: Namespace,
  link: Link,
  target: bigint,
  source: bigint,
  to: bigint | null,
  parent: StepId | null,
): void {
  const body = new Uint8Array(16);
  writeIpv6(body, 0, target);
  const options = source === 0n ? nonceOption(net, link, target) : linkOption(OPTION.sourceLink, link.mac);
  const destination = to ?? solicitedNode(target);
  const text =
    source === 0n
      ? `duplicate address check of ${formatIpv6(target)}`
      : `neighbour solicitation for ${formatIpv6(target)}`;
  const data = concatBytes([body, options]);
  if (to === null) {
    send(stack, net, link, source, destination, ICMP6.neighbourSolicit, 0, data, text, parent);
    return;
  }
  // A unicast probe goes to the address that is being doubted.
  const mac = net.neighbours.find(6, link.index, target)?.mac;
  if (mac == null) return;
  const message = buildIcmp6(source, destination, ICMP6.neighbourSolicit, 0, 0, data);
  const { datagram, step } = originate(net, link, source, destination, message, text, parent);
  transmit(net, link, frameOf(mac, link.mac, ETHERTYPE.ipv6, datagram), step);
}

function nonceOption(net: Namespace, link: Link, target: bigint): Uint8Array {
  const option = new Uint8Array(8);
  option[0] = OPTION.nonce;
  option[1] = 1;
  const random = net.machine.context.random.fork(
    `nonce ${net.name} ${link.index} ${target} ${net.machine.context.clock.now()}`,
  );
  for (let at = 2; at < 8; at += 1) option[at] = random.below(256);
  return option;
}

/** `NeighbourDiscovery`'s way to ask: from the waiting datagram's source when it is ours on this link, else from the link-local address. */
export const solicitNeighbour =
  (stack: () => Stack): Solicitor =>
  (net, link, neighbour, mac, trigger, parent) => {
    const header = trigger === null ? 'none' : readIpv6Header(trigger);
    const wanted = typeof header === 'string' ? undefined : header.source;
    const usable = link.ipv6.addresses.filter(isUsable);
    const source = (
      usable.find((each) => each.address === wanted) ?? usable.find((each) => isLinkLocalIp6(each.address))
    )?.address;
    if (source === undefined) return;
    const step = record(
      net,
      link.name,
      { kind: 'note', text: `asks for ${formatIpv6(neighbour.address)}` },
      null,
      parent,
      [neighbourRow(net, link, neighbour)],
    );
    sendNeighbourSolicitation(
      stack(),
      net,
      link,
      neighbour.address,
      source,
      mac === null ? null : neighbour.address,
      step,
    );
  };

export function sendRouterSolicitation(stack: Stack, net: Namespace, link: Link, source: bigint): void {
  send(
    stack,
    net,
    link,
    source,
    ALL_ROUTERS,
    ICMP6.routerSolicit,
    0,
    source === 0n ? new Uint8Array(0) : linkOption(OPTION.sourceLink, link.mac),
    'router solicitation',
    null,
  );
}

const FLAG = { router: 0x80000000, solicited: 0x40000000, override: 0x20000000 } as const;

export function sendAdvertisement(
  stack: Stack,
  net: Namespace,
  link: Link,
  target: bigint,
  to: bigint,
  flags: { readonly solicited: boolean; readonly override: boolean; readonly withAddress: boolean },
  parent: StepId | null,
): void {
  const body = new Uint8Array(16);
  writeIpv6(body, 0, target);
  const router = net.sysctl.conf6(link.name, 'forwarding') !== 0;
  const rest =
    ((router ? FLAG.router : 0) |
      (flags.solicited ? FLAG.solicited : 0) |
      (flags.override ? FLAG.override : 0)) >>>
    0;
  const data = flags.withAddress ? concatBytes([body, linkOption(OPTION.targetLink, link.mac)]) : body;
  send(
    stack,
    net,
    link,
    target,
    to,
    ICMP6.neighbourAdvert,
    rest,
    data,
    `neighbour advertisement: ${formatIpv6(target)} is here`,
    parent,
  );
}

/** Neighbour and router solicitations and neighbour advertisements for this link. */
export function receiveNeighbourMessage(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv6Header,
  message: Uint8Array,
): void {
  const { link, frame } = incoming;
  if (header.hopLimit !== 255) {
    recordDrop(
      net,
      link.name,
      { kind: 'malformed', problem: 'neighbour discovery from beyond the link' },
      frame,
      incoming.parent,
    );
    return;
  }
  const parent = record(net, link.name, { kind: 'delivered', to: 'kernel' }, frame, incoming.parent);
  switch (message[0]) {
    case ICMP6.neighbourSolicit:
      if (message.length >= 24) solicited(stack, net, { ...incoming, parent }, header, message);
      return;
    case ICMP6.neighbourAdvert:
      if (message.length >= 24) advertised(stack, net, link, message, parent);
      return;
    case ICMP6.routerSolicit: {
      const mac = macIn(findOption(message.subarray(8), OPTION.sourceLink));
      if (net.sysctl.conf6(link.name, 'forwarding') === 0 || header.source === 0n || mac === null) return;
      learn(stack, net, link, header.source, mac, parent);
      return;
    }
    default:
  }
}

function learn(
  stack: Stack,
  net: Namespace,
  link: Link,
  address: bigint,
  mac: bigint,
  parent: StepId | null,
): void {
  const neighbour =
    net.neighbours.find(6, link.index, address) ??
    net.neighbours.create(6, link.index, address, net.machine.context.clock.now());
  stack.neighbours.update(net, link, neighbour, mac, 'STALE', parent, { override: true });
}

function solicited(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv6Header,
  message: Uint8Array,
): void {
  const { link, parent, frame } = incoming;
  const target = readIpv6(message, 8);
  const options = message.subarray(24);
  const check = header.source === 0n;
  const address = link.ipv6.addresses.find((each) => each.address === target);
  const proxied =
    net.sysctl.conf6(link.name, 'proxy_ndp') !== 0 &&
    net.neighbours.findProxy(6, link.index, target) !== undefined;
  if (address === undefined && !proxied) {
    recordDrop(net, link.name, { kind: 'not-for-us' }, frame, parent);
    return;
  }
  if (address?.tentative === true && !address.optimistic) {
    // Somebody else checks the same address; our own question that came back does not count.
    if (check && sourceOf(frame) !== link.mac) dadConflict(net, link, address);
    return;
  }
  const group = header.destination >> 120n === 0xffn;
  if (check) {
    sendAdvertisement(
      stack,
      net,
      link,
      target,
      ALL_NODES,
      { solicited: false, override: address !== undefined, withAddress: true },
      parent,
    );
    return;
  }
  const mac = macIn(findOption(options, OPTION.sourceLink));
  if (mac !== null) learn(stack, net, link, header.source, mac, parent);
  sendAdvertisement(
    stack,
    net,
    link,
    target,
    header.source,
    { solicited: true, override: address !== undefined && group, withAddress: group },
    parent,
  );
}

function advertised(
  stack: Stack,
  net: Namespace,
  link: Link,
  message: Uint8Array,
  parent: StepId | null,
): void {
  const target = readIpv6(message, 8);
  const flags = message[4] as number;
  const own = link.ipv6.addresses.find((each) => each.address === target);
  if (own !== undefined) {
    if (own.tentative) dadConflict(net, link, own);
    return;
  }
  const neighbour = net.neighbours.find(6, link.index, target);
  if (neighbour === undefined) return;
  const mac = macIn(findOption(message.subarray(24), OPTION.targetLink)) ?? neighbour.mac;
  if (mac === null) return;
  stack.neighbours.update(net, link, neighbour, mac, (flags & 0x40) === 0 ? 'STALE' : 'REACHABLE', parent, {
    override: (flags & 0x20) !== 0,
    weakOverride: true,
    isRouter: (flags & 0x80) !== 0,
  });
}
