/** Options of `neighbor X` that concern the session: what is typed and what running-config prints, in its order. */
import { parseAddress } from '../../prefix.ts';
import type { BgpInstanceConfig, PeerConfig, PeerOptions } from '../bgp-config.ts';
import { failed, type Reply } from '../command.ts';
import { effectiveRemoteAs } from '../effective.ts';
import type { Args } from '../match.ts';

/** One option. The words of `syntax` and `no` follow `neighbor X`; `write` gives them back, or whole lines with `no`. */
export interface PeerOptionEntry {
  readonly option: keyof PeerOptions;
  readonly syntax: readonly string[];
  readonly no: readonly string[];
  readonly read: (args: Args, before: PeerOptions) => PeerOptions[keyof PeerOptions] | undefined;
  /** What `no` makes of it; the default when absent. */
  readonly negate?: (args: Args, before: PeerOptions) => PeerOptions[keyof PeerOptions] | undefined;
  /** Why it is refused. */
  readonly check?: (instance: BgpInstanceConfig, peer: PeerConfig, args: Args) => Reply | undefined;
  readonly write: (options: PeerOptions, peer: PeerConfig) => readonly string[];
}

const flag = (option: keyof PeerOptions, words: string): PeerOptionEntry => ({
  option,
  syntax: [words],
  no: [words],
  read: () => true,
  write: (options) => (options[option] === true ? [words] : []),
});

const line = (text: string | undefined | false): readonly string[] =>
  text === undefined || text === false ? [] : [text];

const isInternal = (instance: BgpInstanceConfig, peer: PeerConfig): boolean => {
  const as = effectiveRemoteAs(instance, peer);
  return as === 'internal' || as === instance.asn;
};

function checkLocalAs(instance: BgpInstanceConfig, peer: PeerConfig, args: Args): Reply | undefined {
  const as = args.number('as');
  if (isInternal(instance, peer)) return failed('% Local-AS allowed only for EBGP peers');
  if (as === instance.asn) return failed('% Cannot have local-as same as BGP AS number');
  if (effectiveRemoteAs(instance, peer) === as)
    return failed('% AS specified for local as is the same as the remote as and this is not allowed.');
  return undefined;
}

export const PEER_OPTIONS: readonly PeerOptionEntry[] = [
  {
    option: 'localAs',
    syntax: [
      'local-as (1-4294967295)$as no-prepend replace-as',
      'local-as (1-4294967295)$as no-prepend',
      'local-as (1-4294967295)$as',
    ],
    no: ['local-as [(1-4294967295) [no-prepend [replace-as]]]'],
    check: checkLocalAs,
    read: (args) => ({
      as: args.number('as'),
      noPrepend: args.has('no-prepend'),
      replaceAs: args.has('replace-as'),
    }),
    write: ({ localAs: value }) =>
      line(
        value &&
          `local-as ${value.as}${value.noPrepend ? ' no-prepend' : ''}${value.replaceAs ? ' replace-as' : ''}`,
      ),
  },
  {
    option: 'description',
    syntax: ['description LINE...$text'],
    no: ['description LINE...', 'description'],
    read: (args) => args.get('text'),
    write: ({ description }) => line(description !== undefined && `description ${description}`),
  },
  {
    option: 'shutdown',
    syntax: ['shutdown message MSG...$message', 'shutdown'],
    no: ['shutdown message MSG...', 'shutdown'],
    read: (args) => ({ message: args.find('message') ?? null }),
    write: ({ shutdown }) =>
      line(shutdown && (shutdown.message === null ? 'shutdown' : `shutdown message ${shutdown.message}`)),
  },
  {
    option: 'bfd',
    syntax: [
      'bfd',
      'bfd (2-255)$multiplier (50-60000)$receive (50-60000)$transmit',
      'bfd profile BFDPROF$profile',
      'bfd check-control-plane-failure',
    ],
    no: ['bfd', 'bfd profile [BFDPROF]', 'bfd check-control-plane-failure'],
    read: (args, before) => ({
      ...before.bfd,
      ...(args.find('profile') === undefined ? {} : { profile: args.get('profile') }),
      ...(args.find('multiplier') === undefined
        ? {}
        : {
            timers: {
              multiplier: args.number('multiplier'),
              receive: args.number('receive'),
              transmit: args.number('transmit'),
            },
          }),
      ...(args.has('check-control-plane-failure') ? { checkControlPlaneFailure: true } : {}),
    }),
    negate: (args, { bfd }) => {
      if (!bfd) return undefined;
      if (args.has('profile')) {
        const { profile: _, ...rest } = bfd;
        return rest;
      }
      if (args.has('check-control-plane-failure')) return { ...bfd, checkControlPlaneFailure: false };
      return undefined;
    },
    write: ({ bfd }) =>
      bfd
        ? [
            'bfd',
            ...line(bfd.profile !== undefined && `bfd profile ${bfd.profile}`),
            ...line((bfd.checkControlPlaneFailure ?? false) && 'bfd check-control-plane-failure'),
          ]
        : [],
  },
  {
    option: 'password',
    syntax: ['password LINE$text'],
    no: ['password [LINE]'],
    read: (args) => args.get('text'),
    write: ({ password }) => line(password !== undefined && `password ${password}`),
  },
  flag('solo', 'solo'),
  {
    option: 'port',
    syntax: ['port (0-65535)$port'],
    no: ['port [(0-65535)]'],
    read: (args) => (args.number('port') === 179 ? undefined : args.number('port')),
    write: ({ port }) => line(port !== undefined && `port ${port}`),
  },
  flag('passive', 'passive'),
  {
    option: 'ebgpMultihop',
    syntax: ['ebgp-multihop (1-255)$hops', 'ebgp-multihop'],
    no: ['ebgp-multihop [(1-255)]'],
    check: (_, peer) =>
      peer.kind === 'interface'
        ? failed('% Operation not allowed on a directly connected neighbor')
        : peer.options.ttlSecurityHops === undefined
          ? undefined
          : failed('% ebgp-multihop and ttl-security cannot be configured together'),
    read: (args) => (args.findNumber('hops') === 1 ? undefined : (args.findNumber('hops') ?? 255)),
    write: ({ ebgpMultihop }) => line(ebgpMultihop !== undefined && `ebgp-multihop ${ebgpMultihop}`),
  },
  {
    option: 'ttlSecurityHops',
    syntax: ['ttl-security hops (1-254)$hops'],
    no: ['ttl-security hops (1-254)'],
    check: (instance, peer) =>
      isInternal(instance, peer)
        ? failed('% ttl-security only allowed for EBGP peers')
        : peer.options.ebgpMultihop === undefined
          ? undefined
          : failed('% ebgp-multihop and ttl-security cannot be configured together'),
    read: (args) => args.number('hops'),
    write: ({ ttlSecurityHops }) =>
      line(ttlSecurityHops !== undefined && `ttl-security hops ${ttlSecurityHops}`),
  },
  {
    ...flag('disableConnectedCheck', 'disable-connected-check'),
    syntax: ['<disable-connected-check|enforce-multihop>'],
    no: ['<disable-connected-check|enforce-multihop>'],
  },
  flag('enforceFirstAs', 'enforce-first-as'),
  {
    option: 'updateSource',
    syntax: ['update-source <A.B.C.D|X:X::X:X|WORD>$source'],
    no: ['update-source [<A.B.C.D|X:X::X:X|WORD>]'],
    read: (args) => ({
      kind: parseAddress(args.get('source')) ? 'address' : 'interface',
      text: args.get('source'),
    }),
    write: ({ updateSource }) => line(updateSource && `update-source ${updateSource.text}`),
  },
  {
    option: 'advertisementInterval',
    syntax: ['advertisement-interval (0-600)$seconds'],
    no: ['advertisement-interval [(0-600)]'],
    read: (args) => args.number('seconds'),
    write: ({ advertisementInterval: value }) =>
      line(value !== undefined && `advertisement-interval ${value}`),
  },
  {
    option: 'timers',
    syntax: ['timers (0-65535)$keepalive (0-65535)$holdtime'],
    no: ['timers [(0-65535) (0-65535)]'],
    check: (_instance, _peer, args) => {
      const holdtime = args.number('holdtime');
      return holdtime < 3 && holdtime !== 0 ? failed('% Invalid value') : undefined;
    },
    read: (args) => ({ keepalive: args.number('keepalive'), holdtime: args.number('holdtime') }),
    write: ({ timers }) => line(timers && `timers ${timers.keepalive} ${timers.holdtime}`),
  },
  {
    option: 'connectTimer',
    syntax: ['timers connect (1-65535)$seconds'],
    no: ['timers connect [(1-65535)]'],
    read: (args) => args.number('seconds'),
    write: ({ connectTimer }) => line(connectTimer !== undefined && `timers connect ${connectTimer}`),
  },
  {
    option: 'delayOpen',
    syntax: ['timers delayopen (1-240)$seconds'],
    no: ['timers delayopen [(0-65535)]'],
    read: (args) => args.number('seconds'),
    write: ({ delayOpen }) => line(delayOpen !== undefined && `timers delayopen ${delayOpen}`),
  },
  flag('capabilityDynamic', 'capability dynamic'),
  {
    option: 'capabilityExtendedNexthop',
    syntax: ['capability extended-nexthop'],
    no: ['capability extended-nexthop'],
    read: (_args, _before) => true,
    negate: () => undefined,
    write: ({ capabilityExtendedNexthop: value }, peer) =>
      line(peer.kind !== 'interface' && value === true && 'capability extended-nexthop'),
  },
  flag('dontCapabilityNegotiate', 'dont-capability-negotiate'),
  {
    ...flag('overrideCapability', 'override-capability'),
    check: (_, peer) =>
      peer.options.strictCapabilityMatch
        ? failed("% Can't set override-capability and strict-capability-match at the same time")
        : undefined,
  },
  {
    ...flag('strictCapabilityMatch', 'strict-capability-match'),
    check: (_, peer) =>
      peer.options.overrideCapability
        ? failed("% Can't set override-capability and strict-capability-match at the same time")
        : undefined,
  },
  {
    option: 'gracefulRestart',
    syntax: ['<graceful-restart|graceful-restart-disable|graceful-restart-helper>$mode'],
    no: ['<graceful-restart|graceful-restart-disable|graceful-restart-helper>$mode'],
    read: (args) => {
      const mode = args.get('mode');
      return mode === 'graceful-restart'
        ? 'restart'
        : mode === 'graceful-restart-disable'
          ? 'disable'
          : 'helper';
    },
    write: ({ gracefulRestart: mode }) =>
      line(mode && (mode === 'restart' ? 'graceful-restart' : `graceful-restart-${mode}`)),
  },
];

/** `neighbor A.B.C.D interface IF`, of addresses only; printed after `port`. */
export const PEER_INTERFACE: PeerOptionEntry = {
  option: 'interface',
  syntax: ['interface WORD$name'],
  no: ['interface WORD'],
  read: (args) => args.get('name'),
  write: (options) => line(options.interface !== undefined && `interface ${options.interface}`),
};
