/**
 * Numbers of OpenFlow groups and meters by what they are for. Each belongs to the logical flows that use it; the lowest
 * free number is given, and is free again when the last of them is gone (ovn-controller's `extend-table`).
 */
import type { Uuid } from '../../base/uuid.ts';
import type { IdAllocator } from '../actions/index.ts';

interface Numbered {
  readonly number: number;
  readonly owners: Set<Uuid>;
}

const NOTHING: ReadonlySet<string> = new Set();

export class Numbers implements IdAllocator {
  readonly #numbers = new Map<string, Numbered>();
  readonly #taken = new Set<number>();
  readonly #owned = new Map<Uuid, Set<string>>();
  #lowest = 1;

  assign(description: string, owner: Uuid): number {
    let known = this.#numbers.get(description);
    if (!known) {
      while (this.#taken.has(this.#lowest)) this.#lowest += 1;
      known = { number: this.#lowest, owners: new Set() };
      this.#taken.add(known.number);
      this.#numbers.set(description, known);
    }
    known.owners.add(owner);
    const owned = this.#owned.get(owner) ?? new Set();
    this.#owned.set(owner, owned.add(description));
    return known.number;
  }

  /** Runs `translate`, which assigns anew all that `owner` needs; what it no longer asked for is given up. */
  renew(owner: Uuid, translate: () => void): void {
    const before = this.#owned.get(owner) ?? NOTHING;
    this.#owned.delete(owner);
    translate();
    const now = this.#owned.get(owner) ?? NOTHING;
    for (const description of before) if (!now.has(description)) this.#giveUp(description, owner);
  }

  /** Gives up all that `owner` has. */
  drop(owner: Uuid): void {
    this.renew(owner, () => undefined);
  }

  /** Takes everything from all but these owners. */
  keepOnly(owners: ReadonlySet<Uuid>): void {
    for (const owner of [...this.#owned.keys()]) if (!owners.has(owner)) this.drop(owner);
  }

  #giveUp(description: string, owner: Uuid): void {
    const known = this.#numbers.get(description);
    known?.owners.delete(owner);
    if (!known || known.owners.size > 0) return;
    this.#numbers.delete(description);
    this.#taken.delete(known.number);
    this.#lowest = Math.min(this.#lowest, known.number);
  }

  *entries(): Generator<readonly [string, number]> {
    for (const [description, { number }] of this.#numbers) yield [description, number];
  }
}
