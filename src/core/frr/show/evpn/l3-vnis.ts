/** What zebra shows of layer 3 VNIs: the VNI of a VRF, the routers of other VTEPs, and the next hops of its routes. */
import { formatIpv4, formatMac } from '../../../base/address.ts';
import { formatAddress, formatPrefix, type Prefix } from '../../prefix.ts';
import type { L3Vni, RouterMac, RouterNexthop } from '../../zebra/evpn/l3-vni.ts';
import type { ShowContext } from '../context.ts';
import { prettyJson, type JsonObject } from '../json.ts';

const vxlanOf = ({ devices }: L3Vni): string => devices.vxlan?.name ?? 'None';
const sviOf = ({ devices }: L3Vni): string => devices.svi?.name ?? 'None';
const stateOf = ({ isUp }: L3Vni): string => (isUp ? 'Up' : 'Down');
const macOf = ({ devices }: L3Vni): string => (devices.svi === null ? 'None' : formatMac(devices.svi.mac));
const filterOf = ({ prefixRoutesOnly }: L3Vni): string => (prefixRoutesOnly ? 'prefix-routes-only' : 'none');

/** A row of `show evpn vni`. */
export const l3Row = (vni: L3Vni): readonly (string | number)[] => [
  vni.vni,
  'L3',
  vxlanOf(vni),
  vni.macs.size,
  vni.nexthops.size,
  'n/a',
  vni.vrf,
];

export const l3RowJson = (vni: L3Vni): JsonObject => ({
  vni: vni.vni,
  vxlanIf: vxlanOf(vni),
  numMacs: vni.macs.size,
  numArpNd: vni.nexthops.size,
  numRemoteVteps: 'n/a',
  type: 'L3',
  tenantVrf: vni.vrf,
});

/** The layer 2 VNIs of the VRF. */
const layer2Of = ({ zebra }: ShowContext, { vrf }: L3Vni): number[] =>
  [...zebra.evpn.vnis.values()]
    .filter(({ devices }) => (devices.svi?.vrf ?? 'default') === vrf)
    .map(({ vni }) => vni)
    .sort((a, b) => a - b);

/** `show evpn vni N`. */
export const l3Detail = (context: ShowContext, vni: L3Vni): string =>
  [
    `VNI: ${vni.vni}`,
    '  Type: L3',
    `  Tenant VRF: ${vni.vrf}`,
    `  Local Vtep Ip: ${formatIpv4(vni.local)}`,
    `  Vxlan-Intf: ${vxlanOf(vni)}`,
    `  SVI-If: ${sviOf(vni)}`,
    `  State: ${stateOf(vni)}`,
    `  VNI Filter: ${filterOf(vni)}`,
    `  System MAC: ${macOf(vni)}`,
    `  Router MAC: ${macOf(vni)}`,
    `  L2 VNIs: ${layer2Of(context, vni)
      .map((one) => `${one} `)
      .join('')}`,
    '',
  ].join('\n');

export const l3DetailJson = (context: ShowContext, vni: L3Vni): JsonObject => ({
  vni: vni.vni,
  type: 'L3',
  localVtepIp: formatIpv4(vni.local),
  vxlanIntf: vxlanOf(vni),
  sviIntf: sviOf(vni),
  state: stateOf(vni),
  vrf: vni.vrf,
  sysMac: macOf(vni),
  routerMac: macOf(vni),
  vniFilter: filterOf(vni),
  l2Vnis: layer2Of(context, vni),
});

/** `show vrf vni`: VRFs by name. */
export function vrfVnis({ zebra }: ShowContext, json: boolean): string {
  const list = [...zebra.evpn.l3.list()].sort((a, b) => (a.vrf < b.vrf ? -1 : 1));
  if (json)
    return prettyJson({
      vrfs: list.map((vni) => ({
        vrf: vni.vrf,
        vni: vni.vni,
        vxlanIntf: vxlanOf(vni),
        sviIntf: sviOf(vni),
        state: stateOf(vni),
        routerMac: macOf(vni),
      })),
    });
  const widths = [37, 10, 20, 20, 5, 18];
  return [
    ['VRF', 'VNI', 'VxLAN IF', 'L3-SVI', 'State', 'Rmac'],
    ...list.map((vni) => [vni.vrf, vni.vni, vxlanOf(vni), sviOf(vni), stateOf(vni), macOf(vni)]),
  ]
    .map((cells) => `${cells.map((cell, at) => String(cell).padEnd(widths[at] ?? 0)).join(' ')}\n`)
    .join('');
}

// Routers of other VTEPs.

const macRows = ({ macs }: L3Vni): string =>
  [...macs.values()].map(({ mac, vtep }) => `${formatMac(mac)} ${formatIpv4(vtep).padEnd(21)}\n`).join('');

const macColumns = (first: string): string => `${first.padEnd(17)} ${'Remote VTEP'.padEnd(21)}\n`;

export const macsJson = ({ macs }: L3Vni): JsonObject => ({
  numRmacs: macs.size,
  ...Object.fromEntries(
    [...macs.values()].map(({ mac, vtep }): [string, JsonObject] => [
      formatMac(mac),
      { routerMac: formatMac(mac), vtepIp: formatIpv4(vtep) },
    ]),
  ),
});

/** `show evpn rmac vni N`. */
export const macsText = (vni: L3Vni): string =>
  `Number of Remote RMACs known for this VNI: ${vni.macs.size}\n${macColumns('MAC')}${macRows(vni)}`;

/** `show evpn rmac vni all`. */
export const allMacsText = (vni: L3Vni): string =>
  `\nVNI ${vni.vni} #RMACs ${vni.macs.size}\n\n${macColumns('RMAC')}${macRows(vni)}`;

export const macText = ({ mac, vtep }: RouterMac): string =>
  `MAC: ${formatMac(mac)}\n Remote VTEP: ${formatIpv4(vtep)}\n`;

export const macJson = ({ mac, vtep, vteps }: RouterMac): JsonObject => ({
  routerMac: formatMac(mac),
  vtepIp: formatIpv4(vtep),
  nexthops: [...vteps].sort((a, b) => a - b).map(formatIpv4),
});

// Next hops.

const nexthopRows = ({ nexthops }: L3Vni): string =>
  `${'IP'.padEnd(15)} ${'RMAC'.padEnd(17)}\n${[...nexthops.values()]
    .map(({ ip, mac }) => `${formatAddress(ip).padEnd(15)} ${formatMac(mac)}\n`)
    .join('')}`;

export const nexthopsJson = ({ nexthops }: L3Vni): JsonObject => ({
  numNextHops: nexthops.size,
  ...Object.fromEntries(
    [...nexthops.values()].map(({ ip, mac }): [string, JsonObject] => [
      formatAddress(ip),
      { nexthopIp: formatAddress(ip), routerMac: formatMac(mac) },
    ]),
  ),
});

/** `show evpn next-hops vni N`. */
export const nexthopsText = (vni: L3Vni): string =>
  `Number of NH Neighbors known for this VNI: ${vni.nexthops.size}\n${nexthopRows(vni)}`;

/** `show evpn next-hops vni all`. */
export const allNexthopsText = (vni: L3Vni): string =>
  `\nVNI ${vni.vni} #Next-Hops ${vni.nexthops.size}\n\n${nexthopRows(vni)}`;

/** As zebra's tree has them: by family, length, and the octets as a number of the machine. */
function sortedPrefixes({ prefixes }: RouterNexthop): string[] {
  const octets = ({ family, address }: Prefix): bigint => {
    if (family === 6) return address;
    let swapped = 0n;
    for (let at = 0n; at < 4n; at += 1n) swapped = (swapped << 8n) | ((address >> (8n * at)) & 0xffn);
    return swapped;
  };
  return [...prefixes.values()]
    .sort(
      (a, b) =>
        a.family - b.family ||
        a.length - b.length ||
        (octets(a) < octets(b) ? -1 : octets(a) > octets(b) ? 1 : 0),
    )
    .map(formatPrefix);
}

export const nexthopText = (nexthop: RouterNexthop): string =>
  [
    `Ip: ${formatAddress(nexthop.ip)}`,
    `  RMAC: ${formatMac(nexthop.mac)}`,
    `  Refcount: ${nexthop.prefixes.size}`,
    '  Prefixes:',
    ...sortedPrefixes(nexthop).map((prefix) => `    ${prefix}`),
    '',
  ].join('\n');

export const nexthopJson = (nexthop: RouterNexthop): JsonObject => ({
  ip: formatAddress(nexthop.ip),
  routerMac: formatMac(nexthop.mac),
  refCount: nexthop.prefixes.size,
  prefixList: sortedPrefixes(nexthop),
});
