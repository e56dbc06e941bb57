/** What this router says in its OPEN. */
import { BGP_FAMILIES, type BgpFamily } from '../config/bgp-config.ts';
import { NO_CAPABILITIES } from './message/capability.ts';
import type { Neighbour } from './neighbour.ts';
import type { Capabilities } from './peer.ts';
import { SECOND, type Speaker } from './speaker.ts';

/** Families in the order of OPEN: all of IPv4, then IPv6, then L2VPN. */
const activeFamilies = (neighbour: Neighbour): BgpFamily[] =>
  BGP_FAMILIES.filter((family) => neighbour.family(family)?.options.activate === true);

const DEFAULT_RESTART_TIME = 120;

export function ownCapabilities(speaker: Speaker, neighbour: Neighbour): Capabilities {
  if (neighbour.options.dontCapabilityNegotiate === true) return NO_CAPABILITIES;
  const families = activeFamilies(neighbour);
  const { options } = speaker.config;
  const { config } = speaker.host;
  const restartTime = options.gracefulRestartTime ?? DEFAULT_RESTART_TIME;
  const stillStarting = speaker.now - speaker.startedAt < restartTime * SECOND;
  const forwardingPreserved = options.gracefulRestartPreserveFwState === true;
  const extendedNextHop = neighbour.options.capabilityExtendedNexthop ?? neighbour.interface !== null;
  return {
    multiprotocol: families,
    as4: neighbour.options.localAs?.as ?? neighbour.localAs,
    routeRefresh: true,
    routeRefreshOld: true,
    enhancedRouteRefresh: true,
    extendedMessage: true,
    dynamic: neighbour.options.capabilityDynamic === true,
    addPath: families
      .filter((family) => neighbour.family(family)?.options.disableAddpathRx !== true)
      .map((family) => ({
        family,
        receive: true,
        // Only the best path goes out, without an identifier: saying more would make the neighbour misread it.
        send: false,
      })),
    extendedNextHop:
      extendedNextHop && neighbour.address?.family === 6
        ? families.filter((family) => family === 'ipv4-unicast' || family === 'ipv4-vpn')
        : [],
    gracefulRestart:
      neighbour.gracefulRestartMode === 'disable'
        ? null
        : {
            restartBit: stillStarting,
            notificationBit: options.gracefulRestartNotification ?? true,
            restartTime,
            families:
              neighbour.gracefulRestartMode === 'restart'
                ? families.map((family) => ({ family, forwardingPreserved }))
                : [],
          },
    longLivedGracefulRestart:
      neighbour.gracefulRestartMode === 'disable'
        ? null
        : families.map((family) => ({
            family,
            forwardingPreserved: true,
            staleTime: options.longLivedGracefulRestartStaleTime ?? 0,
          })),
    hostname: { host: config.hostname, domain: '' },
    role: null,
  };
}
