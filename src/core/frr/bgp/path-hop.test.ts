import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Prefix } from '../prefix.ts';
import { localAttributes, type PathAttributes } from './attributes.ts';
import { Neighbour } from './neighbour.ts';
import { RibTable, StoredPath } from './rib-table.ts';
import { MessageLog } from './session-history.ts';

const PREFIX: Prefix = { family: 4, address: 0x0a000000n, length: 8 };

const attributes: fc.Arbitrary<PathAttributes> = fc
  .record({
    nextHop: fc.constantFrom(null, 1, 0xc0a80001),
    mpNextHop: fc.constantFrom(null, { global: 1n, linkLocal: null }, { global: 1n, linkLocal: 2n }),
    med: fc.constantFrom(null, 1),
    preferGlobal: fc.boolean(),
  })
  .map((some) => ({ ...localAttributes('igp'), ...some }));

it('paths that share what they have in common read as they were set, whichever of them change', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(3), attributes), { minLength: 1, maxLength: 20 }),
      fc.array(attributes, { minLength: 4, maxLength: 4 }),
      (changes, first) => {
        const destination = new RibTable('ipv4-unicast').at(PREFIX);
        const log = new MessageLog();
        const expected = [...first];
        const paths = first.map((given, index) => {
          const peer = new Neighbour(`n${index}`, null, 65000, null, 0, log);
          const path = new StoredPath(destination, peer, { kind: 'received' }, given, 0);
          destination.paths.unshift(path);
          return path;
        });
        for (const [index, given] of changes) {
          expected[index] = given;
          (paths[index] as StoredPath).attributes = given;
        }
        expect(paths.map((path) => path.attributes)).toEqual(expected);
      },
    ),
  );
});
