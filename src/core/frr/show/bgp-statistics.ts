/** `show bgp ... statistics`: what a table holds, counted (`bgp_table_stats`). */
import { hopCount, isPrivateAs } from '../bgp/as-path.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import type { AsPath } from '../bgp/attributes.ts';
import type { BgpFamily } from '../config/bgp-config.ts';
import { covers, type Prefix } from '../prefix.ts';
import { FAMILY_TEXT } from './family.ts';

/** Octets of a path on the wire with four-octet numbers; a segment holds 255 at most. */
const octetsOf = (path: AsPath): number =>
  path.reduce((sum, { asns }) => sum + 2 * Math.max(1, Math.ceil(asns.length / 255)) + 4 * asns.length, 0);

/** The highest number that is not for private use; 0: none. */
const highestPublic = (path: AsPath): number =>
  Math.max(0, ...path.flatMap(({ asns }) => asns).filter((asn) => !isPrivateAs(asn)));

/** C's `%12.2f`: of two numbers that are as near, the even one. */
function hundredths(value: number): string {
  const scaled = value * 100;
  const isTie = scaled - Math.floor(scaled) === 0.5 && Math.floor(scaled) % 2 === 0;
  return (isTie ? Math.floor(scaled) / 100 : value).toFixed(2).padStart(12);
}

/** C's `%12g`: six digits, an exponent where the number is longer. */
function general(value: number): string {
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(value));
  if (exponent < 6) return String(Number(value.toPrecision(6))).padStart(12);
  const [digits = '', power = ''] = value.toExponential(5).split('e');
  return `${Number(digits)}e+${power.slice(1).padStart(2, '0')}`.padStart(12);
}

interface Counts {
  prefixes: number;
  lengths: number;
  apart: number;
  inside: number;
  space: number;
  paths: number;
  aggregates: number;
  longest: number;
  hops: number;
  largest: number;
  octets: number;
  highest: number;
  /** Prefixes by their length. */
  readonly byLength: Map<number, number>;
}

/** A table that bgpd has and nothing is in: null. Prefixes come in the order of their tree: those that hold another come before it. */
function count(instance: BgpInstance, family: BgpFamily | null): Counts {
  const counts: Counts = {
    prefixes: 0,
    lengths: 0,
    apart: 0,
    inside: 0,
    space: 0,
    paths: 0,
    aggregates: 0,
    longest: 0,
    hops: 0,
    largest: 0,
    octets: 0,
    highest: 0,
    byLength: new Map(),
  };
  if (family === null) return counts;
  const width = family.startsWith('ipv6') ? 128 : 32;
  const around: Prefix[] = [];
  const all = instance.rib(family).sorted();
  const first = all[0]?.prefix;
  // What stands at the root of the tree holds all others, and does not count as their aggregate.
  const root = first !== undefined && all.every(({ prefix }) => covers(first, prefix)) ? first : undefined;
  for (const { prefix, paths } of all) {
    if (paths.length === 0) continue;
    counts.prefixes += 1;
    counts.lengths += prefix.length;
    counts.byLength.set(prefix.length, (counts.byLength.get(prefix.length) ?? 0) + 1);
    for (let last = around.at(-1); last !== undefined && !covers(last, prefix); last = around.at(-1))
      around.pop();
    const holder = around.at(-1);
    if (holder !== undefined && holder !== root) counts.inside += 1;
    else {
      counts.apart += 1;
      counts.space += 2 ** (width - prefix.length);
    }
    around.push(prefix);
    for (const { attributes } of paths) {
      const { asPath } = attributes;
      const [hops, octets] = [hopCount(asPath), octetsOf(asPath)];
      counts.paths += 1;
      if (attributes.atomicAggregate) counts.aggregates += 1;
      counts.longest = Math.max(counts.longest, hops);
      counts.hops += hops;
      counts.largest = Math.max(counts.largest, octets);
      counts.octets += octets;
      counts.highest = Math.max(counts.highest, highestPublic(asPath));
    }
  }
  return counts;
}

/** A table, as it is named in text and in JSON, with the family that is counted. */
interface Counted {
  readonly name: string;
  readonly key: string;
  readonly isIpv6: boolean;
  readonly family: BgpFamily | null;
}

/** All tables of an instance in bgpd's order; labelled routes live with the others. */
const TABLES: readonly Counted[] = [
  ...([4, 6] as const).flatMap((version): Counted[] => {
    const of = (name: string, key: string, family: BgpFamily | null): Counted => ({
      name: `IPv${version} ${name}`,
      key: `ipv${version}${key}`,
      isIpv6: version === 6,
      family,
    });
    return [
      of('Unicast', 'Unicast', `ipv${version}-unicast`),
      of('Multicast', 'Multicast', null),
      of('VPN', 'Vpn', `ipv${version}-vpn`),
      of('Encap', 'Encap', null),
      of('Labeled Unicast', 'LabeledUnicast', `ipv${version}-unicast`),
      of('Flowspec', 'Flowspec', null),
    ];
  }),
  { name: 'L2VPN EVPN', key: 'l2VpnEvpn', isIpv6: false, family: 'l2vpn-evpn' },
];

const tableOf = (family: BgpFamily): Counted => {
  const table = TABLES.find((one) => one.family === family);
  return table ?? { name: FAMILY_TEXT[family], key: family, isIpv6: false, family };
};

/** The text of one family. */
export const statisticsText = (instance: BgpInstance, family: BgpFamily): string =>
  tableText(instance, tableOf(family));

/** The text of all tables. */
export const allStatisticsText = (instance: BgpInstance): string =>
  TABLES.map((table) => tableText(instance, table)).join('');

/** As JSON: one family, or all of them. */
export const statisticsJson = (instance: BgpInstance, family: BgpFamily | null): string =>
  `{\n${(family === null ? TABLES : [tableOf(family)])
    .map((table) => `  "${table.key}":[\n${tableJson(instance, table)}  ]`)
    .join(',\n')}\n}\n`;

const ownerOf = ({ vrf }: BgpInstance): string => (vrf === 'default' ? 'VRF default' : `VRF ${vrf}`);

/** C's `%.17g`, and a point at least, as json-c writes a double. */
function double(value: number): string {
  const digits = value.toPrecision(17);
  const [mantissa = '', power] = digits.split('e');
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  if (power === undefined && exponent >= -4) return short.includes('.') ? short : `${short}.0`;
  const [head = '', tail = '0'] = value.toExponential(16).split('e');
  const sign = tail.startsWith('-') ? '-' : '+';
  return `${head.replace(/\.?0+$/, '')}e${sign}${tail.replace(/^[+-]/, '').padStart(2, '0')}`;
}

function tableJson(instance: BgpInstance, { family, isIpv6 }: Counted): string {
  const counts = count(instance, family);
  const mean = (sum: number, of: number): string => double(sum === 0 ? 0 : sum / of);
  const { space } = counts;
  const members: [string, string][] = [
    ['instance', `"${ownerOf(instance)}"`],
    ['totalAdvertisements', String(counts.paths)],
    ['totalPrefixes', String(counts.prefixes)],
    ['averagePrefixLength', mean(counts.lengths, counts.prefixes)],
    ['unaggregateablePrefixes', String(counts.apart)],
    ['maximumAggregateablePrefixes', String(counts.inside)],
    ['bgpAggregateAdvertisements', String(counts.aggregates)],
    ['addressSpaceAdvertised', double(space)],
    ...(isIpv6
      ? ([
          ['/32equivalent', double(space * 2 ** (-128 + 32))],
          ['/48equivalent', double(space * 2 ** (-128 + 48))],
        ] as [string, string][])
      : ([
          ['%announced', double(space * 100 * 2 ** -32)],
          ['/8equivalent', double(space * 2 ** -24)],
          ['/24equivalent', double(space * 2 ** -8)],
        ] as [string, string][])),
    ['advertisementsWithPaths', String(counts.paths)],
    ['longestAsPath', String(counts.longest)],
    ['averageAsPathLengthHops', mean(counts.hops, counts.paths)],
    ['largestAsPath', String(counts.largest)],
    ['averageAsPathSizeBytes', mean(counts.octets, counts.paths)],
    ['highestPublicAsn', String(counts.highest)],
  ];
  const lengths = [...counts.byLength]
    .sort(([a], [b]) => a - b)
    .map(([length, many]) => `        {\n          "${length}":${many}\n        }`);
  const list = `[\n${lengths.join(',\n')}${lengths.length > 0 ? '\n' : ''}      ]`;
  const lines = [...members, ['prefixLength', list] as const].map(
    ([key, value]) => `      "${key}":${value}`,
  );
  return `    {\n${lines.join(',\n')}\n    }\n`;
}

function tableText(instance: BgpInstance, { name: title, isIpv6, family }: Counted): string {
  const counts = count(instance, family);
  const line = (name: string, value: string): string => `${name.padEnd(30)}: ${value}\n`;
  const share = (name: string, value: string): string => `${name.padStart(30)}: ${value}\n`;
  const whole = (name: string, value: number): string => line(name, String(value).padStart(12));
  const mean = (name: string, sum: number, of: number): string =>
    line(name, hundredths(sum === 0 ? 0 : Math.fround(sum / of)));
  const { space } = counts;
  const shares = isIpv6
    ? [
        share('/32 equivalent %s\n', general(space * 2 ** (-128 + 32))),
        share('/48 equivalent %s\n', general(space * 2 ** (-128 + 48))),
      ]
    : [
        share('% announced ', hundredths(space * 100 * 2 ** -32)),
        share('/8 equivalent ', hundredths(space * 2 ** -24)),
        share('/24 equivalent ', hundredths(space * 2 ** -8)),
      ];
  return [
    `BGP ${title} RIB statistics (${ownerOf(instance)})\n`,
    whole('Total Advertisements', counts.paths),
    whole('Total Prefixes', counts.prefixes),
    mean('Average prefix length', counts.lengths, counts.prefixes),
    whole('Unaggregateable prefixes', counts.apart),
    whole('Maximum aggregateable prefixes', counts.inside),
    whole('BGP Aggregate advertisements', counts.aggregates),
    line('Address space advertised', general(space)),
    ...shares,
    '\n',
    whole('Advertisements with paths', counts.paths),
    whole('Longest AS-Path (hops)', counts.longest),
    mean('Average AS-Path length (hops)', counts.hops, counts.paths),
    whole('Largest AS-Path (bytes)', counts.largest),
    mean('Average AS-Path size (bytes)', counts.octets, counts.paths),
    whole('Highest public ASN', counts.highest),
  ].join('');
}
