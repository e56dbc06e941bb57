/** Neighbours to the kernel and from it: what is announced is put there, what routing daemons put there is learned. */
import { formatIpv4, formatIpv6, formatMac } from '../../../base/address.ts';
import type { LogThread } from '../controller-log.ts';
import type { IpAddress } from '../route-exchange/route-kernel.ts';
import type { AnnouncedNeighbour, MonitoredDevice } from './monitored-devices.ts';
import type { KernelNeighbour, NeighbourKernel } from './neighbour-kernel.ts';

const VXLAN_PORT = 4789;

export interface RemoteVtep {
  readonly ip: IpAddress;
  readonly port: number;
  readonly vni: number;
}

/** A MAC address behind a VTEP, or an address with its MAC address. */
interface StaticEntry {
  readonly mac: bigint;
  readonly ip: IpAddress;
  readonly vni: number;
}

export interface LearnedNeighbours {
  readonly vteps: readonly RemoteVtep[];
  readonly macs: readonly StaticEntry[];
  readonly addresses: readonly StaticEntry[];
  /** False: the kernel refused something. */
  readonly isDone: boolean;
}

export const ipText = ({ family, address }: IpAddress): string =>
  family === 4 ? formatIpv4(Number(address)) : formatIpv6(address);

/** All static entries of a device that no routing daemon put there are taken to be OVN's. */
const isOwn = (one: KernelNeighbour): boolean => !one.isPermanent && one.isNoArp && !one.isExternal;

const keyOf = ({ mac, ip }: AnnouncedNeighbour): string => `${mac} ${ip === null ? '' : ipText(ip)}`;

function asVtep(one: KernelNeighbour, vni: number): RemoteVtep[] {
  const floods = one.mac === 0n && one.isNoArp && one.isPermanent;
  if (one.ip === null || !(floods || one.isExternal)) return [];
  return [{ ip: one.ip, port: one.port === 0 ? VXLAN_PORT : one.port, vni }];
}

const asEntry = (one: KernelNeighbour, vni: number): StaticEntry[] =>
  one.mac !== 0n && one.ip !== null && one.isExternal ? [{ mac: one.mac, ip: one.ip, vni }] : [];

/** Each once, in the order in which they came. */
function unique<T>(list: readonly T[], key: (one: T) => string): readonly T[] {
  const seen = new Map<string, T>();
  for (const one of list) if (!seen.has(key(one))) seen.set(key(one), one);
  return [...seen.values()];
}

/** Brings the kernel's entries of a device in line with what is announced; what others put there. */
function synchronise(
  kernel: NeighbourKernel,
  device: MonitoredDevice,
  log: LogThread,
): { readonly others: readonly KernelNeighbour[]; readonly isDone: boolean } {
  const present = kernel.neighbours(device.name, device.family);
  if (present === null) return { others: [], isDone: true };
  let isDone = true;
  const missing = new Map(device.announced.map((one) => [keyOf(one), one]));
  const others: KernelNeighbour[] = [];
  const stale: KernelNeighbour[] = [];
  for (const one of present) {
    if (one.vlan !== 0) continue;
    if (!isOwn(one)) others.push(one);
    else if (one.port !== 0 || !missing.delete(keyOf(one))) stale.push(one);
  }
  const attempt = (
    verb: string,
    one: AnnouncedNeighbour,
    answer: ReturnType<typeof kernel.addNeighbour>,
  ): void => {
    if (answer.ok) return;
    isDone = false;
    log.warn(
      'neighbor_exchange_netlink',
      `${verb} neigh eth=${formatMac(one.mac)} dst=${one.ip === null ? '::' : ipText(one.ip)} failed: ${answer.error.text}`,
    );
  };
  for (const one of missing.values())
    attempt('Add', one, kernel.addNeighbour(device.name, device.family, one.mac, one.ip));
  for (const one of stale)
    attempt('Delete', one, kernel.deleteNeighbour(device.name, device.family, one.mac, one.ip));
  return { others, isDone };
}

/** One pass over the devices (`neighbor_exchange_run`). */
export function exchangeNeighbours(
  kernel: NeighbourKernel,
  devices: readonly MonitoredDevice[],
  log: LogThread,
): LearnedNeighbours {
  const vteps: RemoteVtep[] = [];
  const macs: StaticEntry[] = [];
  const addresses: StaticEntry[] = [];
  let isDone = true;
  for (const device of devices) {
    const { others, isDone: wasDone } = synchronise(kernel, device, log);
    isDone &&= wasDone;
    for (const one of others) {
      if (device.kind === 'vxlan') {
        vteps.push(...asVtep(one, device.vni));
        macs.push(...asEntry(one, device.vni));
      } else if (device.kind === 'bridge' && one.isNoArp) addresses.push(...asEntry(one, device.vni));
    }
  }
  const entryKey = ({ mac, ip, vni }: StaticEntry): string => `${mac} ${ipText(ip)} ${vni}`;
  return {
    vteps: unique(vteps, ({ ip, port, vni }) => `${ipText(ip)} ${port} ${vni}`),
    macs: unique(macs, entryKey),
    addresses: unique(addresses, entryKey),
    isDone,
  };
}
