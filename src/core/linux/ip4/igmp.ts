/** Groups that a link listens to, and the membership reports that tell routers and bridges so (IGMPv3, RFC 3376). */
import { internetChecksum } from '../../wire/checksum.ts';
import { writeU16, writeU32 } from '../../wire/octets.ts';
import { joinMulticast, leaveMulticast, transmit } from '../device.ts';
import { ETHERTYPE, frameOf } from '../ether.ts';
import { multicastMac } from '../family.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { record } from '../recording.ts';
import { SCOPE } from '../route.ts';
import { MILLISECOND } from '../timing.ts';
import { buildIpv4, IPPROTO } from './packet.ts';
import { selectAddress } from './source-address.ts';

const ALL_HOSTS = 0xe0000001;
export const ALL_SNOOPERS = 0xe000006a;
const REPORT_ROUTERS = 0xe0000016;
const REPORT_V3 = 0x22;
const CHANGE_TO_EXCLUDE = 4;
/** The first report waits for the second tick of the kernel's clock. */
const SOON = 8 * MILLISECOND;
const ROUTER_ALERT = Uint8Array.of(0x94, 4, 0, 0);

/** One more user of a group on a link; the first one is reported (but 224.0.0.1 never is). */
export function joinGroup4(net: Namespace, link: Link, group: number): void {
  const membership = link.groups4.get(group);
  if (membership !== undefined) {
    membership.users += 1;
    return;
  }
  link.groups4.set(group, { users: 1, loaded: false, reportsLeft: 0, cancel: null });
  if (link.up) activate(net, link, group);
}

/** Puts a group into the link's filter, once, and reports it. */
function activate(net: Namespace, link: Link, group: number): void {
  const membership = link.groups4.get(group);
  if (membership === undefined) return;
  if (!membership.loaded && link.kind !== 'lo') {
    membership.loaded = true;
    joinMulticast(link, multicastMac(4, BigInt(group)));
  }
  report(net, link, group);
}

export function leaveGroup4(_net: Namespace, link: Link, group: number): void {
  const membership = link.groups4.get(group);
  if (membership === undefined) return;
  membership.users -= 1;
  if (membership.users > 0) return;
  membership.cancel?.();
  link.groups4.delete(group);
  if (membership.loaded) leaveMulticast(link, multicastMac(4, BigInt(group)));
}

/** The link came up: its groups are in the filter and reported again. */
export function groupsUp(net: Namespace, link: Link): void {
  for (const group of link.groups4.keys()) activate(net, link, group);
  joinGroup4(net, link, ALL_HOSTS);
}

export function groupsDown(net: Namespace, link: Link): void {
  leaveGroup4(net, link, ALL_HOSTS);
  for (const [group, membership] of link.groups4) {
    membership.cancel?.();
    membership.cancel = null;
    if (membership.loaded) leaveMulticast(link, multicastMac(4, BigInt(group)));
    membership.loaded = false;
  }
}

function report(net: Namespace, link: Link, group: number): void {
  const membership = link.groups4.get(group);
  if (membership === undefined || group === ALL_HOSTS || link.kind === 'lo') return;
  if (group >>> 8 === 0xe00000 && net.sysctl.number('net.ipv4.igmp_link_local_mcast_reports') === 0) return;
  membership.reportsLeft = net.sysctl.number('net.ipv4.igmp_qrv');
  schedule(net, link, group, SOON);
}

function schedule(net: Namespace, link: Link, group: number, delay: number | null): void {
  const membership = link.groups4.get(group);
  if (membership === undefined || membership.reportsLeft <= 0) return;
  const interval = net.sysctl.conf4(link.name, 'igmpv3_unsolicited_report_interval') * MILLISECOND;
  membership.cancel?.();
  const chance = net.machine.context.random.fork(
    `igmp ${net.name} ${link.index} ${group} ${membership.reportsLeft} ${net.machine.context.clock.now()}`,
  );
  membership.cancel = net.machine.context.clock.after(delay ?? chance.below(1000) * (interval / 1000), () => {
    if (link.deleted || !link.up) return;
    membership.reportsLeft -= 1;
    send(net, link, group);
    schedule(net, link, group, null);
  });
}

/** An address of the link itself, or none. */
function ownSource(net: Namespace, link: Link): number {
  const source = selectAddress(net, link, 0, SCOPE.link);
  return link.addresses4.some((each) => each.local === source) ? source : 0;
}

function send(net: Namespace, link: Link, group: number): void {
  const message = new Uint8Array(16);
  message[0] = REPORT_V3;
  writeU16(message, 6, 1);
  message[8] = CHANGE_TO_EXCLUDE;
  writeU32(message, 12, group);
  writeU16(message, 2, internetChecksum(message));
  const datagram = buildIpv4(
    {
      source: ownSource(net, link),
      destination: REPORT_ROUTERS,
      protocol: IPPROTO.igmp,
      tos: 0xc0,
      id: 0,
      dontFragment: true,
      ttl: 1,
      options: ROUTER_ALERT,
    },
    message,
  );
  const step = record(
    net,
    link.name,
    { kind: 'originated', program: 'kernel', text: 'IGMPv3 membership report' },
    { packet: datagram },
    null,
  );
  transmit(
    net,
    link,
    frameOf(multicastMac(4, BigInt(REPORT_ROUTERS)), link.mac, ETHERTYPE.ipv4, datagram),
    step,
  );
}
