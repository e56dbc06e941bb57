/** How long connections of a zone are kept where the database says so (`ovs-vsctl add-zone-tp`). */

/** Seconds by the names of CT_Timeout_Policy: `tcp_established`, `udp_single`, `icmp_first` ... */
export type Timeouts = ReadonlyMap<string, number>;

/** Zones with the same timeouts share a policy; its number is part of its name in the datapath. */
export interface TimeoutPolicy {
  readonly id: number;
  readonly timeouts: Timeouts;
}

const keyOf = (timeouts: Timeouts): string =>
  [...timeouts]
    .map(([name, seconds]) => `${name}=${seconds}`)
    .toSorted()
    .join();

/** Nanoseconds between two sweeps. */
const SWEEP_INTERVAL = 20e9;

export class ZoneTimeouts {
  #known: ReadonlyMap<number, Timeouts> = new Map();
  #policies: ReadonlyMap<string, TimeoutPolicy> = new Map();
  #zones: ReadonlyMap<number, TimeoutPolicy> = new Map();
  /** Numbers that no zone has any more and that are not given again before the next sweep. */
  #retired: ReadonlySet<number> = new Set();
  #sweep = 0;

  of(zone: number): TimeoutPolicy | undefined {
    return this.#zones.get(zone);
  }

  /**
   * Takes over what the database says of its zones, where no timeouts are an empty map, at a time in nanoseconds. Open vSwitch 3.7.0 acts on
   * changes alone: what a zone has when it comes has no effect until it is changed (`ct_zones_reconfigure`).
   */
  follow(wanted: ReadonlyMap<number, Timeouts>, now: number): void {
    if (this.#retired.size > 0 && this.#sweep <= now) this.#forget(this.#sweep);
    const policies = new Map<string, TimeoutPolicy>();
    const zones = new Map<number, TimeoutPolicy>();
    const used = new Set([...this.#retired, ...[...this.#policies.values()].map(({ id }) => id)]);
    let free = 1;
    for (const [zone, timeouts] of wanted) {
      const known = this.#known.get(zone);
      const key = keyOf(timeouts);
      const isChanged = known !== undefined && keyOf(known) !== key;
      if (timeouts.size === 0 || !(isChanged || this.#zones.has(zone))) continue;
      let policy = policies.get(key) ?? this.#policies.get(key);
      if (!policy) {
        while (used.has(free)) free += 1;
        used.add(free);
        policy = { id: free, timeouts };
      }
      policies.set(key, policy);
      zones.set(zone, policy);
    }
    const kept = new Set([...policies.values()].map(({ id }) => id));
    this.#retired = new Set([...used].filter((id) => !kept.has(id)));
    if (this.#retired.size > 0 && this.#sweep <= now) this.#forget(now);
    this.#known = wanted;
    this.#policies = policies;
    this.#zones = zones;
  }

  #forget(at: number): void {
    this.#retired = new Set();
    this.#sweep = at + SWEEP_INTERVAL;
  }
}
