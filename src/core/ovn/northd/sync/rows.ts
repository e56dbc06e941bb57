/** The southbound tables that northd keeps, and the uuids of rows that refer to one another. */
import type { Random } from '../../../base/random.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { SbDatabase, SbSchema, SbTxn, TableName } from '../../../ovsdb/index.ts';
import type { Model } from '../model/model.ts';
import type { RouterPort } from '../model/ports.ts';
import { TableSync } from './table-sync.ts';
import type { TableOptions } from './table-sync.ts';

/** Uuids of rows by what they stand for. */
export interface Rows {
  readonly datapath: (datapath: Uuid) => Uuid;
  /** The datapath of a Datapath_Binding row. */
  readonly datapathOf: (row: Uuid) => Uuid | undefined;
  /** HA_Chassis_Group, by name. */
  readonly haGroup: (name: string) => Uuid;
  /** The group of the chassis on which a gateway port can be. */
  readonly redirectGroup: (port: RouterPort) => Uuid | null;
  readonly port: (name: string) => Uuid;
}

/** Something that has changes to write. */
interface Pending {
  readonly isDirty: boolean;
  /** Where much is to be looked at, finds what is right already, with pauses, so that `write` has little to do. */
  comparing?(): Generator<void>;
  write(txn: SbTxn): void;
}

/** All tables of one northd. */
export class Sync {
  readonly m: Model;
  private readonly database: SbDatabase;
  private readonly random: Random;
  private readonly pending: Pending[] = [];

  constructor(m: Model, database: SbDatabase, random: Random) {
    this.m = m;
    this.database = database;
    this.random = random;
  }

  table<T extends TableName<SbSchema>>(table: T, options: TableOptions<T>): TableSync<T> {
    const sync = new TableSync(table, this.database, this.m.sb, this.random, options);
    this.pending.push(sync);
    return sync;
  }

  /** Has `pending` write together with the tables. */
  join(pending: Pending): void {
    this.pending.push(pending);
  }

  get isDirty(): boolean {
    return this.pending.some((one) => one.isDirty);
  }

  /** To be called before `write`. */
  *comparing(): Generator<void> {
    for (const one of this.pending) if (one.comparing !== undefined) yield* one.comparing();
  }

  write(txn: SbTxn): void {
    for (const one of this.pending) if (one.isDirty) one.write(txn);
  }
}
