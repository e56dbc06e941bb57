/** Who carries a bond's traffic: the active slave, its address at a change, the announcements after it, the carrier. */
import { changed, setCarrier, setMac } from '../device.ts';
import type { Link } from '../link.ts';
import type { Machine, Namespace } from '../namespace.ts';
import { MILLISECOND } from '../timing.ts';
import { isMember, membersOf } from './lacp/aggregator.ts';
import { lacpChanged, type LacpScope } from './lacp/machine.ts';
import { usesPrimary } from './option.table.ts';
import type { BondSlave, BondState } from './state.ts';
import { watchAll } from './watch.ts';

export const slaveOf = (bond: BondState, link: Link): BondSlave | undefined =>
  bond.slaves.find(({ ifindex }) => ifindex === link.index);

export const lacpScope = (machine: Machine, net: Namespace, link: Link, bond: BondState): LacpScope => ({
  machine,
  link,
  bond,
  changed: () => settle(net, link, bond),
});

/** The bond was set up or down, or its settings or slaves changed. */
export function bondChanged(machine: Machine, net: Namespace, link: Link): void {
  const { bond } = link;
  if (bond === null) return;
  watchAll(machine, net, link, bond);
  linksChanged(machine, net, link, bond);
}

/** Link monitoring has found something. */
export function linksChanged(machine: Machine, net: Namespace, link: Link, bond: BondState): void {
  if (usesPrimary(bond.settings.mode)) selectActive(net, link, bond);
  if (bond.settings.mode === '802.3ad') lacpChanged(lacpScope(machine, net, link, bond));
  settle(net, link, bond);
}

/** Who sends, and whether the bond has a carrier. */
function settle(net: Namespace, link: Link, bond: BondState): void {
  const { mode, min_links: least } = bond.settings;
  for (const slave of bond.slaves)
    if (mode === 'active-backup') slave.active = slave === bond.active;
    else if (mode === '802.3ad') slave.active = sendsByLacp(bond, slave);
    else slave.active = true;
  const up = bond.slaves.filter((slave) => slave.link === 'up');
  const carrier =
    mode === '802.3ad'
      ? membersOf(bond, bond.activeAggregator).filter((slave) => slave.link === 'up').length >=
        Math.max(1, least)
      : up.length > 0;
  setCarrier(net, link, carrier && (!usesPrimary(mode) || bond.active !== null));
}

/** A port of the active aggregator: as its machines say, and at once when there is no partner to agree with. */
function sendsByLacp(bond: BondState, slave: BondSlave): boolean {
  if (!isMember(slave) || slave.lacp.aggregator === null || slave.lacp.aggregator !== bond.activeAggregator)
    return false;
  if (slave.link !== 'up') return false;
  const hasPartner = membersOf(bond, bond.activeAggregator).some(({ lacp }) => lacp.partner.system !== 0n);
  return slave.lacp.mux === 'distributing' || !hasPartner;
}

/** Chooses the active slave: by the primary and `primary_reselect`, else the one in use, else the first that can. */
export function selectActive(net: Namespace, link: Link, bond: BondState): void {
  const usable = bond.slaves.filter((slave) => slave.link === 'up');
  const primary = usable.find(({ ifindex }) => net.links.get(ifindex)?.name === bond.primary);
  const kept = usable.find((slave) => slave === bond.active);
  const takesOver =
    primary !== undefined && (kept === undefined || bond.settings.primary_reselect !== 'failure');
  // All slaves have one speed here, so that the primary is never the better one.
  const yields = bond.settings.primary_reselect === 'better' && kept !== undefined;
  setActive(net, link, bond, (takesOver && !yields ? primary : kept) ?? primary ?? usable[0] ?? null);
}

/** Gives the traffic to a slave, with the address by `fail_over_mac`, and tells the neighbours. */
export function setActive(net: Namespace, link: Link, bond: BondState, next: BondSlave | null): void {
  const before = bond.active;
  if (before === next) return;
  bond.active = next;
  if (next !== null) {
    handAddress(net, link, bond, before, next);
    bond.announcementsLeft = bond.settings.num_grat_arp;
    settle(net, link, bond);
    announce(net, link, bond, bond.settings.peer_notify_delay);
  }
}

function handAddress(
  net: Namespace,
  link: Link,
  bond: BondState,
  before: BondSlave | null,
  next: BondSlave,
): void {
  const slave = net.links.get(next.ifindex);
  const old = before === null ? undefined : net.links.get(before.ifindex);
  if (slave === undefined) return;
  const { mode, fail_over_mac: policy } = bond.settings;
  if (mode !== 'active-backup') {
    // The active slave has the bond's address, the others one of their own.
    if (slave.mac === link.mac) return;
    const own = slave.mac;
    if (old !== undefined && old.mac === link.mac) setMac(net, old, own, 'stolen');
    setMac(net, slave, link.mac, 'stolen');
  } else if (policy === 'active') setMac(net, link, slave.mac, 'stolen');
  else if (policy === 'follow') {
    if (old !== undefined && before !== null) setMac(net, old, before.permanentMac, 'stolen');
    setMac(net, slave, link.mac, 'stolen');
  }
}

/** Announces the addresses now, and again as often as `num_grat_arp` asks. */
function announce(net: Namespace, link: Link, bond: BondState, delay: number): void {
  bond.cancelAnnouncement?.();
  bond.cancelAnnouncement = null;
  if (bond.announcementsLeft === 0 || !link.up) return;
  const act = (): void => {
    bond.cancelAnnouncement = null;
    if (!link.up) return;
    bond.announcementsLeft -= 1;
    changed(net, link, 'failover');
    announce(net, link, bond, Math.max(bond.settings.peer_notify_delay, bond.settings.miimon, 1));
  };
  if (delay === 0) act();
  else bond.cancelAnnouncement = net.machine.context.clock.after(delay * MILLISECOND, act);
}
