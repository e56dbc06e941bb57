/** northd in parts: however many ports hang on one switch, there is a pause after a few of them. */
import { expect, test } from 'vitest';
import type { Context } from '../../base/context.ts';
import { createRandom } from '../../base/random.ts';
import { copyDatabase, createDatabase, nbSchema, sbSchema } from '../../ovsdb/index.ts';
import { Northd } from './index.ts';

const PORTS = 600;
const context: Context = {
  clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
  random: createRandom(1),
  recorder: { active: false, record: () => 0 },
};

test('takes over the rows of a big switch with a pause every few ports', () => {
  const nb = createDatabase(nbSchema, createRandom(2));
  nb.transact((txn) => {
    const ports = Array.from({ length: PORTS }, (_, at) =>
      txn.insert('Logical_Switch_Port', {
        name: `port-${at}`,
        addresses: [
          `0a:00:00:00:${(at >> 8).toString(16)}:${(at & 255).toString(16)} 10.1.${at >> 8}.${at & 255}`,
        ],
      }),
    );
    txn.insert('Logical_Switch', { name: 'big', ports });
  });
  const sb = createDatabase(sbSchema, createRandom(3));
  new Northd(nb, sb, context).run();
  const flows = [...sb.rows('Logical_Flow')].map((row) => row._uuid);

  const copy = copyDatabase(sb, createRandom(4));
  const again = new Northd(copyDatabase(nb, createRandom(5)), copy, context);
  let before = 0;
  let most = 0;
  for (const _pause of again.running()) {
    most = Math.max(most, again.work - before);
    before = again.work;
  }
  // A switch's own lists look at all of its ports at once; what each port needs comes bit by bit.
  expect(most).toBeLessThan(3 * PORTS);
  expect(again.work).toBeGreaterThan(8 * PORTS);
  expect([...copy.rows('Logical_Flow')].map((row) => row._uuid)).toEqual(flows);
});
