import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import type { Uuid } from '../base/uuid.ts';
import { createDatabase, type Database } from './index.ts';
import { between, optional, ref, schema, set, string, table, weak } from './schema/column.ts';

const farm = schema('Farm', '1.0.0', '', {
  House: table(
    { name: string, rooms: set(ref('Room')), best: optional(weak('Room')) },
    { indexes: [['name']] },
  ),
  Room: table(
    { size: between(1, 4), inner: optional(ref('Room')), seen: set(weak('House')) },
    { isRoot: false },
  ),
});

/** What a random transaction does; numbers pick rows and values. */
interface Act {
  readonly kind:
    | 'house'
    | 'room'
    | 'rooms'
    | 'best'
    | 'inner'
    | 'seen'
    | 'size'
    | 'delete house'
    | 'delete room';
  readonly a: number;
  readonly b: number;
}

const transactions = fc.array(
  fc.array(
    fc.record({
      kind: fc.constantFrom<Act['kind']>(
        'house',
        'room',
        'rooms',
        'best',
        'inner',
        'seen',
        'size',
        'delete house',
        'delete room',
      ),
      a: fc.nat(6),
      b: fc.nat(6),
    }),
    { maxLength: 6 },
  ),
  { maxLength: 12 },
);

function apply(database: Database<typeof farm>, acts: readonly Act[]): boolean {
  const { ok } = database.transact((txn) => {
    const nth = (name: 'House' | 'Room', n: number): Uuid | undefined => {
      const rows = [...txn.rows(name)];
      return rows.length === 0 ? undefined : rows[n % rows.length]?._uuid;
    };
    for (const { kind, a, b } of acts) {
      const house = nth('House', a);
      const room = nth('Room', b);
      if (kind === 'house') txn.insert('House', { name: `h${b}`, rooms: room ? [room] : [] });
      if (kind === 'room') txn.insert('Room', { size: b, inner: room ?? null });
      if (kind === 'delete house' && house) txn.delete('House', house);
      if (kind === 'delete room' && room) txn.delete('Room', room);
      if (!house || !room) continue;
      if (kind === 'rooms') txn.update('House', house, { rooms: [room] });
      if (kind === 'best') txn.update('House', house, { best: room });
      if (kind === 'inner') txn.update('Room', room, { inner: nth('Room', a) ?? null });
      if (kind === 'seen') txn.update('Room', room, { seen: [house] });
      if (kind === 'size') txn.update('Room', room, { size: a });
    }
  });
  return ok;
}

const rowsOf = (database: Database<typeof farm>): Map<string, unknown> =>
  new Map([...database.rows('House'), ...database.rows('Room')].map((row) => [row._uuid, row]));

it('a refused transaction leaves everything as it was; an accepted one leaves no broken reference', () => {
  fc.assert(
    fc.property(transactions, (all) => {
      const database = createDatabase(farm, createRandom(1));
      for (const acts of all) {
        const before = rowsOf(database);
        if (!apply(database, acts)) {
          expect(rowsOf(database)).toEqual(before);
          continue;
        }
        const houses = [...database.rows('House')];
        const rooms = [...database.rows('Room')];
        const strong = new Set([
          ...houses.flatMap((house) => house.rooms),
          ...rooms.flatMap(({ inner }) => inner ?? []),
        ]);
        const weakOnes = houses.flatMap(({ best }) => best ?? []);
        for (const uuid of [...strong, ...weakOnes]) expect(database.get('Room', uuid)).toBeDefined();
        for (const { seen } of rooms)
          for (const uuid of seen) expect(database.get('House', uuid)).toBeDefined();
        for (const { _uuid } of rooms) expect(strong).toContain(_uuid);
        expect(new Set(houses.map(({ name }) => name)).size).toBe(houses.length);
        for (const { size } of rooms) expect(size).toBeGreaterThan(0);
      }
    }),
    { numRuns: 300 },
  );
});

it('what listeners are told makes the same database', () => {
  fc.assert(
    fc.property(transactions, (all) => {
      const database = createDatabase(farm, createRandom(1));
      const copy = new Map<string, unknown>();
      database.subscribe(({ tables }) => {
        for (const changes of Object.values(tables)) {
          for (const { _uuid } of changes?.deleted ?? []) expect(copy.delete(_uuid)).toBe(true);
          for (const row of changes?.inserted ?? []) copy.set(row._uuid, row);
          for (const [before, after] of changes?.updated ?? []) {
            expect(copy.get(before._uuid)).toEqual(before);
            copy.set(after._uuid, after);
          }
        }
      });
      for (const acts of all) apply(database, acts);
      expect(copy).toEqual(rowsOf(database));
    }),
  );
});

/** The uuids of rows: finding promises no order. */
const found = (rows: readonly { readonly _uuid: Uuid }[]): readonly string[] =>
  rows.map(({ _uuid }) => _uuid).toSorted();

it('finding is scanning', () => {
  fc.assert(
    fc.property(transactions, (all) => {
      const database = createDatabase(farm, createRandom(1));
      for (const acts of all) {
        apply(database, acts);
        const rooms = [...database.rows('Room')];
        const houses = [...database.rows('House')];
        for (const size of [1, 2, 3, 4])
          expect(found(database.find('Room', 'size', size))).toEqual(
            found(rooms.filter((room) => room.size === size)),
          );
        expect(found(database.find('Room', 'inner', null))).toEqual(
          found(rooms.filter(({ inner }) => inner === null)),
        );
        for (const { _uuid } of rooms)
          expect(found(database.find('House', 'rooms', _uuid))).toEqual(
            found(houses.filter((house) => house.rooms.includes(_uuid))),
          );
      }
    }),
  );
});
