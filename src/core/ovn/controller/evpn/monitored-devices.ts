/**
 * The devices of the kernel with which a chassis exchanges neighbours for the logical switches that EVPN stretches, and what
 * it makes known on each (`neighbor_run`).
 */
import { parseIpv4, parseIpv6, parseMac } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import type { ChassisState } from '../chassis-state.ts';
import type { LogThread } from '../controller-log.ts';
import type { LocalDatapath } from '../local-datapaths.ts';
import { isSwitch, peerOf, portByName, portsOf } from '../southbound-index.ts';
import type { IpAddress } from '../route-exchange/route-kernel.ts';
import type { NeighbourFamily } from './neighbour-kernel.ts';

const MAX_VNI = 0xffffff;

export interface AnnouncedNeighbour {
  readonly mac: bigint;
  readonly ip: IpAddress | null;
}

export interface MonitoredDevice {
  readonly kind: 'vxlan' | 'loopback' | 'bridge';
  readonly name: string;
  readonly family: NeighbourFamily;
  readonly vni: number;
  readonly announced: readonly AnnouncedNeighbour[];
}

const OPTIONS = {
  vxlan: 'dynamic-routing-vxlan-ifname',
  loopback: 'dynamic-routing-advertise-ifname',
  bridge: 'dynamic-routing-bridge-ifname',
} as const;

/** The VNI of a switch; undefined when it is not stretched. */
function vniOf({ external_ids: ids }: SbRow<'Datapath_Binding'>): number | undefined {
  const text = ids.get('dynamic-routing-vni');
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const vni = Number(text);
  return vni > 0 && vni <= MAX_VNI ? vni : undefined;
}

/** Local switches by VNI; of several with one the first counts. */
export function evpnDatapaths({ datapaths }: ChassisState): ReadonlyMap<number, LocalDatapath> {
  const found = new Map<number, LocalDatapath>();
  for (const local of datapaths.values()) {
    if (!isSwitch(local.datapath)) continue;
    const vni = vniOf(local.datapath);
    if (vni !== undefined && !found.has(vni)) found.set(vni, local);
  }
  return found;
}

type Port = SbRow<'Port_Binding'>;

/** The port on whose place it depends where a port's addresses are made known: itself, its peer or the peer's gateway. */
function relevantPort({ sb }: ChassisState, port: Port): Port | undefined {
  switch (port.type) {
    case '':
    case 'virtual':
      return port;
    case 'l3gateway':
      return peerOf(sb, port);
    case 'patch': {
      const redirect = peerOf(sb, port)?.options.get('chassis-redirect-port');
      return redirect === undefined ? undefined : portByName(sb, redirect);
    }
    default:
      return undefined;
  }
}

const isHere = (state: ChassisState, port: Port): boolean =>
  relevantPort(state, port)?.chassis === state.chassis._uuid;

/** MAC addresses of the ports of a switch that are here. */
function localMacs(state: ChassisState, datapath: Uuid): AnnouncedNeighbour[] {
  const macs = new Set<bigint>();
  for (const port of portsOf(state.sb, datapath)) {
    const relevant = relevantPort(state, port);
    if (relevant?.chassis !== state.chassis._uuid) continue;
    for (const text of relevant.mac) {
      const mac = parseMac(text.trim().split(/\s+/)[0] ?? '');
      if (mac !== undefined) macs.add(mac);
    }
  }
  return [...macs].map((mac) => ({ mac, ip: null }));
}

/** Addresses with MACs that northd wants to be known, of ports that are here. */
function localAddresses(state: ChassisState, datapath: Uuid, family: 4 | 6): AnnouncedNeighbour[] {
  return [...state.sb.rows('Advertised_MAC_Binding')].flatMap((row): AnnouncedNeighbour[] => {
    if (row.datapath !== datapath) return [];
    const port = state.sb.get('Port_Binding', row.logical_port);
    const mac = parseMac(row.mac);
    const address = family === 4 ? parseIpv4(row.ip) : parseIpv6(row.ip);
    if (port === undefined || !isHere(state, port) || mac === undefined || address === undefined) return [];
    return [{ mac, ip: { family, address: BigInt(address) } }];
  });
}

/** Words of an option that lists them. */
const listed = (text: string | undefined): readonly string[] =>
  (text ?? '').split(',').filter((word) => word !== '');

export function monitoredDevices(state: ChassisState, log: LogThread): readonly MonitoredDevice[] {
  const devices: MonitoredDevice[] = [];
  for (const [vni, { datapath }] of evpnDatapaths(state)) {
    const ids = datapath.external_ids;
    const names = (kind: keyof typeof OPTIONS): readonly string[] => {
      const found = listed(ids.get(OPTIONS[kind]));
      const warn = (text: string): void => log.warn('neighbor', `Datapath ${datapath._uuid} ${text}`);
      if (found.length === 0) warn(`misses ${OPTIONS[kind]}`);
      if (found.length > 1 && kind !== 'vxlan') warn(`too many names provided for ${kind} device`);
      return found;
    };
    const makesKnown = listed(ids.get('dynamic-routing-redistribute'));
    for (const name of names('vxlan'))
      devices.push({ kind: 'vxlan', name, family: 'bridge', vni, announced: [] });
    const [loopback] = names('loopback');
    if (loopback !== undefined)
      devices.push({
        kind: 'loopback',
        name: loopback,
        family: 'bridge',
        vni,
        announced: makesKnown.includes('fdb') ? localMacs(state, datapath._uuid) : [],
      });
    const [bridge] = names('bridge');
    if (bridge === undefined) continue;
    for (const family of [4, 6] as const)
      devices.push({
        kind: 'bridge',
        name: bridge,
        family,
        vni,
        announced: makesKnown.includes('ip') ? localAddresses(state, datapath._uuid, family) : [],
      });
  }
  return devices;
}
