/** Which of the routes to one prefix zebra selects, and which of them a new one replaces. */
import { sameValue } from '../same-value.ts';
import { forwardingNexthops, type RouteEntry, type RouteNexthop } from './route.ts';

/** Routes that the kernel has without zebra: they are never installed by it. */
export const isSystem = (entry: RouteEntry): boolean =>
  entry.protocol === 'kernel' || entry.protocol === 'connected';

/**
 * The better of two routes to one prefix: `current` stays unless `other` is at least as good. `isLoopback`: a connected one is
 * that of a loopback device, or of a VRF's.
 */
export function better(
  current: RouteEntry,
  other: RouteEntry,
  isLoopback: (entry: RouteEntry) => boolean,
): RouteEntry {
  if (other.protocol === 'connected') {
    if (current.protocol !== 'connected' || isLoopback(other)) return other;
    return !isLoopback(current) && other.metric <= current.metric ? other : current;
  }
  if (current.protocol === 'connected') return current;
  if (other.distance !== current.distance) return other.distance < current.distance ? other : current;
  return other.metric <= current.metric ? other : current;
}

/** How far the next hops of a route may be looked for. */
export const waysOf = (entry: RouteEntry): 'given' | 'direct' | 'recursive' =>
  isSystem(entry) ? 'given' : entry.allowRecursion ? 'recursive' : 'direct';

/** Whether a new route takes the old one's place: one a protocol; kernel routes by metric, connected ones by interface. */
export function sameSource(a: RouteEntry, b: RouteEntry): boolean {
  if (a.protocol !== b.protocol || a.instance !== b.instance || a.table !== b.table) return false;
  if (a.protocol === 'kernel') return a.metric === b.metric && a.distance === b.distance;
  if (a.protocol === 'connected') return a.nexthops[0]?.ifindex === b.nexthops[0]?.ifindex;
  if (a.protocol === 'static') return a.distance === b.distance;
  return true;
}

/** Whether packets would take the same way. */
export const sameHops = (a: readonly RouteNexthop[], b: readonly RouteNexthop[]): boolean =>
  sameValue(forwardingNexthops(a), forwardingNexthops(b));
