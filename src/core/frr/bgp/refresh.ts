/** Asking a neighbour for its routes again, answering when it asks, and what became stale meanwhile (RFC 2918, RFC 7313). */
import type { BgpFamily } from '../config/bgp-config.ts';
import { pathsOf, reconsiderInbound } from './inbound.ts';
import { encodeMessage, MESSAGE_TYPE } from './message/header.ts';
import type { Notification } from './message/notification.ts';
import { decodeRouteRefresh, encodeRouteRefresh, REFRESH } from './message/route-refresh.ts';
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import { announceTable } from './outbound.ts';
import type { Speaker } from './speaker.ts';
import { removePath, type TableListener } from './table-change.ts';

/** How the parts of bgpd reach a neighbour's session. */
export interface SessionOutput {
  send(neighbour: Neighbour, messages: readonly Uint8Array[], kind: 'update' | 'routeRefresh'): void;
  /** Sends what waits for the neighbour at once. */
  flushNow(speaker: Speaker, neighbour: Neighbour): void;
}

const message = (family: BgpFamily, subtype: number): Uint8Array =>
  encodeMessage(MESSAGE_TYPE.routeRefresh, encodeRouteRefresh(family, subtype));

/** Routes of the neighbour are judged again: from the kept copies, or it sends them once more. False: it cannot. */
export function askAgain(
  speaker: Speaker,
  listener: TableListener,
  output: SessionOutput,
  neighbour: Neighbour,
  family: NeighbourFamily,
): boolean {
  if (!neighbour.isEstablished || !family.negotiated) return true;
  if (family.options.softReconfigurationInbound === true && family.received.size > 0) {
    reconsiderInbound(speaker, listener, neighbour, family);
    return true;
  }
  const { receivedCapabilities } = neighbour;
  if (receivedCapabilities?.routeRefresh !== true && receivedCapabilities?.routeRefreshOld !== true)
    return false;
  output.send(neighbour, [message(family.family, REFRESH.request)], 'routeRefresh');
  return true;
}

/** Removes the neighbour's paths that are still marked stale. */
export function clearStale(
  speaker: Speaker,
  listener: TableListener,
  neighbour: Neighbour,
  family: BgpFamily,
): void {
  for (const path of [...pathsOf(speaker, neighbour, family)])
    if (path.stale) removePath(speaker, listener, path);
}

export function markStale(speaker: Speaker, neighbour: Neighbour, family: BgpFamily): void {
  for (const path of pathsOf(speaker, neighbour, family)) {
    if (path.removed) continue;
    path.stale = true;
    speaker.schedule(path.destination);
  }
}

/** A ROUTE-REFRESH came. */
export function receiveRefresh(
  speaker: Speaker,
  listener: TableListener,
  output: SessionOutput,
  neighbour: Neighbour,
  body: Uint8Array,
): Notification | null {
  const decoded = decodeRouteRefresh(body);
  if (!decoded.ok) return decoded.error;
  const { family: name, subtype } = decoded.value;
  const family = name === undefined ? undefined : neighbour.family(name);
  if (family === undefined || !family.negotiated) return null;
  const enhanced =
    neighbour.sentCapabilities?.enhancedRouteRefresh === true &&
    neighbour.receivedCapabilities?.enhancedRouteRefresh === true;
  if (subtype === REFRESH.begin) {
    if (enhanced) markStale(speaker, neighbour, family.family);
    return null;
  }
  if (subtype === REFRESH.end) {
    clearStale(speaker, listener, neighbour, family.family);
    return null;
  }
  if (enhanced) output.send(neighbour, [message(family.family, REFRESH.begin)], 'routeRefresh');
  announceTable(speaker, neighbour, family, true);
  output.flushNow(speaker, neighbour);
  if (enhanced) output.send(neighbour, [message(family.family, REFRESH.end)], 'routeRefresh');
  return null;
}
