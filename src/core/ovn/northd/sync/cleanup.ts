/** Rows that chassis have written and that nothing stands behind any more: they are removed. */
import type { Uuid } from '../../../base/uuid.ts';
import type { SbRow, SbSchema, SbTxn, TableName } from '../../../ovsdb/index.ts';
import type { Rows, Sync } from './rows.ts';

class Cleanup<T extends TableName<SbSchema>> {
  private readonly table: T;
  private readonly doomed = new Set<Uuid>();

  constructor(sync: Sync, table: T, isAlive: (row: SbRow<T>) => boolean) {
    this.table = table;
    const { graph, sb } = sync.m;
    const all = sb.all(table);
    const alive = graph.query(
      `${table} alive`,
      (uuid: Uuid): boolean => {
        const row = sb.row(table, uuid);
        return row === undefined || isAlive(row);
      },
      {
        settled: (uuid, now) => {
          if (now) this.doomed.delete(uuid);
          else this.doomed.add(uuid);
        },
        dropped: (uuid) => this.doomed.delete(uuid),
      },
    );
    graph
      .query(`all ${table}`, () => {
        for (const uuid of all()) alive.keep(uuid);
      })
      .pin('');
    sync.join(this);
  }

  get isDirty(): boolean {
    return this.doomed.size > 0;
  }

  write(txn: SbTxn): void {
    for (const uuid of this.doomed) if (txn.get(this.table, uuid) !== undefined) txn.delete(this.table, uuid);
    this.doomed.clear();
  }
}

export function syncCleanup(sync: Sync, rows: Rows): void {
  const { m } = sync;
  const liveRouter = (row: Uuid | null): boolean => {
    const lr = row === null ? undefined : rows.datapathOf(row);
    return lr !== undefined && m.router(lr) !== undefined;
  };
  const liveRouterPort = (name: string): boolean => {
    const own = m.lrpNamed(name);
    const redirected = name.startsWith('cr-') ? m.lrpNamed(name.slice(3)) : undefined;
    const lrp =
      own ?? (redirected !== undefined && m.redirectOf(redirected)?.name === name ? redirected : undefined);
    return lrp !== undefined && m.lrp(lrp) !== undefined && m.routerOfPort(lrp) !== undefined;
  };
  new Cleanup(sync, 'MAC_Binding', (row) => liveRouter(row.datapath) && liveRouterPort(row.logical_port));
  new Cleanup(sync, 'FDB', (row) => {
    const ls = m.datapathOfKey(row.dp_key);
    return ls !== undefined && m.switch(ls) !== undefined && m.portOfKey(ls, row.port_key) !== undefined;
  });
  new Cleanup(sync, 'IGMP_Group', (row) => {
    const ls = row.datapath === null ? undefined : rows.datapathOf(row.datapath);
    return row.chassis !== null && ls !== undefined && m.switch(ls) !== undefined;
  });
  new Cleanup(sync, 'Learned_Route', (row) => {
    const name = m.sb.row('Port_Binding', row.logical_port)?.logical_port;
    return name !== undefined && m.mustLearn(name);
  });
}
