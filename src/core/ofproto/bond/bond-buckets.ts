/** Buckets of hashes that a balanced bond gives to its members, and how load is moved between them. */
import type { Clock } from '../../base/context.ts';
import type { Port } from '../bridge/port.ts';

export const BUCKETS = 256;

const MILLISECOND = 1_000_000;
/** A difference in load below this is not worth a move, in bytes. */
const LEAST_OVERLOAD = 100_000;
/** After so many halvings nothing is left of a count. */
const MAX_ROUNDS = 64;

interface Bucket {
  readonly number: number;
  member: Port | null;
  /** Sent of late: halved with each round. */
  bytes: number;
}

interface Load {
  readonly port: Port;
  bytes: number;
  /** The heaviest first. */
  buckets: Bucket[];
}

export class BondBuckets {
  readonly #buckets: readonly Bucket[] = Array.from({ length: BUCKETS }, (_, number) => ({
    number,
    member: null,
    bytes: 0,
  }));
  readonly #clock: Clock;
  /** Milliseconds. */
  #interval: number;
  /** Nanoseconds. */
  #next: number;

  constructor(clock: Clock, interval: number) {
    this.#clock = clock;
    this.#interval = interval;
    this.#next = clock.now() + interval * MILLISECOND;
  }

  /** When load is looked at next, in nanoseconds. */
  get nextRebalance(): number {
    return this.#next;
  }

  /** Another interval counts from the last round on. */
  setInterval(interval: number): void {
    this.#next += (interval - this.#interval) * MILLISECOND;
    this.#interval = interval;
  }

  memberOf(bucket: number): Port | null {
    return this.#buckets[bucket]?.member ?? null;
  }

  /** What a bucket sent of late, in bytes. */
  loadOf(bucket: number): number {
    return this.#buckets[bucket]?.bytes ?? 0;
  }

  assign(number: number, member: Port | null): void {
    const bucket = this.#buckets[number];
    if (bucket) bucket.member = member;
  }

  account(number: number, bytes: number): void {
    const bucket = this.#buckets[number];
    if (bucket) bucket.bytes += bytes;
  }

  forget(member: Port): void {
    for (const bucket of this.#buckets) if (bucket.member === member) bucket.member = null;
  }

  /** Gives a member to each bucket without an enabled one. */
  fill(isEnabled: (port: Port) => boolean, next: () => Port | null): void {
    for (const bucket of this.#buckets)
      if (!bucket.member || !isEnabled(bucket.member)) bucket.member = next();
  }

  /** Does the rounds that are due: moves load between the enabled members, and lets old load count for less. */
  rebalance(enabled: readonly Port[]): void {
    const now = this.#clock.now();
    if (this.#interval === 0 || now < this.#next) return;
    const step = this.#interval * MILLISECOND;
    const due = Math.floor((now - this.#next) / step) + 1;
    this.#next += due * step;
    for (let round = 0; round < Math.min(due, MAX_ROUNDS); round += 1) {
      if (this.#buckets.every(({ bytes }) => bytes === 0)) return;
      this.#moveLoad(enabled);
      for (const bucket of this.#buckets) bucket.bytes = Math.floor(bucket.bytes / 2);
    }
  }

  #loads(enabled: readonly Port[]): Load[] {
    const sorted = this.#buckets.filter(({ bytes }) => bytes > 0).toSorted((a, b) => b.bytes - a.bytes);
    return enabled.map((port) => {
      const buckets = sorted.filter(({ member }) => member === port);
      return { port, buckets, bytes: buckets.reduce((sum, { bytes }) => sum + bytes, 0) };
    });
  }

  /** From the member with most load to the one with least, until they differ little or nothing can be moved. */
  #moveLoad(enabled: readonly Port[]): void {
    let loads = this.#loads(enabled);
    for (;;) {
      loads = loads.toSorted((a, b) => b.bytes - a.bytes);
      const from = loads[0];
      const to = loads.at(-1);
      if (!from || !to || from === to) return;
      const overload = from.bytes - to.bytes;
      if (overload < Math.floor(to.bytes / 32) || overload < LEAST_OVERLOAD) return;
      const moved = chooseToMove(from, to.bytes);
      if (moved.length === 0) {
        loads = loads.filter((load) => load !== from);
        continue;
      }
      for (const bucket of moved) {
        bucket.member = to.port;
        from.bytes -= bucket.bytes;
        to.bytes += bucket.bytes;
      }
      // What was moved stays where it is in this round.
      from.buckets = from.buckets.filter((bucket) => !moved.includes(bucket));
    }
  }
}

/** Buckets that bring two members near to the middle of their loads; none when that would gain less than a tenth. */
function chooseToMove(from: Load, toBytes: number): readonly Bucket[] {
  if (from.buckets.length < 2) return [];
  const ideal = Math.floor((from.bytes + toBytes) / 2) - toBytes;
  const threshold = Math.floor(ideal / 10);
  const moved: Bucket[] = [];
  let delta = 0;
  for (const bucket of from.buckets) {
    if (delta + bucket.bytes <= ideal) {
      moved.push(bucket);
      delta += bucket.bytes;
    }
    if (ideal - delta < threshold) break;
  }
  const lightest = from.buckets.at(-1);
  if (moved.length === 0 && lightest) {
    moved.push(lightest);
    delta = lightest.bytes;
  }
  const low = Math.min(from.bytes - delta, toBytes + delta);
  return low > toBytes && low - toBytes >= threshold ? moved : [];
}
