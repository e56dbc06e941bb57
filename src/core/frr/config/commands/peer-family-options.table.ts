/** Options of `neighbor X` inside an address family: what is typed and what running-config prints, in its order. */
import type { BgpInstanceConfig, PeerConfig, PeerFamilyOptions } from '../bgp-config.ts';
import { readRouteTargets } from '../../policy/communities.ts';
import { failed, warning, type NodeName, type Reply } from '../command.ts';
import { effectiveRemoteAs } from '../effective.ts';
import type { Args } from '../match.ts';

export interface PeerFamilyOptionEntry {
  readonly option: keyof PeerFamilyOptions;
  readonly syntax: readonly string[];
  readonly no: readonly string[];
  /** Where it is typed, when that is not every family and `router bgp` itself. */
  readonly nodes?: readonly NodeName[];
  /** Which of several options a line means, when they share their words (`in` and `out`). */
  readonly when?: (args: Args) => boolean;
  readonly read: (
    args: Args,
    before: PeerFamilyOptions,
  ) => PeerFamilyOptions[keyof PeerFamilyOptions] | undefined;
  readonly negate?: (
    args: Args,
    before: PeerFamilyOptions,
  ) => PeerFamilyOptions[keyof PeerFamilyOptions] | undefined;
  /** Another option that comes and goes with this one. */
  readonly implies?: (
    set: boolean,
    before: PeerFamilyOptions,
  ) => {
    readonly option: keyof PeerFamilyOptions;
    readonly value: PeerFamilyOptions[keyof PeerFamilyOptions] | undefined;
  };
  readonly check?: (
    instance: BgpInstanceConfig,
    peer: PeerConfig,
    args: Args,
    options: PeerFamilyOptions,
  ) => Reply | undefined;
  /** The lines after `neighbor X`; a leading `no ` goes before it. */
  readonly write: (options: PeerFamilyOptions) => readonly string[];
}

const line = (text: string | undefined | false): readonly string[] =>
  text === undefined || text === false ? [] : [text];

const flag = (option: keyof PeerFamilyOptions, words: string): PeerFamilyOptionEntry => ({
  option,
  syntax: [words],
  no: [words],
  read: () => true,
  write: (options) => (options[option] === true ? [words] : []),
});

/** A named list or map with a direction. */
const filter = (
  option: keyof PeerFamilyOptions,
  words: string,
  variable: string,
  direction: 'in' | 'out',
  check?: PeerFamilyOptionEntry['check'],
): PeerFamilyOptionEntry => ({
  option,
  syntax: [`${words} ${variable}$name <in|out>$direction`],
  no: [`${words} ${variable}$name <in|out>$direction`],
  when: (args) => args.get('direction') === direction,
  read: (args) => args.get('name'),
  ...(check ? { check } : {}),
  write: (options) => {
    const name = options[option];
    return line(typeof name === 'string' && `${words} ${name} ${direction}`);
  },
});

/** Prefix and distribute lists exclude one another in a direction. */
const unless =
  (
    other: 'prefixListIn' | 'prefixListOut' | 'distributeListIn' | 'distributeListOut',
  ): PeerFamilyOptionEntry['check'] =>
  (_instance, _peer, _args, options) =>
    options[other] === undefined ? undefined : failed('% Prefix/distribute list can not co-exist');

const isInternal = (instance: BgpInstanceConfig, peer: PeerConfig): boolean => {
  const as = effectiveRemoteAs(instance, peer);
  return as === 'internal' || as === instance.asn;
};

const SEND_COMMUNITY_ALL = { standard: true, extended: true, large: true } as const;

function chosenCommunities(args: Args): { standard: boolean; extended: boolean; large: boolean } {
  switch (args.get('kind')) {
    case 'all':
      return { ...SEND_COMMUNITY_ALL };
    case 'both':
      return { standard: true, extended: true, large: false };
    case 'extended':
      return { standard: false, extended: true, large: false };
    case 'large':
      return { standard: false, extended: false, large: true };
    default:
      return { standard: true, extended: false, large: false };
  }
}

function changeCommunities(
  args: Args,
  before: PeerFamilyOptions,
  send: boolean,
): PeerFamilyOptions['sendCommunity'] {
  const chosen = chosenCommunities(args);
  const now = before.sendCommunity ?? SEND_COMMUNITY_ALL;
  const pick = (key: 'standard' | 'extended' | 'large'): boolean => (chosen[key] ? send : now[key]);
  const value = { standard: pick('standard'), extended: pick('extended'), large: pick('large') };
  return value.standard && value.extended && value.large ? undefined : value;
}

const MAXIMUM_PREFIX_FORMS = [
  'maximum-prefix (1-4294967295)$limit (1-100)$threshold [force]',
  'maximum-prefix (1-4294967295)$limit (1-100)$threshold restart (1-65535)$minutes [force]',
  'maximum-prefix (1-4294967295)$limit (1-100)$threshold warning-only [force]',
  'maximum-prefix (1-4294967295)$limit [force]',
  'maximum-prefix (1-4294967295)$limit restart (1-65535)$minutes [force]',
  'maximum-prefix (1-4294967295)$limit warning-only [force]',
];

export const PEER_FAMILY_OPTIONS: readonly PeerFamilyOptionEntry[] = [
  flag('addpathTxAll', 'addpath-tx-all-paths'),
  flag('addpathTxBestPerAs', 'addpath-tx-bestpath-per-AS'),
  {
    ...flag('disableAddpathRx', 'disable-addpath-rx'),
    nodes: ['bgp-ipv4', 'bgp-ipv6', 'bgp-vpnv4', 'bgp-vpnv6'],
  },
  {
    ...flag('routeReflectorClient', 'route-reflector-client'),
    check: (instance, peer) =>
      peer.kind === 'group' || isInternal(instance, peer)
        ? undefined
        : failed('% Invalid command. Not an internal neighbor'),
  },
  {
    option: 'nextHopSelf',
    syntax: ['next-hop-self force', 'next-hop-self'],
    no: ['next-hop-self force', 'next-hop-self'],
    read: (args, { nextHopSelf: before }) => ({
      plain: !args.has('force') || (before?.plain ?? false),
      force: args.has('force') || (before?.force ?? false),
    }),
    negate: (args, { nextHopSelf: before }) => {
      const plain = args.has('force') && (before?.plain ?? false);
      const force = !args.has('force') && (before?.force ?? false);
      return plain || force ? { plain, force } : undefined;
    },
    write: ({ nextHopSelf: value }) => [
      ...line(value?.force && 'next-hop-self force'),
      ...line(value?.plain && 'next-hop-self'),
    ],
  },
  {
    option: 'removePrivateAs',
    syntax: [
      'remove-private-AS all replace-AS',
      'remove-private-AS all',
      'remove-private-AS replace-AS',
      'remove-private-AS',
    ],
    no: [
      'remove-private-AS all replace-AS',
      'remove-private-AS all',
      'remove-private-AS replace-AS',
      'remove-private-AS',
    ],
    check: (instance, peer, args) =>
      // bgpd looks for the flag of the plain form only.
      isInternal(instance, peer) && !args.has('all') && !args.has('replace-AS')
        ? failed('% remove-private-AS cannot be configured for IBGP peers')
        : undefined,
    read: (args) => ({ all: args.has('all'), replaceAs: args.has('replace-AS') }),
    // Each of the four is a flag of its own: only the one that is named goes.
    negate: (args, { removePrivateAs: before }) =>
      before?.all === args.has('all') && before.replaceAs === args.has('replace-AS') ? undefined : before,
    write: ({ removePrivateAs: value }) =>
      line(value && `remove-private-AS${value.all ? ' all' : ''}${value.replaceAs ? ' replace-AS' : ''}`),
  },
  {
    ...flag('asOverride', 'as-override'),
    check: (instance, peer) =>
      isInternal(instance, peer) ? failed('% as-override cannot be configured for IBGP peers') : undefined,
  },
  {
    option: 'sendCommunity',
    syntax: ['send-community <both|all|extended|standard|large>$kind', 'send-community'],
    no: ['send-community <both|all|extended|standard|large>$kind', 'send-community'],
    read: (args, before) => changeCommunities(args, before, true),
    negate: (args, before) => changeCommunities(args, before, false),
    write: ({ sendCommunity: send }) => {
      if (!send) return [];
      if (!send.standard && !send.extended && !send.large) return ['no send-community all'];
      return [
        ...line(!send.standard && 'no send-community'),
        ...line(!send.extended && 'no send-community extended'),
        ...line(!send.large && 'no send-community large'),
      ];
    },
  },
  {
    option: 'defaultOriginate',
    syntax: ['default-originate route-map RMAP_NAME$map', 'default-originate'],
    no: ['default-originate [route-map RMAP_NAME]'],
    read: (args) => ({ routeMap: args.find('map') ?? null }),
    write: ({ defaultOriginate: value }) =>
      line(value && `default-originate${value.routeMap === null ? '' : ` route-map ${value.routeMap}`}`),
  },
  flag('softReconfigurationInbound', 'soft-reconfiguration inbound'),
  {
    option: 'maximumPrefix',
    syntax: MAXIMUM_PREFIX_FORMS,
    no: ['maximum-prefix [(1-4294967295) [(1-100)] [restart (1-65535)] [warning-only] [force]]'],
    read: (args) => ({
      limit: args.number('limit'),
      threshold: args.findNumber('threshold') ?? 75,
      warningOnly: args.has('warning-only'),
      restart: args.findNumber('minutes') ?? null,
      force: args.has('force'),
    }),
    write: ({ maximumPrefix: value }) =>
      line(
        value &&
          [
            `maximum-prefix ${value.limit}`,
            ...(value.threshold === 75 ? [] : [value.threshold]),
            ...(value.warningOnly ? ['warning-only'] : []),
            ...(value.restart === null ? [] : [`restart ${value.restart}`]),
            ...(value.force ? ['force'] : []),
          ].join(' '),
      ),
  },
  {
    option: 'maximumPrefixOut',
    syntax: ['maximum-prefix-out (1-4294967295)$limit'],
    no: ['maximum-prefix-out [(1-4294967295)]'],
    read: (args) => args.number('limit'),
    write: ({ maximumPrefixOut: value }) => line(value !== undefined && `maximum-prefix-out ${value}`),
  },
  {
    ...flag('routeServerClient', 'route-server-client'),
    // Next hops of a route server's clients are left alone, which is a switch of its own that may be turned later.
    implies: (set, { attributeUnchanged: before }) => ({
      option: 'attributeUnchanged',
      value:
        set || before?.asPath === true || before?.med === true
          ? { asPath: before?.asPath ?? false, nextHop: set, med: before?.med ?? false }
          : undefined,
    }),
  },
  { ...flag('nextHopLocalUnchanged', 'nexthop-local unchanged'), nodes: ['bgp-ipv6'] },
  {
    option: 'allowasIn',
    syntax: ['allowas-in [<(1-10)|origin>$count]'],
    no: ['allowas-in [<(1-10)|origin>]'],
    read: (args) => ({
      origin: args.has('origin'),
      count: args.has('origin') ? 0 : (args.findNumber('count') ?? 3),
    }),
    write: ({ allowasIn: value }) =>
      line(
        value &&
          (value.origin ? 'allowas-in origin' : `allowas-in${value.count === 3 ? '' : ` ${value.count}`}`),
      ),
  },
  {
    option: 'siteOfOrigin',
    syntax: ['soo ASN:NN_OR_IP-ADDRESS:NN$site'],
    no: ['soo [ASN:NN_OR_IP-ADDRESS:NN]'],
    nodes: ['bgp-ipv4', 'bgp-ipv6', 'bgp-vpnv4', 'bgp-vpnv6', 'bgp-evpn'],
    check: (_instance, _peer, args) =>
      readRouteTargets(args.get('site'), 'soo') ? undefined : warning('% Malformed SoO extended community'),
    read: (args) => args.get('site'),
    write: ({ siteOfOrigin }) => line(siteOfOrigin !== undefined && `soo ${siteOfOrigin}`),
  },
  {
    option: 'weight',
    syntax: ['weight (0-65535)$weight'],
    no: ['weight [(0-65535)]'],
    read: (args) => args.number('weight'),
    write: ({ weight }) => line(weight !== undefined && `weight ${weight}`),
  },
  filter('distributeListIn', 'distribute-list', 'ACCESSLIST_NAME', 'in', unless('prefixListIn')),
  filter('distributeListOut', 'distribute-list', 'ACCESSLIST_NAME', 'out', unless('prefixListOut')),
  filter('prefixListIn', 'prefix-list', 'WORD', 'in', unless('distributeListIn')),
  filter('prefixListOut', 'prefix-list', 'WORD', 'out', unless('distributeListOut')),
  filter('routeMapIn', 'route-map', 'RMAP_NAME', 'in'),
  filter('routeMapOut', 'route-map', 'RMAP_NAME', 'out'),
  {
    option: 'unsuppressMap',
    syntax: ['unsuppress-map WORD$name'],
    no: ['unsuppress-map WORD'],
    read: (args) => args.get('name'),
    write: ({ unsuppressMap }) => line(unsuppressMap !== undefined && `unsuppress-map ${unsuppressMap}`),
  },
  filter('filterListIn', 'filter-list', 'AS_PATH_FILTER_NAME', 'in'),
  filter('filterListOut', 'filter-list', 'AS_PATH_FILTER_NAME', 'out'),
  {
    option: 'attributeUnchanged',
    syntax: ['attribute-unchanged [{as-path|next-hop|med}]'],
    no: ['attribute-unchanged [{as-path|next-hop|med}]'],
    read: (args) => {
      const all = !args.has('as-path') && !args.has('next-hop') && !args.has('med');
      return {
        asPath: all || args.has('as-path'),
        nextHop: all || args.has('next-hop'),
        med: all || args.has('med'),
      };
    },
    negate: (args, { attributeUnchanged: before }) => {
      if (!before || (!args.has('as-path') && !args.has('next-hop') && !args.has('med'))) return undefined;
      const left = {
        asPath: before.asPath && !args.has('as-path'),
        nextHop: before.nextHop && !args.has('next-hop'),
        med: before.med && !args.has('med'),
      };
      return left.asPath || left.nextHop || left.med ? left : undefined;
    },
    write: ({ attributeUnchanged: value }) =>
      line(
        value &&
          `attribute-unchanged${value.asPath ? ' as-path' : ''}${value.nextHop ? ' next-hop' : ''}${value.med ? ' med' : ''}`,
      ),
  },
];
