import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { createDatabase, nbSchema, type Database } from '../../ovsdb/index.ts';
import { ovnNbctl } from '../ovn-nbctl/ovn-nbctl.ts';
import { playSession } from './session.ts';

it('the commands that all programs share do and print what the real ones did', () => {
  const recorded = readFileSync(new URL('./generic.session.txt', import.meta.url), 'utf8');
  const database = createDatabase(nbSchema, createRandom(1)) as unknown as Database;
  expect(playSession(recorded, ovnNbctl, database)).toBe(recorded);
});
