/** `show bgp neighbors json`: what both ends said they can do. */
import type { Capabilities, Peer } from '../bgp/peer.ts';
import { BGP_FAMILIES } from '../config/bgp-config.ts';
import { negotiable, restartFamilies, said, saidAddPath, saidJson } from './bgp-neighbor-facts.ts';
import type { ShowContext } from './context.ts';
import { FAMILY_JSON } from './family.ts';
import { type Json, type JsonObject, truly } from './json.ts';

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

/** The member; undefined without a session. */
export function capabilitiesJson(context: ShowContext, peer: Peer): JsonObject | undefined {
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
