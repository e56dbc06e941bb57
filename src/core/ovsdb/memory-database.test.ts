import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import type { Uuid } from '../base/uuid.ts';
import {
  createDatabase,
  nbSchema,
  sbSchema,
  type Changes,
  type NbDatabase,
  type NbSchema,
  type TransactionError,
} from './index.ts';

const northbound = (): NbDatabase => createDatabase(nbSchema, createRandom(1));

function refusal(result: { ok: boolean; error?: TransactionError }): string {
  return result.ok ? 'accepted' : `${result.error?.error}: ${result.error?.details}`;
}

describe('rows', () => {
  it('have every column, with defaults, in their memory form', () => {
    const db = northbound();
    db.transact((txn) => {
      const port = txn.insert('Logical_Switch_Port', {
        name: 'p',
        addresses: ['b', 'a', 'b'],
        options: new Map([
          ['z', '1'],
          ['a', '2'],
        ]),
      });
      txn.insert('Logical_Switch', { name: 's', ports: [port] });
    });
    const [port] = [...db.rows('Logical_Switch_Port')];
    expect(port).toMatchObject({
      name: 'p',
      addresses: ['a', 'b'],
      tag: null,
      type: '',
      up: null,
      port_security: [],
    });
    expect([...(port?.options ?? [])]).toEqual([
      ['a', '2'],
      ['z', '1'],
    ]);
    expect(db.find('Logical_Switch', 'ports', port?._uuid as Uuid)).toHaveLength(1);
    expect(db.find('Logical_Switch', 'name', 's')[0]?.ports).toEqual([port?._uuid]);
  });

  it('are found by index after inserts, updates and deletes', () => {
    const db = northbound();
    const named = (name: string): number => db.find('Logical_Switch', 'name', name).length;
    expect(named('a')).toBe(0);
    db.transact((txn) => ['a', 'a', 'b', 'a'].forEach((name) => txn.insert('Logical_Switch', { name })));
    expect([named('a'), named('b')]).toEqual([3, 1]);
    const list = db.find('Logical_Switch', 'name', 'a');
    db.transact((txn) => {
      txn.update('Logical_Switch', list[0]?._uuid as Uuid, { name: 'b' });
      txn.delete('Logical_Switch', list[1]?._uuid as Uuid);
      expect(txn.find('Logical_Switch', 'name', 'b')).toHaveLength(2);
    });
    expect([named('a'), named('b'), list.length]).toEqual([1, 2, 3]);
  });
});

describe('references', () => {
  it('keep rows alive when strong, and rows without any vanish', () => {
    const db = northbound();
    const result = db.transact((txn) => {
      txn.insert('Logical_Switch_Port', { name: 'lost' });
      const band = txn.insert('Meter_Band', { action: 'drop', rate: 1 });
      txn.insert('Meter', { name: 'm', unit: 'kbps', bands: [band] });
    });
    expect(result.ok && Object.keys(result.value.tables).sort()).toEqual(['Meter', 'Meter_Band']);
    db.transact((txn) => [...txn.rows('Meter')].forEach((row) => txn.delete('Meter', row._uuid)));
    expect(db.count('Meter_Band')).toBe(0);
  });

  it('refuse to dangle', () => {
    const db = northbound();
    const nowhere = '00000000-0000-4000-8000-000000000001' as Uuid;
    const row = '00000000-0000-4000-8000-000000000002' as Uuid;
    expect(
      refusal(db.transact((txn) => txn.insert('Logical_Switch', { name: 's', ports: [nowhere] }, row))),
    ).toBe(
      `referential integrity violation: Table Logical_Switch column ports row ${row} references nonexistent row ${nowhere} in table Logical_Switch_Port.`,
    );
    expect(db.count('Logical_Switch')).toBe(0);
  });

  it('cannot be pulled from under a referring row', () => {
    const db = createDatabase(sbSchema, createRandom(2));
    db.transact((txn) => {
      const datapath = txn.insert('Datapath_Binding', { tunnel_key: 1 });
      txn.insert('Port_Binding', { logical_port: 'p', datapath, tunnel_key: 1 });
    });
    const [datapath] = [...db.rows('Datapath_Binding')];
    const result = db.transact((txn) => txn.delete('Datapath_Binding', datapath?._uuid as Uuid));
    expect(refusal(result)).toBe(
      `referential integrity violation: cannot delete Datapath_Binding row ${datapath?._uuid} because of 1 remaining reference(s)`,
    );
    expect(db.count('Datapath_Binding')).toBe(1);
  });

  it('disappear with their row when weak', () => {
    const db = northbound();
    db.transact((txn) => {
      const port = txn.insert('Logical_Switch_Port', { name: 'p' });
      txn.insert('Logical_Switch', { name: 's', ports: [port] });
      txn.insert('Port_Group', { name: 'g', ports: [port] });
    });
    const seen: Changes<NbSchema>[] = [];
    db.subscribe((changes) => seen.push(changes));
    db.transact((txn) =>
      [...txn.rows('Logical_Switch')].forEach((row) =>
        txn.update('Logical_Switch', row._uuid, { ports: [] }),
      ),
    );
    expect([...db.rows('Port_Group')][0]?.ports).toEqual([]);
    expect(seen[0]?.tables.Logical_Switch_Port?.deleted[0]?.name).toBe('p');
    expect(seen[0]?.tables.Port_Group?.updated).toHaveLength(1);
  });
});

describe('constraints', () => {
  const check = (build: Parameters<NbDatabase['transact']>[0], expected: string): void => {
    const db = northbound();
    db.transact((txn) =>
      txn.insert('Load_Balancer_Group', { name: 'there' }, '00000000-0000-4000-8000-00000000000a' as Uuid),
    );
    const before = db.version;
    expect(refusal(db.transact(build))).toBe(expected);
    expect(db.version).toBe(before);
    expect(db.count('Load_Balancer_Group')).toBe(1);
  };

  it('are ovsdb-server’s, in its words', () => {
    check(
      (txn) => txn.insert('Meter_Band', { rate: 0 }),
      'constraint violation: 0 is not in the valid range 1 to 4294967295 (inclusive)',
    );
    check(
      (txn) => txn.insert('ACL', { action: 'deny' as 'drop' }),
      'constraint violation: deny is not one of the allowed values ([allow, allow-related, allow-stateless, drop, pass, reject])',
    );
    check(
      (txn) => txn.insert('ACL', { name: 'x'.repeat(64) }),
      `constraint violation: "${'x'.repeat(64)}" length 64 is greater than maximum allowed length 63`,
    );
    check(
      (txn) => txn.insert('BFD', { min_tx: 0 }),
      'constraint violation: 0 is less than minimum allowed value 1',
    );
    check(
      (txn) =>
        txn.insert('Load_Balancer_Group', { name: 'there' }, '00000000-0000-4000-8000-00000000000b' as Uuid),
      'constraint violation: Transaction causes multiple rows in "Load_Balancer_Group" table to have identical values (there) for index on column "name".  First row, with UUID 00000000-0000-4000-8000-00000000000b, was inserted by this transaction.  Second row, with UUID 00000000-0000-4000-8000-00000000000a, existed in the database before this transaction and was not modified by the transaction.',
    );
    check(
      (txn) => txn.insert('Meter_Band', { action: 'drop' }),
      'constraint violation: 0 is not in the valid range 1 to 4294967295 (inclusive)',
    );
    check(
      (txn) => [1, 2].forEach(() => txn.insert('NB_Global', {})),
      'constraint violation: transaction causes "NB_Global" table to contain 2 rows, greater than the schema-defined limit of 1 row(s)',
    );
  });
});

describe('transactions', () => {
  it('tell listeners in order, also those that start another', () => {
    const db = northbound();
    const seen: string[] = [];
    db.subscribe((changes) => {
      const name = changes.tables.Logical_Switch?.inserted[0]?.name;
      if (name === 'first') db.transact((txn) => txn.insert('Logical_Switch', { name: 'second' }));
    });
    const stop = db.subscribe((changes) =>
      seen.push(changes.tables.Logical_Switch?.inserted[0]?.name ?? '?'),
    );
    db.transact((txn) => txn.insert('Logical_Switch', { name: 'first' }));
    stop();
    db.transact((txn) => txn.insert('Logical_Switch', { name: 'third' }));
    expect(seen).toEqual(['first', 'second']);
  });

  it('that change nothing are not told', () => {
    const db = northbound();
    db.transact((txn) => txn.insert('Logical_Switch', { name: 's' }));
    const { version } = db;
    db.transact((txn) =>
      [...txn.rows('Logical_Switch')].forEach((row) =>
        txn.update('Logical_Switch', row._uuid, { name: 's' }),
      ),
    );
    db.transact((txn) => txn.delete('Logical_Switch', txn.insert('Logical_Switch', { name: 't' })));
    expect(db.version).toBe(version);
  });

  it('leave nothing behind when their code throws', () => {
    const db = northbound();
    expect(() =>
      db.transact((txn) => {
        txn.insert('Logical_Switch', { name: 's' });
        throw new Error('bug');
      }),
    ).toThrow('bug');
    expect(db.count('Logical_Switch')).toBe(0);
  });
});
