/** Face of the sim room. */
export { World } from './world.ts';
export { DatabaseServer } from './database-server.ts';
export { databaseServers } from './remote.ts';
export type { Fault } from './fault.ts';
export { Host } from './host.ts';
export type { OpenedDatabases } from './central.ts';
export { BACKGROUND, type Run, type RunId } from './recorder.ts';
export { openVtySession } from './routing/show.ts';
export type { MessageEnd } from './routing/message-gate.ts';
export type { RouteChange } from './routing/route-journal.ts';
export { RoutingHost } from './routing/routing-host.ts';
export { startDaemon, stopDaemons } from './routing/start.ts';
