/** The files of /proc/net about ways: `route`, `ipv6_route` and `arp`. */
import { formatIpv4, formatMac, prefixMask } from '../../base/address.ts';
import type { Namespace } from '../namespace.ts';
import { isValid } from '../neighbour-state.ts';
import { PROTOCOL, TABLE, type Nexthop, type Route } from '../route.ts';
import { reversed32 } from './proc-devices.ts';

const ROW = 127;
const UP = 0x1;
const GATEWAY = 0x2;
const HOST = 0x4;
const REJECT = 0x200;

const nameOf = (net: Namespace, hop: Nexthop | undefined): string | undefined =>
  hop === undefined ? undefined : net.links.get(hop.ifindex)?.name;

/** `/proc/net/route`: the IPv4 table `main`; of several ways the first. */
export function routes4Text(net: Namespace): string {
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
  const routes = net.tables[4].get(TABLE.main)?.dump() ?? [];
  const rows = routes
    .filter(({ type }) => type !== 'broadcast' && type !== 'multicast')
    .map((route) => {
      const [hop] = route.nexthops;
      const gateway = hop?.gateway?.family === 4 ? Number(hop.gateway.address) : 0;
      const flags =
        UP |
        (route.type === 'unreachable' || route.type === 'prohibit' ? REJECT : 0) |
        (gateway === 0 ? 0 : GATEWAY) |
        (route.length === 32 ? HOST : 0);
      const { advmss, window } = route.metrics;
      return [
        nameOf(net, hop) ?? '*',
        reversed32(Number(route.destination)),
        reversed32(gateway),
        flags.toString(16).toUpperCase().padStart(4, '0'),
        0,
        0,
        route.metric,
        reversed32(Number(prefixMask(route.length, 32))),
        advmss === undefined ? 0 : advmss + 40,
        window ?? 0,
        0,
      ].join('\t');
    });
  return [head, ...rows].map((row) => `${row.padEnd(ROW)}\n`).join('');
}

const NO_NEXT_HOP = 0x200000;
const LOCAL = 0x80000000;
const ANYCAST = 0x100000;
const EXPIRES = 0x400000;
/** A router advertised it. */
const CONFIGURED = 0x40000;
const DEFAULT = 0x10000;

const hex = (value: bigint | number, digits: number): string => value.toString(16).padStart(digits, '0');

function flags6(route: Route, hop: Nexthop | undefined): number {
  const isRejecting = ['blackhole', 'unreachable', 'prohibit', 'throw'].includes(route.type);
  if (isRejecting) return REJECT | NO_NEXT_HOP;
  let flags = UP;
  if (hop?.gateway != null) flags |= GATEWAY;
  if (route.type === 'local') flags |= LOCAL | NO_NEXT_HOP;
  else if (route.type === 'anycast') flags |= ANYCAST;
  else if (route.length === 128) flags |= HOST;
  if (route.expires !== null) flags |= EXPIRES;
  if (route.protocol === PROTOCOL.ra) flags |= CONFIGURED | (route.length === 0 ? DEFAULT : 0);
  return flags >>> 0;
}

/** What stands for "nowhere" at the end of the table. */
const NOWHERE = { metric: 0xffffffff, flags: REJECT | NO_NEXT_HOP } as const;

/** `/proc/net/ipv6_route`: every table. How many hold an entry is not known: 1. */
export function routes6Text(net: Namespace): string {
  const row = (
    destination: bigint,
    length: number,
    gateway: bigint,
    metric: number,
    flags: number,
    device: string,
  ): string =>
    `${hex(destination, 32)} ${hex(length, 2)} ${hex(0, 32)} 00 ${hex(gateway, 32)} ${hex(metric, 8)} ${hex(1, 8)} ${hex(0, 8)} ${hex(flags, 8)} ${device.padStart(8)}\n`;
  const tables = [...net.tables[6].keys()].sort((a, b) => (a & 255) - (b & 255) || a - b);
  const rows = tables.flatMap((id) =>
    (net.tables[6].get(id)?.dump() ?? []).flatMap((route) =>
      (route.nexthops.length === 0 ? [undefined] : route.nexthops).map((hop) =>
        row(
          route.destination,
          route.length,
          hop?.gateway?.family === 6 ? hop.gateway.address : 0n,
          route.metric,
          flags6(route, hop),
          nameOf(net, hop) ?? 'lo',
        ),
      ),
    ),
  );
  return `${rows.join('')}${row(0n, 0, 0n, NOWHERE.metric, NOWHERE.flags, 'lo')}`;
}

const COMPLETE = 0x2;
const PERMANENT = 0x4;
const PUBLISHED = 0x8;

/** `/proc/net/arp`: neighbours of IPv4, in order of their making; those that need no ARP are left out. */
export function arpText(net: Namespace): string {
  const rows = net.neighbours
    .all(4)
    .filter(({ state, proxy }) => proxy || state !== 'NOARP')
    .sort((a, b) => Number(a.proxy) - Number(b.proxy))
    .map((each) => {
      const { state, mac } = each;
      const isKnown = !each.proxy && mac !== null && isValid(state);
      const flags = each.proxy
        ? PUBLISHED | PERMANENT
        : state === 'PERMANENT'
          ? COMPLETE | PERMANENT
          : isKnown
            ? COMPLETE
            : 0;
      const device = net.links.get(each.ifindex);
      const type = device?.kind === 'lo' ? 772 : 1;
      return `${formatIpv4(Number(each.address)).padEnd(16)} 0x${type.toString(16).padEnd(10)}0x${flags.toString(16).padEnd(10)}${formatMac(isKnown ? mac : 0n).padEnd(17)}     *        ${device?.name ?? '*'}\n`;
    });
  return `IP address       HW type     Flags       HW address            Mask     Device\n${rows.join('')}`;
}
