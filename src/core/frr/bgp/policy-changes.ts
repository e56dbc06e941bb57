/** Route maps and lists changed: who uses them, and when that counts. */
import { BGP_FAMILIES } from '../config/bgp-config.ts';
import type { ConfigChange } from '../config/frr-config.ts';
import { aggregateConfigured } from './aggregate.ts';
import type { Daemon } from './configured-daemon.ts';
import { familyChanged, redistributeChanged } from './instance-changes.ts';
import { refreshAllImports, refreshImports } from './leak.ts';
import type { NeighbourFamily } from './neighbour.ts';
import { refreshNetwork } from './originate.ts';
import { announceTable } from './outbound.ts';
import { originateDefault } from './default-route.ts';
import { judgeAgain } from './refresh.ts';
import type { Speaker } from './speaker.ts';

/** Lists used by neighbours count at once towards them; what goes through route maps waits a little. */
export function policyChanged(
  daemon: Daemon,
  change: Extract<ConfigChange, { readonly kind: `${string}-list` | 'route-map' }>,
): void {
  if (change.kind === 'route-map' || isUsedByRouteMap(daemon, change.name)) daemon.routeMapsChanged();
  if (change.kind === 'route-map') return;
  for (const speaker of daemon.instances.values())
    for (const neighbour of speaker.peers.values())
      for (const family of neighbour.families.values())
        if (family.initialised && usesOutbound(family, change.name))
          announceTable(speaker, neighbour, family);
}

const isUsedByRouteMap = (daemon: Daemon, list: string): boolean => {
  for (const map of daemon.host.config.routeMaps.values())
    for (const entry of map.entries)
      for (const { argument } of [...entry.matches, ...entry.sets])
        if (argument.split(' ').includes(list)) return true;
  return false;
};

const usesOutbound = ({ options }: NeighbourFamily, name: string): boolean =>
  options.prefixListOut === name || options.distributeListOut === name || options.filterListOut === name;

/** Route maps changed a while ago: what went through them is judged again. */
export function applyRouteMaps(daemon: Daemon, speaker: Speaker): void {
  for (const neighbour of speaker.peers.values()) {
    if (!neighbour.isEstablished) continue;
    for (const family of neighbour.families.values()) {
      if (!family.negotiated) continue;
      if (family.options.routeMapIn !== undefined)
        judgeAgain(speaker, daemon.listener, daemon.output, neighbour, family);
      const { routeMapOut, unsuppressMap } = family.options;
      if (family.initialised && (routeMapOut !== undefined || unsuppressMap !== undefined))
        announceTable(speaker, neighbour, family);
      if (family.initialised) originateDefault(speaker, neighbour, family);
    }
  }
  for (const family of BGP_FAMILIES) {
    const block = speaker.config.families[family];
    if (block.options.tableMap !== undefined) familyChanged(daemon, speaker, family, 'tableMap');
    for (const { prefix, routeMap } of block.networks.values())
      if (routeMap !== null) refreshNetwork(speaker, daemon.listener, family, prefix);
    for (const { prefix, routeMap, suppressMap } of block.aggregates.values())
      if (routeMap !== null || suppressMap !== null)
        aggregateConfigured(speaker, daemon.listener, family, prefix, 'whole');
    for (const [key, { routeMap }] of block.redistribute)
      if (routeMap !== null) redistributeChanged(daemon, speaker, family, key);
    const { importVrfRouteMap, routeMapVpnImport, routeMapVpnExport } = block.options;
    if (routeMapVpnExport !== undefined) refreshAllImports(daemon.host, daemon.listener, family);
    else if (importVrfRouteMap !== undefined || routeMapVpnImport !== undefined)
      refreshImports(speaker, daemon.listener, family);
  }
}
