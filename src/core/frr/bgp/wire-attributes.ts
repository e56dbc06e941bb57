/** What goes on the wire for a neighbour of the attributes that it is told: own AS in front, next hops, what it must not see left out. */
import type { PeerFamilyOptions } from '../config/bgp-config.ts';
import { isPrivateAs, prepend, prependConfederation, withoutConfederation } from './as-path.ts';
import type { PathAttributes } from './attributes.ts';
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import type { Speaker } from './speaker.ts';

/** Whether IPv6 next hops carry this family to the neighbour. */
export const usesMpNextHop = (neighbour: Neighbour, family: NeighbourFamily): boolean =>
  family.family === 'ipv6-unicast' ||
  family.family === 'ipv6-vpn' ||
  neighbour.hasExtendedNextHop(family.family);

function wireAsPath(
  speaker: Speaker,
  neighbour: Neighbour,
  options: PeerFamilyOptions,
  { asPath }: PathAttributes,
): PathAttributes['asPath'] {
  if (neighbour.sort === 'confederation') return prependConfederation(asPath, neighbour.localAs);
  const unchanged = options.attributeUnchanged?.asPath === true && asPath.length > 0;
  if (neighbour.isInternal || unchanged || options.routeServerClient === true) return asPath;
  const outside = withoutConfederation(asPath);
  const { confederationIdentifier } = speaker.config.options;
  if (confederationIdentifier !== undefined) return prepend(outside, [confederationIdentifier]);
  const { localAs } = neighbour.options;
  if (localAs === undefined) return prepend(outside, [neighbour.localAs]);
  const leavesOut = localAs.replaceAs || (options.removePrivateAs !== undefined && isPrivateAs(speaker.asn));
  return prepend(outside, leavesOut ? [localAs.as] : [localAs.as, speaker.asn]);
}

/** What goes on the wire for a neighbour: own AS in front, next hops filled in, what it must not see left out. */
export function wireAttributes(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  attributes: PathAttributes,
): { readonly attributes: PathAttributes; readonly localPreference: number | null } {
  const { options } = family;
  const send = options.sendCommunity ?? { standard: true, extended: true, large: true };
  const asPath = wireAsPath(speaker, neighbour, options, attributes);
  const transitive = (community: bigint): boolean => ((community >> 62n) & 1n) === 0n;
  const extended = attributes.extendedCommunities?.filter((one) => !neighbour.isExternal || transitive(one));
  const reflected = neighbour.isInternal && attributes.originatorId !== null;
  return {
    attributes: {
      ...attributes,
      asPath,
      med: speaker.config.options.maxMedAdministrative ?? attributes.med,
      communities: send.standard ? attributes.communities : null,
      largeCommunities: send.large ? attributes.largeCommunities : null,
      extendedCommunities: send.extended && extended !== undefined ? extended : null,
      originatorId: reflected ? attributes.originatorId : null,
      clusterList: reflected
        ? [speaker.config.options.clusterId ?? speaker.routerId, ...(attributes.clusterList ?? [])]
        : null,
    },
    localPreference: neighbour.isExternal ? null : attributes.localPreference,
  };
}
