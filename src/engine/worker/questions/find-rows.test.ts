import { expect, it } from 'vitest';
import { createRandom } from '../../../core/base/random.ts';
import { createDatabase, nbSchema, sbSchema, vswitchSchema } from '../../../core/ovsdb/index.ts';
import { browsable } from '../table-page.ts';
import { findRows } from './find-rows.ts';

const nb = createDatabase(nbSchema, createRandom(1));
nb.transact((txn) => txn.insert('Logical_Switch', { name: 'network1' }));
const sb = createDatabase(sbSchema, createRandom(2));
sb.transact((txn) => {
  const logical_datapath = txn.insert('Datapath_Binding', { tunnel_key: 1 });
  for (let at = 0; at < 30; at += 1)
    txn.insert('Logical_Flow', {
      logical_datapath,
      pipeline: 'ingress',
      table_id: at,
      match: `flags[${at}]`,
      external_ids: new Map([['stage-name', 'ls_in_acl_eval']]),
    });
});
const databases = [browsable(nb), browsable(sb)];

it('finds a row of any database by its first digits', () => {
  for (const [database, table, label] of [
    [browsable(nb), 'Logical_Switch', 'network1'],
    [browsable(sb), 'Logical_Flow', 'ls_in_acl_eval flags[0]'],
  ] as const) {
    const [row] = database.rows(table);
    const found = { database: database.name, table, uuid: row?._uuid, label };
    for (const start of [row?._uuid.slice(0, 8) ?? '', row?._uuid.slice(0, 12) ?? '', row?._uuid ?? ''])
      expect(findRows(databases, start)).toEqual({ rows: [found], total: 1 });
  }
});

it('tells of the machine whose database holds it', () => {
  const local = createDatabase(vswitchSchema, createRandom(3));
  local.transact((txn) => txn.insert('Open_vSwitch', {}));
  const machine = browsable(local, 'worker1');
  const [row] = machine.rows('Open_vSwitch');
  expect(findRows([...databases, machine], row?._uuid ?? '').rows).toEqual([
    expect.objectContaining({ database: 'Open_vSwitch worker1', table: 'Open_vSwitch', uuid: row?._uuid }),
  ]);
});

it('counts those beyond what it tells of', () => {
  const all = findRows(databases, '');
  expect(all.total).toBe(32);
  expect(all.rows).toHaveLength(20);
  expect(findRows(databases, '00000000')).toEqual({ rows: [], total: 0 });
});
