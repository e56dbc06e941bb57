/** What netfilter keeps for one namespace: the tables, and the connections that it follows. */
import type { Clock } from '../../base/context.ts';
import { Conntrack, type Tracked } from './conntrack.ts';
import { needsTracking, newTable, type Table, type TableName } from './rule.ts';

export class NetfilterState {
  /** Tables that were touched. */
  readonly tables = new Map<TableName, Table>();
  readonly conntrack: Conntrack;
  #follows = false;

  constructor(clock: Clock) {
    this.conntrack = new Conntrack(clock);
  }

  table(name: TableName): Table {
    let table = this.tables.get(name);
    if (table === undefined) {
      table = newTable(name);
      this.tables.set(name, table);
    }
    return table;
  }

  /** Whether any table can have a say. */
  get isActive(): boolean {
    return this.tables.size > 0;
  }

  /** Whether connections are followed: from the first rule that needs it. */
  get follows(): boolean {
    return this.#follows;
  }

  /** To be told after every change of the tables. */
  changed(): void {
    if (this.#follows) return;
    for (const [name, table] of this.tables)
      for (const { rules } of table.values())
        if (rules.some(({ spec }) => name === 'nat' || needsTracking(spec))) this.#follows = true;
  }

  /** The connection of a packet that comes in or is made here; undefined while none is followed. */
  track(datagram: Uint8Array): Tracked | null | undefined {
    return this.#follows ? this.conntrack.track(datagram) : undefined;
  }
}
