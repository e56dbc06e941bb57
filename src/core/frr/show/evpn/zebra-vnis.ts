/** What zebra shows of EVPN: `show evpn`, its VNIs, MAC addresses and neighbours. */
import { formatIpv4, formatMac } from '../../../base/address.ts';
import { formatAddress } from '../../prefix.ts';
import type { EvpnMac, EvpnNeighbour, VniTables } from '../../zebra/evpn/vni-tables.ts';
import type { ShowContext } from '../context.ts';
import { l3Row, l3RowJson } from './l3-vnis.ts';
import { prettyJson, type JsonObject } from '../json.ts';
import { uptimeOf } from '../time.ts';

const MAC_FLAGS = 'Flags: N=sync-neighs, I=local-inactive, P=peer-active, X=peer-proxy\n';
const MAC_COLUMNS = `${'MAC'.padEnd(17)} ${'Type'.padEnd(6)} ${'Flags'.padEnd(5)} ${'Intf/Remote ES/VTEP'.padEnd(30)} ${'VLAN'.padEnd(5)} Seq #'s\n`;
const NEIGHBOUR_FLAGS = 'Flags: I=local-inactive, P=peer-active, X=peer-proxy\n';

const tenantOf = ({ devices }: VniTables): string => devices.svi?.vrf ?? 'default';

const linkName = (context: ShowContext, ifindex: number): string =>
  context.zebra.kernelInterfaces().find((one) => one.index === ifindex)?.name ?? '-';

const vteps = (tables: VniTables): string[] => tables.vteps.map(({ address }) => formatIpv4(address));

const hours = (seconds: number): string =>
  [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');

export function evpnText({ zebra: { evpn } }: ShowContext, json: boolean): string {
  if (!evpn.enabled) return '';
  const layer2 = evpn.vnis.size;
  const layer3 = evpn.l3.list().length;
  const left = evpn.startupDelayLeft;
  const timer = left === null ? '--:--:--' : hours(left);
  if (json)
    return prettyJson({
      advertiseGatewayMacip: 'No',
      numVnis: layer2 + layer3,
      numL2Vnis: layer2,
      numL3Vnis: layer3,
      isDuplicateAddrDetection: true,
      maxMoves: 5,
      detectionTime: 180,
      detectionFreezeTime: 0,
      macHoldtime: 1080,
      neighHoldtime: 1080,
      startupDelay: 180,
      startupDelayTimer: timer,
      uplinkConfigCount: 0,
      uplinkActiveCount: 0,
      protodownReasons: left === null ? undefined : ['startupDelay'],
    });
  return [
    `L2 VNIs: ${layer2}`,
    `L3 VNIs: ${layer3}`,
    'Advertise gateway mac-ip: No',
    'Advertise svi mac-ip: No',
    'Advertise svi mac: No',
    'Duplicate address detection: Enable',
    '  Detection max-moves 5, time 180',
    'EVPN MH:',
    '  mac-holdtime: 1080s, neigh-holdtime: 1080s',
    `  startup-delay: 180s, start-delay-timer: ${timer}`,
    '  uplink-cfg-cnt: 0, uplink-active-cnt: 0',
    ...(left === null ? [] : ['  protodown reasons: (startup-delay)']),
    '',
  ].join('\n');
}

/** `show evpn vni`. */
export function vniList(context: ShowContext, json: boolean): string {
  const { evpn } = context.zebra;
  if (!evpn.enabled) return '';
  const list = [...evpn.vnis.values()];
  const device = (tables: VniTables): string => linkName(context, tables.devices.vxlan);
  if (json)
    return prettyJson(
      Object.fromEntries([
        ...list.map((tables): [string, JsonObject] => [
          String(tables.vni),
          {
            vni: tables.vni,
            type: 'L2',
            vxlanIf: device(tables),
            numMacs: tables.macCount,
            numArpNd: tables.neighbours.size,
            numRemoteVteps: tables.vteps.length,
            tenantVrf: tenantOf(tables),
            remoteVteps: tables.vteps.length === 0 ? undefined : vteps(tables),
          },
        ]),
        ...evpn.l3.list().map((vni): [string, JsonObject] => [String(vni.vni), l3RowJson(vni)]),
      ]),
    );
  const rows = [
    ...list.map((tables) => [
      tables.vni,
      'L2',
      device(tables),
      tables.macCount,
      tables.neighbours.size,
      tables.vteps.length,
      tenantOf(tables),
    ]),
    ...evpn.l3.list().map(l3Row),
  ];
  const widths = [10, 4, 21, 8, 8, 15, 37];
  return [['VNI', 'Type', 'VxLAN IF', '# MACs', '# ARPs', '# Remote VTEPs', 'Tenant VRF'], ...rows]
    .map((cells) => `${cells.map((cell, at) => String(cell).padEnd(widths[at] ?? 0)).join(' ')}\n`)
    .join('');
}

/** `show evpn vni N`. */
export function vniDetail(context: ShowContext, tables: VniTables): string {
  const { devices } = tables;
  return [
    `VNI: ${tables.vni}`,
    ' Type: L2',
    ` Tenant VRF: ${tenantOf(tables)}`,
    ` VxLAN interface: ${linkName(context, devices.vxlan)}`,
    ` VxLAN ifIndex: ${devices.vxlan}`,
    ` SVI interface: ${devices.svi?.name ?? ''}`,
    ` SVI ifIndex: ${devices.svi?.ifindex ?? 0}`,
    ` Local VTEP IP: ${formatIpv4(devices.local)}`,
    ` Mcast group: ${formatIpv4(devices.group)}`,
    ...(tables.vteps.length === 0
      ? [' No remote VTEPs known for this VNI']
      : [
          ' Remote VTEPs for this VNI:',
          ...tables.vteps.map(
            ({ address, floods }) => `  ${formatIpv4(address)} flood: ${floods ? 'HER' : '-'}`,
          ),
        ]),
    ` Number of MACs (local and remote) known for this VNI: ${tables.macCount}`,
    ` Number of ARPs (IPv4 and IPv6, local and remote) known for this VNI: ${tables.neighbours.size}`,
    ' Advertise-gw-macip: No',
    ' Advertise-svi-macip: No',
    '',
  ].join('\n');
}

export const vniDetailJson = (context: ShowContext, tables: VniTables): JsonObject => ({
  vni: tables.vni,
  type: 'L2',
  vrf: tenantOf(tables),
  vxlanInterface: linkName(context, tables.devices.vxlan),
  ifindex: tables.devices.vxlan,
  sviInterface: tables.devices.svi?.name,
  sviIfindex: tables.devices.svi?.ifindex,
  vtepIp: formatIpv4(tables.devices.local),
  mcastGroup: formatIpv4(tables.devices.group),
  advertiseGatewayMacip: 'No',
  advertiseSviMacip: 'No',
  numMacs: tables.macCount,
  numArpNd: tables.neighbours.size,
  numRemoteVteps: tables.vteps.length === 0 ? undefined : vteps(tables),
});

/** Rows of addresses that are on a port or behind a VTEP; of one VTEP if asked. */
const shownMacs = (tables: VniTables, vtep: number | null): EvpnMac[] =>
  [...tables.macs.values()].filter((mac) =>
    vtep === null ? mac.isLocal || mac.isRemote : mac.isRemote && mac.vtep === vtep,
  );

const macRow = (context: ShowContext, mac: EvpnMac): string =>
  `${formatMac(mac.mac)} ${(mac.isLocal ? 'local' : 'remote').padEnd(6)} ${''.padEnd(5)} ${(mac.isLocal
    ? linkName(context, mac.port)
    : formatIpv4(mac.vtep)
  ).padEnd(30)} ${''.padEnd(5)} ${mac.localSequence}/${mac.remoteSequence}\n`;

const macJson = (context: ShowContext, mac: EvpnMac): JsonObject => ({
  type: mac.isLocal ? 'local' : 'remote',
  ...(mac.isLocal ? { intf: linkName(context, mac.port) } : { remoteVtep: formatIpv4(mac.vtep) }),
  localSequence: mac.localSequence,
  remoteSequence: mac.remoteSequence,
  detectionCount: 0,
  isDuplicate: false,
});

/** `show evpn mac vni all`: every VNI with its addresses. */
export function allMacs(context: ShowContext, vtep: number | null): string {
  return [...context.zebra.evpn.vnis.values()]
    .map((tables) => {
      const macs = shownMacs(tables, vtep);
      if (macs.length === 0) return '';
      const head =
        vtep === null
          ? `\nVNI ${tables.vni} #MACs (local and remote) ${tables.macCount}\n\n${MAC_FLAGS}`
          : `\nVNI ${tables.vni}\n\n`;
      return `${head}${MAC_COLUMNS}${macs.map((mac) => macRow(context, mac)).join('')}`;
    })
    .join('');
}

export const macsJson = (context: ShowContext, tables: VniTables): JsonObject => ({
  numMacs: tables.macCount,
  macs: Object.fromEntries(
    shownMacs(tables, null).map((mac): [string, JsonObject] => [formatMac(mac.mac), macJson(context, mac)]),
  ),
});

/** `show evpn mac vni N`. */
export function macsOf(context: ShowContext, tables: VniTables): string {
  if (tables.macCount === 0) return '';
  return `Number of MACs (local and remote) known for this VNI: ${tables.macCount}\n${MAC_FLAGS}${MAC_COLUMNS}${shownMacs(
    tables,
    null,
  )
    .map((mac) => macRow(context, mac))
    .join('')}`;
}

/** `show evpn mac vni N mac M`. */
export function macDetail(context: ShowContext, mac: EvpnMac): string {
  const place = mac.isLocal
    ? ` Intf: ${linkName(context, mac.port)}(${mac.port}) VLAN: 0`
    : mac.isRemote
      ? ` Remote VTEP: ${formatIpv4(mac.vtep)}`
      : ' Auto Mac ';
  const neighbours = [...mac.neighbours].map(
    ({ ip, isActive }) => `    ${formatAddress(ip)} ${isActive ? 'Active' : 'Inactive'}`,
  );
  return [
    `MAC: ${formatMac(mac.mac)}`,
    `${place}${mac.isSticky ? ' Sticky Mac ' : ''}${mac.isRemoteGateway ? ' Remote-gateway Mac ' : ''}`,
    ' Sync-info: neigh#: 0',
    ` Local Seq: ${mac.localSequence} Remote Seq: ${mac.remoteSequence}`,
    ` Uptime: ${uptimeOf(mac.since, context.clock.now())}`,
    ' Neighbors:',
    ...(neighbours.length === 0 ? ['    No Neighbors'] : neighbours),
    '',
    '',
  ].join('\n');
}

export function macDetailJson(context: ShowContext, mac: EvpnMac): JsonObject {
  const named = (isActive: boolean): string[] =>
    [...mac.neighbours].filter((one) => one.isActive === isActive).map(({ ip }) => formatAddress(ip));
  return {
    [formatMac(mac.mac)]: {
      ...(mac.isLocal
        ? { type: 'local', intf: linkName(context, mac.port), ifindex: mac.port }
        : mac.isRemote
          ? { type: 'remote', remoteVtep: formatIpv4(mac.vtep) }
          : { type: 'auto' }),
      stickyMac: mac.isSticky ? true : undefined,
      remoteGatewayMac: mac.isRemoteGateway ? true : undefined,
      uptime: uptimeOf(mac.since, context.clock.now()),
      localSequence: mac.localSequence,
      remoteSequence: mac.remoteSequence,
      detectionCount: 0,
      isDuplicate: false,
      syncNeighCount: 0,
      neighbors: mac.neighbours.size === 0 ? 'none' : { active: named(true), inactive: named(false) },
    },
  };
}

const widthOf = (list: readonly EvpnNeighbour[]): number =>
  Math.max(15, ...list.map(({ ip }) => formatAddress(ip).length));

const neighbourRow = (one: EvpnNeighbour, width: number): string =>
  `${formatAddress(one.ip).padEnd(width)} ${(one.isLocal ? 'local' : 'remote').padEnd(6)} ${''.padEnd(5)} ${(one.isActive
    ? 'active'
    : 'inactive'
  ).padEnd(
    8,
  )} ${formatMac(one.mac.mac)} ${(one.isLocal ? '' : formatIpv4(one.vtep)).padEnd(30)} ${one.localSequence}/${one.remoteSequence}\n`;

function neighbourTable(list: readonly EvpnNeighbour[]): string {
  const width = widthOf(list);
  const columns = `${'Neighbor'.padEnd(width)} ${'Type'.padEnd(6)} ${'Flags'.padEnd(5)} ${'State'.padEnd(8)} ${'MAC'.padEnd(17)} ${'Remote ES/VTEP'.padEnd(30)} Seq #'s\n`;
  return `${NEIGHBOUR_FLAGS}${columns}${list.map((one) => neighbourRow(one, width)).join('')}`;
}

/** `show evpn arp-cache vni all`. */
export const allNeighbours = ({ zebra: { evpn } }: ShowContext): string =>
  [...evpn.vnis.values()]
    .map((tables) => {
      const list = [...tables.neighbours.values()];
      return `\nVNI ${tables.vni} #ARP (IPv4 and IPv6, local and remote) ${list.length}\n\n${
        list.length === 0 ? '' : neighbourTable(list)
      }`;
    })
    .join('');

/** `show evpn arp-cache vni N`. */
export function neighboursOf(tables: VniTables): string {
  const list = [...tables.neighbours.values()];
  return list.length === 0
    ? ''
    : `Number of ARPs (local and remote) known for this VNI: ${list.length}\n${neighbourTable(list)}`;
}

export const neighboursJson = (tables: VniTables): JsonObject => ({
  numArpNd: tables.neighbours.size,
  ...Object.fromEntries(
    [...tables.neighbours.values()].map((one): [string, JsonObject] => [
      formatAddress(one.ip),
      {
        type: one.isLocal ? 'local' : 'remote',
        state: one.isActive ? 'active' : 'inactive',
        mac: formatMac(one.mac.mac),
        remoteVtep: one.isLocal ? undefined : formatIpv4(one.vtep),
        localSequence: one.localSequence,
        remoteSequence: one.remoteSequence,
        detectionCount: 0,
        isDuplicate: false,
      },
    ]),
  ),
});

/** `show evpn arp-cache vni N ip A`. */
export const neighbourDetail = (context: ShowContext, one: EvpnNeighbour): string =>
  [
    `IP: ${formatAddress(one.ip)}`,
    ` Type: ${one.isLocal ? 'local' : 'remote'}`,
    ` State: ${one.isActive ? 'active' : 'inactive'}`,
    ` Uptime: ${uptimeOf(one.since, context.clock.now())}`,
    ` MAC: ${formatMac(one.mac.mac)}`,
    ' Sync-info: -',
    ...(one.isLocal ? [] : [` Remote VTEP: ${formatIpv4(one.vtep)}`]),
    ...(one.isRouter ? [' Flags: Router'] : []),
    ` Local Seq: ${one.localSequence} Remote Seq: ${one.remoteSequence}`,
    '',
  ].join('\n');
