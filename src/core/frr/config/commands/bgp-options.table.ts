/** Options of `router bgp` that hold one value: what is typed, and what running-config prints, in its order. */
import { formatIpv4, parseIpv4 } from '../../../base/address.ts';
import type { BgpOptions } from '../bgp-config.ts';
import type { Args } from '../match.ts';

/** One option. `undefined` is the default, and prints nothing. */
export interface BgpOptionEntry {
  readonly option: keyof BgpOptions;
  readonly syntax: readonly string[];
  readonly no: readonly string[];
  readonly read: (args: Args, before: BgpOptions) => BgpOptions[keyof BgpOptions] | undefined;
  /** What `no` makes of it; the default when absent. */
  readonly negate?: (args: Args, before: BgpOptions) => BgpOptions[keyof BgpOptions] | undefined;
  readonly write: (options: BgpOptions) => string | undefined;
}

/** A switch that is off unless typed. */
const off = (option: keyof BgpOptions, words: string): BgpOptionEntry => ({
  option,
  syntax: [words],
  no: [`no ${words}`],
  read: () => true,
  write: (options) => (options[option] === true ? words : undefined),
});

/** A switch that is on unless `no` was typed. */
const on = (option: keyof BgpOptions, words: string): BgpOptionEntry => ({
  option,
  syntax: [words],
  no: [`no ${words}`],
  read: () => undefined,
  negate: () => false,
  write: (options) => (options[option] === false ? `no ${words}` : undefined),
});

/** A number with a default that is not printed. */
const number = (option: keyof BgpOptions, words: string, range: string, usual: number): BgpOptionEntry => ({
  option,
  syntax: [`${words} ${range}$value`],
  no: [`no ${words} [${range}]`],
  read: (args) => (args.number('value') === usual ? undefined : args.number('value')),
  write: (options) => {
    const value = options[option];
    return typeof value === 'number' ? `${words} ${value}` : undefined;
  },
});

const addressText = (ip: number | undefined, words: string): string | undefined =>
  ip === undefined ? undefined : `${words} ${formatIpv4(ip)}`;

const SHUTDOWN: BgpOptionEntry = {
  option: 'shutdown',
  syntax: ['bgp shutdown message MSG...$message', 'bgp shutdown'],
  no: ['no bgp shutdown message MSG...', 'no bgp shutdown'],
  read: (args) => ({ message: args.find('message') ?? null }),
  write: (options) => (options.shutdown ? 'bgp shutdown' : undefined),
};

/** Those printed before the neighbours, in order. */
export const BGP_OPTIONS: readonly BgpOptionEntry[] = [
  on('fastExternalFailover', 'bgp fast-external-failover'),
  {
    option: 'routerId',
    syntax: ['bgp router-id A.B.C.D$id'],
    no: ['no bgp router-id [A.B.C.D]'],
    read: (args) => parseIpv4(args.get('id')) || undefined,
    write: ({ routerId }) => addressText(routerId, 'bgp router-id'),
  },
  off('suppressFibPending', 'bgp suppress-fib-pending'),
  off('logNeighborChanges', 'bgp log-neighbor-changes'),
  off('alwaysCompareMed', 'bgp always-compare-med'),
  on('ebgpRequiresPolicy', 'bgp ebgp-requires-policy'),
  off('rejectAsSets', 'bgp reject-as-sets'),
  on('suppressDuplicates', 'bgp suppress-duplicates'),
  on('hardAdministrativeReset', 'bgp hard-administrative-reset'),
  on('defaultIpv4Unicast', 'bgp default ipv4-unicast'),
  off('defaultIpv6Unicast', 'bgp default ipv6-unicast'),
  off('defaultL2vpnEvpn', 'bgp default l2vpn-evpn'),
  number('defaultLocalPreference', 'bgp default local-preference', '(0-4294967295)', 100),
  off('defaultShowHostname', 'bgp default show-hostname'),
  off('defaultShowNexthopHostname', 'bgp default show-nexthop-hostname'),
  number('defaultSubgroupPktQueueMax', 'bgp default subgroup-pkt-queue-max', '(20-100)', 40),
  on('clientToClientReflection', 'bgp client-to-client reflection'),
  {
    option: 'clusterId',
    syntax: ['bgp cluster-id <A.B.C.D|(1-4294967295)>$id'],
    no: ['no bgp cluster-id [<A.B.C.D|(1-4294967295)>]'],
    read: (args) => parseIpv4(args.get('id')) ?? args.number('id'),
    write: ({ clusterId }) => addressText(clusterId, 'bgp cluster-id'),
  },
  off('disableEbgpConnectedRouteCheck', 'bgp disable-ebgp-connected-route-check'),
  number('confederationIdentifier', 'bgp confederation identifier', '(1-4294967295)', 0),
  {
    option: 'confederationPeers',
    syntax: ['bgp confederation peers (1-4294967295)...$peers'],
    no: ['no bgp confederation peers (1-4294967295)...$peers'],
    read: (args, before) => [
      ...new Set([...(before.confederationPeers ?? []), ...args.get('peers').split(' ').map(Number)]),
    ],
    negate: (args, before) => {
      const gone = new Set(args.get('peers').split(' ').map(Number));
      const left = (before.confederationPeers ?? []).filter((as) => !gone.has(as));
      return left.length > 0 ? left : undefined;
    },
    write: ({ confederationPeers }) =>
      confederationPeers && `bgp confederation peers ${confederationPeers.join(' ')}`,
  },
  off('deterministicMed', 'bgp deterministic-med'),
  {
    option: 'updateDelay',
    syntax: ['update-delay (0-3600)$delay [(1-3600)$wait]'],
    no: ['no update-delay [(0-3600) [(1-3600)]]'],
    read: (args) =>
      args.number('delay') === 0
        ? undefined
        : {
            delay: args.number('delay'),
            establishWait: args.findNumber('wait') ?? args.number('delay'),
          },
    write: ({ updateDelay: value }) =>
      value &&
      `update-delay ${value.delay}${value.delay === value.establishWait ? '' : ` ${value.establishWait}`}`,
  },
  {
    option: 'maxMedAdministrative',
    syntax: ['bgp max-med administrative', 'bgp max-med administrative (0-4294967295)$med'],
    no: ['no bgp max-med administrative [(0-4294967295)]'],
    read: (args) => args.findNumber('med') ?? 4294967294,
    write: ({ maxMedAdministrative: med }) =>
      med === undefined ? undefined : `bgp max-med administrative${med === 4294967294 ? '' : ` ${med}`}`,
  },
  { ...number('writeQuanta', 'write-quanta', '(1-64)', 64), no: ['no write-quanta (1-64)'] },
  { ...number('readQuanta', 'read-quanta', '(1-10)', 10), no: ['no read-quanta (1-10)'] },
  {
    ...number('coalesceTime', 'coalesce-time', '(0-4294967295)', -1),
    no: ['no coalesce-time (0-4294967295)'],
  },
  off('gracefulShutdown', 'bgp graceful-shutdown'),
  number(
    'longLivedGracefulRestartStaleTime',
    'bgp long-lived-graceful-restart stale-time',
    '(1-4294967295)',
    0,
  ),
  number('gracefulRestartStalePathTime', 'bgp graceful-restart stalepath-time', '(1-4095)', 360),
  number('gracefulRestartTime', 'bgp graceful-restart restart-time', '(0-4095)', 120),
  on('gracefulRestartNotification', 'bgp graceful-restart notification'),
  number('gracefulRestartSelectDeferTime', 'bgp graceful-restart select-defer-time', '(0-3600)', 360),
  {
    option: 'gracefulRestart',
    syntax: ['bgp graceful-restart'],
    no: ['no bgp graceful-restart'],
    read: () => 'restart',
    write: ({ gracefulRestart }) => (gracefulRestart === 'restart' ? 'bgp graceful-restart' : undefined),
  },
  {
    option: 'gracefulRestart',
    syntax: ['bgp graceful-restart-disable'],
    no: ['no bgp graceful-restart-disable'],
    read: () => 'disable',
    write: ({ gracefulRestart }) =>
      gracefulRestart === 'disable' ? 'bgp graceful-restart-disable' : undefined,
  },
  off('gracefulRestartPreserveFwState', 'bgp graceful-restart preserve-fw-state'),
  number('gracefulRestartRibStaleTime', 'bgp graceful-restart rib-stale-time', '(1-3600)', 500),
  off('bestpathAsPathIgnore', 'bgp bestpath as-path ignore'),
  off('bestpathAsPathConfed', 'bgp bestpath as-path confed'),
  {
    option: 'bestpathMultipathRelax',
    syntax: ['bgp bestpath as-path multipath-relax [<as-set|no-as-set>$set]'],
    no: ['no bgp bestpath as-path multipath-relax [<as-set|no-as-set>]'],
    read: (args) => (args.has('as-set') ? 'as-set' : 'no-as-set'),
    write: ({ bestpathMultipathRelax: value }) =>
      value && `bgp bestpath as-path multipath-relax${value === 'as-set' ? ' as-set' : ''}`,
  },
  off('routeReflectorAllowOutboundPolicy', 'bgp route-reflector allow-outbound-policy'),
  off('bestpathCompareRouterid', 'bgp bestpath compare-routerid'),
  {
    option: 'bestpathMed',
    syntax: ['bgp bestpath med <confed [missing-as-worst]|missing-as-worst [confed]>'],
    no: ['no bgp bestpath med <confed [missing-as-worst]|missing-as-worst [confed]>'],
    read: (args, { bestpathMed: before }) => ({
      confed: args.has('confed') || (before?.confed ?? false),
      missingAsWorst: args.has('missing-as-worst') || (before?.missingAsWorst ?? false),
    }),
    negate: (args, { bestpathMed: before }) => {
      const confed = (before?.confed ?? false) && !args.has('confed');
      const missingAsWorst = (before?.missingAsWorst ?? false) && !args.has('missing-as-worst');
      return confed || missingAsWorst ? { confed, missingAsWorst } : undefined;
    },
    write: ({ bestpathMed: med }) =>
      med && `bgp bestpath med${med.confed ? ' confed' : ''}${med.missingAsWorst ? ' missing-as-worst' : ''}`,
  },
  off('bestpathPeerTypeMultipathRelax', 'bgp bestpath peer-type multipath-relax'),
  {
    option: 'bestpathBandwidth',
    syntax: ['bgp bestpath bandwidth <ignore|skip-missing|default-weight-for-missing>$mode'],
    no: ['no bgp bestpath bandwidth [<ignore|skip-missing|default-weight-for-missing>]'],
    read: (args) => args.get('mode') as NonNullable<BgpOptions['bestpathBandwidth']>,
    write: ({ bestpathBandwidth: mode }) => mode && `bgp bestpath bandwidth ${mode}`,
  },
  on('networkImportCheck', 'bgp network import-check'),
  {
    option: 'timers',
    syntax: ['timers bgp (0-65535)$keepalive (0-65535)$holdtime'],
    no: ['no timers bgp [(0-65535) (0-65535)]'],
    read: (args) => ({ keepalive: args.number('keepalive'), holdtime: args.number('holdtime') }),
    write: ({ timers }) =>
      timers && (timers.keepalive !== 60 || timers.holdtime !== 180)
        ? `timers bgp ${timers.keepalive} ${timers.holdtime}`
        : undefined,
  },
  number('minimumHoldtime', 'bgp minimum-holdtime', '(1-65535)', 180),
  {
    ...number('conditionalAdvertisementTimer', 'bgp conditional-advertisement timer', '(5-240)', 60),
    no: ['no bgp conditional-advertisement timer (5-240)'],
  },
];

/** Those printed after the neighbours. */
export const BGP_LATE_OPTIONS: readonly BgpOptionEntry[] = [
  off('defaultShutdown', 'bgp default shutdown'),
  SHUTDOWN,
  off('allowMartianNexthop', 'bgp allow-martian-nexthop'),
  off('fastConvergence', 'bgp fast-convergence'),
];

/** `bgp listen limit`, printed before the ranges. */
export const BGP_LISTEN_LIMIT: BgpOptionEntry = number('listenLimit', 'bgp listen limit', '(1-65535)', 100);
