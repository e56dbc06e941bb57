import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { createDatabase, vswitchSchema, type Database } from '../../ovsdb/index.ts';
import { playSession } from '../ovsdb/session.ts';
import { ovsVsctl } from './ovs-vsctl.ts';

it('does and prints what the real program did', () => {
  const recorded = readFileSync(new URL('./bridges.session.txt', import.meta.url), 'utf8');
  const database = createDatabase(vswitchSchema, createRandom(1)) as unknown as Database;
  expect(playSession(recorded, ovsVsctl, database)).toBe(recorded);
});
