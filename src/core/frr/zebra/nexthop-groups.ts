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
  /** The objects that a group is made of. */
  readonly members: readonly Group[];
  users: number;
  installed: boolean;
  cancelKeep: (() => void) | null;
}

const hopKey = (family: Family, hop: RouteNexthop): string =>
  `${hop.gateway ? `${hop.gateway.family}.${hop.gateway.address.toString(32)}` : `v${family}`}|${hop.ifindex}|${
    hop.kind === 'blackhole' ? (hop.reject ?? 'unspecified') : ''
  }|${hop.onlink ? 'onlink' : ''}|${hop.vrf}`;

export const kernelHop = (hop: RouteNexthop): KernelNexthop => ({
  gateway: hop.gateway,
  ifindex: hop.ifindex,
  weight: hop.weight === 0 ? 1 : hop.weight,
  onlink: hop.onlink,
});

export class NexthopGroups {
  readonly #groups = new Map<string, Group>();
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

  /** Puts what packets take into the kernel and counts the user; the number for the route. */
  use(family: Family, nexthops: readonly RouteNexthop[]): number {
    const group = this.#group(family, forwardingNexthops(nexthops));
    this.#hold(group, family, forwardingNexthops(nexthops));
    return group.id;
  }

  release(family: Family, nexthops: readonly RouteNexthop[]): void {
    this.#drop(this.#group(family, forwardingNexthops(nexthops)));
  }

  #group(family: Family, nexthops: readonly RouteNexthop[]): Group {
    const key = nexthops
      .map(
        (hop) =>
          `${hopKey(family, hop)}${hop.recursive ? '*' : ''}${nexthops.length > 1 ? `@${hop.weight}` : ''}`,
      )
      .join(',');
    const known = this.#groups.get(key);
    if (known) return known;
    const id = this.#next;
    this.#next += 1;
    const members = nexthops.length > 1 ? nexthops.map((hop) => this.#group(family, [hop])) : [];
    const group: Group = { id, key, members, users: 0, installed: false, cancelKeep: null };
    this.#groups.set(key, group);
    return group;
  }

  #hold(group: Group, family: Family, nexthops: readonly RouteNexthop[]): void {
    group.cancelKeep?.();
    group.cancelKeep = null;
    group.users += 1;
    if (group.installed) return;
    group.installed = true;
    for (const [at, member] of group.members.entries()) {
      const hop = nexthops[at];
      if (hop) this.#hold(member, family, [hop]);
    }
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

  #drop(group: Group): void {
    group.users = Math.max(0, group.users - 1);
    if (group.users > 0 || !group.installed) return;
    group.cancelKeep = this.#clock.after(KEEP_NS, () => {
      group.installed = false;
      this.#groups.delete(group.key);
      this.#installed.delete(group.id);
      if (this.#kernel.nexthopObjects) this.#kernel.deleteNexthop(group.id);
      for (const member of group.members) this.#drop(member);
    });
  }

  /** The kernel forgot the objects of an interface that went away or down. */
  forget(ifindex: number): void {
    for (const group of this.#groups.values())
      if (group.key.split(',').some((part) => part.split('|')[1] === String(ifindex))) {
        group.cancelKeep?.();
        this.#groups.delete(group.key);
        this.#installed.delete(group.id);
      }
  }
}
