/** LACP's machines (IEEE 802.1AX clause 6.4) as the bonding driver runs them: receive, selection, mux, periodic sending. */
import { encodeLacpdu, LACP_STATE, type LacpParty, type Lacpdu } from '../../../wire/layer/lacp.ts';
import { namespaceOf, transmit } from '../../device.ts';
import { frameOf } from '../../ether.ts';
import type { Link } from '../../link.ts';
import type { Machine } from '../../namespace.ts';
import { MILLISECOND, SECOND } from '../../timing.ts';
import type { BondSlave, BondState } from '../state.ts';
import { chooseAggregator, isMember, membersOf, selectAggregator } from './aggregator.ts';
import { has, setState, stopTimers, unknownPartner, type LacpPort } from './port.ts';

export const SLOW_PROTOCOLS_MAC = 0x0180c2000002n;
export const SLOW_PROTOCOLS = 0x8809;

const FAST = 1 * SECOND;
const SLOW = 30 * SECOND;
/** Three PDUs missing. */
const SHORT_TIMEOUT = 3 * SECOND;
const LONG_TIMEOUT = 90 * SECOND;
/** How long a port waits for others that could join the same aggregator. */
const AGGREGATE_WAIT = 2 * SECOND;
/** At most three PDUs a second. */
const SEND_GAP = 300 * MILLISECOND;

const { activity, timeout, aggregation, synchronization, collecting, distributing, defaulted, expired } =
  LACP_STATE;

/** 10 Gbit/s, full duplex, as the driver writes speed and duplex into a key. */
const SPEED_AND_DUPLEX = (7 << 1) | 1;

export interface LacpScope {
  readonly machine: Machine;
  readonly link: Link;
  readonly bond: BondState;
  /** Who carries traffic may have changed. */
  readonly changed: () => void;
}

const linkOf = ({ machine, link }: LacpScope, slave: BondSlave): Link | undefined =>
  namespaceOf(machine, link).links.get(slave.ifindex);

/** What the port tells of itself follows the bond's settings. */
function refreshActor(scope: LacpScope, slave: BondSlave, port: LacpPort): void {
  const { settings, actorSystem } = scope.bond;
  port.actor.systemPriority = settings.ad_actor_sys_prio;
  port.actor.system = actorSystem ?? scope.link.mac;
  port.actor.key = slave.link === 'up' ? (settings.ad_user_port_key << 6) | SPEED_AND_DUPLEX : 0;
  setState(port.actor, activity, settings.lacp_active === 'on');
  setState(port.actor, timeout, settings.lacp_rate === 'fast');
}

/** A bond that is set up, a slave that joined or whose link or settings changed: all its machines look again. */
export function lacpChanged(scope: LacpScope): void {
  for (const slave of scope.bond.slaves) {
    if (!isMember(slave)) continue;
    const port = slave.lacp;
    const runs = scope.link.up && slave.link === 'up';
    const before = { ...port.actor };
    refreshActor(scope, slave, port);
    if (runs && port.receiving === 'disabled') expire(scope, port);
    else if (!runs && port.receiving !== 'disabled') disable(scope, port);
    else if (before.key !== port.actor.key || before.system !== port.actor.system) port.selected = false;
  }
  run(scope);
}

function disable(scope: LacpScope, port: LacpPort): void {
  stopTimers(port);
  port.receiving = 'disabled';
  port.selected = false;
  port.matched = false;
  port.needToTransmit = false;
  port.partner = unknownPartner();
  setState(port.actor, expired, false);
  setState(port.actor, defaulted, true);
  detach(scope, port);
  port.aggregator = null;
}

function startReceiveTimer(scope: LacpScope, port: LacpPort, delay: number): void {
  port.cancelReceive?.();
  port.cancelReceive = scope.machine.context.clock.after(delay, () => {
    port.cancelReceive = null;
    if (port.receiving === 'current') expire(scope, port);
    else useDefaults(port);
    run(scope);
  });
}

function expire(scope: LacpScope, port: LacpPort): void {
  port.receiving = 'expired';
  port.matched = false;
  setState(port.partner, synchronization, false);
  setState(port.partner, timeout | activity, true);
  setState(port.actor, expired, true);
  startReceiveTimer(scope, port, SHORT_TIMEOUT);
}

function useDefaults(port: LacpPort): void {
  const before = port.partner;
  port.receiving = 'defaulted';
  port.partner = unknownPartner();
  if (!sameParty(before, port.partner)) port.selected = false;
  port.matched = true;
  setState(port.actor, defaulted, true);
  setState(port.actor, expired, false);
}

/** The same port of the same system, joining others or not as before. */
const sameParty = (a: LacpParty, b: LacpParty): boolean =>
  a.port === b.port &&
  a.portPriority === b.portPriority &&
  a.system === b.system &&
  a.systemPriority === b.systemPriority &&
  a.key === b.key &&
  has(a, aggregation) === has(b, aggregation);

export function receiveLacpdu(scope: LacpScope, slave: BondSlave, pdu: Lacpdu): void {
  const port = slave.lacp;
  if (port === null || port.receiving === 'disabled') return;
  if (!sameParty(pdu.actor, port.partner)) port.selected = false;
  const told = activity | timeout | synchronization | aggregation;
  if (!sameParty(pdu.partner, port.actor) || ((pdu.partner.state ^ port.actor.state) & told) !== 0)
    port.needToTransmit = true;
  port.matched = sameParty(pdu.partner, port.actor) || !has(pdu.actor, aggregation);
  port.partner = { ...pdu.actor };
  setState(port.partner, synchronization, port.matched && has(pdu.actor, synchronization));
  setState(port.actor, defaulted | expired, false);
  port.receiving = 'current';
  startReceiveTimer(scope, port, has(port.actor, timeout) ? SHORT_TIMEOUT : LONG_TIMEOUT);
  run(scope);
}

/** Selection, mux and sending, until nothing changes any more. */
function run(scope: LacpScope): void {
  const { bond } = scope;
  const members = bond.slaves.filter(isMember);
  for (const { lacp: port } of members) {
    // What a silent partner would be like is known only when the wait for it is over.
    if (port.selected || port.receiving === 'disabled') continue;
    if (port.mux !== 'detached') detach(scope, port);
    chooseAggregator(bond, port);
  }
  selectAggregator(bond);
  for (const { lacp: port } of members) stepMux(scope, port);
  for (const slave of members) keepSending(scope, slave, slave.lacp);
  scope.changed();
}

function detach(scope: LacpScope, port: LacpPort): void {
  port.cancelWait?.();
  port.cancelWait = null;
  port.waited = false;
  if (port.mux === 'attached' || port.mux === 'distributing') port.needToTransmit = scope.link.up;
  port.mux = 'detached';
  setState(port.actor, synchronization | collecting | distributing, false);
}

function stepMux(scope: LacpScope, port: LacpPort): void {
  if (!port.selected) return;
  if (port.mux === 'detached') {
    port.mux = 'waiting';
    port.cancelWait = scope.machine.context.clock.after(AGGREGATE_WAIT, () => {
      port.cancelWait = null;
      port.waited = true;
      run(scope);
    });
  }
  const others = membersOf(scope.bond, port.aggregator);
  if (
    port.mux === 'waiting' &&
    others.every(({ lacp }) => lacp.waited || lacp.mux !== 'waiting') &&
    port.waited
  ) {
    port.mux = 'attached';
    port.needToTransmit = true;
  }
  if (port.mux === 'waiting') return;
  const isActive = port.aggregator === scope.bond.activeAggregator;
  if (has(port.actor, synchronization) !== isActive) {
    setState(port.actor, synchronization, isActive);
    port.needToTransmit = true;
  }
  const together = isActive && has(port.partner, synchronization);
  if (together === (port.mux === 'distributing')) return;
  port.mux = together ? 'distributing' : 'attached';
  setState(port.actor, collecting | distributing, together);
  port.needToTransmit = true;
}

function keepSending(scope: LacpScope, slave: BondSlave, port: LacpPort): void {
  const { clock } = scope.machine.context;
  const speaks = maySpeak(port);
  const interval = has(port.partner, timeout) ? FAST : SLOW;
  if (port.periodic !== null && (!speaks || port.periodic.interval !== interval)) {
    // A partner that begins to ask for fast ones gets one at once.
    if (speaks && interval === FAST) port.needToTransmit = true;
    port.periodic.cancel();
    port.periodic = null;
  }
  if (speaks && port.periodic === null) {
    const cancel = clock.after(interval, () => {
      port.periodic = null;
      port.needToTransmit = true;
      keepSending(scope, slave, port);
    });
    port.periodic = { interval, cancel };
  }
  if (!port.needToTransmit || !speaks || port.cancelSend !== null) return;
  const since = port.lastSent === null ? SEND_GAP : clock.now() - port.lastSent;
  port.cancelSend = clock.after(Math.max(0, SEND_GAP - since), () => {
    port.cancelSend = null;
    const link = linkOf(scope, slave);
    if (link === undefined || !port.needToTransmit || !maySpeak(port)) return;
    port.needToTransmit = false;
    port.lastSent = clock.now();
    const octets = frameOf(
      SLOW_PROTOCOLS_MAC,
      slave.permanentMac,
      SLOW_PROTOCOLS,
      encodeLacpdu({ actor: port.actor, partner: port.partner }),
    );
    transmit(namespaceOf(scope.machine, link), link, octets, null);
  });
}

/** With `lacp_active off` a port speaks only to a partner that speaks to it. */
const maySpeak = ({ receiving, actor, partner }: LacpPort): boolean =>
  receiving !== 'disabled' && (has(actor, activity) || (receiving === 'current' && has(partner, activity)));
