/** What BGP promises of whole networks: the same tables whatever the delays, and no loop where policy is valley-free. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { createClock } from '../../sim/clock.ts';
import { BgpNetwork, type TestRouter } from '../fixture/bgp-network.ts';
import { prefixView } from '../view/router-view.ts';

/** Many whole networks: seconds on a quiet machine. */
const PATIENCE = { timeout: 240_000 };

const SECOND = 1e9;
const MILLISECOND = 1e6;

type Relation = 'customer' | 'peer' | 'provider';

interface Edge {
  readonly a: number;
  readonly b: number;
  /** What `b` is to `a`. */
  readonly relation: Relation;
}

const prefixOf = (index: number): string => `203.0.${index}.0/24`;
const asOf = (index: number): number => 65000 + index;

/** Route maps that keep to customers' routes towards peers and providers, and prefer customers to peers to providers. */
const POLICY: readonly string[] = [
  'bgp community-list standard UPHILL permit 65535:1',
  ...(['customer', 'peer', 'provider'] as const).flatMap((relation, index) => [
    `route-map FROM-${relation} permit 10`,
    `set local-preference ${300 - 100 * index}`,
    ...(relation === 'customer' ? ['set comm-list UPHILL delete'] : ['set community 65535:1 additive']),
    'exit',
  ]),
  'route-map UP deny 10',
  'match community UPHILL',
  'exit',
  'route-map UP permit 20',
  'exit',
];

/** Runs a network until it is quiet. Without policy every route goes everywhere. */
function settle(count: number, edges: readonly Edge[], seed: number, policy: boolean): readonly TestRouter[] {
  const clock = createClock();
  const random = createRandom(seed);
  const network = new BgpNetwork(clock, random, () => MILLISECOND * (1 + random.below(2000)));
  const routers = Array.from({ length: count }, (_, index) => network.router(`r${index}`));
  for (const [index, router] of routers.entries()) {
    const text = router.type(
      ...(policy ? POLICY : []),
      `router bgp ${asOf(index)}`,
      `bgp router-id 1.1.1.${index + 1}`,
      'no bgp ebgp-requires-policy',
      'no bgp network import-check',
      'bgp bestpath compare-routerid',
      'address-family ipv4 unicast',
      `network ${prefixOf(index)}`,
    );
    expect(text).toBe('');
  }
  const opposite = { customer: 'provider', peer: 'peer', provider: 'customer' } as const;
  for (const { a, b, relation } of edges) {
    const [left, right] = [routers[a] as TestRouter, routers[b] as TestRouter];
    const ends = network.link(left, right);
    const join = (router: TestRouter, own: number, far: number, peer: string, is: Relation): void => {
      const lines = [`router bgp ${asOf(own)}`, `neighbor ${peer} remote-as ${asOf(far)}`];
      if (policy) {
        lines.push('address-family ipv4 unicast', `neighbor ${peer} route-map FROM-${is} in`);
        if (is !== 'customer') lines.push(`neighbor ${peer} route-map UP out`);
      }
      expect(router.type(...lines)).toBe('');
    };
    join(left, a, b, ends[1], relation);
    join(right, b, a, ends[0], opposite[relation]);
  }
  clock.run(300 * SECOND);
  return routers;
}

/** Router and prefix with the chosen path. */
function tables(routers: readonly TestRouter[]): string[] {
  return routers.flatMap(({ name, bgpd }) => {
    const instance = bgpd.instances.get('default');
    if (instance === undefined) return [];
    const keys = [...instance.rib('ipv4-unicast').destinations.values()].map(({ key }) => key);
    return keys.sort().map((key) => {
      const chosen = prefixView(instance, 'ipv4-unicast', key)?.paths.find((path) => path.chosen);
      return `${name} ${key} ${chosen?.from ?? 'own'} ${chosen?.asPath} ${chosen?.localPreference}`;
    });
  });
}

/** A connected graph: each router after the first is joined to one before it, then some more links. */
const graph: fc.Arbitrary<{ readonly count: number; readonly edges: readonly Edge[] }> = fc
  .record({
    parents: fc.array(fc.nat(100), { minLength: 2, maxLength: 6 }),
    more: fc.array(fc.tuple(fc.nat(100), fc.nat(100), fc.boolean()), { maxLength: 5 }),
  })
  .map(({ parents, more }) => {
    const count = parents.length + 1;
    const edges: Edge[] = parents.map((parent, index) => ({
      // A router is a provider of those after it only, so that nobody is its own provider in the end.
      a: parent % (index + 1),
      b: index + 1,
      relation: 'customer',
    }));
    for (const [one, other, isPeer] of more) {
      const [a, b] = [Math.min(one % count, other % count), Math.max(one % count, other % count)];
      if (a === b || edges.some((edge) => edge.a === a && edge.b === b)) continue;
      edges.push({ a, b, relation: isPeer ? 'peer' : 'customer' });
    }
    return { count, edges };
  });

test('message delays and their order do not change the tables', PATIENCE, () => {
  fc.assert(
    fc.property(graph, fc.boolean(), fc.nat(), fc.nat(), ({ count, edges }, policy, one, other) => {
      expect(tables(settle(count, edges, one, policy))).toEqual(tables(settle(count, edges, other, policy)));
    }),
    { numRuns: 15 },
  );
});

test('once quiet every packet arrives on valley-free fabrics', PATIENCE, () => {
  fc.assert(
    fc.property(graph, fc.nat(), ({ count, edges }, seed) => {
      const routers = settle(count, edges, seed, true);
      for (const [to] of routers.entries())
        for (const from of routers) expect([from.name, to, arrives(routers, from, to)]).toContain(true);
    }),
    { numRuns: 15 },
  );
});

/** Follows the routes to a prefix. All are customers of the first in some generation, so there is a way without valleys. */
function arrives(routers: readonly TestRouter[], from: TestRouter, to: number): boolean {
  const seen = new Set<TestRouter>();
  let at = from;
  while (at !== routers[to]) {
    if (seen.has(at)) return false;
    seen.add(at);
    const [hop] = at.routes.get(prefixOf(to))?.nextHops ?? [];
    if (hop?.kind !== 'gateway') return false;
    const next = routers.find((one) =>
      one.bgpd.host.zebra
        .interfaces()
        .some((link) => link.addresses.some((own) => own.address === hop.gateway.address)),
    );
    if (next === undefined) return false;
    at = next;
  }
  return true;
}
