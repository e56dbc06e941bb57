/** `show ip protocol`: the route map that stands between zebra and each source of routes. */
import { protocolMapKey, type FrrConfig } from '../config/frr-config.ts';
import type { Family } from '../prefix.ts';

/** All names that zebra has for sources of routes, in its order. */
const NAMES = [
  'system',
  'kernel',
  'connected',
  'static',
  'rip',
  'ripng',
  'ospf',
  'ospf6',
  'isis',
  'bgp',
  'pim',
  'eigrp',
  'nhrp',
  'hsls',
  'olsr',
  'table',
  'ldp',
  'vnc',
  'vnc-direct',
  'vnc-rn',
  'bgp-direct',
  'bgp-direct-to-nve-groups',
  'babel',
  'sharp',
  'pbr',
  'bfd',
  'openfabric',
  'vrrp',
  'zebra',
  'srte',
  'wildcard',
  'any',
] as const;

/** What the maps are asked about. Lines of `ip nht ... route-map` are refused by name: there is none of the second kind. */
export type MapUse = 'routes' | 'next hops';

/** The table of one VRF. */
export const protocolMaps = (config: FrrConfig, vrf: string, family: Family, use: MapUse): string =>
  [
    `VRF: ${vrf}\n`,
    'Protocol                  : route-map\n',
    '-------------------------------------\n',
    ...NAMES.map((name) => {
      const map =
        use === 'next hops' ? undefined : config.protocolMaps.get(protocolMapKey(vrf, family, name));
      return `${name.padEnd(24)}  : ${map === undefined ? 'none' : map.padEnd(10)}\n`;
    }),
  ].join('');
