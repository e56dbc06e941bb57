/** `maximum-prefix`: the neighbour sent more than it may; it stays away until it is cleared, or for as long as is typed. */
import { FAMILY_NUMBERS } from './message/family.table.ts';
import { CEASE, NOTIFICATION, notification, type Notification } from './message/notification.ts';
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import { SECOND, type Speaker } from './speaker.ts';

const SECONDS_A_MINUTE = 60;

/**
 * More prefixes are in the table than allowed: what the session ends with; null: it goes on, as with `warning-only`.
 * `always`: also when that was found before.
 */
export function maximumPrefixOverflow(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  always: boolean,
): Notification | null {
  const limit = family.options.maximumPrefix;
  if (limit === undefined) return null;
  if (family.acceptedCount <= limit.limit) {
    family.maximumPrefixReached = false;
    family.maximumPrefixWarned = family.acceptedCount > (limit.limit * limit.threshold) / 100;
    return null;
  }
  if (family.maximumPrefixReached && limit.warningOnly && !always) return null;
  family.maximumPrefixReached = true;
  if (limit.warningOnly) return null;
  neighbour.prefixOverflow = true;
  if (limit.restart !== null) restartLater(speaker, neighbour, limit.restart * SECONDS_A_MINUTE);
  const { afi, safi } = FAMILY_NUMBERS[family.family];
  const value = limit.limit;
  return notification(
    NOTIFICATION.cease,
    CEASE.maximumPrefix,
    Uint8Array.of(
      afi >>> 8,
      afi & 255,
      safi,
      value >>> 24,
      (value >>> 16) & 255,
      (value >>> 8) & 255,
      value & 255,
    ),
  );
}

function restartLater(speaker: Speaker, neighbour: Neighbour, seconds: number): void {
  neighbour.longTimers.get('maximumPrefixRestart')?.cancel();
  const cancel = speaker.after(seconds * SECOND, () => {
    neighbour.longTimers.delete('maximumPrefixRestart');
    neighbour.prefixOverflow = false;
    neighbour.startTime = 1;
    speaker.restart(neighbour);
  });
  neighbour.longTimers.set('maximumPrefixRestart', { due: speaker.now + seconds * SECOND, cancel });
}
