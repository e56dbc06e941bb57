/** `show ip protocol`: the route map that stands between zebra and each source of routes. */
import { protocolMapKey, type FrrConfig } from '../config/frr-config.ts';
import type { Family } from '../prefix.ts';
import { ROUTE_SOURCES } from '../route-protocol.ts';

/** What the maps are asked about. Lines of `ip nht ... route-map` are refused by name: there is none of the second kind. */
export type MapUse = 'routes' | 'next hops';

/** The table of one VRF. */
export const protocolMaps = (config: FrrConfig, vrf: string, family: Family, use: MapUse): string =>
  [
    `VRF: ${vrf}\n`,
    'Protocol                  : route-map\n',
    '-------------------------------------\n',
    ...ROUTE_SOURCES.map((name) => {
      const map =
        use === 'next hops' ? undefined : config.protocolMaps.get(protocolMapKey(vrf, family, name));
      return `${name.padEnd(24)}  : ${map === undefined ? 'none' : map.padEnd(10)}\n`;
    }),
  ].join('');
