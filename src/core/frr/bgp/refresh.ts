/** Asking a neighbour for its routes again, answering when it asks, and what became stale meanwhile (RFC 2918, RFC 7313). */
import type { BgpFamily } from '../config/bgp-config.ts';
import { announceSoon } from './announce-soon.ts';
import { pathsOf, reconsiderInbound } from './inbound.ts';
import { encodeMessage, MESSAGE_TYPE } from './message/header.ts';
import { runOf, type MessageRun } from './message/message-run.ts';
import type { Notification } from './message/notification.ts';
import { decodeRouteRefresh, encodeRouteRefresh, REFRESH } from './message/route-refresh.ts';
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import { SECOND, type Speaker } from './speaker.ts';
import { removePath, type TableListener } from './table-change.ts';

/** How long routes of a neighbour that restarts, or refreshes, are kept without its End-of-RIB, in seconds. */
export const STALE_PATH_TIME = 360;

/** How the parts of bgpd reach a neighbour's session. */
export interface SessionOutput {
  send(neighbour: Neighbour, run: MessageRun, kind: 'update' | 'routeRefresh'): void;
}

const message = (family: BgpFamily, subtype: number): MessageRun =>
  runOf([encodeMessage(MESSAGE_TYPE.routeRefresh, encodeRouteRefresh(family, subtype))]);

const canRefresh = ({ receivedCapabilities }: Neighbour): boolean =>
  receivedCapabilities?.routeRefresh === true || receivedCapabilities?.routeRefreshOld === true;

/** Asks the neighbour to send its routes once more. False: it cannot. */
export function requestRefresh(
  output: SessionOutput,
  neighbour: Neighbour,
  family: NeighbourFamily,
): boolean {
  if (!neighbour.isEstablished || !family.negotiated) return true;
  if (!canRefresh(neighbour)) return false;
  output.send(neighbour, message(family.family, REFRESH.request), 'routeRefresh');
  return true;
}

/** Policy towards the neighbour changed: its routes are judged again from the kept copies, or asked for. */
export function judgeAgain(
  speaker: Speaker,
  listener: TableListener,
  output: SessionOutput,
  neighbour: Neighbour,
  family: NeighbourFamily,
): void {
  if (!neighbour.isEstablished || !family.negotiated) return;
  if (family.options.softReconfigurationInbound === true)
    reconsiderInbound(speaker, listener, neighbour, family);
  else requestRefresh(output, neighbour, family);
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

/** Begins to answer: routes follow a moment later, and the end when nothing is left to send. */
function beginRefresh(
  speaker: Speaker,
  output: SessionOutput,
  neighbour: Neighbour,
  family: NeighbourFamily,
): void {
  output.send(neighbour, message(family.family, REFRESH.begin), 'routeRefresh');
  family.refreshBegun = true;
  announceSoon(speaker, neighbour, family, true);
}

/** Nothing is left to send: a refresh that was begun ends. */
export function endRefresh(output: SessionOutput, neighbour: Neighbour, family: NeighbourFamily): void {
  if (family.announcing !== null) return;
  family.forceUpdates = false;
  if (!family.refreshBegun) return;
  family.refreshBegun = false;
  output.send(neighbour, message(family.family, REFRESH.end), 'routeRefresh');
}

/** End-of-RIB is out: a neighbour that asked before is answered now. */
export function answerPending(
  speaker: Speaker,
  output: SessionOutput,
  neighbour: Neighbour,
  family: NeighbourFamily,
): void {
  if (!family.refreshPending) return;
  family.refreshPending = false;
  beginRefresh(speaker, output, neighbour, family);
}

/** A ROUTE-REFRESH came (`bgp_route_refresh_receive`): whatever it says, the table goes out again. */
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
  family.defaultOriginated = false;
  if (subtype === REFRESH.begin) {
    const tooEarly = neighbour.receivedCapabilities?.gracefulRestart != null && !family.endOfRibReceived;
    if (tooEarly || family.refreshing !== null) return null;
    markStale(speaker, neighbour, family.family);
    const seconds = speaker.config.options.gracefulRestartStalePathTime ?? STALE_PATH_TIME;
    family.refreshing = speaker.after(seconds * SECOND, () => {
      family.refreshing = null;
      clearStale(speaker, listener, neighbour, family.family);
    });
  } else if (subtype === REFRESH.end) {
    if (family.refreshing === null) return null;
    family.refreshing();
    family.refreshing = null;
    if (family.nonStop) clearStale(speaker, listener, neighbour, family.family);
  } else if (neighbour.receivedCapabilities?.enhancedRouteRefresh === true) {
    if (family.endOfRibSent) beginRefresh(speaker, output, neighbour, family);
    else family.refreshPending = true;
    return null;
  }
  announceSoon(speaker, neighbour, family, true);
  return null;
}
