/** How often each interface was told to be up or down: once for every message of the kernel that says so. */
import type { ZebraLink } from './links.ts';

export interface LinkTimes {
  readonly ups: number;
  readonly downs: number;
  /** Simulated nanoseconds; null: never. */
  readonly lastUp: number | null;
  readonly lastDown: number | null;
}

const NEVER: LinkTimes = { ups: 0, downs: 0, lastUp: null, lastDown: null };

export class LinkHistory {
  readonly #times = new Map<string, LinkTimes>();

  of(vrf: string, name: string): LinkTimes {
    return this.#times.get(`${vrf} ${name}`) ?? NEVER;
  }

  /** The kernel told of a link that was known, or its carrier counts otherwise; what only concerns its addresses does not count. */
  told(before: ZebraLink, after: ZebraLink, now: number): void {
    const is = ({ up, running, operative, mtu }: ZebraLink) => [up, running, operative, mtu].join();
    if (is(before) === is(after)) return;
    const times = this.of(after.vrf, after.name);
    this.#times.set(
      `${after.vrf} ${after.name}`,
      after.operative
        ? { ...times, ups: times.ups + 1, lastUp: now }
        : { ...times, downs: times.downs + 1, lastDown: now },
    );
  }

  /** The link is gone, or in another VRF from now on. */
  left(vrf: string, name: string, movedTo: string | null): void {
    const times = this.#times.get(`${vrf} ${name}`);
    this.#times.delete(`${vrf} ${name}`);
    if (times !== undefined && movedTo !== null) this.#times.set(`${movedTo} ${name}`, times);
  }
}
