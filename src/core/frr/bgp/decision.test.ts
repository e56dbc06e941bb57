import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localAttributes, type Origin } from './attributes.ts';
import { comparePathsTo, type DecisionOptions } from './decision.ts';
import type { Path, SelectionReason } from './path.ts';

interface Traits {
  readonly weight: number;
  readonly localPreference: number | null;
  readonly hops: number;
  readonly neighbouringAs: number;
  readonly origin: Origin;
  readonly med: number | null;
  readonly isInternal: boolean;
  readonly igpMetric: number;
  readonly routerId: number;
  readonly clusters: number;
  readonly isLocal: boolean;
}

const traits: fc.Arbitrary<Traits> = fc.record({
  weight: fc.constantFrom(0, 100),
  localPreference: fc.constantFrom(null, 100, 200),
  hops: fc.integer({ min: 1, max: 2 }),
  neighbouringAs: fc.constantFrom(65001, 65002),
  origin: fc.constantFrom<Origin>('igp', 'egp', 'incomplete'),
  med: fc.constantFrom(null, 0, 10),
  isInternal: fc.boolean(),
  igpMetric: fc.constantFrom(0, 5),
  routerId: fc.constantFrom(1, 2),
  clusters: fc.constantFrom(0, 1),
  isLocal: fc.boolean(),
});

/** What the decision reads of a path; the address of its neighbour is no other path's. */
const pathOf = (one: Traits, address: number): Path =>
  ({
    weighed: {
      ...localAttributes(one.origin),
      weight: one.weight,
      localPreference: one.localPreference,
      asPath: [{ kind: 'sequence', asns: Array.from({ length: one.hops }, () => one.neighbouringAs) }],
      med: one.med,
      clusterList: one.clusters === 0 ? null : Array.from({ length: one.clusters }, () => 7),
    },
    destination: { prefix: { family: 4, address: 0n, length: 0 } },
    source: { kind: one.isLocal ? 'network' : 'received' },
    peer: {
      config: {},
      isInternal: one.isInternal,
      isExternal: !one.isInternal,
      sort: one.isInternal ? 'internal' : 'external',
      remoteAs: one.neighbouringAs,
      remoteRouterId: one.routerId,
      ends: { remote: { family: 4, address: BigInt(address) } },
    },
    igpMetric: one.igpMetric,
    selected: false,
    stale: false,
  }) as unknown as Path;

const decision = (options: DecisionOptions['options']): DecisionOptions => ({
  options,
  sameClusterLength: false,
});

/** https://docs.frrouting.org/en/stable-8.4/bgp.html#bgp-decision-process, the lower number better. */
const STEPS: readonly (readonly [SelectionReason, (path: Traits) => number])[] = [
  ['Weight', ({ weight }) => -weight],
  ['Local Pref', ({ localPreference }) => -(localPreference ?? 100)],
  ['Local Route', ({ isLocal }) => (isLocal ? 0 : 1)],
  ['AS Path', ({ hops }) => hops],
  ['Origin', ({ origin }) => ['igp', 'egp', 'incomplete'].indexOf(origin)],
  ['MED', ({ med }) => med ?? 0],
  ['Peer Type', ({ isInternal }) => (isInternal ? 1 : 0)],
  ['IGP Metric', ({ igpMetric }) => igpMetric],
  ['Router ID', ({ routerId }) => routerId],
  ['Cluster length', ({ clusters }) => clusters],
];

describe('the decision', () => {
  const paths = fc.array(traits, { minLength: 3, maxLength: 3 }).map((all) => all.map(pathOf));

  it('prefers one of any two, whichever is asked first, for the same reason', () => {
    fc.assert(
      fc.property(paths, fc.boolean(), ([a, b], alwaysCompareMed) => {
        const one = comparePathsTo(a as Path, b as Path, decision({ alwaysCompareMed }));
        const other = comparePathsTo(b as Path, a as Path, decision({ alwaysCompareMed }));
        expect(one.better).toBe(!other.better);
        expect(one.reason).toBe(other.reason);
        expect(one.equal).toBe(other.equal);
      }),
      { numRuns: 2000 },
    );
  });

  it('goes by the documented steps in their order, and names the first at which two paths differ', () => {
    fc.assert(
      fc.property(traits, traits, (left, right) => {
        const options = { alwaysCompareMed: true, bestpathCompareRouterid: true };
        const found = comparePathsTo(pathOf(left, 1), pathOf(right, 2), decision(options));
        const step = STEPS.find(([, rank]) => rank(left) !== rank(right));
        const [reason, rank] = step ?? ['Neighbor IP', null];
        expect([found.reason, found.better]).toEqual([reason, rank === null || rank(left) < rank(right)]);
      }),
      { numRuns: 2000 },
    );
  });

  it('has no cycle where MEDs of all neighbouring AS are compared', () => {
    fc.assert(
      fc.property(paths, ([a, b, c]) => {
        const isBetter = (left: Path, right: Path): boolean =>
          comparePathsTo(left, right, decision({ alwaysCompareMed: true, bestpathCompareRouterid: true }))
            .better;
        const [x, y, z] = [a as Path, b as Path, c as Path];
        expect(isBetter(x, y) && isBetter(y, z) && isBetter(z, x)).toBe(false);
        expect(isBetter(y, x) && isBetter(z, y) && isBetter(x, z)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});
