/** Whether a next hop can be reached, and through what: connected networks, or other routes where that is allowed. */
import { isLinkLocal, formatPrefix, widthOf, type Prefix } from '../prefix.ts';
import type { RouteEntry, RouteNexthop, RouteNode, RouteTable } from './route.ts';
import { forwardingNexthops, selectedEntry } from './route.ts';

/** What resolution asks about the host. */
export interface ResolveContext {
  readonly table: (vrf: string, family: 4 | 6) => RouteTable;
  /** Up with a carrier. */
  readonly operative: (interfaceName: string, vrf: string) => { readonly index: number } | undefined;
  /** `ip nht resolve-via-default`. */
  readonly viaDefault: boolean;
}

const isDefault = (node: RouteNode): boolean => node.prefix.length === 0;

const inactive = (hop: RouteNexthop): RouteNexthop => ({
  ...hop,
  active: false,
  recursive: false,
  resolved: [],
});

/** The connected route's interface; where one is given, that of the connected route over it. */
function connectedWay(node: RouteNode, match: RouteEntry, hop: RouteNexthop): RouteNexthop | undefined {
  if (!hop.isPinned) return match.nexthops[0];
  return node.entries
    .filter((entry) => entry.protocol === 'connected')
    .map((entry) => entry.nexthops[0])
    .find((through) => through?.interface === hop.interface);
}

/**
 * A next hop as it stands now. `own`: the prefix of the route itself, which cannot resolve it. `given`: the kernel said over
 * which device it goes; `direct`: only a connected network may hold it; `recursive`: any other route as well.
 */
export function resolveNexthop(
  typed: RouteNexthop,
  own: Prefix,
  how: 'given' | 'direct' | 'recursive',
  context: ResolveContext,
): RouteNexthop {
  if (typed.kind === 'blackhole') return { ...typed, active: true };
  const given = typed.isPinned ? context.operative(typed.interface ?? '', typed.vrf) : undefined;
  if (typed.isPinned && given === undefined) return inactive(typed);
  const hop =
    given === undefined || given.index === typed.ifindex ? typed : { ...typed, ifindex: given.index };
  const { gateway } = hop;
  const named =
    hop.interface !== null &&
    (how === 'given' || hop.kind === 'interface' || hop.onlink || (gateway && isLinkLocal(gateway)));
  if (named || gateway === null) {
    const device = hop.interface === null ? undefined : context.operative(hop.interface, hop.vrf);
    if (device === undefined) return inactive(hop);
    return hop.active && hop.ifindex === device.index ? hop : { ...hop, ifindex: device.index, active: true };
  }
  const table = context.table(hop.vrf, gateway.family);
  for (const node of table.covering(gateway.address)) {
    // A route cannot stand on itself; only a route to a host is looked past.
    if (formatPrefix(node.prefix) === formatPrefix(own)) {
      if (own.length === widthOf(own.family)) continue;
      return inactive(hop);
    }
    if (isDefault(node) && !context.viaDefault) return inactive(hop);
    const match = selectedEntry(node);
    if (!match) continue;
    if (match.protocol === 'connected') {
      const through = connectedWay(node, match, hop);
      const device = through?.interface ? context.operative(through.interface, hop.vrf) : undefined;
      return device && through
        ? {
            ...hop,
            ifindex: device.index,
            interface: through.interface,
            active: true,
            recursive: false,
            resolved: [],
          }
        : inactive(hop);
    }
    if (how !== 'recursive' || !match.installed) return inactive(hop);
    const resolved = forwardingNexthops(match.nexthops)
      .filter((through) => !hop.isPinned || through.interface === hop.interface)
      .map((through): RouteNexthop => ({
        ...through,
        gateway: through.gateway ?? (through.kind === 'blackhole' ? null : gateway),
        kind: through.kind === 'blackhole' ? 'blackhole' : 'gateway',
        isPinned: through.kind !== 'blackhole',
        // The gateway stands on that interface, though none of its networks says so.
        onlink: through.onlink || through.kind === 'interface',
        weight: hop.weight,
      }));
    return resolved.length === 0 ? inactive(hop) : { ...hop, active: true, recursive: true, resolved };
  }
  return inactive(hop);
}
