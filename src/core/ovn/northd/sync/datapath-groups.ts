/** Sets of datapaths that many rows share: one Logical_DP_Group row for each different set. */
import { hashText } from '../../../base/random.ts';
import type { Random } from '../../../base/random.ts';
import { randomUuid } from '../../../base/uuid.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { SbTxn } from '../../../ovsdb/index.ts';

/** Some datapaths, by northbound uuid, each counted as often as it was added. A map is made only for more than one. */
export class DatapathSet {
  private first: Uuid | undefined;
  private count = 0;
  private counts: Map<Uuid, number> | undefined;
  /** Two sums over the members, so that equal sets are found without sorting. */
  private low = 0;
  private high = 0;

  add(datapath: Uuid): void {
    if (this.counts === undefined) {
      if (this.count === 0 || this.first === datapath) {
        this.first = datapath;
        this.count += 1;
        return;
      }
      this.spread();
    }
    const count = this.counts?.get(datapath);
    this.counts?.set(datapath, (count ?? 0) + 1);
    if (count === undefined) this.mix(datapath);
  }

  remove(datapath: Uuid): void {
    if (this.counts === undefined) {
      if (this.first === datapath && this.count > 0) this.count -= 1;
      return;
    }
    const count = this.counts.get(datapath) ?? 0;
    if (count > 1) this.counts.set(datapath, count - 1);
    else if (this.counts.delete(datapath)) this.mix(datapath);
  }

  get size(): number {
    return this.counts?.size ?? (this.count > 0 ? 1 : 0);
  }

  get members(): readonly Uuid[] {
    if (this.counts !== undefined) return [...this.counts.keys()];
    return this.count > 0 && this.first !== undefined ? [this.first] : [];
  }

  /** The one member of a set of one. */
  get only(): Uuid | undefined {
    return this.size === 1 ? this.members[0] : undefined;
  }

  /** A text that is the same for equal sets. */
  get fingerprint(): string {
    if (this.counts === undefined) this.spread();
    return `${this.size} ${this.low} ${this.high}`;
  }

  private spread(): void {
    this.counts = new Map();
    if (this.count === 0 || this.first === undefined) return;
    this.counts.set(this.first, this.count);
    this.mix(this.first);
  }

  private mix(datapath: Uuid): void {
    this.low ^= hashText(datapath);
    this.high ^= hashText(datapath, 0x9747b28c);
  }
}

interface Group {
  readonly uuid: Uuid;
  users: number;
  isNew: boolean;
  readonly members: readonly Uuid[];
}

/** The groups of one kind of user. Rows without a user are collected by the database. */
export class DatapathGroups {
  private readonly groups = new Map<string, Group>();
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  /** Takes over a row that is in the database already. */
  adopt(set: DatapathSet, uuid: Uuid): void {
    if (!this.groups.has(set.fingerprint))
      this.groups.set(set.fingerprint, { uuid, users: 0, isNew: false, members: set.members });
  }

  /** One more user of the set's group. Gives the key by which `release` and `write` know the group. */
  use(set: DatapathSet): string {
    const key = set.fingerprint;
    let group = this.groups.get(key);
    if (group === undefined) {
      group = { uuid: randomUuid(this.random), users: 0, isNew: true, members: set.members };
      this.groups.set(key, group);
    }
    group.users += 1;
    return key;
  }

  release(key: string): void {
    const group = this.groups.get(key);
    if (group === undefined) return;
    group.users -= 1;
    if (group.users === 0) this.groups.delete(key);
  }

  /** The row of a group, written when it is not there yet. `rowOf` gives the Datapath_Binding of a datapath. */
  write(txn: SbTxn, key: string, rowOf: (datapath: Uuid) => Uuid): Uuid | null {
    const group = this.groups.get(key);
    if (group === undefined) return null;
    if (group.isNew) {
      txn.insert('Logical_DP_Group', { datapaths: group.members.map(rowOf) }, group.uuid);
      group.isNew = false;
    }
    return group.uuid;
  }
}
