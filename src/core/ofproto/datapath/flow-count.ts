/** How many megaflows there were: what `upcall/show` tells, counted at each round of the threads that check megaflows. */

/** Nanoseconds between two rounds. */
const ROUND = 500_000_000;
/** After as many rounds an average has reached what it runs to. */
const SETTLED = 64;

export class FlowCount {
  private size = 0;
  private since = 0;
  private averaged = 0;
  private most = 0;

  /** From `now` on there are `size`. */
  become(size: number, now: number): void {
    this.settle(now);
    this.size = size;
  }

  /** Numbers as of `now`; the average gives each round as much weight as all before it. */
  figures(now: number): { readonly current: number; readonly average: number; readonly most: number } {
    this.settle(now);
    return { current: this.size, average: this.averaged, most: this.most };
  }

  private settle(now: number): void {
    const rounds = Math.floor(now / ROUND) - Math.floor(this.since / ROUND);
    this.since = now;
    if (rounds <= 0) return;
    this.most = Math.max(this.most, this.size);
    for (let i = 0; i < Math.min(rounds, SETTLED); i += 1)
      this.averaged = Math.floor((this.size + this.averaged) / 2);
  }
}
