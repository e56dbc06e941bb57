/** The routes of interfaces' own networks. */
import { comparePrefixes, formatPrefix, network, type Prefix } from '../prefix.ts';
import type { ZebraLink, ZebraLinks } from './links.ts';
import type { Rib } from './rib.ts';
import { BLACKHOLE } from './route-forms.ts';
import { NEW_ROUTE, type RouteEntry } from './route.ts';

const isLoopbackNetwork = (prefix: Prefix): boolean =>
  (prefix.family === 4 && prefix.address >> 24n === 127n) || (prefix.family === 6 && prefix.address === 1n);

/** An address came to, or left, an interface; or the interface that has it came up or went down. */
export function connectedChanged(
  rib: Rib,
  links: ZebraLinks,
  one: ZebraLink,
  address: Prefix,
  present: boolean,
  now: number,
): void {
  const table = links.tableOf(one.vrf);
  if (table === undefined || isLoopbackNetwork(address)) return;
  const prefix = network(address);
  const isThis = (entry: RouteEntry): boolean =>
    entry.protocol === 'connected' && entry.nexthops[0]?.ifindex === one.index;
  if (!present) {
    // Another address of the same network keeps the route.
    const kept = links
      .interface(one.vrf, one.name)
      ?.addresses.some(
        (other) =>
          comparePrefixes(other, address) !== 0 && formatPrefix(network(other)) === formatPrefix(prefix),
      );
    if (!kept || !one.operative) rib.remove(one.vrf, prefix, isThis);
    return;
  }
  if (rib.table(one.vrf, prefix.family).find(prefix)?.entries.some(isThis)) return;
  rib.add({
    ...NEW_ROUTE,
    protocol: 'connected',
    vrf: one.vrf,
    prefix,
    table,
    since: now,
    nexthops: [
      {
        ...BLACKHOLE,
        kind: 'interface',
        ifindex: one.index,
        interface: one.name,
        vrf: one.vrf,
        reject: null,
      },
    ],
  });
}
