import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Prefix } from '../prefix.ts';
import { ToldRoute } from './advertised-routes.ts';
import { localAttributes, type PathAttributes } from './attributes.ts';
import { GroupPackets, type WireNextHop } from './group-packets.ts';
import { runOf } from './message/message-run.ts';
import { nextHopPlace } from './message/next-hop-place.ts';
import { encodeAnnouncement4, encodeMpAnnouncement } from './message/update-encode.ts';

const OPTIONS = { as4: true, addPath: false, maximumSize: 4096 };
const prefixes: Prefix[] = Array.from({ length: 1200 }, (_, index) => ({
  family: 4,
  address: (10n << 24n) | (BigInt(index) << 8n),
  length: 24,
}));

const attributes: fc.Arbitrary<PathAttributes> = fc
  .record({
    asns: fc.array(fc.integer({ min: 1, max: 0xffffffff }), { maxLength: 70 }),
    med: fc.option(fc.nat()),
    communities: fc.option(fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 80 })),
  })
  .map(({ asns, med, communities }) => ({
    ...localAttributes('egp'),
    asPath: asns.length === 0 ? [] : [{ kind: 'sequence', asns }],
    med,
    communities,
  }));

const address6 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });
const nextHops: fc.Arbitrary<readonly [WireNextHop, WireNextHop]> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat()),
  fc
    .tuple(address6, address6, address6, address6, fc.boolean())
    .map(([a, b, c, d, two]): [WireNextHop, WireNextHop] => [
      { global: a, linkLocal: two ? b : null },
      { global: c, linkLocal: two ? d : null },
    ]),
);

/** What would be made for one neighbour alone. */
const made = (told: PathAttributes, nextHop: WireNextHop): Uint8Array[] => {
  const outgoing = { attributes: told, localPreference: null };
  const nlris = prefixes.map((prefix) => ({ prefix, pathId: 0 }));
  return typeof nextHop === 'number'
    ? encodeAnnouncement4(outgoing, nextHop, nlris, OPTIONS)
    : encodeMpAnnouncement(outgoing, 'ipv4-unicast', nextHop, nlris, OPTIONS);
};

test('another neighbour of the group gets the octets that would be made for it alone', () => {
  fc.assert(
    fc.property(attributes, nextHops, (told, [first, other]) => {
      const route = new ToldRoute(prefixes[0] as Prefix, told);
      const messages = made(told, first);
      let start = 0;
      const places = messages.map((message) => {
        const place = start + nextHopPlace(message);
        start += message.length;
        return place;
      });
      const packets = new GroupPackets(new Map(), runOf(messages), [{ route, nextHop: first, places }]);
      expect(packets.with(() => other)).toEqual(runOf(made(told, other)));
      expect(packets.with(() => first)).toEqual(runOf(messages));
    }),
    { numRuns: 40 },
  );
});

test('next hops that take other room are not put in', () => {
  const told = localAttributes('igp');
  const route = new ToldRoute(prefixes[0] as Prefix, told);
  const run = runOf(made(told, 1));
  const packets = new GroupPackets(new Map(), run, [{ route, nextHop: 1, places: [] }]);
  expect(packets.with(() => ({ global: 1n, linkLocal: null }))).toBeUndefined();
});
