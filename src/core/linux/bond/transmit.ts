/** What each mode of a bond does with frames that leave and that arrive. */
import { readMac, readU16, writeMac } from '../../wire/octets.ts';
import { readLacpdu } from '../../wire/layer/lacp.ts';
import { namespaceOf, receive, transmit } from '../device.ts';
import { destinationOf, ETHERTYPE, ethertypeOf, HEADER_SIZE, isGroupMac, sourceOf } from '../ether.ts';
import type { FrameReceiver, Link, LinkDriver } from '../link.ts';
import type { Machine, Namespace } from '../namespace.ts';
import { recordDrop } from '../recording.ts';
import { SECOND } from '../timing.ts';
import { bondChanged, lacpScope, slaveOf } from './active.ts';
import { transmitHash } from './hash.ts';
import { receiveLacpdu, SLOW_PROTOCOLS, SLOW_PROTOCOLS_MAC } from './lacp/machine.ts';
import { usesPrimary } from './option.table.ts';
import type { BondSlave, BondState } from './state.ts';

/** After this time the destinations are spread anew (balance-tlb, balance-alb). */
const REBALANCE = 10 * SECOND;
const IGMP = 2;
const ARP_REPLY = 2;

const canSend = (net: Namespace, slave: BondSlave): boolean =>
  slave.link === 'up' && slave.active && net.links.get(slave.ifindex)?.up === true;

const isIgmp = (octets: Uint8Array): boolean =>
  ethertypeOf(octets) === ETHERTYPE.ipv4 && octets[HEADER_SIZE + 9] === IGMP;

const isArp = (octets: Uint8Array): boolean =>
  ethertypeOf(octets) === ETHERTYPE.arp && octets.length >= HEADER_SIZE + 28;

export function bondDriver(machine: Machine): LinkDriver {
  return {
    transmit(link, octets, parent) {
      const net = namespaceOf(machine, link);
      const { bond } = link;
      if (bond === null) return false;
      const ways = waysOf(machine, net, bond, octets);
      for (const way of ways) {
        const slave = net.links.get(way.ifindex);
        if (slave !== undefined) transmit(net, slave, readdressed(link, bond, way, slave, octets), parent);
      }
      if (ways.length === 0)
        recordDrop(net, link.name, { kind: 'no-carrier', device: link.name }, octets, parent);
      return ways.length > 0;
    },
    changed(link) {
      bondChanged(machine, namespaceOf(machine, link), link);
    },
  };
}

/** The slaves by which a frame leaves. */
function waysOf(machine: Machine, net: Namespace, bond: BondState, octets: Uint8Array): readonly BondSlave[] {
  const { settings } = bond;
  const usable = bond.slaves.filter((slave) => canSend(net, slave));
  const one = (slave: BondSlave | null | undefined): readonly BondSlave[] => (slave == null ? [] : [slave]);
  const byHash = (): readonly BondSlave[] =>
    one(usable[transmitHash(settings.xmit_hash_policy, octets) % Math.max(1, usable.length)]);
  switch (settings.mode) {
    case 'broadcast':
      return usable;
    case 'active-backup':
      return one(bond.active);
    case 'balance-rr': {
      // Reports of groups all take one way, so that a switch listens at one port.
      if (isIgmp(octets)) return one(usable[0]);
      const each = settings.packets_per_slave;
      const turn = each === 0 ? machine.context.random.next32() >>> 0 : Math.floor(bond.sentByTurns / each);
      bond.sentByTurns += 1;
      return one(usable[turn % Math.max(1, usable.length)]);
    }
    case 'balance-xor':
    case '802.3ad':
      return byHash();
    case 'balance-tlb':
    case 'balance-alb': {
      if (isGroupMac(destinationOf(octets)) || isArp(octets)) return arpWay(net, bond, octets);
      const up = bond.slaves.filter(
        ({ ifindex, link }) => link === 'up' && net.links.get(ifindex)?.up === true,
      );
      if (settings.mode === 'balance-tlb' && settings.tlb_dynamic_lb === 0)
        return one(up[transmitHash(settings.xmit_hash_policy, octets) % Math.max(1, up.length)]);
      return one(leastLoaded(machine, bond, up, octets));
    }
  }
}

/** The slave of a destination; a new destination goes where the fewest octets go. */
function leastLoaded(
  machine: Machine,
  bond: BondState,
  up: readonly BondSlave[],
  octets: Uint8Array,
): BondSlave | undefined {
  const now = machine.context.clock.now();
  if (now - bond.flowsSince >= REBALANCE) {
    bond.flows.clear();
    bond.flowsSince = now;
  }
  const key = Number(destinationOf(octets) & 0xffn) ^ (octets[4] ?? 0) ^ (octets[3] ?? 0);
  const known = bond.flows.get(key);
  if (known !== undefined && up.includes(known.slave)) {
    known.octets += octets.length;
    return known.slave;
  }
  const loads = new Map(up.map((slave) => [slave, 0]));
  for (const { slave, octets: load } of bond.flows.values())
    if (loads.has(slave)) loads.set(slave, (loads.get(slave) ?? 0) + load);
  let best: BondSlave | undefined;
  for (const [slave, load] of loads) if (best === undefined || load < (loads.get(best) ?? 0)) best = slave;
  if (best !== undefined) bond.flows.set(key, { slave: best, octets: octets.length });
  return best;
}

/** ARP answers of balance-alb go by the slave that the client is to send to; all else of these by the active one. */
function arpWay(net: Namespace, bond: BondState, octets: Uint8Array): readonly BondSlave[] {
  const active = bond.active === null ? [] : [bond.active];
  if (bond.settings.mode !== 'balance-alb' || !isArp(octets)) return active;
  if (readU16(octets, HEADER_SIZE + 6) !== ARP_REPLY) return active;
  const client = readU16(octets, HEADER_SIZE + 24) * 0x10000 + readU16(octets, HEADER_SIZE + 26);
  const up = bond.slaves.filter(({ ifindex, link }) => link === 'up' && net.links.get(ifindex)?.up === true);
  const known = bond.clients.get(client);
  if (known !== undefined && up.includes(known)) return [known];
  const given = [...bond.clients.values()];
  let best: BondSlave | undefined;
  const share = (slave: BondSlave): number => given.filter((each) => each === slave).length;
  for (const slave of up) if (best === undefined || share(slave) < share(best)) best = slave;
  if (best === undefined) return active;
  bond.clients.set(client, best);
  return [best];
}

/** In the balancing modes that need no switch, each slave sends with its own address. */
function readdressed(
  bondLink: Link,
  bond: BondState,
  way: BondSlave,
  slave: Link,
  octets: Uint8Array,
): Uint8Array {
  const { mode } = bond.settings;
  if ((mode !== 'balance-tlb' && mode !== 'balance-alb') || slave.mac === bondLink.mac) return octets;
  if (sourceOf(octets) !== bondLink.mac) return octets;
  const changed = octets.slice();
  writeMac(changed, 6, slave.mac);
  const tellsAddress = mode === 'balance-alb' && way !== bond.active && isArp(octets);
  if (tellsAddress && readMac(octets, HEADER_SIZE + 8) === bondLink.mac)
    writeMac(changed, HEADER_SIZE + 8, slave.mac);
  return changed;
}

/** Frames of slaves are the bond's; LACP takes its own, and what a waiting slave hears is dropped. */
export const receiveFromSlave =
  (machine: Machine): FrameReceiver =>
  (link, octets, parent) => {
    const master = link.master;
    if (master?.bond == null) return 'pass';
    const { bond } = master;
    const slave = slaveOf(bond, link);
    if (slave === undefined) return 'pass';
    const net = namespaceOf(machine, master);
    if (bond.settings.mode === '802.3ad' && ethertypeOf(octets) === SLOW_PROTOCOLS) {
      if (destinationOf(octets) !== SLOW_PROTOCOLS_MAC) return 'consumed';
      const pdu = readLacpdu(octets.subarray(HEADER_SIZE));
      if (pdu === undefined)
        recordDrop(net, link.name, { kind: 'malformed', problem: 'not a LACPDU' }, octets, parent);
      else receiveLacpdu(lacpScope(machine, net, master, bond), slave, pdu);
      return 'consumed';
    }
    const { mode, all_slaves_active: allActive } = bond.settings;
    const listens = usesPrimary(mode) ? bond.active === slave : slave.active;
    const takesUnicast = mode === 'balance-alb' && !isGroupMac(destinationOf(octets));
    if (!listens && allActive === 0 && !takesUnicast) {
      recordDrop(net, link.name, { kind: 'blocked', problem: 'not the active slave' }, octets, parent);
      return 'consumed';
    }
    receive(net, master, toBond(master, link, octets), parent);
    return 'consumed';
  };

/** What was sent to a slave's own address is for the bond. */
function toBond(master: Link, slave: Link, octets: Uint8Array): Uint8Array {
  if (slave.mac === master.mac || destinationOf(octets) !== slave.mac) return octets;
  const changed = octets.slice();
  writeMac(changed, 0, master.mac);
  return changed;
}
