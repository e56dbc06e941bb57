/** The forwarding database of a bridge: which port each address was last seen on, per VLAN. */
import type { Clock } from '../../base/context.ts';
import type { Bundle } from './port.ts';

export interface MacEntry {
  readonly mac: bigint;
  readonly vlan: number;
  bundle: Bundle;
  /** Simulated time when it was last seen; null for a static entry. */
  seen: number | null;
  /** Until when gratuitous ARP from bonds is not believed. */
  lockedUntil: number;
}

const SECOND = 1e9;
const GRATUITOUS_ARP_LOCK = 5 * SECOND;
const NO_COUNTS = { learned: 0, expired: 0, evicted: 0, moved: 0 };
const isMulticast = (mac: bigint): boolean => ((mac >> 40n) & 1n) === 1n;

export class MacTable {
  private agingTime = 300;
  private limit = 8192;
  private counts = { ...NO_COUNTS };
  private readonly entries = new Map<string, MacEntry>();
  private readonly clock: Clock;
  private floodVlans: ReadonlySet<number> = new Set();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** What happened to entries so far. */
  get stats(): Readonly<typeof NO_COUNTS> {
    this.expire();
    return this.counts;
  }

  get maxEntries(): number {
    return this.limit;
  }

  /**
   * Takes over settings: `macAge` seconds until an unused entry is forgotten (15 to 3600), at most `macTableSize` entries
   * (10 to a million), VLANs in which nothing is learned. Other VLANs empty the table.
   */
  configure(settings: {
    readonly macAge: number;
    readonly macTableSize: number;
    readonly floodVlans: readonly number[];
  }): void {
    this.agingTime = Math.min(3600, Math.max(15, settings.macAge));
    this.limit = Math.min(1_000_000, Math.max(10, settings.macTableSize));
    const floodVlans = new Set(settings.floodVlans);
    const isSame =
      floodVlans.size === this.floodVlans.size && [...floodVlans].every((vlan) => this.floodVlans.has(vlan));
    if (isSame) return;
    this.floodVlans = floodVlans;
    this.flush();
  }

  private key(mac: bigint, vlan: number): string {
    return `${vlan}/${mac}`;
  }

  private expire(): void {
    const limit = this.clock.now() - this.agingTime * SECOND;
    for (const [key, entry] of this.entries) {
      if (entry.seen === null) continue;
      if (entry.seen > limit) break;
      this.entries.delete(key);
      this.counts.expired += 1;
    }
  }

  lookup(mac: bigint, vlan: number): MacEntry | undefined {
    if (isMulticast(mac) || this.floodVlans.has(vlan)) return undefined;
    this.expire();
    return this.entries.get(this.key(mac, vlan));
  }

  /** Learns that `mac` is on `bundle`; true when that is news. */
  learn(mac: bigint, vlan: number, bundle: Bundle, gratuitousArp: boolean): boolean {
    if (isMulticast(mac) || this.floodVlans.has(vlan)) return false;
    this.expire();
    const key = this.key(mac, vlan);
    const now = this.clock.now();
    const known = this.entries.get(key);
    if (known?.seen === null) return false;
    if (known && gratuitousArp && bundle.bond && now < known.lockedUntil) return false;
    const entry: MacEntry = known ?? { mac, vlan, bundle, seen: now, lockedUntil: 0 };
    const news = !known || known.bundle !== bundle;
    if (!known) this.counts.learned += 1;
    else if (news) this.counts.moved += 1;
    entry.bundle = bundle;
    entry.seen = now;
    if (gratuitousArp && !bundle.bond) entry.lockedUntil = now + GRATUITOUS_ARP_LOCK;
    // The one seen last stands last.
    this.entries.delete(key);
    this.entries.set(key, entry);
    while (this.entries.size > this.limit) {
      const oldest = this.entries.keys().next().value;
      if (oldest === undefined) break;
      this.entries.delete(oldest);
      this.counts.evicted += 1;
    }
    return news;
  }

  /** Whether gratuitous ARP from bonds is not believed about the address for now. */
  isLocked(mac: bigint, vlan: number): boolean {
    return this.clock.now() < (this.lookup(mac, vlan)?.lockedUntil ?? 0);
  }

  addStatic(mac: bigint, vlan: number, bundle: Bundle): void {
    const key = this.key(mac, vlan);
    this.entries.delete(key);
    this.entries.set(key, { mac, vlan, bundle, seen: null, lockedUntil: 0 });
  }

  remove(mac: bigint, vlan: number): boolean {
    return this.entries.delete(this.key(mac, vlan));
  }

  clearStats(): void {
    this.counts = { ...NO_COUNTS };
  }

  /** What was learned on one bundle is now on another. */
  move(from: Bundle, to: Bundle): void {
    for (const entry of this.entries.values()) if (entry.bundle === from) entry.bundle = to;
  }

  /** Forgets everything, or everything on `bundle`; static entries stay. */
  flush(bundle?: Bundle): void {
    for (const [key, entry] of this.entries)
      if (entry.seen !== null && (!bundle || entry.bundle === bundle)) this.entries.delete(key);
  }

  /** Entries, the one seen longest ago first, with their age in seconds (null for static ones). */
  list(): readonly { readonly entry: MacEntry; readonly age: number | null }[] {
    this.expire();
    const now = this.clock.now();
    return [...this.entries.values()].map((entry) => ({
      entry,
      age: entry.seen === null ? null : Math.floor((now - entry.seen) / SECOND),
    }));
  }

  get size(): number {
    this.expire();
    return this.entries.size;
  }
}
