/** `show bgp neighbors json`: one address family. */
import type { BgpInstance } from '../bgp/instance.ts';
import type { Peer, PeerFamily } from '../bgp/peer.ts';
import { lacksPolicy, policiesOf, sentCommunities } from './bgp-neighbor-facts.ts';
import { type JsonObject, truly } from './json.ts';

function privateAsMember({ options }: PeerFamily): JsonObject {
  const { removePrivateAs: remove } = options;
  if (!remove) return {};
  const name = `privateAsNums${remove.all ? 'All' : ''}${remove.replaceAs ? 'Replaced' : 'Removed'}InUpdatesToNbr`;
  return { [name]: true };
}

/** The members of `family`. */
export function familyMembers(instance: BgpInstance, peer: Peer, family: PeerFamily): JsonObject {
  const { options } = family;
  const grouped = family.updateGroup !== null;
  const sent = sentCommunities(family);
  const { inbound, outbound } = policiesOf(options);
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
