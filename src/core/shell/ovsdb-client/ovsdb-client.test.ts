import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { err, ok } from '../../base/result.ts';
import { createDatabase, nbSchema, type Database } from '../../ovsdb/index.ts';
import { createClock } from '../../sim/clock.ts';
import { playSession } from '../ovsdb/session.ts';
import { ovsdbClient } from './ovsdb-client.ts';

it('does and prints what the real program did', () => {
  const recorded = readFileSync(new URL('./northbound.session.txt', import.meta.url), 'utf8');
  const database = createDatabase(nbSchema, createRandom(1)) as unknown as Database;
  expect(playSession(recorded, ovsdbClient, database)).toBe(recorded);
});

/** Starts a transaction that waits for a switch named `s`. */
function waitForSwitch(timeout: string) {
  const clock = createClock();
  const database = createDatabase(nbSchema, createRandom(1));
  const seen = { out: '', err: '', status: null as number | null };
  const operation = `{"op":"wait",${timeout}"table":"Logical_Switch","where":[],"columns":["name"],"until":"==","rows":[{"name":"s"}]}`;
  const begun = ovsdbClient({
    argv: ['ovsdb-client', 'transact', `["OVN_Northbound",${operation}]`],
    stdin: '',
    namespace: '',
    context: { clock, random: createRandom(2), recorder: { active: false, record: () => 0 } },
    output: { out: (text) => (seen.out += text), err: (text) => (seen.err += text) },
    host: {
      connect: (name) =>
        name === 'OVN_Northbound' ? ok(database as unknown as Database) : err('No such file or directory'),
      variable: () => undefined,
    },
  });
  if ('onDone' in begun) begun.onDone(({ status }) => (seen.status = status));
  return { clock, database, seen };
}

it('a wait ends when the database is as it should be', () => {
  const { clock, database, seen } = waitForSwitch('');
  database.transact((txn) => txn.insert('Logical_Switch', { name: 't' }));
  clock.run(1e9);
  expect(seen.status).toBeNull();
  database.transact((txn) => {
    for (const { _uuid } of txn.rows('Logical_Switch')) txn.update('Logical_Switch', _uuid, { name: 's' });
  });
  clock.run(2e9);
  expect(seen).toEqual({ out: '[{}]\n', err: '', status: 0 });
});

it('a wait gives up after its timeout', () => {
  const { clock, seen } = waitForSwitch('"timeout":200,');
  clock.run(1.9e8);
  expect(seen.status).toBeNull();
  clock.run(2e8);
  expect(seen.out).toBe('[{"details":"\\"wait\\" timed out after 200 ms","error":"timed out"}]\n');
});
