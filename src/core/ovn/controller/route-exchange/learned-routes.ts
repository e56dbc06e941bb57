/** Learned_Route rows of one router: routes that a routing daemon put into its table, once a port that learns. */
import { formatIpv4, formatIpv6, prefixMask } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { SbDatabase } from '../../../ovsdb/index.ts';
import { optionBool } from '../../northd/index.ts';
import { portByName } from '../southbound-index.ts';
import type { AdvertisedDatapath } from './advertised-datapaths.ts';
import {
  RTPROT_OVN,
  RTPROT_STATIC,
  type IpAddress,
  type IpPrefix,
  type KernelRoute,
} from './route-kernel.ts';

/** A route to be learned, in the form of the southbound database. */
interface ReceivedRoute {
  readonly prefix: string;
  readonly nexthop: string;
  readonly device: string;
}

function addressText({ family, address }: IpAddress): string {
  return family === 4 ? formatIpv4(Number(address)) : formatIpv6(address);
}

function prefixText({ family, address, length }: IpPrefix): string {
  const width = family === 4 ? 32 : 128;
  const text = addressText({ family, address: address & prefixMask(length, width) });
  return length === width ? text : `${text}/${length}`;
}

/** 169.254.0.0/16, fe80::/10 and what is inside them. */
function isLinkLocal({ family, address, length }: IpPrefix): boolean {
  return family === 4
    ? length >= 16 && address >> 16n === 0xa9fen
    : length >= 10 && address >> 118n === 0x3fan;
}

/** Of a table's routes those that a dynamic routing protocol put there, and that lead to another router. */
export function receivedRoutes(routes: readonly KernelRoute[]): ReceivedRoute[] {
  return routes.flatMap(({ prefix, protocol, nexthops }) => {
    if (protocol === RTPROT_OVN || protocol <= RTPROT_STATIC || isLinkLocal(prefix)) return [];
    return nexthops.flatMap(({ gateway, device }) =>
      gateway === null || gateway.address === 0n
        ? []
        : [{ prefix: prefixText(prefix), nexthop: addressText(gateway), device }],
    );
  });
}

/** Brings the rows of `datapath` that this chassis is in charge of in line with what was received. */
export function syncLearnedRoutes(
  sb: SbDatabase,
  { datapath, learning }: AdvertisedDatapath,
  received: readonly ReceivedRoute[],
): void {
  const stale = new Map<string, Uuid>();
  const keyOf = (port: Uuid, prefix: string, nexthop: string): string => `${port} ${prefix} ${nexthop}`;
  for (const row of sb.find('Learned_Route', 'datapath', datapath._uuid)) {
    const port = sb.get('Port_Binding', row.logical_port);
    if (port !== undefined && learning.has(port.logical_port))
      stale.set(keyOf(port._uuid, row.ip_prefix, row.nexthop), row._uuid);
  }
  const missing = new Map<string, { readonly port: Uuid; readonly route: ReceivedRoute }>();
  const right = new Set<string>();
  for (const [name, device] of learning) {
    const port = portByName(sb, name);
    if (port === undefined || optionBool(port.options, 'dynamic-routing-no-learning', false)) continue;
    for (const route of received) {
      if (device !== null && device !== route.device) continue;
      const key = keyOf(port._uuid, route.prefix, route.nexthop);
      right.add(key);
      if (!stale.has(key)) missing.set(key, { port: port._uuid, route });
    }
  }
  for (const key of right) stale.delete(key);
  if (missing.size === 0 && stale.size === 0) return;
  sb.transact((txn) => {
    txn.comment('ovn-controller');
    for (const uuid of stale.values()) txn.delete('Learned_Route', uuid);
    for (const { port, route } of missing.values())
      txn.insert('Learned_Route', {
        datapath: datapath._uuid,
        logical_port: port,
        ip_prefix: route.prefix,
        nexthop: route.nexthop,
      });
  });
}
