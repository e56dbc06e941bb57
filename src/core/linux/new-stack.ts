/** A kernel's protocols joined: who takes what a link brings, and what follows changes of links. */
import { followSlaves } from './bond/enslave.ts';
import { followPorts } from './bridge/port.ts';
import { ETHERTYPE, HEADER_SIZE } from './ether.ts';
import { receiveArp } from './ip4/arp.ts';
import { sendIcmpError } from './ip4/icmp.ts';
import { receiveIpv4 } from './ip4/input.ts';
import { changeIpv4 } from './ip4/link-changes.ts';
import { sendIpv4 } from './ip4/output.ts';
import { sendIcmpError6 } from './ip6/icmp.ts';
import { receiveIpv6 } from './ip6/input.ts';
import { changesIpv6 } from './ip6/link-changes.ts';
import { sendIpv6 } from './ip6/output.ts';
import type { Link } from './link.ts';
import { followLower } from './links/vlan.ts';
import type { Machine, Namespace } from './namespace.ts';
import type { NeighbourDiscovery } from './neighbour.ts';
import { changeNexthops } from './nexthop-object.ts';
import type { DatagramError, Socket } from './socket.ts';
import type { Stack } from './stack.ts';

const PROTOCOL_SOCKETS: Readonly<Record<number, Socket['protocol']>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmpv6',
};

/** Joins the protocols of `machine`, in which they are put down. */
export function newStack(machine: Machine, neighbours: NeighbourDiscovery): Stack {
  const stack: Stack = {
    neighbours,
    send4: (net, datagram, route, parent) => sendIpv4(stack, net, datagram, route, parent),
    send6: (net, datagram, route, parent) => sendIpv6(stack, net, datagram, route, parent),
    icmpError4: (net, offending, link, error, parent) =>
      sendIcmpError(stack, net, offending, link, error, parent),
    icmpError6: (net, offending, link, error, parent) =>
      sendIcmpError6(stack, net, offending, link, error, parent),
    receive4: (net, incoming) => receiveIpv4(stack, net, incoming),
    receive6: (net, incoming) => receiveIpv6(stack, net, incoming),
    socketError: (net, protocol, error, sourcePort) => socketError(net, protocol, error, sourcePort),
  };
  const { protocols, linkListeners } = machine;
  protocols.set(ETHERTYPE.arp, (net, link, octets, parent) =>
    receiveArp(neighbours, net, link, octets, parent),
  );
  protocols.set(ETHERTYPE.ipv4, (net, link, octets, parent) =>
    stack.receive4(net, { datagram: bodyOf(link, octets), link, frame: octets, parent }),
  );
  protocols.set(ETHERTYPE.ipv6, (net, link, octets, parent) =>
    stack.receive6(net, { datagram: bodyOf(link, octets), link, frame: octets, parent }),
  );
  linkListeners.push(followPorts, followSlaves, followLower, changeNexthops, changeIpv4, changesIpv6(stack));
  return stack;
}

const bodyOf = (link: Link, octets: Uint8Array): Uint8Array =>
  link.ethernet ? octets.subarray(HEADER_SIZE) : octets;

function socketError(net: Namespace, protocol: number, error: DatagramError, sourcePort: number): void {
  const name = PROTOCOL_SOCKETS[protocol];
  if (name !== undefined)
    net.sockets.sender(name, error.family, sourcePort, error.destination)?.error?.(error);
}
