/** IPv4 datagrams that arrived: checks, the routing decision, delivery and forwarding (`ip_input.c`, `ip_forward.c`). */
import { formatIpv4 } from '../../base/address.ts';
import { addressingOf } from '../ether.ts';
import type { Errno } from '../errno.ts';
import type { Namespace } from '../namespace.ts';
import { count, record, recordDrop } from '../recording.ts';
import type { Link } from '../link.ts';
import { routeRow } from '../route-text.ts';
import type { Incoming, Stack } from '../stack.ts';
import { allowsRouteError, ICMP, receiveIcmp } from './icmp.ts';
import { atHook } from '../netfilter/gate.ts';
import { findRecordRoute, findTimestamps, recordRoute, stampOf, stampTime } from './options.ts';
import { finishOutput, FRAGMENTATION_NEEDED, UNREACHABLE } from './output.ts';
import { IPPROTO, readIpv4, withTtlDecreased, type Ipv4Header } from './packet.ts';
import { reassemble } from './reassembly.ts';
import { routeInput, type Ipv4Input } from './route-input.ts';
import { selectAddress } from './source-address.ts';
import { SCOPE } from '../route.ts';
import { receiveProtocol } from '../ip-protocol.ts';
import { receiveTcp4 } from '../tcp/receive.ts';
import { receiveUdp } from '../udp.ts';

/** Codes of "destination unreachable" by the refusal of a lookup. */
const CODES: Partial<Record<Errno, number>> = { EHOSTUNREACH: 1, ENETUNREACH: 0, EACCES: 13 };

/** The first hook; where connections are followed, fragments are put together before it. */
function prerouting(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv4Header,
): Incoming | undefined {
  const { netfilter } = net;
  const isPart = header.moreFragments || header.fragmentOffset > 0;
  let { parent } = incoming;
  let datagram = incoming.datagram.subarray(0, header.totalSize);
  if (isPart && netfilter.follows) {
    const whole = reassemble(stack, net, incoming, header);
    if (whole === undefined) return undefined;
    ({ datagram, parent } = whole);
  }
  const tracked =
    incoming.link.kind === 'lo' && netfilter.follows
      ? netfilter.conntrack.known(datagram)
      : netfilter.track(datagram);
  const flowing = { mark: 0, tracked };
  const passed = atHook(stack, net, {
    hook: 'PREROUTING',
    datagram,
    iif: incoming.link,
    oif: null,
    parent,
    ...flowing,
  });
  if (passed === undefined) return undefined;
  const { mark } = passed;
  return { ...incoming, datagram: passed.datagram, parent: passed.parent, flowing: { mark, tracked } };
}

export function receiveIpv4(stack: Stack, net: Namespace, arrived: Incoming): void {
  const read = readIpv4(arrived.datagram);
  const incoming =
    net.netfilter.isActive && typeof read !== 'string' ? prerouting(stack, net, arrived, read) : arrived;
  if (incoming === undefined) return;
  const { link, frame, parent } = incoming;
  const header = readIpv4(incoming.datagram);
  if (typeof header === 'string') {
    recordDrop(
      net,
      link.name,
      header === 'IPv4 header checksum' ? { kind: 'checksum' } : { kind: 'malformed', problem: header },
      frame,
      parent,
    );
    return;
  }
  count(net, 'IpInReceives');
  const datagram = incoming.datagram.subarray(0, header.totalSize);
  const from = link.master?.vrfTable == null ? link : link.master;
  const route = routeInput(net, from === link ? link : link, {
    source: header.source,
    destination: header.destination,
    tos: header.tos,
    mark: incoming.flowing?.mark ?? 0,
    protocol: header.protocol,
  });
  switch (route.kind) {
    case 'martian':
      recordDrop(
        net,
        link.name,
        { kind: 'reverse-path' },
        frame,
        parent,
        route.route === null ? [] : [routeRow(net, route.route)],
      );
      return;
    case 'refused': {
      const step = recordDrop(
        net,
        link.name,
        { kind: 'no-route' },
        frame,
        parent,
        route.route === null ? [] : [routeRow(net, route.route)],
      );
      const code = CODES[route.errno];
      if (
        net.sysctl.conf4(link.name, 'forwarding') !== 0 &&
        code !== undefined &&
        isForHost(link, frame) &&
        allowsRouteError(net, header.source)
      )
        stack.icmpError4(net, datagram, link, { type: UNREACHABLE, code, info: 0n }, step);
      return;
    }
    case 'local':
      deliverLocally(stack, net, { ...incoming, datagram }, header, route);
      return;
    case 'forward':
      forward(stack, net, { ...incoming, datagram }, header, route);
  }
}

function deliverLocally(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv4Header,
  route: Extract<Ipv4Input, { kind: 'local' }>,
): void {
  let { datagram, parent } = incoming;
  let whole = header;
  if (header.moreFragments || header.fragmentOffset > 0) {
    const result = reassemble(stack, net, incoming, header);
    if (result === undefined) return;
    ({ datagram, parent } = result);
    const again = readIpv4(datagram);
    if (typeof again === 'string') return;
    whole = again;
  }
  if (incoming.flowing !== undefined) {
    const { link, flowing } = incoming;
    const passed = atHook(stack, net, { hook: 'INPUT', datagram, iif: link, oif: null, parent, ...flowing });
    if (passed === undefined) return;
    ({ datagram, parent } = passed);
    const after = readIpv4(datagram);
    if (typeof after === 'string') return;
    whole = after;
  }
  if (findRecordRoute(datagram) !== undefined) datagram = recordRoute(datagram, route.specific);
  else datagram = stampTime(datagram, route.specific, ...stampOf(net));
  count(net, 'IpInDelivers');
  const arrived: Incoming = { ...incoming, datagram, parent };
  switch (whole.protocol) {
    case IPPROTO.icmp:
      receiveIcmp(stack, net, arrived, whole, route.type, route.specific);
      return;
    case IPPROTO.udp:
      receiveUdp(
        stack,
        net,
        arrived,
        {
          family: 4,
          source: BigInt(whole.source),
          destination: BigInt(whole.destination),
          ttl: whole.ttl,
          tos: whole.tos,
          payload: datagram.subarray(whole.headerSize, whole.totalSize),
        },
        route.type === 'local',
      );
      return;
    case IPPROTO.tcp:
      receiveTcp4(stack, net, arrived, whole);
      return;
    case IPPROTO.igmp:
      record(net, incoming.link.name, { kind: 'delivered', to: 'kernel' }, incoming.frame, parent);
      return;
    default: {
      const { protocol, ttl, tos, headerSize, totalSize } = whole;
      const [source, destination] = [BigInt(whole.source), BigInt(whole.destination)];
      const payload = datagram.subarray(headerSize, totalSize);
      if (receiveProtocol(net, arrived, { family: 4, source, destination, protocol, ttl, tos, payload }))
        return;
      const step = recordDrop(
        net,
        incoming.link.name,
        { kind: 'no-listener', protocol: `IP protocol ${whole.protocol}`, port: whole.protocol },
        incoming.frame,
        parent,
      );
      if (route.type === 'local')
        stack.icmpError4(net, datagram, incoming.link, { type: UNREACHABLE, code: 2, info: 0n }, step);
    }
  }
}

/** The frame was for this host alone: what came to many is neither forwarded nor refused. */
const isForHost = (link: Link, frame: Uint8Array): boolean =>
  !link.ethernet || link.kind === 'lo' || addressingOf(frame, link.mac) === 'host';

function forward(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv4Header,
  route: Extract<Ipv4Input, { kind: 'forward' }>,
): void {
  const { link, frame, parent } = incoming;
  let { datagram } = incoming;
  if (!isForHost(link, frame)) {
    recordDrop(net, link.name, { kind: 'not-for-us' }, frame, parent);
    return;
  }
  const because = [routeRow(net, route.route)];
  if (header.ttl <= 1) {
    const step = recordDrop(net, link.name, { kind: 'ttl-expired' }, frame, parent, because);
    stack.icmpError4(net, datagram, link, { type: ICMP.timeExceeded, code: 0, info: 0n }, step);
    return;
  }
  if (header.dontFragment && datagram.length > route.mtu) {
    const step = recordDrop(
      net,
      link.name,
      { kind: 'mtu', size: datagram.length, mtu: route.mtu },
      frame,
      parent,
      because,
    );
    stack.icmpError4(
      net,
      datagram,
      link,
      { type: UNREACHABLE, code: FRAGMENTATION_NEEDED, info: BigInt(route.mtu) },
      step,
    );
    return;
  }
  datagram = withTtlDecreased(datagram);
  if (findRecordRoute(datagram) !== undefined) {
    const gateway = route.gateway?.family === 4 ? Number(route.gateway.address) : header.destination;
    datagram = recordRoute(datagram, selectAddress(net, route.link, gateway, SCOPE.global));
  } else if (findTimestamps(datagram) !== undefined) {
    const own = selectAddress(net, link, header.source, SCOPE.global);
    datagram = stampTime(datagram, own, ...stampOf(net));
  }
  count(net, 'IpForwDatagrams');
  const hop = route.gateway ?? { family: 4 as const, address: BigInt(header.destination) };
  const step = record(
    net,
    null,
    {
      kind: 'routed',
      destination: formatIpv4(header.destination),
      via: hop.family === 4 ? formatIpv4(Number(hop.address)) : 'inet6',
      device: route.link.name,
    },
    datagram,
    parent,
    because,
  );
  if (route.redirect)
    stack.icmpError4(net, incoming.datagram, link, { type: ICMP.redirect, code: 1, info: hop.address }, step);
  if (incoming.flowing === undefined) {
    finishOutput(stack, net, datagram, route.link, hop, route.mtu, step, link);
    return;
  }
  const at = { iif: link, oif: route.link };
  const allowed = atHook(stack, net, { hook: 'FORWARD', datagram, ...at, parent: step, ...incoming.flowing });
  if (allowed === undefined) return;
  const leaving = atHook(stack, net, { hook: 'POSTROUTING', ...at, ...allowed });
  if (leaving !== undefined)
    finishOutput(stack, net, leaving.datagram, route.link, hop, route.mtu, leaving.parent, link);
}
