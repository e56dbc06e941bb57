/** A network namespace as the kernel makes it: a loopback that is down, the standard rules, no routes. */
import { newLink } from './new-link.ts';
import { attach } from './device.ts';
import { loopbackDriver } from './links/simple.ts';
import type { Machine, Namespace } from './namespace.ts';
import { NetfilterState } from './netfilter/state.ts';
import { NeighbourTable } from './neighbour-table.ts';
import { TABLE, type Rule } from './route.ts';
import { tableFor } from './route-table.ts';
import { SocketTable } from './socket.ts';
import { Sysctl } from './sysctl.ts';
import type { Family } from './family.ts';

export const plainRule = (family: Family, priority: number, table: number): Rule => ({
  family,
  priority,
  source: null,
  destination: null,
  iif: null,
  oif: null,
  tos: 0,
  mark: null,
  invert: false,
  action: 'table',
  table,
  goto: 0,
  suppressPrefixLength: null,
  suppressGroup: null,
  l3mdev: false,
  protocol: 2,
  ipProtocol: 0,
  sourcePorts: null,
  destinationPorts: null,
  uids: null,
  tunnelId: 0,
  realms: 0,
});

/** Whether sockets without a link take what comes by a VRF. */
const L3MDEV_ACCEPT = {
  tcp: 'net.ipv4.tcp_l3mdev_accept',
  udp: 'net.ipv4.udp_l3mdev_accept',
  icmp: 'net.ipv4.raw_l3mdev_accept',
  icmpv6: 'net.ipv4.raw_l3mdev_accept',
} as const;

export function newNamespace(machine: Machine, name: string): Namespace {
  const sysctl = new Sysctl();
  const net: Namespace = {
    machine,
    name,
    links: new Map(),
    nextIndex: 1,
    tables: { 4: new Map(), 6: new Map() },
    rules: {
      4: [plainRule(4, 0, TABLE.local), plainRule(4, 32766, TABLE.main), plainRule(4, 32767, TABLE.default)],
      6: [plainRule(6, 0, TABLE.local), plainRule(6, 32766, TABLE.main)],
    },
    hasOwnRules: false,
    nexthops: new Map(),
    neighbours: new NeighbourTable(),
    sysctl,
    sockets: new SocketTable((protocol) => sysctl.number(L3MDEV_ACCEPT[protocol]) !== 0),
    netfilter: new NetfilterState(machine.context.clock),
    ipProtocols: new Map(),
    fragments: new Map(),
    exceptions: new Map(),
    taps: [],
    icmpBuckets: new Map(),
    statistics: new Map(),
    identifiers: new Map(),
  };
  for (const id of [TABLE.main, TABLE.local]) {
    tableFor(net, 4, id);
    tableFor(net, 6, id);
  }
  machine.namespaces.set(name, net);
  attach(net, newLink({ kind: 'lo', name: 'lo', driver: loopbackDriver(machine) }, machine.context.random));
  return net;
}
