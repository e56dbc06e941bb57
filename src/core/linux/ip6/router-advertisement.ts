/** What a host takes from router advertisements: default router, prefixes for its addresses, MTU (RFC 4861, RFC 4862). */
import { linkLocalOf } from '../../base/address.ts';
import { readIpv6, readMac, readU16, readU32 } from '../../wire/octets.ts';
import { isLinkLocalIp6, networkOf } from '../family.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { record, recordDrop } from '../recording.ts';
import type { FibTable } from '../fib.ts';
import { newNexthop, removeRoute, tableFor, vrfTableOf } from '../route-table.ts';
import { PROTOCOL, TABLE } from '../route.ts';
import type { Incoming, Stack } from '../stack.ts';
import { SECOND } from '../timing.ts';
import { addAddress6, addKernelRoute6, isRouter } from './address.ts';
import type { Ipv6Header } from './packet.ts';

const OPTION = { sourceLink: 1, prefix: 3, mtu: 5 } as const;
const FOREVER = 0xffffffff;
const PREFERENCES = ['medium', 'high', 'medium', 'low'] as const;

const lifetime = (seconds: number): number | null => (seconds === FOREVER ? null : seconds);

export function receiveRouterAdvertisement(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv6Header,
  message: Uint8Array,
): void {
  const { link, frame } = incoming;
  const accept = net.sysctl.conf6(link.name, 'accept_ra');
  const isValid = message.length >= 16 && header.hopLimit === 255 && isLinkLocalIp6(header.source);
  if (!isValid || accept === 0 || (accept === 1 && isRouter(net, link))) {
    // A host that takes no routes from routers still learns who they are.
    if (isValid) learnRouter(stack, net, incoming, header, message);
    recordDrop(
      net,
      link.name,
      { kind: 'blocked', problem: 'router advertisements are not accepted here' },
      frame,
      incoming.parent,
    );
    return;
  }
  const parent = record(net, link.name, { kind: 'delivered', to: 'kernel' }, frame, incoming.parent);
  link.ipv6.cancelRouterTimer?.();
  link.ipv6.cancelRouterTimer = null;
  if (message[4] !== 0) link.ipv6.hopLimit = message[4] as number;
  defaultRouter(
    net,
    link,
    header.source,
    readU16(message, 6),
    PREFERENCES[((message[5] as number) >> 3) & 3] ?? 'medium',
  );
  learnRouter(stack, net, { ...incoming, parent }, header, message);
  for (const option of optionsOf(message)) {
    switch (option[0]) {
      case OPTION.mtu: {
        const mtu = readU32(option, 4);
        if (mtu >= 1280 && mtu <= link.mtu && net.sysctl.conf6(link.name, 'accept_ra_mtu') !== 0)
          link.ipv6.mtu = mtu;
        break;
      }
      case OPTION.prefix:
        if (option.length >= 32 && net.sysctl.conf6(link.name, 'accept_ra_pinfo') !== 0)
          prefixInformation(stack, net, link, option);
        break;
      default:
    }
  }
}

function* optionsOf(message: Uint8Array): Generator<Uint8Array> {
  for (let at = 16; at + 8 <= message.length;) {
    const size = (message[at + 1] as number) * 8;
    if (size === 0 || at + size > message.length) return;
    yield message.subarray(at, at + size);
    at += size;
  }
}

/** The sender's link-layer address, and that it is a router, for the neighbour table. */
function learnRouter(
  stack: Stack,
  net: Namespace,
  { link, parent }: Pick<Incoming, 'link' | 'parent'>,
  { source }: Ipv6Header,
  message: Uint8Array,
): void {
  for (const option of optionsOf(message)) {
    if (option[0] !== OPTION.sourceLink) continue;
    const neighbour =
      net.neighbours.find(6, link.index, source) ??
      net.neighbours.create(6, link.index, source, net.machine.context.clock.now());
    const flags = { override: true, isRouter: true };
    stack.neighbours.update(net, link, neighbour, readMac(option, 2), 'STALE', parent, flags);
  }
}

/** Where routes that come by a link belong: to its VRF, when it has one. */
const tableOf = (net: Namespace, link: Link): FibTable => tableFor(net, 6, vrfTableOf(link) ?? TABLE.main);

function defaultRouter(
  net: Namespace,
  link: Link,
  router: bigint,
  seconds: number,
  preference: 'low' | 'medium' | 'high',
): void {
  if (net.sysctl.conf6(link.name, 'accept_ra_defrtr') === 0) return;
  const isOwn = link.ipv6.addresses.some(({ address }) => address === router);
  if (isOwn && net.sysctl.conf6(link.name, 'accept_ra_from_local') === 0) return;
  const table = tableOf(net, link);
  const known = table
    .at(0n, 0)
    .find(
      (route) =>
        route.protocol === PROTOCOL.ra &&
        route.nexthops.some((hop) => hop.ifindex === link.index && hop.gateway?.address === router),
    );
  if (known !== undefined) removeRoute(net, known);
  if (seconds === 0) return;
  const { clock } = net.machine.context;
  const expires = clock.now() + seconds * SECOND;
  addKernelRoute6(net, link, 'unicast', 0n, 0, TABLE.main, net.sysctl.conf6(link.name, 'ra_defrtr_metric'), {
    protocol: PROTOCOL.ra,
    nexthops: [newNexthop(link, { family: 6, address: router })],
    preference,
    expires,
  });
  clock.after(seconds * SECOND, () => {
    for (const route of table.at(0n, 0).slice())
      if (route.expires === expires && route.protocol === PROTOCOL.ra) removeRoute(net, route);
  });
}

function prefixInformation(stack: Stack, net: Namespace, link: Link, option: Uint8Array): void {
  const length = option[2] as number;
  const flags = option[3] as number;
  const valid = readU32(option, 4);
  const preferred = readU32(option, 8);
  const prefix = networkOf(6, readIpv6(option, 16), length);
  if (isLinkLocalIp6(prefix) || preferred > valid || valid === 0) return;
  if ((flags & 0x80) !== 0) {
    const expires = valid === FOREVER ? null : net.machine.context.clock.now() + valid * SECOND;
    const table = tableOf(net, link);
    const known = table
      .at(prefix, length)
      .find(
        (route) =>
          route.nexthops.some((hop) => hop.ifindex === link.index) &&
          (route.protocol === PROTOCOL.ra || route.protocol === PROTOCOL.kernel),
      );
    if (known !== undefined) table.exchange(known, { ...known, expires });
    else addKernelRoute6(net, link, 'unicast', prefix, length, TABLE.main, 256, { expires });
  }
  if (
    (flags & 0x40) === 0 ||
    length !== 64 ||
    net.sysctl.conf6(link.name, 'autoconf') === 0 ||
    link.addrGenMode === 'none'
  )
    return;
  addAddress6(
    stack,
    net,
    link,
    {
      address: prefix | (linkLocalOf(link.mac) & 0xffffffffffffffffn),
      length,
      noPrefixRoute: true,
      dynamic: true,
      managed: true,
      validLifetime: lifetime(valid),
      preferredLifetime: lifetime(preferred),
    },
    true,
  );
}
