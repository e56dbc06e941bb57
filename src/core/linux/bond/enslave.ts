/** Joining and leaving a bond (`ip link set LINK master BOND`), and what a change of a slave means to it. */
import { ok } from '../../base/result.ts';
import { setDown, setMac, setUp, standsOver } from '../device.ts';
import { refuse, type NetlinkResult } from '../errno.ts';
import type { Link } from '../link.ts';
import type { LinkListener, Machine, Namespace } from '../namespace.ts';
import { bondChanged, linksChanged, slaveOf } from './active.ts';
import { newPort, stopTimers } from './lacp/port.ts';
import type { BondSlave, BondState } from './state.ts';
import { receiveFromSlave } from './transmit.ts';
import { firstLink, watchAll } from './watch.ts';

/** Whether slaves keep their own addresses: the bond then has that of the active one. */
function keepsAddress(bond: BondState): boolean {
  const { mode, fail_over_mac: policy } = bond.settings;
  if (mode === 'balance-tlb' || mode === 'balance-alb') return true;
  return mode === 'active-backup' && policy !== 'none';
}

export function enslave(machine: Machine, net: Namespace, bondLink: Link, slave: Link): NetlinkResult {
  const { bond } = bondLink;
  if (bond === null) return refuse('EINVAL');
  if (slave === bondLink) return refuse('EPERM', 'Cannot enslave bond to itself');
  if (slave.up) return refuse('EINVAL', 'Device can not be enslaved while up');
  if (standsOver(machine, slave, bondLink)) return refuse('EBUSY');
  const first = bond.slaves.length === 0;
  if (first && bondLink.macSource !== 'set') setMac(net, bondLink, slave.mac, 'stolen');
  bond.portsMade += 1;
  const member: BondSlave = {
    ifindex: slave.index,
    permanentMac: slave.mac,
    link: 'down',
    cancelWatch: null,
    failures: 0,
    active: false,
    lacp: bond.settings.mode === '802.3ad' ? newPort(bond.portsMade) : null,
  };
  slave.master = bondLink;
  slave.receiver = receiveFromSlave(machine);
  bond.slaves.push(member);
  if (!keepsAddress(bond)) setMac(net, slave, bondLink.mac, 'stolen');
  setUp(net, slave);
  member.link = firstLink(bond, slave);
  bondChanged(machine, net, bondLink);
  return ok(undefined);
}

export function release(machine: Machine, net: Namespace, slave: Link): void {
  const master = slave.master;
  const bond = master?.bond;
  slave.master = null;
  slave.receiver = null;
  setDown(net, slave);
  if (master == null || bond == null) return;
  const member = slaveOf(bond, slave);
  if (member === undefined) return;
  bond.slaves.splice(bond.slaves.indexOf(member), 1);
  member.cancelWatch?.();
  if (member.lacp !== null) stopTimers(member.lacp);
  if (bond.active === member) bond.active = null;
  for (const [client, given] of bond.clients) if (given === member) bond.clients.delete(client);
  for (const [key, flow] of bond.flows) if (flow.slave === member) bond.flows.delete(key);
  setMac(net, slave, member.permanentMac);
  bondChanged(machine, net, master);
}

/** Bonds follow their slaves' carriers at the beats of their monitor, and slaves their bond's address. */
export const followSlaves: LinkListener = (net, link, change) => {
  const master = link.master;
  if (master?.bond != null && (change === 'up' || change === 'down' || change === 'carrier')) {
    const { bond } = master;
    watchAll(net.machine, net, master, bond, () => linksChanged(net.machine, net, master, bond));
  }
  if (link.bond !== null && change === 'address') followAddress(net, link, link.bond);
};

function followAddress(net: Namespace, link: Link, bond: BondState): void {
  for (const member of bond.slaves) {
    const slave = net.links.get(member.ifindex);
    if (
      slave !== undefined &&
      (!keepsAddress(bond) || member === bond.active) &&
      bond.settings.fail_over_mac !== 'active'
    )
      setMac(net, slave, link.mac, 'stolen');
  }
  bondChanged(net.machine, net, link);
}
