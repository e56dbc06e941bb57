/** Datagrams on their way out: fragments, the next hop's address, the frame (`ip_output.c`). */
import { formatIpv4 } from '../../base/address.ts';
import type { StepId } from '../../base/step.ts';
import { transmit } from '../device.ts';
import { BROADCAST_MAC, ETHERTYPE, frameOf } from '../ether.ts';
import { multicastMac, type IpAddress } from '../family.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { record, recordDrop } from '../recording.ts';
import type { Stack } from '../stack.ts';
import { HOP } from '../timing.ts';
import { atHook, type Passed } from '../netfilter/gate.ts';
import { fragmentIpv4, readIpv4 } from './packet.ts';
import { becauseOf, routeOutput, viaText, type Ipv4Route } from './route-output.ts';

export const UNREACHABLE = 3;
export const FRAGMENTATION_NEEDED = 4;

/** Sends a datagram of this host. Too large with "don't fragment" set: refused with an error to the sender's socket. */
export function sendIpv4(
  stack: Stack,
  net: Namespace,
  made: Uint8Array,
  asked: Ipv4Route,
  cause: StepId | null,
): void {
  const passed = net.netfilter.isActive ? atOutput(stack, net, made, asked, cause) : undefined;
  if (net.netfilter.isActive && passed === undefined) return;
  const { datagram, parent, route } = passed ?? { datagram: made, parent: cause, route: asked };
  const header = readIpv4(datagram);
  if (typeof header === 'string') return;
  const { destination } = header;
  const step = record(
    net,
    null,
    {
      kind: 'routed',
      destination: formatIpv4(destination),
      via: viaText(route, destination),
      device: route.link.name,
    },
    datagram,
    parent,
    becauseOf(net, route),
  );
  if (route.type === 'broadcast' || route.type === 'multicast') loopBack(net, stack, datagram, route, step);
  const leaving =
    passed === undefined
      ? { datagram, parent: step }
      : atHook(stack, net, { ...passed, hook: 'POSTROUTING', iif: null, oif: route.link, parent: step });
  if (leaving === undefined) return;
  const hop = nextHop(route, destination);
  finishOutput(stack, net, leaving.datagram, route.link, hop, route.mtu, leaving.parent, null);
}

/** The hook of what is made here. A destination or mark that changes there asks for another route. */
function atOutput(
  stack: Stack,
  net: Namespace,
  datagram: Uint8Array,
  route: Ipv4Route,
  parent: StepId | null,
): (Passed & { readonly route: Ipv4Route }) | undefined {
  const tracked = net.netfilter.track(datagram);
  const at = { datagram, iif: null, oif: route.link, parent, mark: 0, tracked };
  const passed = atHook(stack, net, { hook: 'OUTPUT', ...at });
  if (passed === undefined) return undefined;
  const before = readIpv4(datagram);
  const after = readIpv4(passed.datagram);
  if (typeof before === 'string' || typeof after === 'string') return undefined;
  if (before.destination === after.destination && passed.mark === 0) return { ...passed, route };
  const { source, destination, tos, protocol } = after;
  const again = routeOutput(net, {
    destination,
    source,
    tos,
    mark: passed.mark,
    oif: 0,
    protocol,
    anySource: true,
  });
  return again.ok ? { ...passed, route: again.value } : undefined;
}

const nextHop = (route: Ipv4Route, destination: number): IpAddress =>
  route.gateway ?? { family: 4, address: BigInt(destination) };

/** A host hears its own broadcasts, and the groups it joined on the link. */
function loopBack(
  net: Namespace,
  stack: Stack,
  datagram: Uint8Array,
  route: Ipv4Route,
  parent: StepId | null,
): void {
  const destination = readIpv4(datagram);
  if (typeof destination === 'string' || route.link.kind === 'lo') return;
  if (route.type === 'multicast' && !route.link.groups4.has(destination.destination)) return;
  net.machine.context.clock.after(HOP, () => {
    if (route.link.deleted) return;
    const { link, type } = route;
    const group = type === 'multicast' ? multicastMac(4, BigInt(destination.destination)) : BROADCAST_MAC;
    const frame = link.ethernet ? frameOf(group, link.mac, ETHERTYPE.ipv4, datagram) : datagram;
    const step = record(net, link.name, { kind: 'received' }, frame, parent);
    stack.receive4(net, { datagram, link, frame, parent: step });
  });
}

/** From a chosen link on: fragments and transmits. `incoming` is the link by which a forwarded datagram came. */
export function finishOutput(
  stack: Stack,
  net: Namespace,
  datagram: Uint8Array,
  link: Link,
  hop: IpAddress,
  mtu: number,
  parent: StepId | null,
  incoming: Link | null,
): void {
  if (datagram.length > mtu) {
    const header = readIpv4(datagram);
    if (typeof header === 'string') return;
    if (header.dontFragment) {
      const step = recordDrop(
        net,
        link.name,
        { kind: 'mtu', size: datagram.length, mtu },
        { packet: datagram },
        parent,
      );
      stack.icmpError4(
        net,
        datagram,
        incoming,
        { type: UNREACHABLE, code: FRAGMENTATION_NEEDED, info: BigInt(mtu) },
        step,
      );
      return;
    }
    for (const fragment of fragmentIpv4(datagram, mtu))
      toNeighbour(stack, net, fragment, link, hop, parent, incoming);
    return;
  }
  toNeighbour(stack, net, datagram, link, hop, parent, incoming);
}

function toNeighbour(
  stack: Stack,
  net: Namespace,
  datagram: Uint8Array,
  link: Link,
  hop: IpAddress,
  parent: StepId | null,
  incoming: Link | null,
): void {
  if (!link.ethernet) {
    transmit(net, link, datagram, parent);
    return;
  }
  stack.neighbours.output(net, link, hop.family, hop.address, {
    octets: datagram,
    parent,
    send: (mac, step) => transmit(net, link, frameOf(mac, link.mac, ETHERTYPE.ipv4, datagram), step),
    fail: (step) => {
      const drop = recordDrop(net, link.name, { kind: 'neighbour-failed' }, { packet: datagram }, step);
      stack.icmpError4(net, datagram, incoming, { type: UNREACHABLE, code: 1, info: 0n }, drop);
    },
  });
}
