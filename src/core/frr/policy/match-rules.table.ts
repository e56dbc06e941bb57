/** The `match` lines of route maps: what is typed after the rule's words, and when it holds in bgpd. */
import { parseIpv4 } from '../../base/address.ts';
import { formatAddress, parseAddress, type Address, type Family, type Prefix } from '../prefix.ts';
import type { Verdict } from '../config/policy-config.ts';
import type { RouteMapInput } from '../bgp/policy.ts';
import type { Evaluation, MatchOutcome } from './evaluation.ts';
import { judgeAccess, judgeAsPath, judgeExtended, judgeLarge, judgePrefix, judgeStandard } from './lists.ts';

export interface MatchRule {
  /** The words after `match`. */
  readonly rule: string;
  /** Syntax of the argument, named `argument`; '' when there is none. */
  readonly argument: string;
  /** Syntax after `no match RULE`. */
  readonly no: string;
  readonly test: (argument: string, run: Evaluation) => MatchOutcome;
}

const outcome = (holds: boolean): MatchOutcome => (holds ? 'match' : 'no-match');
const permits = (verdict: Verdict | undefined): MatchOutcome => outcome(verdict === 'permit');

const byPrefixList = (family: Family, name: string, prefix: Prefix | null, run: Evaluation): MatchOutcome => {
  const list = run.config.prefixLists.get(`${family} ${name}`);
  return permits(list && prefix ? judgePrefix(list, prefix, run.hits) : undefined);
};

const byAccessList = (family: Family, name: string, prefix: Prefix | null, run: Evaluation): MatchOutcome => {
  const list = run.config.accessLists.get(`${family} ${name}`);
  return permits(list && prefix ? judgeAccess(list, prefix) : undefined);
};

const host = (address: Address): Prefix => ({ ...address, length: address.family === 4 ? 32 : 128 });

const nextHop4 = ({ input }: Evaluation): Prefix | null =>
  input.attributes.nextHop === null ? null : host({ family: 4, address: BigInt(input.attributes.nextHop) });

const nextHop6 = ({ input }: Evaluation): Prefix | null =>
  input.attributes.mpNextHop === null
    ? null
    : host({ family: 6, address: input.attributes.mpNextHop.global });

const routeSource = ({ input }: Evaluation): Prefix | null =>
  input.peer?.address?.family === 4 ? host(input.peer.address) : null;

const split = (argument: string): { name: string; exact: boolean } => {
  const [name = '', more] = argument.split(' ');
  return { name, exact: more === 'exact-match' };
};

/** Only zebra knows the rule. */
const ANOTHERS = (): MatchOutcome => 'noop';

const goesToInterface = ({ source }: RouteMapInput): boolean =>
  source.kind === 'redistributed' && source.nextHop.kind === 'interface';

const named = (rule: string, variable: string, test: MatchRule['test']): MatchRule => ({
  rule,
  argument: `${variable}$argument`,
  no: `[${variable}]`,
  test,
});

const PROTOCOLS =
  '<kernel|connected|static|rip|ripng|ospf|ospf6|isis|bgp|eigrp|nhrp|table|vnc|babel|openfabric>';

export const MATCH_RULES: readonly MatchRule[] = [
  named('as-path', 'AS_PATH_FILTER_NAME', (name, run) => {
    const list = run.config.asPathLists.get(name);
    return permits(list && judgeAsPath(list, run.now.asPath));
  }),
  named('community', '<(1-99)|(100-500)|COMMUNITY_LIST_NAME> [exact-match]', (argument, run) => {
    const { name, exact } = split(argument);
    const list = run.config.communityLists.get(`community ${name}`);
    return permits(list && judgeStandard(list, run.now.communities, exact));
  }),
  named('large-community', '<(1-99)|(100-500)|LCOMMUNITY_LIST_NAME> [exact-match]', (argument, run) => {
    const { name, exact } = split(argument);
    const list = run.config.communityLists.get(`large-community ${name}`);
    return permits(list && judgeLarge(list, run.now.largeCommunities, exact));
  }),
  named('extcommunity', '<(1-99)|(100-500)|EXTCOMMUNITY_LIST_NAME>', (name, run) => {
    const list = run.config.communityLists.get(`extcommunity ${name}`);
    return permits(list && judgeExtended(list, run.now.extendedCommunities));
  }),
  named('interface', 'IFNAME', (name, { input }) => outcome(input.peer?.interface === name)),
  named('ip address', 'ACCESSLIST4_NAME', (name, run) => byAccessList(4, name, run.input.prefix, run)),
  named('ip address prefix-len', '(0-32)', ANOTHERS),
  named('ip address prefix-list', 'PREFIXLIST_NAME', (name, run) =>
    byPrefixList(4, name, run.input.prefix, run),
  ),
  named('ip next-hop', 'ACCESSLIST4_NAME', (name, run) => byAccessList(4, name, nextHop4(run), run)),
  named('ip next-hop address', 'A.B.C.D', (text, { input }) =>
    outcome(input.attributes.nextHop === parseIpv4(text)),
  ),
  named('ip next-hop prefix-len', '(0-32)', ANOTHERS),
  named('ip next-hop prefix-list', 'PREFIXLIST_NAME', (name, run) =>
    byPrefixList(4, name, nextHop4(run), run),
  ),
  named('ip next-hop type', '<blackhole>', (_type, { input }) =>
    outcome(input.prefix.family === 4 && input.attributes.nextHop === 0 && !goesToInterface(input)),
  ),
  named('ip route-source', 'ACCESSLIST4_NAME', (name, run) => byAccessList(4, name, routeSource(run), run)),
  named('ip route-source prefix-list', 'PREFIXLIST_NAME', (name, run) =>
    byPrefixList(4, name, routeSource(run), run),
  ),
  named('ipv6 address', 'ACCESSLIST6_NAME', (name, run) => byAccessList(6, name, run.input.prefix, run)),
  named('ipv6 address prefix-len', '(0-128)', ANOTHERS),
  named('ipv6 address prefix-list', 'PREFIXLIST_NAME', (name, run) =>
    byPrefixList(6, name, run.input.prefix, run),
  ),
  named('ipv6 next-hop', 'ACCESSLIST6_NAME', (name, run) => byAccessList(6, name, nextHop6(run), run)),
  named('ipv6 next-hop address', 'X:X::X:X', (text, { input }) =>
    outcome(input.attributes.mpNextHop?.global === parseAddress(text)?.address),
  ),
  named('ipv6 next-hop prefix-list', 'PREFIXLIST_NAME', (name, run) =>
    byPrefixList(6, name, nextHop6(run), run),
  ),
  named('ipv6 next-hop type', '<blackhole>', (_type, { input }) =>
    outcome(
      input.prefix.family === 6 && input.attributes.mpNextHop?.global === 0n && !goesToInterface(input),
    ),
  ),
  named('local-preference', '(0-4294967295)', (value, { now }) =>
    outcome((now.localPreference ?? 0) === Number(value)),
  ),
  named('metric', '(0-4294967295)', (value, { now }) => outcome((now.med ?? 0) === Number(value))),
  named('origin', '<egp|igp|incomplete>', (value, { now }) => outcome(now.origin === value)),
  named('peer', '<A.B.C.D|X:X::X:X|WORD>', (value, { input }) => {
    if (value === 'local') return outcome(input.peer === null);
    const address = input.peer?.address;
    const same = address !== null && address !== undefined && formatAddress(address) === value;
    return outcome(same || input.peer?.name === value);
  }),
  { ...named('probability', '<0|100>', (value) => outcome(value === '100')), no: '[(1-99)]' },
  named('source-instance', '(0-255)', ANOTHERS),
  named('source-protocol', PROTOCOLS, ANOTHERS),
  {
    ...named('source-vrf', 'NAME', (name, { input }) => outcome((input.sourceVrf ?? input.vrf) === name)),
    no: 'NAME',
  },
  named('tag', '(1-4294967295)', (value, { now }) => outcome(now.tag === Number(value))),
];
