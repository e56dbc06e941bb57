import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readDatabaseFile, type Database } from '../../ovsdb/index.ts';
import { runOnDatabase } from '../ovsdb/run-alone.ts';
import { playSession } from '../ovsdb/session.ts';
import { ovnSbctl } from './ovn-sbctl.ts';

const cases = new URL('../../../../golden/ovn/', import.meta.url);

function southboundOf(name: string): Database {
  const file = readDatabaseFile(readFileSync(new URL(`${name}/ovnsb_db.db`, cases)));
  if (!file.ok) throw new Error(file.error.message);
  return file.value.database;
}

it('does and prints what the real program did', () => {
  const recorded = readFileSync(new URL('./multinode-l2.session.txt', import.meta.url), 'utf8');
  expect(playSession(recorded, ovnSbctl, southboundOf('multinode-l2'))).toBe(recorded);
});

it.each(readdirSync(cases))('lists the logical flows of %s as the real program', (name) => {
  const { out, err } = runOnDatabase(ovnSbctl, ['ovn-sbctl', 'lflow-list'], southboundOf(name));
  expect(err).toBe('');
  expect(out).toBe(readFileSync(new URL(`${name}/lflow-list.txt`, cases), 'utf8'));
});
