/** One host's Linux kernel: namespaces, links, addresses, routes, neighbours, bridges, sockets. */
export { Kernel, type DrivenLink } from './kernel.ts';
export type { LinkSpec } from './create-link.ts';
export type { KernelEvent } from './event.ts';
export type { Link, LinkKind } from './link.ts';
export { deviceFlags } from './device-flags.ts';
export { linkSettings } from './link-speed.ts';
export type { CapturedFrame, Namespace } from './namespace.ts';
export { namespaceOf, setMac, setUp } from './device.ts';
export { STRERROR, type Errno, type NetlinkError, type NetlinkResult } from './errno.ts';
export type { Datagram, DatagramError } from './socket.ts';
export { tunnelSourcePort } from './flow-hash.ts';
export { probeWay, recordRouteOption, sendEcho, type PathMtuDiscovery } from './echo.ts';
export { sendTcpProbe } from './tcp/probe.ts';
export { addRoute4, deleteRoute4, type RouteRequest, type RequestedWay } from './ip4/route-request.ts';
export { addRoute6, deleteRoute6 } from './ip6/route-request.ts';
export { allRoutes } from './route-table.ts';
export { TcpConnection, type TcpHandlers } from './tcp/connection.ts';
export type { TcpEnd } from './tcp/tcb.ts';
