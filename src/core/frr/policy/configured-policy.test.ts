/** Route maps and lists against a plain reading of the same rules. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localAttributes, type PathAttributes } from '../bgp/attributes.ts';
import type { RouteMapInput } from '../bgp/policy.ts';
import { emptyConfig, type FrrConfig } from '../config/frr-config.ts';
import { Language } from '../config/language.ts';
import { VtySession } from '../config/session.ts';
import { formatPrefix, network, parsePrefix, type Prefix } from '../prefix.ts';
import { ConfiguredPolicy } from './configured-policy.ts';
import { formatAsPath } from './lists.ts';
import { compileRegex } from './regex.ts';

const language = new Language([]);

function configured(lines: readonly string[]): FrrConfig {
  const config = emptyConfig('r1');
  const environment = {
    isLocalAddress: () => false,
    vrfExists: () => true,
    vrfNamespaces: () => new Map<string, string>(),
    layer3Vni: () => null,
    forwards: () => true,
  };
  const session = new VtySession(language, { config, environment, changed: () => undefined }, () => ({}));
  session.configure();
  for (const line of lines) expect([line, session.execute(line).status]).toEqual([line, 'ok']);
  return config;
}

const prefixOf = (text: string): Prefix => network(parsePrefix(text) as Prefix);

const inputOf = (prefix: string, attributes: Partial<PathAttributes> = {}): RouteMapInput => ({
  family: 'ipv4-unicast',
  prefix: prefixOf(prefix),
  attributes: { ...localAttributes('igp'), weight: 0, ...attributes },
  source: { kind: 'received' },
  peer: null,
  direction: 'in',
  igpMetric: 0,
  pathsInUse: 0,
  vrf: 'default',
  localAs: 65000,
  localPreference: 0,
  sourceVrf: null,
});

const MAP = [
  'ip prefix-list ONE permit 10.1.0.0/16 le 24',
  'ip prefix-list TWO permit 10.1.2.0/24',
  'bgp community-list standard C permit 65000:100',
  'bgp as-path access-list AP permit ^65001_',
  'route-map M deny 5',
  'match ip address prefix-list TWO',
  'match community C',
  'route-map M permit 10',
  'match ip address prefix-list ONE',
  'set local-preference 200',
  'set community 65000:9 additive',
  'on-match next',
  'route-map M permit 20',
  'set metric +5',
  'set as-path prepend 65000 65000',
  'call SUB',
  'route-map SUB permit 10',
  'match as-path AP',
  'set weight 7',
];

test('an entry that matches sets, goes on, calls and ends', () => {
  const policy = new ConfiguredPolicy(configured(MAP));
  const asPath = [{ kind: 'sequence', asns: [65001] }] as const;
  const verdict = policy.routeMap(
    'M',
    inputOf('10.1.9.0/24', { asPath, med: 10, communities: [65000 * 65536 + 1] }),
  );
  if (verdict === 'missing') throw new Error('M is there');
  // The prepended path no longer begins with 65001: the called map denies.
  expect(verdict.permit).toBe(false);
  expect(verdict.attributes.localPreference).toBe(200);
  expect(verdict.attributes.med).toBe(15);
  expect(verdict.attributes.communities).toEqual([65000 * 65536 + 1, 65000 * 65536 + 9]);
  expect(formatAsPath(verdict.attributes.asPath)).toBe('65000 65000 65001');
  const denied = policy.routeMap('M', inputOf('10.1.2.0/24', { communities: [65000 * 65536 + 100] }));
  expect(denied === 'missing' ? undefined : denied.permit).toBe(false);
  expect(policy.routeMap('NONE', inputOf('10.0.0.0/8'))).toBe('missing');
});

test('expressions know boundaries', () => {
  const check = (regex: string, text: string, expected: boolean): void =>
    expect([regex, text, compileRegex(regex)?.test(text)]).toEqual([regex, text, expected]);
  check('_65001_', '64512 65001 3', true);
  check('_65001_', '64512 165001 3', false);
  check('^65001$', '65001', true);
  check('^$', '', true);
  check('_3_', '{3,4}', true);
  check('[0-9]+ 7', '12 7', true);
  expect(compileRegex('[1')).toBeUndefined();
});

interface PlainEntry {
  readonly permit: boolean;
  readonly prefix: string;
  readonly ge: number | null;
  readonly le: number | null;
}

/** The list as zebra(8) documents it: the first entry whose network holds the prefix and whose lengths fit. */
function plainVerdict(entries: readonly PlainEntry[], prefix: Prefix): 'permit' | 'deny' {
  const bits = (one: Prefix): string => one.address.toString(2).padStart(32, '0').slice(0, one.length);
  for (const { permit, prefix: text, ge, le } of entries) {
    const own = prefixOf(text);
    if (!bits(prefix).startsWith(bits(own)) || prefix.length < own.length) continue;
    const lowest = ge ?? own.length;
    const highest = le ?? (ge === null ? own.length : 32);
    if (prefix.length >= lowest && prefix.length <= highest) return permit ? 'permit' : 'deny';
  }
  return 'deny';
}

test('prefix lists equal a plain reading', () => {
  const prefix = fc
    .tuple(
      fc.constantFrom('10.0.0.0', '10.128.0.0', '10.1.0.0', '192.168.0.0'),
      fc.integer({ min: 0, max: 32 }),
    )
    .map(([address, length]) => formatPrefix(prefixOf(`${address}/${length}`)));
  const entry = fc
    .record({
      permit: fc.boolean(),
      prefix,
      more: fc.integer({ min: 0, max: 8 }),
      kind: fc.constantFrom('none', 'ge', 'le', 'both'),
    })
    .map(({ permit, prefix: text, more, kind }): PlainEntry => {
      const { length } = prefixOf(text);
      const bound = Math.min(32, length + more);
      return {
        permit,
        prefix: text,
        ge: kind === 'ge' || kind === 'both' ? bound : null,
        le: kind === 'le' || kind === 'both' ? Math.min(32, bound + 2) : null,
      };
    });
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: 1, maxLength: 6 }),
      fc.array(prefix, { minLength: 4, maxLength: 4 }),
      (entries, asked) => {
        const lines = entries.map(
          (one, at) =>
            `ip prefix-list L seq ${at + 1} ${one.permit ? 'permit' : 'deny'} ${one.prefix}${one.ge === null ? '' : ` ge ${one.ge}`}${one.le === null ? '' : ` le ${one.le}`}`,
        );
        const policy = new ConfiguredPolicy(configured(lines));
        for (const text of asked)
          expect(policy.prefixList('L', prefixOf(text))).toBe(plainVerdict(entries, prefixOf(text)));
      },
    ),
    { numRuns: 300, seed: 11 },
  );
});

test('a rule that only zebra knows does not keep bgpd from an entry', () => {
  const policy = new ConfiguredPolicy(
    configured([
      'route-map Z permit 10',
      'match source-protocol static',
      'match ip address prefix-len 9',
      'set metric 7',
    ]),
  );
  const verdict = policy.routeMap('Z', inputOf('10.0.0.0/8'));
  expect(verdict === 'missing' ? verdict : [verdict.permit, verdict.attributes.med]).toEqual([true, 7]);
});

test('a relative local preference starts from none', () => {
  const policy = new ConfiguredPolicy(configured(['route-map L permit 10', 'set local-preference +20']));
  const verdict = policy.routeMap('L', inputOf('10.0.0.0/8'));
  expect(verdict === 'missing' ? verdict : verdict.attributes.localPreference).toBe(20);
});
