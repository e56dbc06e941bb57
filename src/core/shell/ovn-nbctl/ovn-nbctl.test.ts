import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { createDatabase, nbSchema, type Database } from '../../ovsdb/index.ts';
import { playSession } from '../ovsdb/session.ts';
import { ovnNbctl } from './ovn-nbctl.ts';

it.each(['switches', 'routers'])('does and prints what the real program did: %s', (name) => {
  const recorded = readFileSync(new URL(`./${name}.session.txt`, import.meta.url), 'utf8');
  const database = createDatabase(nbSchema, createRandom(1)) as unknown as Database;
  expect(playSession(recorded, ovnNbctl, database)).toBe(recorded);
});
