/** One host's Linux kernel: namespaces, links, addresses, routes, neighbours, bridges, sockets. */
export { Kernel, type DrivenLink, type KernelOptions } from './kernel.ts';
export type { LinkSpec } from './create-link.ts';
export type { KernelEvent } from './event.ts';
export type { FrameReceiver, Link, LinkDriver, LinkKind } from './link.ts';
export type { CapturedFrame, KernelFeature, Machine, Namespace, TapListener } from './namespace.ts';
export { namespaceOf, operState, setDown, setMac, setMtu, setUp } from './device.ts';
export { STRERROR, type Errno, type NetlinkError, type NetlinkResult } from './errno.ts';
export type { Datagram, DatagramError, Socket } from './socket.ts';
export type { UdpSend } from './udp.ts';
export { tunnelSourcePort } from './flow-hash.ts';
export { probeWay, sendEcho, type EchoRefusal, type EchoRequest, type PathMtuDiscovery } from './echo.ts';
export { addRoute4, deleteRoute4, type RouteRequest, type RequestedWay } from './ip4/route-request.ts';
export { addRoute6, deleteRoute6 } from './ip6/route-request.ts';
export { allRoutes } from './route-table.ts';
export { PROTOCOL, SCOPE, TABLE, type Nexthop, type Route, type Rule } from './route.ts';
export type { Neighbour, NeighbourState } from './neighbour-state.ts';
