/** IPv6 datagrams on their way out (`ip6_output.c`). Only the sender fragments. */
import { formatIpv6 } from '../../base/address.ts';
import type { StepId } from '../../base/step.ts';
import { transmit } from '../device.ts';
import { ETHERTYPE, frameOf } from '../ether.ts';
import { multicastMac } from '../family.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { record, recordDrop } from '../recording.ts';
import type { Stack } from '../stack.ts';
import { HOP } from '../timing.ts';
import { fragmentIpv6, readIpv6Header } from './packet.ts';
import { becauseOf6, viaText6, type Ipv6Route } from './route-output.ts';

export function sendIpv6(
  stack: Stack,
  net: Namespace,
  datagram: Uint8Array,
  route: Ipv6Route,
  parent: StepId | null,
): void {
  const header = readIpv6Header(datagram);
  if (typeof header === 'string') return;
  const step = record(
    net,
    null,
    {
      kind: 'routed',
      destination: formatIpv6(header.destination),
      via: viaText6(route, header.destination),
      device: route.link.name,
    },
    datagram,
    parent,
    becauseOf6(net, route),
  );
  if (
    route.type === 'multicast' &&
    route.link.kind !== 'lo' &&
    route.link.ipv6.groups.has(header.destination)
  )
    loopBack(net, stack, datagram, header.destination, route.link, step);
  const hop = route.gateway ?? header.destination;
  if (datagram.length > route.mtu)
    for (const fragment of fragmentIpv6(datagram, route.mtu, net.machine.context.random.next32()))
      output(stack, net, fragment, route.link, hop, step, null);
  else output(stack, net, datagram, route.link, hop, step, null);
}

function loopBack(
  net: Namespace,
  stack: Stack,
  datagram: Uint8Array,
  group: bigint,
  link: Link,
  parent: StepId | null,
): void {
  net.machine.context.clock.after(HOP, () => {
    if (link.deleted) return;
    const frame = link.ethernet
      ? frameOf(multicastMac(6, group), link.mac, ETHERTYPE.ipv6, datagram)
      : datagram;
    const step = record(net, link.name, { kind: 'received' }, frame, parent);
    stack.receive6(net, { datagram, link, frame, parent: step });
  });
}

/** To the next hop on `link`. `incoming` is the link by which a forwarded datagram came. */
export function output(
  stack: Stack,
  net: Namespace,
  datagram: Uint8Array,
  link: Link,
  hop: bigint,
  parent: StepId | null,
  incoming: Link | null,
): void {
  if (!link.ethernet) {
    transmit(net, link, datagram, parent);
    return;
  }
  stack.neighbours.output(net, link, 6, hop, {
    octets: datagram,
    parent,
    send: (mac, step) => transmit(net, link, frameOf(mac, link.mac, ETHERTYPE.ipv6, datagram), step),
    fail: (step) => {
      const drop = recordDrop(net, link.name, { kind: 'neighbour-failed' }, { packet: datagram }, step);
      stack.icmpError6(net, datagram, incoming, { type: 1, code: 3, info: 0n }, drop);
    },
  });
}
