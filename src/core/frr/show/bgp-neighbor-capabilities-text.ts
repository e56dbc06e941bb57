/** `show bgp neighbors` in words: what both ends said they can do. */
import type { Capabilities, Peer } from '../bgp/peer.ts';
import { BGP_FAMILIES } from '../config/bgp-config.ts';
import { negotiable, restartFamilies, said, saidAddPath, saidText } from './bgp-neighbor-facts.ts';
import type { ShowContext } from './context.ts';
import { FAMILY_TEXT } from './family.ts';

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

/** The section; empty without a session. */
export function capabilitiesText(context: ShowContext, peer: Peer): string {
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
