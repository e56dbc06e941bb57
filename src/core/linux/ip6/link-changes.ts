/** What IPv6 does when a link appears, gets ready, goes down, and when its settings change (`addrconf_notify`). */
import { linkLocalOf } from '../../base/address.ts';
import type { Link } from '../link.ts';
import type { LinkListener, Namespace } from '../namespace.ts';
import { dropRoutesOf, markLinkdown } from '../route-table.ts';
import { TABLE } from '../route.ts';
import type { Stack } from '../stack.ts';
import {
  addAddress6,
  addKernelRoute6,
  addPrefixRoute,
  isRouter,
  joinAnycast,
  leaveAnycast,
  removeAddress6,
  startDetection,
} from './address.ts';
import {
  ALL_NODES,
  ALL_NODES_INTERFACE,
  ALL_ROUTERS,
  joinGroup6,
  leaveGroup6,
  reportGroups6,
} from './mld.ts';

const GROUPS = 0xffn << 120n;
const ROUTER_GROUPS = [(0xff01n << 112n) | 2n, ALL_ROUTERS, (0xff05n << 112n) | 2n];

const disabled = (net: Namespace, link: Link): boolean => net.sysctl.conf6(link.name, 'disable_ipv6') !== 0;

export function changesIpv6(stack: Stack): LinkListener {
  return (net, link, change) => {
    switch (change) {
      case 'register':
        joinGroup6(net, link, ALL_NODES_INTERFACE);
        joinGroup6(net, link, ALL_NODES);
        if (isRouter(net, link)) for (const group of ROUTER_GROUPS) joinGroup6(net, link, group);
        return;
      case 'up':
        if (isReady(link)) getReady(stack, net, link);
        return;
      case 'carrier':
        if (!link.carrier) {
          markLinkdown(net, 6, link, true);
          if (net.sysctl.conf6(link.name, 'ndisc_evict_nocarrier') !== 0)
            net.machine.flushNeighbours(net, link, 6, true);
          return;
        }
        markLinkdown(net, 6, link, false);
        if (link.ipv6.ready) reportGroups6(net, link);
        else getReady(stack, net, link);
        return;
      case 'down':
      case 'unregister':
        goDown(net, link);
        return;
      case 'address':
      case 'noarp':
        net.machine.flushNeighbours(net, link, 6, true);
        return;
      case 'mtu':
        if (link.mtu < 1280) goDown(net, link);
        else if (isReady(link) && link.up && link.ipv6.addresses.length === 0) getReady(stack, net, link);
        return;
      default:
    }
  };
}

/** A link is ready when it is up and its driver does not deny a carrier. */
const isReady = (link: Link): boolean => link.up && (!link.operReported || link.carrier);

function getReady(stack: Stack, net: Namespace, link: Link): void {
  if (link.mtu < 1280) return;
  if (link.kind === 'lo') {
    link.ipv6.ready = true;
    if (!disabled(net, link)) addAddress6(stack, net, link, { address: 1n, length: 128 });
    return;
  }
  link.ipv6.ready = true;
  if (disabled(net, link)) return;
  if (link.ethernet && link.kind !== 'vrf') {
    addKernelRoute6(net, link, 'multicast', GROUPS, 8, TABLE.local, 256);
    if (link.addrGenMode === 'eui64')
      addAddress6(stack, net, link, { address: linkLocalOf(link.mac), length: 64 });
  } else if (link.tunnel?.local != null && link.addrGenMode === 'eui64') {
    addKernelRoute6(net, link, 'multicast', GROUPS, 8, TABLE.local, 256);
    const address = linkLocalOverIpv4(Number(link.tunnel.local.address));
    addAddress6(stack, net, link, { address, length: 64, noDad: true });
  }
  reportGroups6(net, link);
  for (const address of [...link.ipv6.addresses]) {
    addPrefixRoute(net, link, address);
    if (address.tentative && !address.dadFailed && address.cancelTimer === null)
      startDetection(stack, net, link, address);
  }
}

function goDown(net: Namespace, link: Link): void {
  link.ipv6.ready = false;
  link.ipv6.cancelRouterTimer?.();
  link.ipv6.cancelRouterTimer = null;
  link.ipv6.cancelReportTimer?.();
  link.ipv6.cancelReportTimer = null;
  const keep = net.sysctl.conf6(link.name, 'keep_addr_on_down') > 0;
  for (const address of [...link.ipv6.addresses])
    if (!keep || address.scope !== 0) removeAddress6(net, link, address);
  dropRoutesOf(net, 6, link, true);
  net.machine.flushNeighbours(net, link, 6, false);
}

/** Reacts to settings that change what a link does at once. */
export function settingChanged6(stack: Stack, net: Namespace, key: string, value: string): void {
  const match = /^net\.ipv6\.conf\.(.+)\.(disable_ipv6|forwarding)$/.exec(key);
  if (match === null) return;
  const name = (match[1] as string).replaceAll('/', '.');
  for (const link of net.links.values()) {
    if (link.name !== name) continue;
    if (match[2] === 'disable_ipv6') {
      if (value === '0') {
        if (isReady(link)) getReady(stack, net, link);
      } else goDown(net, link);
      continue;
    }
    for (const group of ROUTER_GROUPS) {
      if (value === '0') leaveGroup6(net, link, group);
      else joinGroup6(net, link, group);
    }
    if (link.kind === 'lo') continue;
    for (const address of link.ipv6.addresses) {
      if (value === '0') leaveAnycast(net, link, address);
      else joinAnycast(net, link, address);
    }
  }
}

/** Networks whose addresses are not unique (`__ipv6_isatap_ifid`): first address and prefix length. */
const NOT_UNIQUE: readonly (readonly [number, number])[] = [
  [0x00000000, 8],
  [0x0a000000, 8],
  [0x7f000000, 8],
  [0xa9fe0000, 16],
  [0xac100000, 12],
  [0xc0000200, 24],
  [0xc0586300, 24],
  [0xc0a80000, 16],
  [0xc6120000, 15],
  [0xe0000000, 4],
];

/** The link-local address of a tunnel's end: its IPv4 address behind 5efe (RFC 5214, 6.1). */
function linkLocalOverIpv4(local: number): bigint {
  const isUnique = !NOT_UNIQUE.some(([first, length]) => local >>> (32 - length) === first >>> (32 - length));
  return (0xfe80n << 112n) | (isUnique ? 0x0200n << 48n : 0n) | (0x5efen << 32n) | BigInt(local);
}
