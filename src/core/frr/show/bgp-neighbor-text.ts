/** `show bgp neighbors` in words. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import { formatAddress } from '../prefix.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import type { Capabilities, Peer, PeerFamily } from '../bgp/peer.ts';
import { BGP_FAMILIES } from '../config/bgp-config.ts';
import {
  activeFamilies,
  bothRestart,
  hostnameOf,
  isShutdown,
  lacksPolicy,
  localRestartMode,
  negotiable,
  remoteRestartMode,
  restartFamilies,
  restartBits,
  restartTime,
  said,
  saidAddPath,
  saidText,
  sentCommunities,
  stalePathTime,
  total,
  shownLocalAs,
} from './bgp-neighbor-facts.ts';
import { resetLines } from './bgp-reset.ts';
import type { ShowContext } from './context.ts';
import { FAMILY_TEXT } from './family.ts';
import { secondsSince, secondsUntil, uptimeOf } from './time.ts';

function linkWords(instance: BgpInstance, peer: Peer): string {
  const confederation = instance.config.options.confederationIdentifier !== undefined;
  if (peer.isInternal) return confederation ? 'confed-internal link' : 'internal link';
  if (peer.remoteAs === 0 && peer.config?.remoteAs === null) return 'unspecified link';
  return instance.config.options.confederationPeers?.includes(peer.remoteAs)
    ? 'confed-external link'
    : 'external link';
}

function head(context: ShowContext, instance: BgpInstance, peer: Peer): string {
  const now = context.clock.now();
  const name =
    peer.interface === null
      ? `BGP neighbor is ${peer.name}, `
      : `BGP neighbor on ${peer.interface}: ${peer.address ? formatAddress(peer.address) : '(unspec)'}, `;
  const localAs = peer.options.localAs;
  const local = `local AS ${shownLocalAs(peer)}${localAs?.noPrepend ? ' no-prepend' : ''}${localAs?.replaceAs ? ' replace-as' : ''}, `;
  const host = hostnameOf(peer);
  const domain = peer.hostname?.domain ?? '';
  const lines = [
    `${name}remote AS ${peer.remoteAs}, ${local}${linkWords(instance, peer)}`,
    '  Local Role: undefined',
    '  Remote Role: undefined',
    ...(peer.options.description === undefined ? [] : [` Description: ${peer.options.description}`]),
    ...(host === undefined ? [] : [`Hostname: ${host}${domain === '' ? '' : `.${domain}`}`]),
    ...(peer.config?.group ? [` Member of peer-group ${peer.config.group} for session parameters`] : []),
    ...(isShutdown(instance, peer) ? [' Administratively shut down'] : []),
    `  BGP version 4, remote router ID ${formatIpv4(peer.remoteRouterId)}, local router ID ${formatIpv4(instance.routerId)}`,
    ...(instance.config.options.confederationPeers?.includes(peer.remoteAs)
      ? ['  Neighbor under common administration']
      : []),
    `  BGP state = ${stateWords(peer, now)}`,
    `  Last read ${uptimeOf(peer.lastRead, now)}, Last write ${uptimeOf(peer.lastWrite, now)}`,
    `  Hold time is ${peer.holdTime} seconds, keepalive interval is ${peer.keepaliveTime} seconds`,
    `  Configured hold time is ${peer.configuredHoldTime} seconds, keepalive interval is ${peer.configuredKeepaliveTime} seconds`,
    ...(peer.options.delayOpen === undefined
      ? []
      : [`  Configured DelayOpenTime is ${peer.options.delayOpen} seconds`]),
    `  Configured conditional advertisements interval is ${instance.config.options.conditionalAdvertisementTimer ?? 60} seconds`,
  ];
  return `${lines.join('\n')}\n`;
}

function stateWords(peer: Peer, now: number): string {
  if (peer.state === 'Established') return `Established, up for ${uptimeOf(peer.upSince, now).padStart(8)}`;
  if (peer.state !== 'Active') return peer.state;
  return `Active${peer.options.passive ? ' (passive)' : peer.awaitsRestart ? ' (NSF passive)' : ''}`;
}

function capabilityLine(name: string, peer: Peer, has: (one: Capabilities) => boolean): string {
  const both = said(peer, has);
  return both ? `    ${name}:${saidText(both)}\n` : '';
}

function addPath(peer: Peer): string {
  if (!said(peer, (one) => one.addPath.length > 0)) return '';
  const lines = BGP_FAMILIES.flatMap((family) =>
    (['send', 'receive'] as const).flatMap((way) => {
      const both = saidAddPath(peer, family, way);
      const words = both && saidText(both, '');
      return both ? [`      ${FAMILY_TEXT[family]}: ${way === 'send' ? 'TX' : 'RX'} ${words}\n`] : [];
    }),
  );
  return `    AddPath:\n${lines.join('')}`;
}

function extendedNextHop(peer: Peer): string {
  const both = said(peer, (one) => one.extendedNextHop.length > 0);
  if (!both) return '';
  const received = peer.receivedCapabilities?.extendedNextHop ?? [];
  const families = received.map((family) => `           ${FAMILY_TEXT[family]}\n`).join('');
  return `    Extended nexthop:${saidText(both)}\n${both.received ? `      Address families by peer:\n        ${families}` : ''}`;
}

function longLived(peer: Peer): string {
  const both = said(peer, (one) => one.longLivedGracefulRestart !== null);
  if (!both) return '';
  // A family counts only when the graceful restart capability names it as well.
  const restarting = peer.receivedCapabilities?.gracefulRestart?.families ?? [];
  const families = (peer.receivedCapabilities?.longLivedGracefulRestart ?? [])
    .filter(({ family }) => restarting.some((one) => one.family === family))
    .map(({ family }) => `           ${FAMILY_TEXT[family]}\n`)
    .join('');
  return `    Long-lived Graceful Restart:${saidText(both)}\n${
    both.received ? `      Address families by peer:\n${families}` : ''
  }`;
}

function routeRefresh(peer: Peer): string {
  const received = peer.receivedCapabilities;
  const old = received?.routeRefreshOld ?? false;
  const young = received?.routeRefresh ?? false;
  const advertised = peer.sentCapabilities?.routeRefresh ?? false;
  if (!advertised && !old && !young) return '';
  const kinds = old && young ? 'old & new' : old ? 'old' : 'new';
  return `    Route refresh:${advertised ? ' advertised' : ''}${
    old || young ? ` ${advertised ? 'and ' : ''}received(${kinds})` : ''
  }\n`;
}

function hostname(context: ShowContext, peer: Peer): string {
  const { sentCapabilities: sent, receivedCapabilities: received } = peer;
  const words = (name: string, domain: string): string =>
    `(name: ${name},domain name: ${domain === '' ? 'n/a' : domain})`;
  return `    Hostname Capability:${
    sent?.hostname ? ` advertised ${words(context.config.hostname, sent.hostname.domain)}` : ' not advertised'
  }${
    received?.hostname
      ? ` received ${words(received.hostname.host, received.hostname.domain)}`
      : ' not received'
  }\n`;
}

function gracefulRestartCapability(peer: Peer): string {
  const both = said(peer, (one) => one.gracefulRestart !== null);
  if (!both) return '';
  const received = peer.receivedCapabilities?.gracefulRestart;
  const families = restartFamilies(peer).map(
    ({ family, forwardingPreserved }) =>
      `${FAMILY_TEXT[family]}(${forwardingPreserved ? 'preserved' : 'not preserved'})`,
  );
  return `    Graceful Restart Capability:${saidText(both)}\n${
    received
      ? `      Remote Restart timer is ${received.restartTime} seconds\n      Address families by peer:\n        ${families.join(', ') || 'none'}\n`
      : ''
  }`;
}

function capabilities(context: ShowContext, peer: Peer): string {
  if (peer.state !== 'Established') return '';
  const families = negotiable(peer).map((family) => {
    const both = said(peer, (one) => one.multiprotocol.includes(family));
    return both ? `    Address Family ${FAMILY_TEXT[family]}:${saidText(both)}\n` : '';
  });
  return [
    '  Neighbor capabilities:\n',
    capabilityLine('4 Byte AS', peer, (one) => one.as4 !== null),
    capabilityLine('Extended Message', peer, (one) => one.extendedMessage),
    addPath(peer),
    capabilityLine('Dynamic', peer, (one) => one.dynamic),
    capabilityLine('Role', peer, (one) => one.role !== null),
    extendedNextHop(peer),
    longLived(peer),
    routeRefresh(peer),
    capabilityLine('Enhanced Route Refresh', peer, (one) => one.enhancedRouteRefresh),
    ...families,
    hostname(context, peer),
    gracefulRestartCapability(peer),
  ].join('');
}

const yes = (value: boolean): string => (value ? 'Yes' : 'No');
const truth = (value: boolean): string => (value ? 'True' : 'False');

function restartFamily(instance: BgpInstance, peer: Peer, family: PeerFamily, now: number): string {
  const preserved = restartFamilies(peer).some(
    (one) => one.family === family.family && one.forwardingPreserved,
  );
  const { stalePath } = peer.timers;
  return [
    `    ${FAMILY_TEXT[family.family]}:`,
    `      F bit: ${truth(preserved)}`,
    `      End-of-RIB sent: ${yes(family.endOfRibSent)}`,
    `      End-of-RIB sent after update: ${yes(family.endOfRibSent && family.endOfRibSentAfterUpdate)}`,
    `      End-of-RIB received: ${yes(family.endOfRibReceived)}`,
    '      Timers:',
    `        Configured Stale Path Time(sec): ${stalePathTime(instance)}`,
    ...(stalePath === null ? [] : [`      Stale Path Remaining(sec): ${secondsUntil(stalePath, now)}`]),
    ...(peer.gracefulRestartMode === 'restart'
      ? [
          `        Configured Selection Deferral Time(sec): ${instance.config.options.gracefulRestartSelectDeferTime ?? 360}`,
        ]
      : []),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function gracefulRestart(context: ShowContext, instance: BgpInstance, peer: Peer): string {
  const now = context.clock.now();
  const established = peer.state === 'Established' && peer.receivedCapabilities?.gracefulRestart;
  const families = activeFamilies(peer);
  const names = (which: (family: PeerFamily) => boolean): string =>
    families
      .filter(which)
      .map((family) => FAMILY_TEXT[family.family])
      .join(', ');
  const { gracefulRestart: restart, stalePath } = peer.timers;
  const bits = restartBits(peer);
  const remaining = restart === null ? undefined : secondsUntil(restart, now);
  return [
    '  Graceful restart information:',
    ...(established
      ? [
          `    End-of-RIB send: ${names((family) => family.endOfRibSent)}`,
          `    End-of-RIB received: ${names((family) => family.endOfRibReceived)}`,
        ]
      : []),
    ...(remaining === undefined ? [] : [`    The remaining time of restart timer is ${remaining}`]),
    ...(stalePath === null
      ? []
      : [`    The remaining time of stalepath timer is ${secondsUntil(stalePath, now)}`]),
    `    Local GR Mode: ${localRestartMode(peer)}`,
    `    Remote GR Mode: ${remoteRestartMode(peer)}`,
    `    R bit: ${truth(bits.restart)}`,
    `    N bit: ${truth(bits.notification)}`,
    '    Timers:',
    `      Configured Restart Time(sec): ${restartTime(instance)}`,
    `      Received Restart Time(sec): ${peer.restartTime}`,
    ...(remaining === undefined
      ? []
      : [
          `      Restart Time Remaining(sec): ${remaining}`,
          `      Restart Time Remaining(sec): ${remaining}`,
        ]),
  ]
    .map((line) => `${line}\n`)
    .concat(bothRestart(peer) ? families.map((family) => restartFamily(instance, peer, family, now)) : [])
    .join('');
}

function statistics(peer: Peer): string {
  const row = (name: string, sent: number, received: number): string =>
    `    ${`${name}:`.padEnd(15)}${String(sent).padStart(10)} ${String(received).padStart(10)}\n`;
  return [
    '  Message statistics:\n    Inq depth is 0\n    Outq depth is 0\n',
    '                         Sent       Rcvd\n',
    row('Opens', peer.sent.open, peer.received.open),
    row('Notifications', peer.sent.notification, peer.received.notification),
    row('Updates', peer.sent.update, peer.received.update),
    row('Keepalives', peer.sent.keepalive, peer.received.keepalive),
    row('Route Refresh', peer.sent.routeRefresh, peer.received.routeRefresh),
    row('Capability', peer.sent.capability, peer.received.capability),
    row('Total', total(peer.sent), total(peer.received)),
    `  Minimum time between advertisement runs is ${peer.advertisementInterval} seconds\n`,
    peer.options.updateSource ? `  Update source is ${peer.options.updateSource.text}\n` : '',
    '\n',
  ].join('');
}

function privateAsWords(family: PeerFamily): string[] {
  const { removePrivateAs: remove } = family.options;
  if (!remove) return [];
  return [
    `  Private AS numbers${remove.all ? ' (all)' : ''} ${remove.replaceAs ? 'replaced' : 'removed'} in updates to this neighbor`,
  ];
}

function communityWords(family: PeerFamily): string[] {
  const sent = sentCommunities(family);
  if (!sent.standard && !sent.extended && !sent.large) return [];
  const kind =
    sent.standard && sent.extended && sent.large
      ? 'all'
      : sent.large
        ? 'large'
        : sent.extended
          ? 'extended'
          : 'standard';
  return [`  Community attribute sent to this neighbor(${kind})`];
}

function filterWords(context: ShowContext, { options, family }: PeerFamily): string[] {
  const { config } = context;
  const version = family.startsWith('ipv6') ? 6 : 4;
  const star = (name: string | undefined, exists: boolean): string => `${exists ? '*' : ''}${name ?? ''}`;
  const list = (
    words: string,
    name: string | undefined,
    map: ReadonlyMap<string, unknown>,
    key: string,
  ): string[] => (name === undefined ? [] : [`  ${words} is ${star(name, map.has(key))}`]);
  const prefix = (way: string, name: string | undefined): string[] =>
    list(`${way} update prefix filter list`, name, config.prefixLists, `${version} ${name}`);
  const access = (way: string, name: string | undefined): string[] =>
    list(`${way} update network filter list`, name, config.accessLists, `${version} ${name}`);
  const path = (way: string, name: string | undefined): string[] =>
    list(`${way} update AS path filter list`, name, config.asPathLists, `${name}`);
  const map = (way: string, name: string | undefined): string[] =>
    list(`Route map for ${way} advertisements`, name, config.routeMaps, `${name}`);
  return [
    ...prefix('Incoming', options.prefixListIn),
    ...prefix('Outgoing', options.prefixListOut),
    ...access('Incoming', options.distributeListIn),
    ...access('Outgoing', options.distributeListOut),
    ...path('Incoming', options.filterListIn),
    ...path('Outgoing', options.filterListOut),
    ...map('incoming', options.routeMapIn),
    ...map('outgoing', options.routeMapOut),
  ];
}

function defaultWords(context: ShowContext, family: PeerFamily): string[] {
  const origin = family.options.defaultOriginate;
  if (!origin) return [];
  const map =
    origin.routeMap === null
      ? ''
      : ` default route-map ${context.config.routeMaps.has(origin.routeMap) ? '*' : ''}${origin.routeMap},`;
  return [`  Default information originate,${map} default ${family.defaultOriginated ? '' : 'not '}sent`];
}

function maximumWords({ options }: PeerFamily): string[] {
  const { maximumPrefix: most } = options;
  if (!most) return [];
  return [
    `  Maximum prefixes allowed ${most.limit}${most.warningOnly ? ' (warning-only)' : ''}`,
    `  Threshold for warning message ${most.threshold}%${most.restart === null ? '' : `, restart interval ${most.restart} min`}`,
  ];
}

function familyText(context: ShowContext, instance: BgpInstance, peer: Peer, family: PeerFamily): string {
  const { options } = family;
  const unchanged = options.attributeUnchanged;
  const inbound =
    options.prefixListIn ?? options.distributeListIn ?? options.filterListIn ?? options.routeMapIn;
  const outbound =
    options.prefixListOut ??
    options.distributeListOut ??
    options.filterListOut ??
    options.routeMapOut ??
    options.unsuppressMap;
  const when = (condition: unknown, text: string): string[] => (condition ? [text] : []);
  const lines = [
    ` For address family: ${FAMILY_TEXT[family.family]}`,
    ...when(peer.config?.group, `  ${peer.config?.group} peer-group member`),
    ...(family.updateGroup === null
      ? ['  Not part of any update group']
      : [`  Update group ${family.updateGroup}, subgroup ${family.subgroup}`, '  Packet Queue length 0']),
    ...when(options.routeReflectorClient, '  Route-Reflector Client'),
    ...when(options.routeServerClient, '  Route-Server Client'),
    ...when(options.softReconfigurationInbound, '  Inbound soft reconfiguration allowed'),
    ...privateAsWords(family),
    ...when(options.addpathTxAll, '  Advertise all paths via addpath'),
    ...when(options.addpathTxBestPerAs, '  Advertise bestpath per AS via addpath'),
    ...when(options.asOverride, '  Override ASNs in outbound updates if aspath equals remote-as'),
    ...when(options.nextHopSelf, '  NEXT_HOP is always this router'),
    ...when(unchanged?.asPath, '  AS_PATH is propagated unchanged to this neighbor'),
    ...when(unchanged?.nextHop, '  NEXT_HOP is propagated unchanged to this neighbor'),
    ...when(unchanged?.med, '  MED is propagated unchanged to this neighbor'),
    ...communityWords(family),
    ...defaultWords(context, family),
    ...when(inbound !== undefined, '  Inbound path policy configured'),
    ...when(outbound !== undefined, '  Outbound path policy configured'),
    ...filterWords(context, family),
    ...when(lacksPolicy(instance, peer, family, 'in'), '  Inbound updates discarded due to missing policy'),
    ...when(lacksPolicy(instance, peer, family, 'out'), '  Outbound updates discarded due to missing policy'),
    ...when(
      options.unsuppressMap,
      `  Route map for selective unsuppress is ${
        context.config.routeMaps.has(options.unsuppressMap ?? '') ? '*' : ''
      }${options.unsuppressMap}`,
    ),
    `  ${family.acceptedCount} accepted prefixes`,
    ...when(options.maximumPrefixOut, `  Maximum allowed prefixes sent ${options.maximumPrefixOut}`),
    ...maximumWords(family),
  ];
  return `${lines.join('\n')}\n\n`;
}

function offendingMessage(octets: Uint8Array): string {
  let text = '  Message received that caused BGP to send a NOTIFICATION:\n    ';
  for (const [at, octet] of octets.entries()) {
    text += octet.toString(16).toUpperCase().padStart(2, '0');
    if (at + 1 === octets.length) break;
    if ((at + 1) % 16 === 0) text += '\n    ';
    else if ((at + 1) % 4 === 0) text += ' ';
  }
  return `${text}\n`;
}

function reset(context: ShowContext, peer: Peer): string {
  const { lastReset } = peer;
  const { at } = lastReset;
  if (lastReset.reason === 'none' || at === null) return '  Last reset never\n';
  return `  Last reset ${uptimeOf(at, context.clock.now())}, ${resetLines(lastReset)}${
    lastReset.offending ? offendingMessage(lastReset.offending) : ''
  }`;
}

function overflow(context: ShowContext, peer: Peer): string {
  if (!peer.prefixOverflow) return '';
  const { maximumPrefixRestart: due } = peer.timers;
  return `  Peer had exceeded the max. no. of prefixes configured.\n${
    due === null
      ? `  Reduce the no. of prefix and clear ip bgp ${peer.name} to restore peering\n`
      : `  Reduce the no. of prefix from ${peer.name}, will restart in ${secondsUntil(due, context.clock.now())} seconds\n`
  }`;
}

function connection(context: ShowContext, peer: Peer): string {
  const now = context.clock.now();
  const hops = peer.options.ttlSecurityHops ?? peer.ttl;
  const { ends, timers } = peer;
  const due = (words: string, at: number | null): string[] =>
    at === null ? [] : [`Next ${words} timer due in ${secondsUntil(at, now)} seconds`];
  const lines = [
    `  ${peer.isInternal ? 'Internal' : 'External'} BGP neighbor may be up to ${hops} hops away.`,
    ...(ends
      ? [
          `Local host: ${formatAddress(ends.local)}, Local port: ${ends.localPort}`,
          `Foreign host: ${formatAddress(ends.remote)}, Foreign port: ${ends.remotePort}`,
          `Nexthop: ${formatIpv4(peer.nextHop4)}`,
          `Nexthop global: ${formatIpv6(peer.nextHop6Global)}`,
          `Nexthop local: ${formatIpv6(peer.nextHop6Local)}`,
          `BGP connection: ${peer.sharedNetwork ? 'shared network' : 'non shared network'}`,
        ]
      : []),
    `BGP Connect Retry Timer in Seconds: ${peer.connectRetryTime}`,
    ...due('start', timers.start),
    ...due('connect', timers.connectRetry),
    ...(peer.options.password === undefined ? [] : ['Peer Authentication Enabled']),
    `Read thread: ${peer.reading ? 'on' : 'off'}  Write thread: ${peer.writing ? 'on' : 'off'}  FD used: ${peer.descriptor ?? -1}`,
  ];
  return `${lines.join('\n')}\n\n`;
}

function bfd(context: ShowContext, peer: Peer): string {
  const status = peer.bfd;
  if (!status) return '';
  const since = secondsSince(status.lastChange ?? 0, context.clock.now());
  return `  BFD: Type: ${status.multiHop ? 'multi hop' : 'single hop'}\n  Detect Multiplier: ${status.detectMultiplier}, Min Rx interval: ${status.receiveInterval}, Min Tx interval: ${status.transmitInterval}\n  Status: ${status.status}, Last update: ${bfdLastUpdate(status.lastChange, since)}\n\n`;
}

/** `0:00:00:14`, or `never`. */
export function bfdLastUpdate(at: number | null, seconds: number): string {
  if (at === null) return 'never';
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 86_400)}:${two(Math.floor((seconds % 86_400) / 3600))}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
}

/** One neighbour. */
export const neighborText = (context: ShowContext, instance: BgpInstance, peer: Peer): string =>
  [
    head(context, instance, peer),
    capabilities(context, peer),
    gracefulRestart(context, instance, peer),
    statistics(peer),
    ...activeFamilies(peer).map((family) => familyText(context, instance, peer, family)),
    `  Connections established ${peer.establishedCount}; dropped ${peer.droppedCount}\n`,
    reset(context, peer),
    overflow(context, peer),
    connection(context, peer),
    bfd(context, peer),
  ].join('');
