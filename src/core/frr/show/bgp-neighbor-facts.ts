/** What both forms of `show bgp neighbors`, text and JSON, are made of. */
import type { BgpFamily } from '../config/bgp-config.ts';
import { BGP_FAMILIES } from '../config/bgp-config.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import type { Capabilities, MessageCounts, Peer, PeerFamily } from '../bgp/peer.ts';

/** Who said that he has a capability. */
export interface Said {
  readonly advertised: boolean;
  readonly received: boolean;
}

/** Undefined when nobody did. */
export function said(peer: Peer, has: (capabilities: Capabilities) => boolean): Said | undefined {
  const advertised = peer.sentCapabilities !== null && has(peer.sentCapabilities);
  const received = peer.receivedCapabilities !== null && has(peer.receivedCapabilities);
  return advertised || received ? { advertised, received } : undefined;
}

/** What was said of additional paths in a family; bgpd passes over what comes for one that is not activated. */
export function saidAddPath(peer: Peer, family: BgpFamily, way: 'send' | 'receive'): Said | undefined {
  const found = said(peer, (one) => one.addPath.some((entry) => entry.family === family && entry[way]));
  const received = found?.received === true && peer.families.get(family)?.options.activate === true;
  return found && (found.advertised || received) ? { advertised: found.advertised, received } : undefined;
}

export const saidText = ({ advertised, received }: Said, prefix = ' '): string =>
  `${advertised ? `${prefix}advertised` : ''}${received ? `${advertised ? ' and ' : prefix}received` : ''}`;

export const saidJson = ({ advertised, received }: Said): string =>
  advertised && received ? 'advertisedAndReceived' : advertised ? 'advertised' : 'received';

/** Families that are on for the neighbour, in order. */
export const activeFamilies = (peer: Peer): PeerFamily[] =>
  BGP_FAMILIES.flatMap((family) => {
    const one = peer.families.get(family);
    return one?.options.activate ? [one] : [];
  });

export const negotiable = (peer: Peer): BgpFamily[] =>
  BGP_FAMILIES.filter((family) => said(peer, (one) => one.multiprotocol.includes(family)) !== undefined);

export const total = (counts: MessageCounts): number =>
  counts.open +
  counts.notification +
  counts.update +
  counts.keepalive +
  counts.routeRefresh +
  counts.capability;

/** `Helper*`, `Restart` ... */
export function localRestartMode(peer: Peer): string {
  const words = { helper: 'Helper', restart: 'Restart', disable: 'Disable' } as const;
  return `${words[peer.gracefulRestartMode]}${peer.gracefulRestartInherited ? '*' : ''}`;
}

export function remoteRestartMode(peer: Peer): string {
  if (peer.state !== 'Established' || !peer.sentCapabilities?.gracefulRestart) return 'NotApplicable';
  const received = peer.receivedCapabilities?.gracefulRestart;
  if (!received) return 'Disable';
  return restartFamilies(peer).length > 0 ? 'Restart' : 'Helper';
}

/** Families for which the neighbour keeps its forwarding over a restart, as its OPEN said. */
export const restartFamilies = (
  peer: Peer,
): readonly { readonly family: BgpFamily; readonly forwardingPreserved: boolean }[] => {
  const families = peer.receivedCapabilities?.gracefulRestart?.families ?? [];
  return BGP_FAMILIES.flatMap((family) => families.filter((one) => one.family === family));
};

/** Both sides said that they can restart gracefully. */
export const bothRestart = (peer: Peer): boolean =>
  Boolean(peer.sentCapabilities?.gracefulRestart) && Boolean(peer.receivedCapabilities?.gracefulRestart);

/** The R and N bits of the neighbour's OPEN; shown as unset unless both said it and the session stands. */
export function restartBits(peer: Peer): { readonly restart: boolean; readonly notification: boolean } {
  const received = peer.state === 'Established' && bothRestart(peer) && peer.receivedCapabilities;
  const said = received ? received.gracefulRestart : null;
  return { restart: said?.restartBit ?? false, notification: said?.notificationBit ?? false };
}

export const restartTime = (instance: BgpInstance): number =>
  instance.config.options.gracefulRestartTime ?? 120;

export const stalePathTime = (instance: BgpInstance): number =>
  instance.config.options.gracefulRestartStalePathTime ?? 360;

/** The remote host name, once an OPEN said it. */
export const hostnameOf = (peer: Peer): string | undefined => peer.hostname?.host || undefined;

/** `local-as` stands in for the instance's own number. */
export const shownLocalAs = (peer: Peer): number => peer.options.localAs?.as ?? peer.localAs;

/** What filters routes in each direction, by whatever kind of list is asked first; undefined where nothing does. */
export const policiesOf = (
  options: PeerFamily['options'],
): { readonly inbound: string | undefined; readonly outbound: string | undefined } => ({
  inbound: options.prefixListIn ?? options.distributeListIn ?? options.filterListIn ?? options.routeMapIn,
  outbound:
    options.prefixListOut ??
    options.distributeListOut ??
    options.filterListOut ??
    options.routeMapOut ??
    options.unsuppressMap,
});

export const isShutdown = (instance: BgpInstance, peer: Peer): boolean =>
  peer.options.shutdown !== undefined || instance.config.options.shutdown !== undefined;

/** Communities that go out; all unless something was taken away. */
export function sentCommunities(family: PeerFamily): {
  standard: boolean;
  extended: boolean;
  large: boolean;
} {
  return family.options.sendCommunity ?? { standard: true, extended: true, large: true };
}

/** `bgp ebgp-requires-policy` asks for a list or map in this direction, and there is none (RFC 8212). */
export function lacksPolicy(
  instance: BgpInstance,
  peer: Peer,
  family: PeerFamily,
  way: 'in' | 'out',
): boolean {
  if (!(instance.config.options.ebgpRequiresPolicy ?? true) || peer.isInternal) return false;
  const { inbound, outbound } = policiesOf(family.options);
  return (way === 'in' ? inbound : outbound) === undefined;
}
