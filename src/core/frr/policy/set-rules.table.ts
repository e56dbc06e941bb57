/** The `set` lines of route maps: what is typed after the rule's words, how it is kept, and what it does in bgpd. */
import { parseIpv4, parseIpv6 } from '../../base/address.ts';
import type { LargeCommunity, PathAttributes } from '../bgp/attributes.ts';
import { firstAs, prepend } from '../bgp/as-path.ts';
import type { CommunityList } from '../config/policy-config.ts';
import {
  compareBig,
  compareLarge,
  formatLargeCommunity,
  readCommunities,
  readLargeCommunities,
  readRouteTargets,
} from './communities.ts';
import type { Evaluation } from './evaluation.ts';
import { judgeLarge, judgeStandard } from './lists.ts';

export interface SetRule {
  /** The words after `set`. */
  readonly rule: string;
  /** Syntaxes of the argument, named `argument`; '' when there is none. */
  readonly syntax: readonly string[];
  /** Syntaxes after `no set RULE`. */
  readonly no: readonly string[];
  /** The argument as it is kept and printed; undefined when it is malformed. Absent: as typed. */
  readonly normalise?: (typed: string) => string | undefined;
  /** What is said of a malformed argument; absent: bgpd's general complaint. */
  readonly complaint?: (typed: string) => string;
  readonly apply: (argument: string, run: Evaluation) => PathAttributes;
}

const numbers = (argument: string): number[] => argument.split(' ').map(Number);
const UNCHANGED = (_argument: string, run: Evaluation): PathAttributes => run.now;

/** `N`, `+N` or `-N` on what is there. */
function adjusted(argument: string, base: number): number {
  if (argument.startsWith('+')) return Math.min(base + Number(argument.slice(1)), 0xffffffff);
  if (argument.startsWith('-')) return Math.max(base - Number(argument.slice(1)), 0);
  return Number(argument);
}

function setCommunities(argument: string, { now }: Evaluation): PathAttributes {
  if (argument === 'none') return { ...now, communities: null };
  const additive = argument.endsWith(' additive');
  const text = additive ? argument.slice(0, -' additive'.length) : argument;
  const values = readCommunities(text)?.values ?? [];
  const before = additive ? (now.communities ?? []) : [];
  return { ...now, communities: [...new Set([...before, ...values])].sort((a, b) => a - b) };
}

function setLarge(argument: string, { now }: Evaluation): PathAttributes {
  if (argument === 'none') return { ...now, largeCommunities: null };
  const additive = argument.endsWith(' additive');
  const text = additive ? argument.slice(0, -' additive'.length) : argument;
  const values = readLargeCommunities(text)?.values ?? [];
  const all = new Map<string, LargeCommunity>();
  for (const one of [...(additive ? (now.largeCommunities ?? []) : []), ...values])
    all.set(formatLargeCommunity(one), one);
  return { ...now, largeCommunities: [...all.values()].sort(compareLarge) };
}

function normaliseCommunities(typed: string): string | undefined {
  const words = typed.split(' ');
  const additive = words.includes('additive');
  const rest = words.filter((word) => word !== 'additive').join(' ');
  if (rest === 'none') return 'none';
  const read = readCommunities(rest);
  return read && read.values.length > 0 ? `${read.text}${additive ? ' additive' : ''}` : undefined;
}

function normaliseLarge(typed: string): string | undefined {
  if (typed === 'none') return typed;
  const rest = typed.endsWith(' additive') ? typed.slice(0, -' additive'.length) : typed;
  return readLargeCommunities(rest) ? typed : undefined;
}

const addTargets =
  (kind: 'rt' | 'soo') =>
  (argument: string, { now }: Evaluation): PathAttributes => ({
    ...now,
    extendedCommunities: [
      ...new Set([...(now.extendedCommunities ?? []), ...(readRouteTargets(argument, kind) ?? [])]),
    ].sort(compareBig),
  });

const withoutEmpty = <T>(values: readonly T[]): readonly T[] | null => (values.length === 0 ? null : values);

function deleteByList(
  list: CommunityList | undefined,
  now: PathAttributes,
  kind: 'communities' | 'largeCommunities',
): PathAttributes {
  if (!list) return now;
  if (kind === 'communities')
    return {
      ...now,
      communities: withoutEmpty(
        (now.communities ?? []).filter((one) => judgeStandard(list, [one], false) === 'deny'),
      ),
    };
  return {
    ...now,
    largeCommunities: withoutEmpty(
      (now.largeCommunities ?? []).filter((one) => judgeLarge(list, [one], false) === 'deny'),
    ),
  };
}

/** RFC 7153's link bandwidth: AS and octets a second as a float. */
function bandwidth(argument: string, { now, input }: Evaluation): PathAttributes {
  const [typed] = argument.split(' ');
  // Counted in times of a reference of 1 Mbit/s, and only on the path that is in use.
  if (typed === 'num-multipaths' && input.pathsInUse === 0) return now;
  const megabits = typed === 'num-multipaths' ? input.pathsInUse : Number(typed);
  const bytes = (megabits * 1_000_000) / 8;
  const exponent = bytes <= 0 ? 0 : Math.floor(Math.log2(bytes));
  const mantissa = bytes <= 0 ? 0 : Math.round((bytes / 2 ** exponent - 1) * 0x800000);
  const bits = BigInt(bytes <= 0 ? 0 : ((exponent + 127) << 23) | mantissa);
  const type = argument.endsWith('non-transitive') ? 0x40n : 0n;
  const as = BigInt(input.localAs > 0xffff ? 23456 : input.localAs);
  const value = (type << 56n) | (4n << 48n) | (as << 32n) | bits;
  const rest = (now.extendedCommunities ?? []).filter((one) => ((one >> 48n) & 0xffn) !== 4n);
  return { ...now, extendedCommunities: [...rest, value].sort(compareBig) };
}

const simple = (
  rule: string,
  variable: string,
  apply: SetRule['apply'],
  no: readonly string[] = [`[${variable}]`],
): SetRule => ({ rule, syntax: [`${variable}$argument`], no, apply });

const bare = (rule: string, apply: SetRule['apply']): SetRule => ({ rule, syntax: [''], no: [''], apply });

const METRIC = /^(?:[+-]?\d{1,10}|[+-]?rtt)$/;

export const SET_RULES: readonly SetRule[] = [
  {
    rule: 'as-path prepend',
    syntax: ['(1-4294967295)...$argument'],
    no: ['[(1-4294967295)]', '(1-4294967295)...'],
    apply: (argument, { now }) => ({ ...now, asPath: prepend(now.asPath, numbers(argument)) }),
  },
  {
    rule: 'as-path prepend last-as',
    syntax: ['(1-10)$argument'],
    no: ['[(1-10)]'],
    apply: (argument, { now }) => {
      const last = firstAs(now.asPath);
      if (last === undefined) return now;
      return {
        ...now,
        asPath: prepend(
          now.asPath,
          Array.from({ length: Number(argument) }, () => last),
        ),
      };
    },
  },
  {
    rule: 'as-path exclude',
    syntax: ['(1-4294967295)...$argument'],
    no: ['(1-4294967295)...', ''],
    apply: (argument, { now }) => {
      const gone = new Set(numbers(argument));
      const asPath = now.asPath
        .map((segment) => ({ ...segment, asns: segment.asns.filter((as) => !gone.has(as)) }))
        .filter((segment) => segment.asns.length > 0);
      return { ...now, asPath };
    },
  },
  {
    rule: 'as-path replace',
    syntax: ['<any|(1-4294967295)>$argument'],
    no: ['[<any|(1-4294967295)>]'],
    apply: (argument, { now, input }) => ({
      ...now,
      asPath: now.asPath.map((segment) => ({
        ...segment,
        asns: segment.asns.map((as) => (argument === 'any' || as === Number(argument) ? input.localAs : as)),
      })),
    }),
  },
  bare('atomic-aggregate', (_argument, { now }) => ({ ...now, atomicAggregate: true })),
  {
    rule: 'aggregator as',
    syntax: ['<(1-4294967295) A.B.C.D>$argument'],
    no: ['[(1-4294967295) A.B.C.D]'],
    apply: (argument, { now }) => {
      const [asn = '', address = ''] = argument.split(' ');
      return { ...now, aggregator: { asn: Number(asn), address: parseIpv4(address) ?? 0 } };
    },
  },
  {
    rule: 'comm-list',
    syntax: ['<<(1-99)|(100-500)|COMMUNITY_LIST_NAME> delete>$argument'],
    no: ['[<(1-99)|(100-500)|COMMUNITY_LIST_NAME> delete]'],
    apply: (argument, { now, config }) =>
      deleteByList(config.communityLists.get(`community ${argument.split(' ')[0]}`), now, 'communities'),
  },
  {
    rule: 'community',
    syntax: ['AA:NN...$argument', 'none$argument'],
    no: ['AA:NN...', ''],
    normalise: normaliseCommunities,
    complaint: (typed) => {
      const rest = typed
        .split(' ')
        .filter((word) => word !== 'additive')
        .join(' ');
      return `% Malformed communities attribute '${rest}'`;
    },
    apply: setCommunities,
  },
  simple('distance', '(0-255)', (argument, { now }) => ({ ...now, distance: Number(argument) })),
  {
    rule: 'extcommunity rt',
    syntax: ['ASN:NN_OR_IP-ADDRESS:NN...$argument'],
    no: ['ASN:NN_OR_IP-ADDRESS:NN...', ''],
    normalise: (typed) => readRouteTargets(typed, 'rt') && typed,
    apply: addTargets('rt'),
  },
  {
    rule: 'extcommunity soo',
    syntax: ['ASN:NN_OR_IP-ADDRESS:NN...$argument'],
    no: ['ASN:NN_OR_IP-ADDRESS:NN...', ''],
    normalise: (typed) => readRouteTargets(typed, 'soo') && typed,
    apply: addTargets('soo'),
  },
  {
    rule: 'extcommunity bandwidth',
    syntax: ['<(1-25600) [non-transitive]>$argument', '<num-multipaths [non-transitive]>$argument'],
    no: ['<(1-25600)|cumulative|num-multipaths> [non-transitive]', ''],
    apply: bandwidth,
  },
  bare('extcommunity none', (_argument, { now }) => ({ ...now, extendedCommunities: null })),
  simple('ip next-hop', 'A.B.C.D', (argument, { now }) => ({
    ...now,
    nextHop: parseIpv4(argument) ?? 0,
    nextHopSetBy: 'route-map',
  })),
  bare('ip next-hop peer-address', (_argument, { now, input }) => {
    const peer = input.peer?.address;
    if (input.direction === 'in')
      return peer?.family === 4 ? { ...now, nextHop: Number(peer.address), nextHopSetBy: 'route-map' } : now;
    return { ...now, nextHop: 0, nextHopSetBy: 'route-map-peer-address' };
  }),
  bare('ip next-hop unchanged', (_argument, { now }) => ({ ...now, nextHopSetBy: 'route-map-unchanged' })),
  simple(
    'ipv6 next-hop global',
    'X:X::X:X',
    (argument, { now }) => ({
      ...now,
      mpNextHop: { global: parseIpv6(argument) ?? 0n, linkLocal: now.mpNextHop?.linkLocal ?? null },
      nextHopSetBy: 'route-map',
    }),
    ['X:X::X:X'],
  ),
  simple('ipv6 next-hop local', 'X:X::X:X', (argument, { now }) => ({
    ...now,
    mpNextHop: { global: now.mpNextHop?.global ?? 0n, linkLocal: parseIpv6(argument) ?? 0n },
  })),
  bare('ipv6 next-hop peer-address', (_argument, { now, input }) => {
    const peer = input.peer?.address;
    if (input.direction === 'in')
      return peer?.family === 6 ? { ...now, mpNextHop: { global: peer.address, linkLocal: null } } : now;
    return { ...now, nextHopSetBy: 'route-map-peer-address' };
  }),
  bare('ipv6 next-hop prefer-global', (_argument, { now, input }) =>
    input.direction === 'in' ? { ...now, preferGlobal: true } : now,
  ),
  {
    rule: 'large-comm-list',
    syntax: ['<<(1-99)|(100-500)|LCOMMUNITY_LIST_NAME> delete>$argument'],
    no: ['<(1-99)|(100-500)|LCOMMUNITY_LIST_NAME> [delete]', ''],
    apply: (argument, { now, config }) =>
      deleteByList(
        config.communityLists.get(`large-community ${argument.split(' ')[0]}`),
        now,
        'largeCommunities',
      ),
  },
  {
    rule: 'large-community',
    syntax: ['AA:BB:CC...$argument', 'none$argument'],
    no: ['AA:BB:CC...', 'none', ''],
    normalise: normaliseLarge,
    apply: setLarge,
  },
  {
    ...simple('local-preference', 'WORD', (argument, { now, input }) => ({
      ...now,
      localPreference: adjusted(argument, now.localPreference ?? input.localPreference),
    })),
    normalise: (typed) => (/^[+-]?\d{1,10}$/.test(typed) ? typed : undefined),
  },
  {
    rule: 'metric',
    syntax: ['<(-4294967295-4294967295)|rtt|+rtt|-rtt>$argument'],
    no: ['[OPTVAL]'],
    normalise: (typed) => (METRIC.test(typed) ? typed : undefined),
    apply: (argument, { now }) =>
      argument.endsWith('rtt') ? now : { ...now, med: adjusted(argument, now.med ?? 0) },
  },
  simple('origin', '<egp|igp|incomplete>', (argument, { now }) => ({
    ...now,
    origin: argument === 'egp' || argument === 'igp' ? argument : 'incomplete',
  })),
  simple('originator-id', 'A.B.C.D', (argument, { now }) => ({
    ...now,
    originatorId: parseIpv4(argument) ?? 0,
  })),
  simple('src', '<A.B.C.D|X:X::X:X>', UNCHANGED),
  simple('table', '(1-4294967295)', UNCHANGED, ['']),
  simple('tag', '(1-4294967295)', (argument, { now }) => ({ ...now, tag: Number(argument) })),
  simple('weight', '(0-4294967295)', (argument, { now }) => ({ ...now, weight: Number(argument) })),
];
