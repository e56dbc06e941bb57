/** A bond: in active-backup mode one slave carries the traffic and the others wait, in the balancing modes all do. */
import { changed, namespaceOf, receive, setCarrier, setDown, setMac, setUp, transmit } from '../device.ts';
import { destinationOf } from '../ether.ts';
import type { FrameReceiver, Link, LinkDriver } from '../link.ts';
import type { LinkListener, Machine, Namespace } from '../namespace.ts';
import { recordDrop } from '../recording.ts';

const slavesOf = (net: Namespace, bond: Link): Link[] =>
  [...net.links.values()].filter((link) => link.master === bond);

const isUsable = (slave: Link): boolean => slave.up && (slave.carrier || !slave.operReported);

export function bondDriver(machine: Machine): LinkDriver {
  return {
    transmit(link, octets, parent) {
      const net = namespaceOf(machine, link);
      const state = link.bond;
      if (state === null) return false;
      const ways = slavesOf(net, link).filter(isUsable);
      if (state.mode === 'broadcast') {
        for (const way of ways) transmit(net, way, octets, parent);
        return ways.length > 0;
      }
      let way: Link | undefined = state.active ?? undefined;
      if (state.mode === 'balance-rr') {
        way = ways[state.nextSlave % Math.max(1, ways.length)];
        state.nextSlave += 1;
      } else if (state.mode !== 'active-backup')
        way = ways[Number((destinationOf(octets) ^ link.mac) & 0xffn) % Math.max(1, ways.length)];
      if (way === undefined) {
        recordDrop(net, link.name, { kind: 'no-carrier', device: link.name }, octets, parent);
        return false;
      }
      transmit(net, way, octets, parent);
      return true;
    },
    changed(link) {
      select(namespaceOf(machine, link), link);
    },
  };
}

/** Chooses the active slave: the primary, else the one in use, else the first that can. */
function select(net: Namespace, bond: Link): void {
  const state = bond.bond;
  if (state === null) return;
  const ways = slavesOf(net, bond).filter(isUsable);
  const primary = ways.find((way) => way.name === state.primary);
  const kept = ways.find((way) => way === state.active);
  const before = state.active;
  state.active = primary ?? kept ?? ways[0] ?? null;
  setCarrier(net, bond, ways.length > 0);
  if (state.mode === 'active-backup' && state.active !== before && state.active !== null && bond.up)
    changed(net, bond, 'failover');
}

/** Frames of slaves are the bond's; in active-backup mode a waiting slave's are dropped. */
const receiveFromSlave =
  (machine: Machine): FrameReceiver =>
  (link, octets, parent) => {
    const bond = link.master;
    if (bond?.bond == null) return 'pass';
    const net = namespaceOf(machine, bond);
    if (bond.bond.mode === 'active-backup' && bond.bond.active !== link) {
      recordDrop(net, link.name, { kind: 'blocked', problem: 'not the active slave' }, octets, parent);
      return 'consumed';
    }
    receive(net, bond, octets, parent);
    return 'consumed';
  };

export function enslave(machine: Machine, net: Namespace, bond: Link, slave: Link): void {
  if (slavesOf(net, bond).length === 0 && bond.macSource !== 'set') setMac(net, bond, slave.mac, 'stolen');
  slave.master = bond;
  bond.bond?.ownMacs.set(slave.index, slave.mac);
  setMac(net, slave, bond.mac, 'stolen');
  slave.receiver = receiveFromSlave(machine);
  setUp(net, slave);
  select(net, bond);
}

export function release(net: Namespace, slave: Link): void {
  const bond = slave.master;
  slave.master = null;
  slave.receiver = null;
  setDown(net, slave);
  const own = bond?.bond?.ownMacs.get(slave.index);
  if (own !== undefined) setMac(net, slave, own);
  if (bond !== null) select(net, bond);
}

export const followSlaves: LinkListener = (net, link, change) => {
  if (link.master?.bond != null && (change === 'up' || change === 'down' || change === 'carrier'))
    select(net, link.master);
};
