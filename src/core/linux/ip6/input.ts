/** IPv6 datagrams that arrived: the routing decision, delivery, forwarding (`ip6_input.c`, `ip6_forward`). */
import { formatIpv6 } from '../../base/address.ts';
import type { Errno } from '../errno.ts';
import { addressingOf } from '../ether.ts';
import { isLinkLocalIp6 } from '../family.ts';
import type { Namespace } from '../namespace.ts';
import { count, record, recordDrop } from '../recording.ts';
import { fibLookup } from '../route-lookup.ts';
import { routeRow } from '../route-text.ts';
import type { Incoming, Stack } from '../stack.ts';
import { receiveTcp } from '../tcp/receive.ts';
import { receiveProtocol } from '../ip-protocol.ts';
import { receiveUdp } from '../udp.ts';
import { checkedMessage, ICMP6, receiveIcmp6 } from './icmp.ts';
import { receiveNeighbourMessage } from './neighbour-discovery.ts';
import { output } from './output.ts';
import { NEXT, readIpv6Header, withHopLimitDecreased, type Ipv6Header } from './packet.ts';
import { reassemble } from './reassembly.ts';
import { receiveRouterAdvertisement } from './router-advertisement.ts';

/** Codes of "destination unreachable" by the refusal of a lookup; an unreachable route counts as no route. */
const CODES: Partial<Record<Errno, number>> = { ENETUNREACH: 0, EHOSTUNREACH: 0, EACCES: 1 };

export function receiveIpv6(stack: Stack, net: Namespace, incoming: Incoming): void {
  const { link, frame, parent } = incoming;
  const header = readIpv6Header(incoming.datagram);
  if (typeof header === 'string') {
    recordDrop(net, link.name, { kind: 'malformed', problem: header }, frame, parent);
    return;
  }
  if (net.sysctl.conf6(link.name, 'disable_ipv6') !== 0) {
    recordDrop(net, link.name, { kind: 'blocked', problem: 'IPv6 is disabled on this link' }, frame, parent);
    return;
  }
  count(net, 'Ip6InReceives');
  const datagram = incoming.datagram.subarray(0, header.totalSize);
  const arrived: Incoming = { ...incoming, datagram };
  const { destination } = header;
  if (
    header.source >> 120n === 0xffn ||
    (link.kind !== 'lo' && (header.source === 1n || destination === 1n))
  ) {
    recordDrop(net, link.name, { kind: 'reverse-path' }, frame, parent);
    return;
  }
  if (destination >> 120n === 0xffn) {
    if (link.ipv6.groups.has(destination)) deliverLocally(stack, net, arrived, header);
    else recordDrop(net, link.name, { kind: 'not-for-us' }, frame, parent);
    return;
  }
  const scoped = isLinkLocalIp6(destination) ? link.index : 0;
  const result = fibLookup(net, {
    family: 6,
    destination,
    source: header.source,
    tos: 0,
    mark: 0,
    iif: link.index,
    oif: scoped,
    protocol: header.protocol,
  });
  const tentative = link.ipv6.addresses.find(
    (each) => each.address === destination && each.tentative && !each.dadFailed,
  );
  if (tentative !== undefined && result.kind === 'route' && result.route.type !== 'local') {
    recordDrop(net, link.name, { kind: 'not-for-us' }, frame, parent);
    return;
  }
  if (result.kind === 'error') {
    const step = recordDrop(
      net,
      link.name,
      { kind: 'no-route' },
      frame,
      parent,
      result.route === null ? [] : [routeRow(net, result.route)],
    );
    const code = CODES[result.errno];
    // Unlike IPv4, a host that does not forward answers as well.
    if (code !== undefined)
      stack.icmpError6(net, datagram, link, { type: ICMP6.unreachable, code, info: 0n }, step);
    return;
  }
  if (result.route.type === 'local' || result.route.type === 'anycast') {
    deliverLocally(stack, net, arrived, header);
    return;
  }
  forward(stack, net, arrived, header, result);
}

function deliverLocally(stack: Stack, net: Namespace, incoming: Incoming, first: Ipv6Header): void {
  let arrived = incoming;
  let header = first;
  while (header.fragment !== null) {
    const whole = reassemble(stack, net, arrived, header);
    if (whole === undefined) return;
    const again = readIpv6Header(whole.datagram);
    if (typeof again === 'string') {
      recordDrop(
        net,
        incoming.link.name,
        { kind: 'malformed', problem: again },
        incoming.frame,
        whole.parent,
      );
      return;
    }
    arrived = { ...incoming, ...whole };
    header = again;
  }
  const { link, frame } = arrived;
  const transport = {
    family: 6 as const,
    source: header.source,
    destination: header.destination,
    ttl: header.hopLimit,
    tos: header.trafficClass,
    payload: arrived.datagram.subarray(header.payloadOffset, header.totalSize),
  };
  const unicast = header.destination >> 120n !== 0xffn;
  switch (header.protocol) {
    case NEXT.icmpv6: {
      const message = checkedMessage(net, arrived, header);
      if (message === undefined) return;
      if (message[0] === ICMP6.routerAdvert) receiveRouterAdvertisement(stack, net, arrived, header, message);
      else if (
        message[0] === ICMP6.neighbourSolicit ||
        message[0] === ICMP6.neighbourAdvert ||
        message[0] === ICMP6.routerSolicit
      )
        receiveNeighbourMessage(stack, net, arrived, header, message);
      else receiveIcmp6(stack, net, arrived, header, message);
      return;
    }
    case NEXT.udp:
      receiveUdp(stack, net, arrived, transport, unicast);
      return;
    case NEXT.tcp:
      receiveTcp(stack, net, arrived, transport);
      return;
    case NEXT.none:
      return;
    case NEXT.fragment: {
      const step = recordDrop(
        net,
        link.name,
        { kind: 'malformed', problem: 'IPv6 fragment header cut' },
        frame,
        arrived.parent,
      );
      const error = { type: ICMP6.parameterProblem, code: 0, info: BigInt(header.payloadOffset) };
      stack.icmpError6(net, arrived.datagram, link, error, step);
      return;
    }
    default: {
      if (receiveProtocol(net, arrived, { ...transport, protocol: header.protocol })) return;
      const step = recordDrop(
        net,
        link.name,
        { kind: 'no-listener', protocol: `IP protocol ${header.protocol}`, port: header.protocol },
        frame,
        arrived.parent,
      );
      if (unicast)
        stack.icmpError6(
          net,
          arrived.datagram,
          link,
          { type: ICMP6.parameterProblem, code: 1, info: 6n },
          step,
        );
    }
  }
}

function forward(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv6Header,
  result: Extract<ReturnType<typeof fibLookup>, { kind: 'route' }>,
): void {
  const { link, frame, parent, datagram } = incoming;
  const because = [routeRow(net, result.route)];
  if (net.sysctl.conf6('all', 'forwarding') === 0) {
    recordDrop(net, link.name, { kind: 'not-for-us' }, frame, parent);
    return;
  }
  if (link.ethernet && link.kind !== 'lo' && addressingOf(frame, link.mac) !== 'host') {
    recordDrop(net, link.name, { kind: 'not-for-us' }, frame, parent);
    return;
  }
  if (header.hopLimit <= 1) {
    const step = recordDrop(net, link.name, { kind: 'ttl-expired' }, frame, parent, because);
    stack.icmpError6(net, datagram, link, { type: ICMP6.timeExceeded, code: 0, info: 0n }, step);
    return;
  }
  const out = net.links.get(result.nexthop?.ifindex ?? 0);
  if (out === undefined) return;
  if (isLinkLocalIp6(header.source) || isLinkLocalIp6(header.destination)) {
    const step = recordDrop(net, link.name, { kind: 'not-for-us' }, frame, parent, because);
    if (isLinkLocalIp6(header.source))
      stack.icmpError6(net, datagram, link, { type: ICMP6.unreachable, code: 2, info: 0n }, step);
    return;
  }
  const mtu = Math.min(result.route.metrics.mtu ?? out.mtu, out.mtu);
  if (datagram.length > mtu) {
    const step = recordDrop(
      net,
      link.name,
      { kind: 'mtu', size: datagram.length, mtu },
      frame,
      parent,
      because,
    );
    stack.icmpError6(net, datagram, link, { type: ICMP6.tooBig, code: 0, info: BigInt(mtu) }, step);
    return;
  }
  count(net, 'Ip6OutForwDatagrams');
  const next = withHopLimitDecreased(datagram);
  const hop = result.nexthop?.gateway?.family === 6 ? result.nexthop.gateway.address : header.destination;
  const step = record(
    net,
    null,
    { kind: 'routed', destination: formatIpv6(header.destination), via: formatIpv6(hop), device: out.name },
    next,
    parent,
    because,
  );
  output(stack, net, next, out, hop, step, link);
}
