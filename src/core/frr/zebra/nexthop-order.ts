/** In which order zebra keeps the next hops of a route, whoever brought it (`nexthop_cmp`). */
import type { RouteNexthop } from './route.ts';
import type { ZebraLinks } from './links.ts';

/** `NEXTHOP_TYPE_*`. */
const kindOf = ({ kind, gateway, isPinned }: RouteNexthop): number =>
  kind === 'blackhole' ? 6 : gateway === null ? 1 : (gateway.family === 4 ? 2 : 4) + (isPinned ? 1 : 0);

/** By VRF, kind, weight, gateway, and by the interface where one was given. */
export function inOrder(nexthops: readonly RouteNexthop[], links: ZebraLinks): RouteNexthop[] {
  const vrfOf = (hop: RouteNexthop): number => links.vrfs.get(hop.vrf)?.id ?? 0;
  const ifindexOf = (hop: RouteNexthop): number =>
    hop.gateway !== null && !hop.isPinned
      ? 0
      : ((hop.interface === null ? undefined : links.interface(hop.vrf, hop.interface)?.index) ??
        hop.ifindex);
  return nexthops.toSorted((a, b) => {
    const [one, other] = [a.gateway?.address ?? 0n, b.gateway?.address ?? 0n];
    return (
      vrfOf(a) - vrfOf(b) ||
      kindOf(a) - kindOf(b) ||
      a.weight - b.weight ||
      (one < other ? -1 : one > other ? 1 : 0) ||
      ifindexOf(a) - ifindexOf(b)
    );
  });
}
