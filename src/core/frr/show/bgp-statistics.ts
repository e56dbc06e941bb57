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
}

/** Prefixes come in the order of their tree: those that hold another come before it. */
function count(instance: BgpInstance, family: BgpFamily): Counts {
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
  };
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

/** The whole text of one family. */
export function statisticsText(instance: BgpInstance, family: BgpFamily): string {
  const counts = count(instance, family);
  const line = (name: string, value: string): string => `${name.padEnd(30)}: ${value}\n`;
  const share = (name: string, value: string): string => `${name.padStart(30)}: ${value}\n`;
  const whole = (name: string, value: number): string => line(name, String(value).padStart(12));
  const mean = (name: string, sum: number, of: number): string =>
    line(name, hundredths(sum === 0 ? 0 : Math.fround(sum / of)));
  const { space } = counts;
  const shares = family.startsWith('ipv6')
    ? [
        share('/32 equivalent %s\n', general(space * 2 ** (-128 + 32))),
        share('/48 equivalent %s\n', general(space * 2 ** (-128 + 48))),
      ]
    : [
        share('% announced ', hundredths(space * 100 * 2 ** -32)),
        share('/8 equivalent ', hundredths(space * 2 ** -24)),
        share('/24 equivalent ', hundredths(space * 2 ** -8)),
      ];
  const owner = instance.vrf === 'default' ? 'VRF default' : `VRF ${instance.vrf}`;
  return [
    `BGP ${FAMILY_TEXT[family]} RIB statistics (${owner})\n`,
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
