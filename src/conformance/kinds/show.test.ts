import { expect, it } from 'vitest';
import { createRandom } from '../../core/base/random.ts';
import { createDatabase, nbSchema, writeDatabaseFile, type Database } from '../../core/ovsdb/index.ts';
import { ovnNbctl } from '../../core/shell/ovn-nbctl/ovn-nbctl.ts';
import type { GoldenFolder } from '../runner.ts';
import { runOnDatabase } from '../../core/shell/ovsdb/run-alone.ts';
import { showRunner, withoutEphemeral } from './show.ts';

it('drops lines of ephemeral columns and nothing else', () => {
  const text =
    '    Port p\n        Interface p\n            type: geneve\n            bfd_status: {state=up}\n';
  expect(withoutEphemeral(text)).toBe('    Port p\n        Interface p\n            type: geneve\n');
  expect(withoutEphemeral('    Port bfd_status\n')).toBe('    Port bfd_status\n');
});

it('catches a text that differs', () => {
  const database = createDatabase(nbSchema, createRandom(1)) as unknown as Database;
  runOnDatabase(ovnNbctl, ['ovn-nbctl', 'ls-add', 's'], database);
  const shown = runOnDatabase(ovnNbctl, ['ovn-nbctl', 'show'], database).out;
  const octets = writeDatabaseFile(database);
  const folder = (text: string): GoldenFolder => ({
    list: (path) => (path === 'ovn' ? ['case'] : []),
    exists: (path) => path === 'ovn/case/nbctl-show.txt' || path === 'ovn/case/ovnnb_db.db',
    text: () => text,
    octets: () => octets,
  });
  const passes = (text: string): boolean[] =>
    [...showRunner.run(folder(text), () => true)].map(({ pass }) => pass);
  expect(passes(shown)).toEqual([true]);
  expect(passes(shown.replace('(s)', '(t)'))).toEqual([false]);
});
