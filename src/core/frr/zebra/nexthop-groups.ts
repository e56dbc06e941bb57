/** zebra's next hop groups: one number for each distinct set of next hops, kept in the kernel while it is used. */
import type { Clock } from '../../base/context.ts';
import type { Family } from '../prefix.ts';
import type { KernelNexthop, KernelPort } from './kernel-port.ts';
import { forwardingNexthops, type RouteNexthop } from './route.ts';

/** `zebra nexthop-group keep`: unused groups stay this long. */
const KEEP_NS = 180_000_000_000;

interface Group {
  readonly id: number;
  readonly key: string;
  /** 0: of a group, or of no device. */
  readonly ifindex: number;
  /** The objects that a group is made of; those of one that nobody holds may be gone. */
  members: readonly Group[];
  /** Routes and groups that hold it. */
  users: number;
  /** In the kernel, as far as zebra knows. */
  installed: boolean;
  cancelKeep: (() => void) | null;
}

/** Next hops are the same where packets take the same way and each was given in the same form (`nexthop_same`). */
const hopKey = (family: Family, hop: RouteNexthop): string =>
  [
    hop.gateway ? `${hop.gateway.family}.${hop.gateway.address.toString(32)}` : `v${family}`,
    hop.ifindex,
    hop.isPinned ? 'pinned' : '',
    hop.kind === 'blackhole' ? (hop.reject ?? 'unspecified') : '',
    hop.onlink ? 'onlink' : '',
    hop.vrf,
    hop.weight,
    hop.recursive ? 'recursive' : '',
  ].join('|');

export const kernelHop = (hop: RouteNexthop): KernelNexthop => ({
  gateway: hop.gateway,
  ifindex: hop.ifindex,
  weight: hop.weight === 0 ? 1 : hop.weight,
  onlink: hop.onlink,
});

export class NexthopGroups {
  readonly #groups = new Map<string, Group>();
  readonly #byId = new Map<number, Group>();
  readonly #kernel: KernelPort;
  readonly #clock: Clock;
  /** Numbers as routes name them. */
  readonly #installed = new Set<number>();
  #next = 1;

  constructor(kernel: KernelPort, clock: Clock) {
    this.#kernel = kernel;
    this.#clock = clock;
  }

  /** The number of a set of next hops as routes name it; recursive ones have a number of their own. */
  idOf(family: Family, nexthops: readonly RouteNexthop[]): number {
    return this.#group(family, nexthops).id;
  }

  /** A route that names this number is in the kernel. */
  installed(id: number): void {
    this.#installed.add(id);
  }

  isInstalled(id: number): boolean {
    return this.#installed.has(id);
  }

  /** Puts what packets take into the kernel for one more user; its number, by which it is released. */
  use(family: Family, nexthops: readonly RouteNexthop[]): number {
    const hops = forwardingNexthops(nexthops);
    const group = this.#group(family, hops);
    const isHeld = group.users > 0 || group.cancelKeep !== null;
    if (!isHeld) group.members = this.#members(family, hops);
    this.#hold(group);
    this.#install(group, family, hops);
    return group.id;
  }

  release(id: number): void {
    const group = this.#byId.get(id);
    if (group) this.#drop(group);
  }

  #group(family: Family, nexthops: readonly RouteNexthop[]): Group {
    const key = nexthops.map((hop) => hopKey(family, hop)).join(',');
    const known = this.#groups.get(key);
    if (known) return known;
    const id = this.#next;
    this.#next += 1;
    const group: Group = {
      id,
      key,
      ifindex: nexthops.length > 1 ? 0 : (nexthops[0]?.ifindex ?? 0),
      members: this.#members(family, nexthops),
      users: 0,
      installed: false,
      cancelKeep: null,
    };
    this.#groups.set(key, group);
    this.#byId.set(id, group);
    return group;
  }

  #members(family: Family, nexthops: readonly RouteNexthop[]): Group[] {
    return nexthops.length > 1 ? nexthops.map((hop) => this.#group(family, [hop])) : [];
  }

  #hold(group: Group): void {
    if (group.users === 0 && group.cancelKeep === null)
      for (const member of group.members) this.#hold(member);
    group.cancelKeep?.();
    group.cancelKeep = null;
    group.users += 1;
  }

  /** What is not there is put into the kernel; a group that is there stays as it is, though the kernel may have lost members of it. */
  #install(group: Group, family: Family, nexthops: readonly RouteNexthop[]): void {
    for (const [at, member] of group.members.entries()) {
      const hop = nexthops[at];
      if (hop) this.#install(member, family, [hop]);
    }
    if (group.installed) return;
    group.installed = true;
    if (!this.#kernel.nexthopObjects) return;
    const [hop] = nexthops;
    if (group.members.length > 0)
      this.#kernel.createNexthop({
        kind: 'group',
        id: group.id,
        members: group.members.map((member, at) => ({ id: member.id, weight: nexthops[at]?.weight || 1 })),
      });
    else if (hop?.kind === 'blackhole')
      this.#kernel.createNexthop({ kind: 'blackhole', id: group.id, family });
    else if (hop)
      this.#kernel.createNexthop({
        kind: 'single',
        id: group.id,
        family: hop.gateway?.family ?? family,
        hop: kernelHop(hop),
      });
  }

  /** Without users it stays a while, unless the kernel does not have it. */
  #drop(group: Group): void {
    group.users -= 1;
    if (group.users > 0) return;
    if (group.installed) group.cancelKeep = this.#clock.after(KEEP_NS, () => this.#delete(group));
    else this.#delete(group);
  }

  #delete(group: Group): void {
    this.#groups.delete(group.key);
    this.#byId.delete(group.id);
    this.#installed.delete(group.id);
    if (group.installed && this.#kernel.nexthopObjects) this.#kernel.deleteNexthop(group.id);
    group.installed = false;
    for (const member of group.members) this.#drop(member);
  }

  /**
   * An interface went away or down, and the kernel forgot its objects. A group of which something is left counts as
   * installed further on: with the interface back, zebra does not put it in anew (`zebra_nhg_check_valid`).
   */
  forget(ifindex: number): void {
    const lost = new Set<Group>();
    for (const group of this.#groups.values()) if (group.ifindex === ifindex) lost.add(group);
    for (const group of this.#groups.values())
      if (group.members.length > 0 && group.members.every((one) => lost.has(one) || !one.installed))
        lost.add(group);
    for (const group of lost) {
      group.installed = false;
      this.#installed.delete(group.id);
    }
  }
}
