import { expect, it } from 'vitest';
import { createRandom } from '../../core/base/random.ts';
import { createDatabase, sbSchema } from '../../core/ovsdb/index.ts';
import { browsable, tablePage } from './table-page.ts';

const everything = { offset: 0, limit: 10, search: '' };

it('shows first what tells rows apart, and last what no row has', () => {
  const sb = createDatabase(sbSchema, createRandom(1));
  sb.transact((txn) => {
    const datapath = txn.insert('Datapath_Binding', { tunnel_key: 1 });
    txn.insert('Port_Binding', { logical_port: 'vm1', datapath, tunnel_key: 1 });
    txn.insert('Port_Binding', { logical_port: 'vm2', datapath, tunnel_key: 2, mac: ['02:00:00:00:00:01'] });
  });
  const request = { database: 'OVN_Southbound', table: 'Port_Binding', ...everything };
  const { columns, rows } = tablePage(browsable(sb), request);
  expect(columns.slice(0, 3)).toEqual(['_uuid', 'logical_port', 'datapath']);
  expect(columns.indexOf('mac')).toBeLessThan(columns.indexOf('chassis'));
  expect(new Set(columns)).toEqual(new Set(['_uuid', ...Object.keys(sbSchema.tables.Port_Binding.columns)]));
  expect(rows.map(({ cells }) => cells[1])).toEqual(['vm1', 'vm2']);
  const narrowed = tablePage(browsable(sb), { ...request, search: 'vm1' });
  expect(narrowed.columns).toEqual(columns);
  expect(narrowed.total).toBe(1);
});
