import type { RawMessage } from './message/header.ts';
import type { Notification } from './message/notification.ts';
import type { Neighbour } from './neighbour.ts';
import type { Speaker } from './speaker.ts';

/** What the machine tells the rest of bgpd. */
export interface SessionEvents {
  established(speaker: Speaker, neighbour: Neighbour): void;
  /** The session is over. With `awaitsRestart` the neighbour's routes stay as stale ones. */
  ended(speaker: Speaker, neighbour: Neighbour): void;
  /** No connection with the neighbour is left. */
  left(speaker: Speaker, neighbour: Neighbour): void;
  /** What UPDATEs mean is not known to the machine. */
  update(speaker: Speaker, neighbour: Neighbour, message: RawMessage): Notification | null;
  routeRefresh(speaker: Speaker, neighbour: Neighbour, body: Uint8Array): Notification | null;
}
