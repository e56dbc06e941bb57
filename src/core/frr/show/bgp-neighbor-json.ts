/** `show bgp neighbors json`. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import { formatAddress } from '../prefix.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import type { Capabilities, Peer, PeerFamily } from '../bgp/peer.ts';
import { RESET_REASON } from '../bgp/peer.ts';
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
  saidJson,
  sentCommunities,
  stalePathTime,
  total,
  shownLocalAs,
} from './bgp-neighbor-facts.ts';
import { bfdLastUpdate } from './bgp-neighbor-text.ts';
import { isNotification, notificationText, RESET_TEXT, shutdownMessage } from './bgp-reset.ts';
import { epochOf, type ShowContext } from './context.ts';
import { FAMILY_JSON } from './family.ts';
import type { Json, JsonObject } from './json.ts';
import { clockMilliseconds, secondsSince, secondsUntil, uptimeOf } from './time.ts';

const truly = (condition: unknown): true | undefined => (condition ? true : undefined);

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

const both = (peer: Peer, has: (one: Capabilities) => boolean): string | undefined => {
  const found = said(peer, has);
  return found && saidJson(found);
};

const upperFirst = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

function addPath(peer: Peer): Json | undefined {
  if (!said(peer, (one) => one.addPath.length > 0)) return undefined;
  const entries = BGP_FAMILIES.flatMap((family): [string, Json][] => {
    const ways = (['send', 'receive'] as const).flatMap((way): [string, Json][] => {
      const found = saidAddPath(peer, family, way);
      return found ? [[`${way === 'send' ? 'tx' : 'rx'}${upperFirst(saidJson(found))}`, true]] : [];
    });
    return ways.length === 0 ? [] : [[FAMILY_JSON[family], Object.fromEntries(ways)]];
  });
  return Object.fromEntries(entries);
}

function routeRefresh(peer: Peer): string | undefined {
  const received = peer.receivedCapabilities;
  const [old, young] = [received?.routeRefreshOld ?? false, received?.routeRefresh ?? false];
  if (peer.sentCapabilities?.routeRefresh)
    return old || young
      ? `advertisedAndReceived${old && young ? 'OldNew' : old ? 'Old' : 'New'}`
      : 'advertised';
  return old || young ? 'received' : undefined;
}

function capabilities(context: ShowContext, peer: Peer): JsonObject | undefined {
  if (peer.state !== 'Established') return undefined;
  const { sentCapabilities: sent, receivedCapabilities: received } = peer;
  const extended = received?.extendedNextHop ?? [];
  const longLived = received?.longLivedGracefulRestart ?? null;
  const restart = received?.gracefulRestart ?? null;
  const restarts = said(peer, (one) => one.gracefulRestart !== null);
  const domain = (text: string): string => (text === '' ? 'n/a' : text);
  const families = restartFamilies(peer);
  return {
    '4byteAs': both(peer, (one) => one.as4 !== null),
    extendedMessage: both(peer, (one) => one.extendedMessage),
    addPath: addPath(peer),
    dynamic: both(peer, (one) => one.dynamic),
    role: both(peer, (one) => one.role !== null),
    extendedNexthop: both(peer, (one) => one.extendedNextHop.length > 0),
    extendedNexthopFamililesByPeer:
      extended.length === 0
        ? undefined
        : Object.fromEntries(extended.map((family) => [FAMILY_JSON[family], 'recieved'])),
    longLivedGracefulRestart: both(peer, (one) => one.longLivedGracefulRestart !== null),
    longLivedGracefulRestartByPeer:
      longLived === null
        ? undefined
        : Object.fromEntries(
            BGP_FAMILIES.filter((family) => extended.includes(family)).map((family) => [
              FAMILY_JSON[family],
              'received',
            ]),
          ),
    routeRefresh: routeRefresh(peer),
    enhancedRouteRefresh: both(peer, (one) => one.enhancedRouteRefresh),
    multiprotocolExtensions: Object.fromEntries(
      negotiable(peer).map((family) => [
        FAMILY_JSON[family],
        { [both(peer, (one) => one.multiprotocol.includes(family)) ?? '']: true },
      ]),
    ),
    hostName: {
      advHostName: sent?.hostname ? context.config.hostname : undefined,
      advDomainName: sent?.hostname ? domain(sent.hostname.domain) : undefined,
      rcvHostName: received?.hostname?.host,
      rcvDomainName: received?.hostname ? domain(received.hostname.domain) : undefined,
    },
    gracefulRestart: restarts?.advertised && restarts.received ? 'advertisedAndReceived' : undefined,
    gracefulRestartCapability:
      restarts && !(restarts.advertised && restarts.received) ? saidJson(restarts) : undefined,
    gracefulRestartRemoteTimerMsecs: restart ? restart.restartTime * 1000 : undefined,
    addressFamiliesByPeer: restart
      ? families.length === 0
        ? 'none'
        : Object.fromEntries(
            families.map(({ family, forwardingPreserved }) => [
              FAMILY_JSON[family],
              { preserved: truly(forwardingPreserved) },
            ]),
          )
      : undefined,
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

function privateAsMember({ options }: PeerFamily): JsonObject {
  const { removePrivateAs: remove } = options;
  if (!remove) return {};
  const name = `privateAsNums${remove.all ? 'All' : ''}${remove.replaceAs ? 'Replaced' : 'Removed'}InUpdatesToNbr`;
  return { [name]: true };
}

function familyMembers(instance: BgpInstance, peer: Peer, family: PeerFamily): JsonObject {
  const { options } = family;
  const grouped = family.updateGroup !== null;
  const sent = sentCommunities(family);
  const inbound =
    options.prefixListIn ?? options.distributeListIn ?? options.filterListIn ?? options.routeMapIn;
  const outbound =
    options.prefixListOut ??
    options.distributeListOut ??
    options.filterListOut ??
    options.routeMapOut ??
    options.unsuppressMap;
  const most = options.maximumPrefix;
  return {
    peerGroupMember: peer.config?.group ?? undefined,
    updateGroupId: family.updateGroup ?? undefined,
    subGroupId: grouped ? (family.subgroup ?? 0) : undefined,
    packetQueueLength: grouped ? 0 : undefined,
    routeReflectorClient: truly(options.routeReflectorClient),
    routeServerClient: truly(options.routeServerClient),
    inboundSoftConfigPermit: truly(options.softReconfigurationInbound),
    ...privateAsMember(family),
    addpathTxAllPaths: truly(options.addpathTxAll),
    addpathTxBestpathPerAS: truly(options.addpathTxBestPerAs),
    overrideASNsInOutboundUpdates: options.asOverride ? 'ifAspathEqualRemoteAs' : undefined,
    routerAlwaysNextHop: truly(options.nextHopSelf),
    unchangedAsPathPropogatedToNbr: truly(options.attributeUnchanged?.asPath),
    unchangedNextHopPropogatedToNbr: truly(options.attributeUnchanged?.nextHop),
    unchangedMedPropogatedToNbr: truly(options.attributeUnchanged?.med),
    commAttriSentToNbr:
      sent.standard && sent.extended
        ? 'extendedAndStandard'
        : sent.extended
          ? 'extended'
          : sent.standard
            ? 'standard'
            : undefined,
    defaultRouteMap: options.defaultOriginate?.routeMap ?? undefined,
    defaultSent: truly(options.defaultOriginate && family.defaultOriginated),
    defaultNotSent: truly(options.defaultOriginate && !family.defaultOriginated),
    inboundPathPolicyConfig: truly(inbound !== undefined),
    outboundPathPolicyConfig: truly(outbound !== undefined),
    incomingUpdatePrefixFilterList: options.prefixListIn,
    outgoingUpdatePrefixFilterList: options.prefixListOut,
    incomingUpdateNetworkFilterList: options.distributeListIn,
    outgoingUpdateNetworkFilterList: options.distributeListOut,
    incomingUpdateAsPathFilterList: options.filterListIn,
    outgoingUpdateAsPathFilterList: options.filterListOut,
    routeMapForIncomingAdvertisements: options.routeMapIn,
    routeMapForOutgoingAdvertisements: options.routeMapOut,
    inboundEbgpRequiresPolicy: lacksPolicy(instance, peer, family, 'in')
      ? 'Inbound updates discarded due to missing policy'
      : undefined,
    outboundEbgpRequiresPolicy: lacksPolicy(instance, peer, family, 'out')
      ? 'Outbound updates discarded due to missing policy'
      : undefined,
    selectiveUnsuppressRouteMap: options.unsuppressMap,
    acceptedPrefixCounter: family.acceptedCount,
    sentPrefixCounter: grouped ? family.sentCount : undefined,
    prefixOutAllowedMax: options.maximumPrefixOut,
    ...(most
      ? {
          prefixAllowedMax: most.limit,
          prefixAllowedMaxWarning: truly(most.warningOnly),
          prefixAllowedWarningThresh: most.threshold,
          prefixAllowedRestartIntervalMsecs: most.restart === null ? undefined : most.restart * 60_000,
        }
      : {}),
  };
}

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
  neighborCapabilities: capabilities(context, peer),
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
