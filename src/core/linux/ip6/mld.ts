/** IPv6 groups that a link listens to, and the MLDv2 reports about them (RFC 3810). */
import { writeTransportChecksum } from '../../wire/checksum.ts';
import { writeIpv6, writeU16 } from '../../wire/octets.ts';
import { joinMulticast, leaveMulticast, transmit } from '../device.ts';
import { ETHERTYPE, frameOf } from '../ether.ts';
import { isLinkLocalIp6, multicastMac } from '../family.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { record } from '../recording.ts';
import { MILLISECOND } from '../timing.ts';
import { ICMP6 } from './icmp.ts';
import { buildIpv6, NEXT } from './packet.ts';
import { isUsable } from './source-address.ts';

const LINK_GROUPS = 0xff02n << 112n;
export const ALL_NODES = LINK_GROUPS | 1n;
export const ALL_NODES_INTERFACE = (0xff01n << 112n) | 1n;
export const ALL_ROUTERS = LINK_GROUPS | 2n;
export const ALL_SNOOPERS6 = LINK_GROUPS | 0x6an;
const REPORT_ROUTERS = LINK_GROUPS | 0x16n;
const ROBUSTNESS = 2;
const CHANGE_TO_EXCLUDE = 4;
/** The first report waits for the second tick of the kernel's clock. */
const SOON = 8 * MILLISECOND;
/** Hop-by-hop header with a router alert for MLD (RFC 2711) and padding. */
const ROUTER_ALERT = Uint8Array.of(NEXT.icmpv6, 0, 5, 2, 0, 0, 1, 0);

const isReported = (group: bigint): boolean => group !== ALL_NODES && ((group >> 112n) & 15n) > 1n;

export function joinGroup6(net: Namespace, link: Link, group: bigint): void {
  const membership = link.ipv6.groups.get(group);
  if (membership !== undefined) {
    membership.users += 1;
    if (isReported(group)) membership.pendingReports = ROBUSTNESS;
    schedule(net, link, SOON);
    return;
  }
  link.ipv6.groups.set(group, { group, users: 1, pendingReports: isReported(group) ? ROBUSTNESS : 0 });
  if (link.kind !== 'lo' && link.ethernet && ((group >> 112n) & 15n) > 1n)
    joinMulticast(link, multicastMac(6, group));
  else if (group === ALL_NODES_INTERFACE && link.kind !== 'lo') return;
  schedule(net, link, SOON);
}

export function leaveGroup6(net: Namespace, link: Link, group: bigint): void {
  const membership = link.ipv6.groups.get(group);
  if (membership === undefined) return;
  membership.users -= 1;
  if (membership.users > 0) return;
  link.ipv6.groups.delete(group);
  if (link.kind !== 'lo' && link.ethernet && ((group >> 112n) & 15n) > 1n)
    leaveMulticast(link, multicastMac(6, group));
  schedule(net, link, SOON);
}

/** The link is ready (again): all groups are reported. */
export function reportGroups6(net: Namespace, link: Link): void {
  for (const membership of link.ipv6.groups.values())
    if (isReported(membership.group)) membership.pendingReports = ROBUSTNESS;
  schedule(net, link, SOON);
}

/** The link has an address to report from: all groups are reported at once, and again. */
export function reportGroupsFrom6(net: Namespace, link: Link): void {
  for (const membership of link.ipv6.groups.values())
    if (isReported(membership.group)) membership.pendingReports = ROBUSTNESS;
  link.ipv6.cancelReportTimer?.();
  link.ipv6.cancelReportTimer = null;
  send(net, link);
  schedule(net, link);
}

function schedule(net: Namespace, link: Link, delay: number | null = null): void {
  const { ipv6 } = link;
  if (ipv6.cancelReportTimer !== null || link.kind === 'lo' || !link.up || !ipv6.ready) return;
  if (![...ipv6.groups.values()].some((each) => each.pendingReports > 0)) return;
  const interval = net.sysctl.conf6(link.name, 'mldv2_unsolicited_report_interval') * MILLISECOND;
  const { clock, random } = net.machine.context;
  const chance = random.fork(`mld ${net.name} ${link.index} ${clock.now()}`).below(1000);
  ipv6.cancelReportTimer = clock.after(delay ?? (chance * interval) / 1000, () => {
    ipv6.cancelReportTimer = null;
    if (link.deleted || !link.up) return;
    send(net, link);
    schedule(net, link);
  });
}

function send(net: Namespace, link: Link): void {
  const groups = [...link.ipv6.groups.values()].filter((each) => each.pendingReports > 0).reverse();
  if (groups.length === 0 || net.sysctl.conf6(link.name, 'disable_ipv6') !== 0) {
    for (const each of groups) each.pendingReports = 0;
    return;
  }
  const source =
    link.ipv6.addresses.find((each) => isUsable(each) && isLinkLocalIp6(each.address))?.address ?? 0n;
  const message = new Uint8Array(8 + 20 * groups.length);
  message[0] = ICMP6.reportV2;
  writeU16(message, 6, groups.length);
  groups.forEach((membership, index) => {
    membership.pendingReports -= 1;
    message[8 + 20 * index] = CHANGE_TO_EXCLUDE;
    writeIpv6(message, 12 + 20 * index, membership.group);
  });
  writeTransportChecksum(message, 2, { family: 6, source, destination: REPORT_ROUTERS }, NEXT.icmpv6);
  const payload = new Uint8Array(ROUTER_ALERT.length + message.length);
  payload.set(ROUTER_ALERT);
  payload.set(message, ROUTER_ALERT.length);
  const datagram = buildIpv6(
    { source, destination: REPORT_ROUTERS, next: NEXT.hopByHop, hopLimit: 1 },
    payload,
  );
  const step = record(
    net,
    link.name,
    { kind: 'originated', program: 'kernel', text: 'MLDv2 listener report' },
    { packet: datagram },
    null,
  );
  transmit(net, link, frameOf(multicastMac(6, REPORT_ROUTERS), link.mac, ETHERTYPE.ipv6, datagram), step);
}
