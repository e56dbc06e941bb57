/**
 * Resilient groups of next hops (`nexthop.c`): a fixed number of buckets, each with one next hop, which flows reach by their
 * hash. When the group changes, buckets move to next hops that have too few, idle ones first, so that flows stay where they are.
 */
import type { Clock } from '../base/context.ts';

const SECOND = 1e9;

interface Bucket {
  /** The next hop object; null while it went and no other was found. */
  id: number | null;
  /** When a flow last used it, and when it last moved; equal until it is used. */
  used: number;
  moved: number;
}

interface Share {
  readonly id: number;
  readonly weight: number;
  wants: number;
  has: number;
}

export interface ResilientSettings {
  /** Seconds without use after which a bucket may move. */
  readonly idleTimer: number;
  /** Seconds out of balance after which buckets move even if they are in use; 0: never. */
  readonly unbalancedTimer: number;
}

export class ResilientTable {
  readonly #clock: Clock;
  readonly #buckets: Bucket[];
  #settings: ResilientSettings;
  #shares: Share[] = [];
  /** Those with too few buckets, the next to get one first. */
  #lacking: Share[] = [];
  #unbalancedSince: number | null = null;
  #cancel: (() => void) | null = null;

  constructor(
    clock: Clock,
    count: number,
    settings: ResilientSettings,
    members: readonly { readonly id: number; readonly weight: number }[],
  ) {
    this.#clock = clock;
    this.#settings = settings;
    const now = clock.now();
    this.#buckets = Array.from({ length: count }, () => ({ id: null, used: now, moved: now }));
    this.setMembers(members, settings);
  }

  get settings(): ResilientSettings {
    return this.#settings;
  }

  get count(): number {
    return this.#buckets.length;
  }

  /** Nanoseconds since some next hop has had too few buckets; 0 in balance. */
  get unbalancedTime(): number {
    return this.#unbalancedSince === null ? 0 : this.#clock.now() - this.#unbalancedSince;
  }

  /** The next hop of each bucket and the nanoseconds since it was used. */
  buckets(): readonly { readonly id: number | null; readonly idle: number }[] {
    const now = this.#clock.now();
    return this.#buckets.map(({ id, used }) => ({ id, idle: now - used }));
  }

  /** Other members or weights: buckets keep their next hop as long as it is one. */
  setMembers(
    members: readonly { readonly id: number; readonly weight: number }[],
    settings: ResilientSettings,
  ): void {
    this.#settings = settings;
    const kept = new Set(members.map(({ id }) => id));
    for (const bucket of this.#buckets) if (bucket.id !== null && !kept.has(bucket.id)) bucket.id = null;
    const total = members.reduce((sum, { weight }) => sum + weight, 0);
    let weight = 0;
    let before = 0;
    this.#shares = members.map((member) => {
      weight += member.weight;
      const upTo = Math.round((this.#buckets.length * weight) / total);
      const wants = upTo - before;
      before = upTo;
      return { ...member, wants, has: this.#buckets.filter(({ id }) => id === member.id).length };
    });
    this.#lacking = this.#shares.filter(({ has, wants }) => has < wants).reverse();
    this.#upkeep();
  }

  /** The next hop for a flow, whose bucket is in use from now on. */
  choose(hash: number): number | null {
    const bucket = this.#buckets[hash % this.#buckets.length];
    if (bucket === undefined) return null;
    bucket.used = this.#clock.now();
    return bucket.id;
  }

  /** Ends the waiting. */
  close(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #upkeep(): void {
    this.close();
    const now = this.#clock.now();
    const wasBalanced = this.#unbalancedSince === null;
    if (this.#lacking.length === 0) this.#unbalancedSince = null;
    else if (wasBalanced) this.#unbalancedSince = now;
    let deadline = Infinity;
    for (const bucket of this.#buckets) {
      const [target] = this.#lacking;
      if (target === undefined) break;
      const owner = this.#shares.find(({ id }) => id === bucket.id);
      const ready = this.#readyAt(bucket, owner);
      if (ready > now) {
        deadline = Math.min(deadline, ready);
        continue;
      }
      if (owner !== undefined) owner.has -= 1;
      Object.assign(bucket, { id: target.id, used: now, moved: now });
      target.has += 1;
      if (target.has >= target.wants) this.#lacking.shift();
    }
    if (this.#lacking.length === 0) this.#unbalancedSince = null;
    else if (deadline < Infinity)
      this.#cancel = this.#clock.after(deadline - now, () => {
        this.#cancel = null;
        this.#upkeep();
      });
  }

  /** When a bucket may move: at once if it has no next hop or was not used since it moved, never if its own needs it. */
  #readyAt(bucket: Bucket, owner: Share | undefined): number {
    const now = this.#clock.now();
    if (owner === undefined) return now;
    if (owner.has <= owner.wants) return Infinity;
    if (bucket.used === bucket.moved) return now;
    const idle = bucket.used + this.#settings.idleTimer * SECOND;
    const { unbalancedTimer } = this.#settings;
    return unbalancedTimer === 0 || this.#unbalancedSince === null
      ? idle
      : Math.min(idle, this.#unbalancedSince + unbalancedTimer * SECOND);
  }
}
