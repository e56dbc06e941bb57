import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import {
  asNb,
  asSb,
  createDatabase,
  nbSchema,
  readDatabaseFile,
  writeDatabaseFile,
  type Database,
  type DatabaseFile,
} from './index.ts';
import { readLog, writeLog } from './log-file.ts';
import { schemaJson } from './schema-json.ts';
import type { Json, JsonObject } from './value-json.ts';

const golden = new URL('../../../golden/', import.meta.url);
const recorded = (path: string): Uint8Array => readFileSync(new URL(path, golden));
const [someCase] = readdirSync(new URL('ovn/', golden)).toSorted();
const northbound = recorded(`ovn/${someCase}/ovnnb_db.db`);

/** All rows as data, for comparing databases. */
function rowsOf(database: Database): unknown {
  return Object.keys(database.schema.tables).map((table) => [table, [...database.rows(table)]]);
}

function read(octets: Uint8Array): DatabaseFile {
  const file = readDatabaseFile(octets, { name: 'x.db' });
  if (!file.ok) throw new Error(file.error.message);
  return file.value;
}

/** What is wrong with a file, in words. */
function problemOf(octets: Uint8Array): string | undefined {
  const file = readDatabaseFile(octets, { name: 'x.db' });
  return file.ok ? file.value.problem?.message : file.error.message;
}

const U1 = '11111111-1111-4111-8111-111111111111';
const U2 = '22222222-2222-4222-8222-222222222222';
const tiny = {
  name: 'Tiny',
  version: '1.0.0',
  tables: {
    T: {
      columns: {
        name: { type: 'string' },
        tags: { type: { key: 'string', min: 0, max: 'unlimited' } },
        more: { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } },
        size: { type: { key: { type: 'integer', minInteger: 1, maxInteger: 9 }, min: 0, max: 1 } },
      },
      isRoot: true,
    },
  },
} satisfies JsonObject;
const standalone = (...transactions: readonly JsonObject[]): Uint8Array =>
  writeLog('JSON', [tiny, ...transactions]);

describe('standalone files', () => {
  it.each(
    ['ovnnb_db.db', 'ovnsb_db.db'].flatMap((file) =>
      readdirSync(new URL('ovn/', golden)).map((name) => `ovn/${name}/${file}`),
    ),
  )('%s reads whole and survives being written', (path) => {
    const file = read(recorded(path));
    expect(file.problem).toBeUndefined();
    expect(file.kind).toBe('standalone');
    const again = read(writeDatabaseFile(file.database));
    expect(rowsOf(again.database)).toEqual(rowsOf(file.database));
    expect(schemaJson(again.database.schema)).toEqual(schemaJson(file.database.schema));
  });

  it('follow transactions: whole rows, differences, deletions', () => {
    const file = read(
      standalone(
        { T: { [U1]: { name: 'a', tags: ['set', ['x', 'y']], more: ['map', [['k', 'v']]] }, [U2]: {} } },
        {
          _date: 1_700_000_000_000,
          _comment: 'ctl: did it',
          _is_diff: true,
          T: {
            [U1]: {
              name: 'b',
              tags: ['set', ['y', 'z']],
              more: [
                'map',
                [
                  ['k', 'w'],
                  ['l', '1'],
                ],
              ],
            },
          },
        },
        { _is_diff: true, T: { [U1]: { more: ['map', [['l', '1']]], size: 4 } } },
        { T: { [U1]: { size: ['set', []] }, [U2]: null } },
      ),
    );
    expect(file.problem).toBeUndefined();
    expect([...file.database.rows('T')]).toEqual([
      { _uuid: U1, name: 'b', tags: ['x', 'z'], more: new Map([['k', 'w']]), size: null },
    ]);
    expect(file.recordCount).toBe(5);
    expect(file.notes[1]).toEqual({ date: 1_700_000_000_000, comment: 'ctl: did it' });
  });

  it('write what a transaction says about itself', () => {
    const database = createDatabase(nbSchema, createRandom(1));
    const octets = writeDatabaseFile(database, { date: 1234, comment: 'compacting' });
    expect(read(octets).notes).toEqual([{ date: 1234, comment: 'compacting' }]);
  });

  it('keep text of any characters', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.string(), (texts, name) => {
        const database = createDatabase(nbSchema, createRandom(1));
        database.transact((txn) => {
          txn.insert('Logical_Switch', { name, other_config: new Map(texts.map((text) => [text, name])) });
          txn.insert('Address_Set', { name: 'a', addresses: texts });
        });
        expect(rowsOf(read(writeDatabaseFile(database)).database)).toEqual(
          rowsOf(database as unknown as Database),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('of older schemas open with their own, and serve as ours', () => {
    for (const era of readdirSync(new URL('eras/', golden)).filter((name) => !name.endsWith('.md'))) {
      const file = read(recorded(`eras/${era}/provider-flat-nd/ovnsb_db.db`));
      expect(file.database.schema.version).not.toBe('21.8.0');
      const ours = asSb(file.database);
      expect(ours.ok && ours.value.count('Logical_Flow')).toBe(file.database.count('Logical_Flow'));
      expect(ours.ok && [...ours.value.rows('Logical_Flow')].map(({ match }) => match)).toEqual(
        [...file.database.rows('Logical_Flow')].map((row) => row['match']),
      );
    }
  });

  it('of an older version may hold one element where ours may hold none', () => {
    const old = {
      ...(schemaJson(nbSchema) as Record<string, Json>),
      version: '5.0.0',
      tables: {
        Logical_Switch: {
          columns: {
            name: { type: { key: 'string', min: 0, max: 1 } },
            acls: { type: 'uuid' },
            gone: { type: 'string' },
          },
          isRoot: true,
        },
      },
    };
    const rows = { Logical_Switch: { [U1]: { name: 's', acls: ['uuid', U2] }, [U2]: {} } };
    const ours = asNb(read(writeLog('JSON', [old, rows])).database);
    expect(ours.ok && ours.value.get('Logical_Switch', U1 as never)).toMatchObject({ name: 's', acls: [U2] });
    expect(ours.ok && ours.value.get('Logical_Switch', U2 as never)).toMatchObject({ name: '', ports: [] });
    expect(asSb(read(northbound).database)).toMatchObject({
      ok: false,
      error: 'a database OVN_Northbound, not OVN_Southbound',
    });
  });
});

describe('clustered files', () => {
  const header = {
    server_id: '6f9f',
    name: 'Tiny',
    cluster_id: 'c1c1',
    local_address: 'ssl:10.0.0.1:6644',
    prev_servers: { '6f9f': 'ssl:10.0.0.1:6644' },
    prev_term: 1,
    prev_index: 2,
    prev_data: [tiny, { T: { [U1]: { name: 'a' } } }],
  } satisfies JsonObject;
  const entry = (index: number, name: string, term = 1): JsonObject => ({
    term,
    index,
    data: [null, { _is_diff: true, T: { [U1]: { name } } }],
    eid: U2,
  });
  const clustered = (...records: readonly JsonObject[]): Uint8Array =>
    writeLog('CLUSTER', [header, ...records]);
  const nameIn = (octets: Uint8Array): unknown => [...read(octets).database.rows('T')][0]?.['name'];

  it('give the snapshot and the entries after it', () => {
    expect(nameIn(clustered())).toBe('a');
    expect(
      nameIn(clustered({ term: 2, vote: '6f9f' }, entry(3, 'b'), { commit_index: 3 }, entry(4, 'c'))),
    ).toBe('c');
    const file = read(clustered(entry(3, 'b', 7), { term: 7, index: 4, servers: { s2: 'tcp:1.1.1.1:1' } }));
    expect(file.kind).toBe('clustered');
    expect(file.server).toMatchObject({ name: 'Tiny', serverId: '6f9f', clusterId: 'c1c1', term: 7 });
    expect([...(file.server?.servers ?? [])]).toEqual([['s2', 'tcp:1.1.1.1:1']]);
  });

  it('drop entries that a later leader replaced', () => {
    expect(nameIn(clustered(entry(3, 'b'), entry(4, 'c'), entry(3, 'd', 2)))).toBe('d');
  });

  it.each([
    [
      [entry(3, 'b'), { commit_index: 3 }, entry(2, 'z')],
      'ovsdb error: error reading record 3 from Tiny log: record 3 attempts to truncate log from 4 to 2 entries, but commit index is already 3',
    ],
    [
      [entry(9, 'b')],
      'ovsdb error: error reading record 1 from Tiny log: record 1 with index 9 skips past expected index 3',
    ],
  ])('say what is wrong with their records', (records, message) => {
    expect(problemOf(clustered(...records))).toBe(message);
  });

  it('of a server that has not joined hold nothing', () => {
    const { prev_servers: _servers, prev_data: _data, ...rest } = header;
    const octets = writeLog('CLUSTER', [{ ...rest, remote_addresses: ['ssl:10.0.0.2:6644'] }]);
    expect(problemOf(octets)).toBe('x.db: the server has not joined its cluster yet: the file holds no data');
  });
});

describe('damage', () => {
  const whole = standalone({ T: { [U1]: { name: 'a' } } }, { T: { [U2]: { name: 'b' } } });
  const text = decodeUtf8(whole, 0, whole.length);
  const last = text.lastIndexOf('OVSDB');
  const body = text.indexOf('\n', last) + 1;

  function check(damaged: string, message: string, offset: number, rowCount: number): void {
    const file = read(encodeUtf8(damaged));
    expect(file.problem?.message).toBe(message);
    expect(file.problem?.place).toEqual({ offset, file: 'x.db' });
    expect(file.database.count('T')).toBe(rowCount);
  }

  it('leaves what came before it', () => {
    check(
      text.slice(0, -10),
      `I/O error: x.db: error reading ${text.length - body} bytes starting at offset ${body} (End of file)`,
      body,
      1,
    );
    check(
      `${text}garbage\n`,
      `syntax error: x.db: parse error at offset ${text.length} in header line "garbage"`,
      text.length,
      2,
    );
    const hash = /OVSDB JSON \d+ (\S+)\n$/.exec(text.slice(0, body))?.[1] ?? '';
    const changed = text.slice(0, body) + text.slice(body).replace('"b"', '"c"');
    const file = read(encodeUtf8(changed));
    expect(file.problem?.message).toMatch(
      new RegExp(
        `^syntax error: x.db: ${text.length - body} bytes starting at offset ${body} have SHA-1 hash [0-9a-f]{40} but should have hash ${hash}$`,
      ),
    );
    expect(file.database.count('T')).toBe(1);
  });

  it.each([
    [{ T: { [U2]: { name: 5 } } }, 'syntax "5": syntax error: expected string'],
    [{ T: { [U2]: { size: 10 } } }, 'constraint violation: 10 is not in the valid range 1 to 9 (inclusive)'],
    [
      { T: { [U2]: { colour: 'red' } } },
      'syntax "{"colour":"red"}": unknown column: No column colour in table T.',
    ],
    [{ V: {} }, 'syntax "{"V":{}}": unknown table: No table named V.'],
    [
      { constructor: {} } as JsonObject,
      'syntax "{"constructor":{}}": unknown table: No table named constructor.',
    ],
    [{ T: { [U2]: null } }, `syntax error: transaction deletes row ${U2} that does not exist`],
    [{ T: { 'no-uuid': {} } }, 'syntax "{"no-uuid":{}}": syntax error: "no-uuid" is not a valid UUID'],
  ])('in a transaction (%j) is told, and nothing of it stays', (record, message) => {
    const file = read(standalone({ T: { [U1]: {} } }, { T: { [U1]: { name: 'q' } } }, record));
    expect(file.problem?.message).toBe(message);
    expect([...file.database.rows('T')].map(({ _uuid, name }) => [_uuid, name])).toEqual([[U1, 'q']]);
  });

  it.each([
    ['', 'ovsdb error: x.db: cannot identify file type'],
    ['PK\x03\x04', 'ovsdb error: x.db: unexpected file format'],
    [
      'OVSDB FOO 2 0123456789012345678901234567890123456789\n{}',
      'ovsdb error: x.db: cannot identify file type',
    ],
  ])('%j is no database', (octets, message) => {
    expect(problemOf(encodeUtf8(octets))).toBe(message);
  });

  it.each<[JsonObject, string]>([
    [
      { tables: {} },
      `syntax "{"tables":{}}": syntax error: Parsing database schema failed: Required 'name' member is missing.`,
    ],
    [
      { name: 'N', tables: { T: { columns: { c: { type: 'colour' } } } } },
      'syntax ""colour"": syntax error: "colour" is not an atomic-type',
    ],
    [
      { name: 'N', tables: { T: { columns: { c: { type: { key: { type: 'uuid', refTable: 'U' } } } } } } },
      'syntax error: column c key refers to undefined table U',
    ],
  ])('in the schema %j is told', (schema, message) => {
    expect(problemOf(writeLog('JSON', [schema]))).toBe(message);
  });

  it('never throws, whatever the octets', () => {
    const some = northbound.subarray(0, 20_000);
    fc.assert(
      fc.property(fc.nat(some.length - 1), fc.nat(255), fc.nat(some.length), (at, octet, length) => {
        const damaged = Uint8Array.from(some.subarray(0, length));
        if (at < length) damaged[at] = octet;
        readDatabaseFile(damaged);
      }),
      { numRuns: 100 },
    );
  });

  it('never throws, whatever the JSON', () => {
    const [schema, rows] = readLog(northbound, 'x').records.map(({ json }) => json);
    const wild = fc.jsonValue() as fc.Arbitrary<Json>;
    /** `json` with the member that a path of numbers leads to replaced. */
    const replaced = (json: Json | undefined, path: readonly number[], by: Json): Json => {
      const [step, ...rest] = path;
      if (step === undefined || typeof json !== 'object' || json === null) return by;
      const keys = Object.keys(json);
      if (keys.length === 0) return by;
      const key = keys[step % keys.length] ?? '';
      const copy: Record<string, Json> = Array.isArray(json)
        ? ([...json] as never)
        : { ...(json as JsonObject) };
      copy[key] = replaced(copy[key], rest, by);
      return copy;
    };
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.nat(60), { minLength: 1, maxLength: 8 }),
        wild,
        (isSchema, path, by) => {
          const records = [
            isSchema ? replaced(schema, path, by) : schema,
            isSchema ? rows : replaced(rows, path, by),
          ];
          readDatabaseFile(writeLog('JSON', records as readonly JsonObject[]));
          readDatabaseFile(
            writeLog('CLUSTER', [
              { server_id: 's', name: 'n', prev_servers: {}, prev_data: records as Json },
            ]),
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});
