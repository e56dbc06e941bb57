/** `show bgp neighbors json`. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import { type Peer, type PeerFamily, RESET_REASON } from '../bgp/peer.ts';
import { formatAddress } from '../prefix.ts';
import { capabilitiesJson } from './bgp-neighbor-capabilities-json.ts';
import {
  activeFamilies,
  bothRestart,
  hostnameOf,
  isShutdown,
  localRestartMode,
  remoteRestartMode,
  restartFamilies,
  restartBits,
  restartTime,
  stalePathTime,
  total,
  shownLocalAs,
} from './bgp-neighbor-facts.ts';
import { familyMembers } from './bgp-neighbor-family-json.ts';
import { bfdLastUpdate } from './bgp-neighbor-text.ts';
import { notificationText, RESET_TEXT } from '../bgp/reset-text.ts';
import { isNotification, shutdownMessage } from './bgp-reset.ts';
import { epochOf, type ShowContext } from './context.ts';
import { FAMILY_JSON } from './family.ts';
import { type JsonObject, truly } from './json.ts';
import { clockMilliseconds, secondsSince, secondsUntil, uptimeOf } from './time.ts';

function linkMember(instance: BgpInstance, peer: Peer): JsonObject {
  const confederation = instance.config.options.confederationIdentifier !== undefined;
  if (peer.isInternal) return confederation ? { nbrConfedInternalLink: true } : { nbrInternalLink: true };
  if (peer.remoteAs === 0 && peer.config?.remoteAs === null) return { nbrUnspecifiedLink: true };
  return confederation ? { nbrConfedExternalLink: true } : { nbrExternalLink: true };
}

function head(context: ShowContext, instance: BgpInstance, peer: Peer): JsonObject {
  const now = context.clock.now();
  const up = peer.state === 'Established' && peer.upSince !== null ? peer.upSince : undefined;
  const since = (at: number | null): number => clockMilliseconds(secondsSince(at ?? 0, now));
  return {
    bgpNeighborAddr:
      peer.interface === null ? undefined : peer.address ? formatAddress(peer.address) : 'none',
    remoteAs: peer.remoteAs,
    localAs: shownLocalAs(peer),
    localAsNoPrepend: truly(peer.options.localAs?.noPrepend),
    localAsReplaceAs: truly(peer.options.localAs?.replaceAs),
    ...linkMember(instance, peer),
    localRole: 'undefined',
    remoteRole: 'undefined',
    nbrDesc: peer.options.description,
    hostname: hostnameOf(peer),
    domainname: peer.hostname?.domain || undefined,
    peerGroup: peer.config?.group ?? undefined,
    adminShutDown: truly(isShutdown(instance, peer)),
    bgpVersion: 4,
    remoteRouterId: formatIpv4(peer.remoteRouterId),
    localRouterId: formatIpv4(instance.routerId),
    nbrCommonAdmin: truly(instance.config.options.confederationPeers?.includes(peer.remoteAs)),
    bgpState: peer.state,
    ...(up === undefined
      ? {
          bgpStateIs:
            peer.state !== 'Active'
              ? undefined
              : peer.options.passive
                ? 'passive'
                : peer.awaitsRestart
                  ? 'passiveNSF'
                  : undefined,
        }
      : {
          bgpTimerUpMsec: secondsSince(up, now) * 1000,
          bgpTimerUpString: uptimeOf(up, now),
          bgpTimerUpEstablishedEpoch: epochOf(context.clock, up),
        }),
    bgpTimerLastRead: since(peer.lastRead),
    bgpTimerLastWrite: since(peer.lastWrite),
    bgpInUpdateElapsedTimeMsecs: since(peer.lastUpdate),
    bgpTimerConfiguredHoldTimeMsecs: peer.configuredHoldTime * 1000,
    bgpTimerConfiguredKeepAliveIntervalMsecs: peer.configuredKeepaliveTime * 1000,
    bgpTimerHoldTimeMsecs: peer.holdTime * 1000,
    bgpTimerKeepAliveIntervalMsecs: peer.keepaliveTime * 1000,
    bgpTimerDelayOpenTimeMsecs:
      peer.options.delayOpen === undefined ? undefined : peer.options.delayOpen * 1000,
    extendedOptionalParametersLength: false,
    bgpTimerConfiguredConditionalAdvertisementsSec:
      instance.config.options.conditionalAdvertisementTimer ?? 60,
  };
}

function gracefulRestart(context: ShowContext, instance: BgpInstance, peer: Peer): JsonObject {
  const now = context.clock.now();
  const established = peer.state === 'Established' && peer.receivedCapabilities?.gracefulRestart;
  const families = activeFamilies(peer);
  const names = (which: (family: PeerFamily) => boolean): JsonObject =>
    established
      ? Object.fromEntries(families.filter(which).map((family) => [FAMILY_JSON[family.family], true]))
      : {};
  const bits = restartBits(peer);
  const { gracefulRestart: restart, stalePath } = peer.timers;
  return {
    endOfRibSend: names((family) => family.endOfRibSent),
    endOfRibRecv: names((family) => family.endOfRibReceived),
    gracefulRestartTimerMsecs: restart === null ? undefined : secondsUntil(restart, now) * 1000,
    gracefulStalepathTimerMsecs: stalePath === null ? undefined : secondsUntil(stalePath, now) * 1000,
    localGrMode: localRestartMode(peer),
    remoteGrMode: remoteRestartMode(peer),
    rBit: bits.restart,
    nBit: bits.notification,
    timers: {
      configuredRestartTimer: restartTime(instance),
      receivedRestartTimer: peer.restartTime,
      restartTimerRemaining: restart === null ? undefined : secondsUntil(restart, now),
    },
    ...(bothRestart(peer)
      ? Object.fromEntries(
          families.map((family) => [
            FAMILY_JSON[family.family],
            {
              fBit: restartFamilies(peer).some(
                (one) => one.family === family.family && one.forwardingPreserved,
              ),
              endOfRibStatus: {
                endOfRibSend: family.endOfRibSent,
                endOfRibSentAfterUpdate: family.endOfRibSent && family.endOfRibSentAfterUpdate,
                endOfRibRecv: family.endOfRibReceived,
              },
              timers: {
                stalePathTimer: stalePathTime(instance),
                stalePathTimerRemaining: stalePath === null ? undefined : secondsUntil(stalePath, now),
                selectionDeferralTimer:
                  peer.gracefulRestartMode === 'restart' ? stalePathTime(instance) : undefined,
              },
            },
          ]),
        )
      : {}),
  };
}

const statistics = ({ sent, received }: Peer): JsonObject => ({
  depthInq: 0,
  depthOutq: 0,
  opensSent: sent.open,
  opensRecv: received.open,
  notificationsSent: sent.notification,
  notificationsRecv: received.notification,
  updatesSent: sent.update,
  updatesRecv: received.update,
  keepalivesSent: sent.keepalive,
  keepalivesRecv: received.keepalive,
  routeRefreshSent: sent.routeRefresh,
  routeRefreshRecv: received.routeRefresh,
  capabilitySent: sent.capability,
  capabilityRecv: received.capability,
  totalSent: total(sent),
  totalRecv: total(received),
});

/** The members that say why the session ended last. */
function resetMembers(peer: Peer): JsonObject {
  const { lastReset } = peer;
  const { notification } = lastReset;
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');
  return {
    ...(isNotification(lastReset) && notification
      ? {
          lastErrorCodeSubcode: `${hex(notification.code)}${hex(notification.subcode)}`,
          lastNotificationReason: notificationText(notification),
          lastNotificationHardReset: notification.hardReset,
          lastShutdownDescription: shutdownMessage(lastReset),
        }
      : {}),
    lastResetDueTo: RESET_TEXT[lastReset.reason],
    lastResetCode: RESET_REASON[lastReset.reason],
  };
}

function reset(context: ShowContext, peer: Peer): JsonObject {
  const { at, reason } = peer.lastReset;
  if (reason === 'none' || at === null) return { lastReset: 'never' };
  return {
    lastResetTimerMsecs: clockMilliseconds(secondsSince(at, context.clock.now())),
    ...resetMembers(peer),
  };
}

function overflow(context: ShowContext, peer: Peer): JsonObject {
  if (!peer.prefixOverflow) return {};
  const { maximumPrefixRestart: due } = peer.timers;
  return {
    prefixesConfigExceedMax: true,
    ...(due === null
      ? { reducePrefixNumAndClearIpBgp: true }
      : { reducePrefixNumFrom: true, restartInTimerMsec: secondsUntil(due, context.clock.now()) * 1000 }),
  };
}

function connection(context: ShowContext, peer: Peer): JsonObject {
  const now = context.clock.now();
  const hops = peer.options.ttlSecurityHops ?? peer.ttl;
  const { ends, timers } = peer;
  const due = (at: number | null): number | undefined =>
    at === null ? undefined : secondsUntil(at, now) * 1000;
  return {
    [peer.isInternal ? 'internalBgpNbrMaxHopsAway' : 'externalBgpNbrMaxHopsAway']: hops,
    hostLocal: ends ? formatAddress(ends.local) : 'Unknown',
    portLocal: ends ? ends.localPort : -1,
    hostForeign: ends ? formatAddress(ends.remote) : 'Unknown',
    portForeign: ends ? ends.remotePort : -1,
    ...(ends
      ? {
          nexthop: formatIpv4(peer.nextHop4),
          nexthopGlobal: formatIpv6(peer.nextHop6Global),
          nexthopLocal: formatIpv6(peer.nextHop6Local),
          bgpConnection: peer.sharedNetwork ? 'sharedNetwork' : 'nonSharedNetwork',
        }
      : {}),
    connectRetryTimer: peer.connectRetryTime,
    nextStartTimerDueInMsecs: due(timers.start),
    nextConnectTimerDueInMsecs: due(timers.connectRetry),
    authenticationEnabled: peer.options.password === undefined ? undefined : 1,
    readThread: peer.reading ? 'on' : 'off',
    writeThread: peer.writing ? 'on' : 'off',
  };
}

function bfd(context: ShowContext, peer: Peer): JsonObject | undefined {
  const status = peer.bfd;
  if (!status) return undefined;
  const seconds = secondsSince(status.lastChange ?? 0, context.clock.now());
  return {
    type: status.multiHop ? 'multi hop' : 'single hop',
    detectMultiplier: status.detectMultiplier,
    rxMinInterval: status.receiveInterval,
    txMinInterval: status.transmitInterval,
    status: status.status,
    lastUpdate: bfdLastUpdate(status.lastChange, seconds),
  };
}

/** One neighbour. */
export const neighborJson = (context: ShowContext, instance: BgpInstance, peer: Peer): JsonObject => ({
  ...head(context, instance, peer),
  neighborCapabilities: capabilitiesJson(context, peer),
  gracefulRestartInfo: gracefulRestart(context, instance, peer),
  messageStats: statistics(peer),
  minBtwnAdvertisementRunsTimerMsecs: peer.advertisementInterval * 1000,
  updateSource: peer.options.updateSource?.text,
  addressFamilyInfo: Object.fromEntries(
    activeFamilies(peer).map((family) => [FAMILY_JSON[family.family], familyMembers(instance, peer, family)]),
  ),
  connectionsEstablished: peer.establishedCount,
  connectionsDropped: peer.droppedCount,
  ...reset(context, peer),
  ...overflow(context, peer),
  ...connection(context, peer),
  peerBfdInfo: bfd(context, peer),
});
