/** `show bgp neighbors` in words. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import type { Peer } from '../bgp/peer.ts';
import { formatAddress } from '../prefix.ts';
import { capabilitiesText } from './bgp-neighbor-capabilities-text.ts';
import { activeFamilies, hostnameOf, isShutdown, total, shownLocalAs } from './bgp-neighbor-facts.ts';
import { familyText } from './bgp-neighbor-family-text.ts';
import { restartText } from './bgp-neighbor-restart-text.ts';
import { resetLines } from './bgp-reset.ts';
import type { ShowContext } from './context.ts';
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
      ? `BGP neighbor is ${peer.range === null ? '' : '*'}${peer.name}, `
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
    ...(peer.range === null ? [] : [` Belongs to the subnet range group: ${peer.range}`]),
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
    capabilitiesText(context, peer),
    restartText(context, instance, peer),
    statistics(peer),
    ...activeFamilies(peer).map((family) => familyText(context, instance, peer, family)),
    `  Connections established ${peer.establishedCount}; dropped ${peer.droppedCount}\n`,
    reset(context, peer),
    overflow(context, peer),
    connection(context, peer),
    bfd(context, peer),
  ].join('');
