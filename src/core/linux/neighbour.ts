/**
 * Neighbour unreachability detection as `net/core/neighbour.c` does it: queueing, probes, states, updates.
 * Who asks for the address (ARP or neighbour discovery) is told by the caller's `Solicitor`.
 */
import type { StepId } from '../base/step.ts';
import { formatMac } from '../base/address.ts';
import { wheelDelay } from './timer-wheel.ts';
import { formatIp, isMulticastIp, multicastMac, type Family } from './family.ts';
import type { Link } from './link.ts';
import type { Namespace } from './namespace.ts';
import {
  isConnected,
  isValid,
  type Neighbour,
  type NeighbourState,
  type Waiting,
} from './neighbour-state.ts';
import { neighbourRow, record, recordDrop } from './recording.ts';
import { MILLISECOND, SECOND } from './timing.ts';

/** Sends one request for `neighbour`; `mac` is the known address of a unicast probe. */
export type Solicitor = (
  net: Namespace,
  link: Link,
  neighbour: Neighbour,
  mac: bigint | null,
  trigger: Uint8Array | null,
  parent: StepId | null,
) => void;

/** The solicitors of both families; they are set up by the kernel, because they send datagrams themselves. */
export interface Solicitors {
  readonly 4: Solicitor;
  readonly 6: Solicitor;
}

export class NeighbourDiscovery {
  readonly #solicitors: Solicitors;

  constructor(solicitors: Solicitors) {
    this.#solicitors = solicitors;
  }

  /** Sends `waiting` to a next hop on `link`: at once when the address is known, else after asking for it. */
  output(net: Namespace, link: Link, family: Family, address: bigint, waiting: Waiting): void {
    const fixed = fixedMac(net, link, family, address);
    if (fixed !== undefined) {
      noteFixed(net, link, family, address, fixed);
      waiting.send(fixed, waiting.parent);
      return;
    }
    const now = net.machine.context.clock.now();
    const neighbour =
      net.neighbours.find(family, link.index, address) ??
      net.neighbours.create(family, link.index, address, now);
    if (isValid(neighbour.state) && neighbour.mac !== null) {
      if (neighbour.state === 'STALE') {
        this.#enter(net, link, neighbour, 'DELAY', waiting.parent);
      }
      neighbour.used = now;
      const step = record(
        net,
        link.name,
        { kind: 'resolved', address: formatIp(family, address), mac: formatMac(neighbour.mac) },
        null,
        waiting.parent,
        [neighbourRow(net, link, neighbour)],
      );
      waiting.send(neighbour.mac, step);
      return;
    }
    neighbour.used = now;
    const step = record(
      net,
      link.name,
      { kind: 'queued', reason: `no address of ${formatIp(family, address)} yet` },
      null,
      waiting.parent,
      [neighbourRow(net, link, neighbour)],
    );
    neighbour.queue.push({ ...waiting, parent: step });
    const limit = net.sysctl.neigh(family, link.name, 'unres_qlen');
    if (neighbour.queue.length > limit) {
      const dropped = neighbour.queue.shift();
      if (dropped !== undefined)
        recordDrop(net, link.name, { kind: 'neighbour-failed' }, { packet: dropped.octets }, dropped.parent);
    }
    if (neighbour.state !== 'INCOMPLETE') {
      neighbour.probes = net.sysctl.neigh(family, link.name, 'ucast_solicit');
      this.#enter(net, link, neighbour, 'INCOMPLETE', step);
      this.#solicit(net, link, neighbour, step);
    }
  }

  /**
   * What was learned or configured about a neighbour (`neigh_update`). `override` lets a new address replace a known
   * one; `admin` is the user's word and changes permanent entries too.
   */
  update(
    net: Namespace,
    link: Link,
    neighbour: Neighbour,
    mac: bigint | null,
    state: NeighbourState,
    parent: StepId | null,
    flags: {
      readonly override?: boolean;
      readonly weakOverride?: boolean;
      readonly admin?: boolean;
      readonly isRouter?: boolean;
    } = {},
  ): void {
    const old = neighbour.state;
    if (flags.admin !== true && (old === 'PERMANENT' || old === 'NOARP')) return;
    const now = net.machine.context.clock.now();
    let next = state;
    let address = mac ?? neighbour.mac;
    if (isValid(next)) {
      if (isConnected(next)) neighbour.confirmed = now;
      if (isValid(old) && neighbour.mac !== null && address !== neighbour.mac && flags.override !== true) {
        if (flags.weakOverride !== true || !isConnected(old)) return;
        address = neighbour.mac;
        next = 'STALE';
      } else if (isValid(old) && address === neighbour.mac && next === 'STALE' && flags.admin !== true)
        next = old;
    }
    const newMac = address !== neighbour.mac;
    if (flags.isRouter !== undefined) neighbour.router = flags.isRouter;
    neighbour.updated = now;
    if (newMac && isValid(next)) {
      neighbour.mac = address;
      if (!isConnected(next))
        neighbour.confirmed = now - 2 * this.#baseReachable(net, link, neighbour.family);
    }
    if (next !== old) {
      if (next === 'PROBE') neighbour.probes = 0;
      this.#enter(net, link, neighbour, next, parent);
    } else if (newMac) this.#notify(net, neighbour);
    if (!isValid(old) && isValid(next)) this.#flushQueue(net, link, neighbour, parent);
    if (!isValid(next)) this.#failQueue(neighbour, parent);
  }

  /** Proof that the neighbour answers (`confirmed`), from a reply at a higher layer. */
  confirm(net: Namespace, neighbour: Neighbour): void {
    neighbour.confirmed = net.machine.context.clock.now();
  }

  /** Forgets the entries of a link; without carrier the permanent ones stay. */
  flush(net: Namespace, link: Link, keepPermanent: boolean, family?: Family): void {
    for (const neighbour of net.neighbours.all(family)) {
      if (neighbour.ifindex !== link.index || (keepPermanent && neighbour.state === 'PERMANENT')) continue;
      this.remove(net, neighbour);
    }
  }

  remove(net: Namespace, neighbour: Neighbour): void {
    net.neighbours.delete(neighbour);
    for (const waiting of neighbour.queue.splice(0))
      recordDrop(net, null, { kind: 'neighbour-failed' }, waiting.octets, waiting.parent);
    net.machine.notify({ kind: 'neighbour', namespace: net.name, neighbour, deleted: true });
  }

  #enter(
    net: Namespace,
    link: Link,
    neighbour: Neighbour,
    state: NeighbourState,
    parent: StepId | null,
  ): void {
    neighbour.cancelTimer?.();
    neighbour.cancelTimer = null;
    neighbour.state = state;
    neighbour.updated = net.machine.context.clock.now();
    const delay = this.#timeIn(net, link, neighbour);
    if (delay !== null) this.#arm(net, link, neighbour, delay, parent);
    this.#notify(net, neighbour);
  }

  #timeIn(net: Namespace, link: Link, neighbour: Neighbour): number | null {
    const { sysctl } = net;
    const { family } = neighbour;
    switch (neighbour.state) {
      case 'INCOMPLETE':
      case 'PROBE':
        return sysctl.neigh(family, link.name, 'retrans_time_ms') * MILLISECOND;
      case 'DELAY':
        return sysctl.neigh(family, link.name, 'delay_first_probe_time') * SECOND;
      case 'REACHABLE':
        return this.#reachableTime(net, link, family);
      default:
        return null;
    }
  }

  #baseReachable(net: Namespace, link: Link, family: Family): number {
    return net.sysctl.neigh(family, link.name, 'base_reachable_time_ms') * MILLISECOND;
  }

  /**
   * The mean of what Linux draws (`neigh_rand_reach_time`: half to one and a half of the base, RFC 4861, 6.3.2), not a
   * draw: the kernel's draw is not known, and with one of our own a router of the recordings asks for its neighbour
   * while its link comes back, so that its routes come later than recorded.
   */
  #reachableTime(net: Namespace, link: Link, family: Family): number {
    return this.#baseReachable(net, link, family);
  }

  #arm(net: Namespace, link: Link, neighbour: Neighbour, delay: number, parent: StepId | null): void {
    const { clock } = net.machine.context;
    neighbour.cancelTimer = clock.after(wheelDelay(clock, delay), () => {
      neighbour.cancelTimer = null;
      if (!link.deleted) this.#timer(net, link, neighbour, parent);
    });
  }

  #timer(net: Namespace, link: Link, neighbour: Neighbour, parent: StepId | null): void {
    const now = net.machine.context.clock.now();
    const delayTime = net.sysctl.neigh(neighbour.family, link.name, 'delay_first_probe_time') * SECOND;
    switch (neighbour.state) {
      case 'REACHABLE': {
        const left = neighbour.confirmed + this.#reachableTime(net, link, neighbour.family) - now;
        if (left > 0) this.#arm(net, link, neighbour, left, parent);
        else this.#enter(net, link, neighbour, now < neighbour.used + delayTime ? 'DELAY' : 'STALE', parent);
        return;
      }
      case 'DELAY':
        if (now <= neighbour.confirmed + delayTime) this.#enter(net, link, neighbour, 'REACHABLE', parent);
        else {
          neighbour.probes = 0;
          this.#enter(net, link, neighbour, 'PROBE', parent);
          this.#solicit(net, link, neighbour, parent);
        }
        return;
      case 'INCOMPLETE':
      case 'PROBE':
        if (neighbour.probes >= this.#maxProbes(net, link, neighbour)) {
          this.#enter(net, link, neighbour, 'FAILED', parent);
          this.#failQueue(neighbour, parent);
        } else {
          this.#solicit(net, link, neighbour, parent);
          this.#arm(net, link, neighbour, this.#timeIn(net, link, neighbour) ?? SECOND, parent);
        }
        return;
      default:
    }
  }

  #maxProbes(net: Namespace, link: Link, neighbour: Neighbour): number {
    const value = (name: string): number => net.sysctl.neigh(neighbour.family, link.name, name);
    return (
      value('ucast_solicit') +
      value('app_solicit') +
      (neighbour.state === 'PROBE' ? value('mcast_resolicit') : value('mcast_solicit'))
    );
  }

  #solicit(net: Namespace, link: Link, neighbour: Neighbour, parent: StepId | null): void {
    const unicast = neighbour.probes < net.sysctl.neigh(neighbour.family, link.name, 'ucast_solicit');
    neighbour.probes += 1;
    const trigger = neighbour.queue[0];
    this.#solicitors[neighbour.family](
      net,
      link,
      neighbour,
      unicast ? neighbour.mac : null,
      trigger?.octets ?? null,
      trigger?.parent ?? parent,
    );
  }

  #flushQueue(net: Namespace, link: Link, neighbour: Neighbour, parent: StepId | null): void {
    for (const waiting of neighbour.queue.splice(0)) {
      if (neighbour.mac === null) continue;
      const step = record(
        net,
        link.name,
        {
          kind: 'resolved',
          address: formatIp(neighbour.family, neighbour.address),
          mac: formatMac(neighbour.mac),
        },
        null,
        parent ?? waiting.parent,
        [neighbourRow(net, link, neighbour)],
      );
      waiting.send(neighbour.mac, step);
    }
  }

  #failQueue(neighbour: Neighbour, parent: StepId | null): void {
    for (const waiting of neighbour.queue.splice(0)) waiting.fail(waiting.parent ?? parent);
  }

  #notify(net: Namespace, neighbour: Neighbour): void {
    net.machine.notify({ kind: 'neighbour', namespace: net.name, neighbour, deleted: false });
  }
}

/** What is sent to without asking has an entry too, which `nud all` shows (`arp_constructor`, `ndisc_constructor`). */
function noteFixed(net: Namespace, link: Link, family: Family, address: bigint, mac: bigint): void {
  if (!link.ethernet) return;
  const key = neighbourKey(link, family, address);
  if (net.neighbours.find(family, link.index, key) !== undefined) return;
  const neighbour = net.neighbours.create(family, link.index, key, net.machine.context.clock.now());
  neighbour.state = 'NOARP';
  neighbour.mac = mac;
}

/** The address that an entry is kept under: on the loopback device all of IPv4 share one. */
export const neighbourKey = (link: Link, family: Family, address: bigint): bigint =>
  link.kind === 'lo' && family === 4 ? 0n : address;

/** The link-layer address that needs no asking: groups, broadcasts, links without resolution. */
function fixedMac(net: Namespace, link: Link, family: Family, address: bigint): bigint | undefined {
  if (!link.ethernet) return 0n;
  // An entry that somebody made here sends to an address that is not the loopback device's.
  if (link.kind === 'lo')
    return net.neighbours.find(family, link.index, neighbourKey(link, family, address))?.mac ?? 0n;
  if (isMulticastIp(family, address)) return multicastMac(family, address);
  if (family === 4 && isBroadcastOn(net, link, address)) return link.broadcast;
  const known = net.neighbours.find(family, link.index, address);
  // A link with ARP off sends to its own address (`arp_constructor`), but a permanent entry still counts.
  if (link.noArp && (known === undefined || known.mac === null)) return link.mac;
  return undefined;
}

function isBroadcastOn(net: Namespace, link: Link, address: bigint): boolean {
  if (address === 0xffffffffn) return true;
  const routes = net.tables[4].get(255)?.at(address, 32) ?? [];
  return routes.some(
    (route) => route.type === 'broadcast' && route.nexthops.some((hop) => hop.ifindex === link.index),
  );
}
