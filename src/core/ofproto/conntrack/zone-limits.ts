/** How many connections the zones of a datapath may hold, as `dpctl/ct-set-limits` or the database says. */

export class ZoneLimits {
  /** For zones without a limit of their own; 0: none. */
  usual = 0;
  /** By zone; 0: as many as there are. */
  readonly zones = new Map<number, number>();
  /** The database sets limits, so that nobody else may. */
  isProtected = false;

  /** The limit that holds in a zone; 0 for none. */
  of(zone: number): number {
    return this.zones.get(zone) ?? this.usual;
  }

  /** Takes over what the database says, when that is other than the last time. */
  follow(wanted: { readonly usual: number | null; readonly zones: ReadonlyMap<number, number> }): void {
    for (const [zone, limit] of wanted.zones)
      if (this.#given.get(zone) !== limit) this.zones.set(zone, limit);
    for (const zone of this.#given.keys()) if (!wanted.zones.has(zone)) this.zones.delete(zone);
    if (wanted.usual !== this.#givenUsual) this.usual = wanted.usual ?? 0;
    this.#given = wanted.zones;
    this.#givenUsual = wanted.usual;
    this.isProtected = wanted.usual !== null || wanted.zones.size > 0;
  }

  #given: ReadonlyMap<number, number> = new Map();
  #givenUsual: number | null = null;
}
