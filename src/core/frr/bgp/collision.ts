/** Two connections to one neighbour: which of them gives way, and what the other takes over (RFC 4271 6.8). */
import { addCounts, type Neighbour } from './neighbour.ts';
import type { SessionData } from './session-data.ts';
import type { Speaker } from './speaker.ts';

/** `session` brought an OPEN: the connection that must go because of it; null: both may stay for now. */
export function collisionLoser(
  speaker: Speaker,
  neighbour: Neighbour,
  session: SessionData,
  remoteRouterId: number,
): SessionData | null {
  const other = session === neighbour.session ? neighbour.incoming : neighbour.session;
  if (other === null) return null;
  if (other.state === 'Established' || other.state === 'Clearing') return session;
  if (other.state !== 'OpenConfirm' && other.state !== 'OpenSent') return null;
  const theirsWins =
    speaker.routerId < remoteRouterId ||
    (speaker.routerId === remoteRouterId && neighbour.localAs < neighbour.remoteAs);
  const otherLoses = theirsWins ? !other.accepted : other.accepted;
  return otherLoses ? other : session;
}

/** The counters of the neighbour's session go on in the connection that takes its place. */
export function carryCounts(from: SessionData, to: SessionData): void {
  for (const [old, now] of [
    [from.sent, to.sent],
    [from.received, to.received],
  ] as const) {
    addCounts(now, old);
    now.update += old.update;
    now.routeRefresh += old.routeRefresh;
  }
}
