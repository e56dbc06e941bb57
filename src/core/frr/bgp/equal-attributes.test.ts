import { expect, it } from 'vitest';
import { localAttributes, type PathAttributes } from './attributes.ts';
import { sameAttributes, sharedKey } from './equal-attributes.ts';

const plain: PathAttributes = {
  ...localAttributes('igp'),
  asPath: [{ kind: 'sequence', asns: [65000, 65001] }],
};

/** Each differs from a plain route in one thing. */
const OTHERS: readonly Partial<PathAttributes>[] = [
  { origin: 'egp' },
  { asPath: [] },
  { asPath: [{ kind: 'set', asns: [65000, 65001] }] },
  { asPath: [{ kind: 'sequence', asns: [65000, 65002] }] },
  { nextHop: null },
  { mpNextHop: { global: 1n, linkLocal: null } },
  { mpNextHop: { global: 1n, linkLocal: 0n } },
  { med: 0 },
  { localPreference: 100 },
  { atomicAggregate: true },
  { aggregator: { asn: 1, address: 2 } },
  { communities: [1] },
  { communities: [1, 2] },
  { largeCommunities: [{ globalAdministrator: 1, local1: 2, local2: 3 }] },
  { extendedCommunities: [1n] },
  { originatorId: 0 },
  { clusterList: [1] },
  { pmsiTunnel: { type: 6, label: 1 } },
  { unknown: [{ flags: 0xc0, type: 99, octets: Uint8Array.of(1) }] },
  { unknown: [{ flags: 0xc0, type: 99, octets: Uint8Array.of(2) }] },
  { weight: 1 },
  { tag: 1 },
  { nextHopSetBy: 'route-map' },
  { distance: 1 },
  { preferGlobal: true },
];

it('every attribute counts, and copies are equal; the key that groups routes for sending says the same', () => {
  const all = [plain, ...OTHERS.map((other) => ({ ...plain, ...other }))];
  for (const [left, a] of all.entries())
    for (const [right, b] of all.entries()) {
      const copy = structuredClone(b);
      expect([left, right, sameAttributes(a, copy)]).toEqual([left, right, left === right]);
      expect(sharedKey(a) === sharedKey(copy)).toBe(left === right);
    }
});

it('what goes with a prefix counts as well, but not for sending together', () => {
  const labelled = (label: number): PathAttributes => ({
    ...plain,
    overlay: { labels: [label], segment: 0n, gateway: null },
  });
  expect(sameAttributes(labelled(1), labelled(1))).toBe(true);
  expect(sameAttributes(labelled(1), labelled(2))).toBe(false);
  expect(sharedKey(labelled(1))).toBe(sharedKey(labelled(2)));
});
