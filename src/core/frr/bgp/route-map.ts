/** Asks the configured policy about one route: a route map that is named but not there denies. */
import type { Prefix } from '../prefix.ts';
import type { BgpFamily } from '../config/bgp-config.ts';
import type { PathAttributes } from './attributes.ts';
import type { Neighbour } from './neighbour.ts';
import type { PathSource } from './path.ts';
import type { PolicyPeer, RouteMapInput } from './policy.ts';
import type { Speaker } from './speaker.ts';

const policyPeer = (neighbour: Neighbour): PolicyPeer => ({
  name: neighbour.name,
  remoteAs: neighbour.remoteAs,
  localAs: neighbour.localAs,
  isInternal: neighbour.isInternal,
  address: neighbour.ends?.remote ?? neighbour.address,
  interface: neighbour.interface,
  localAddress: neighbour.ends?.local ?? null,
});

export interface MapQuestion {
  readonly family: BgpFamily;
  readonly prefix: Prefix;
  readonly attributes: PathAttributes;
  readonly source: PathSource;
  readonly peer: Neighbour | null;
  readonly direction: RouteMapInput['direction'];
  readonly igpMetric?: number;
  readonly pathsInUse?: number;
}

/** The attributes as the map leaves them; undefined: denied. */
export function applyMap(speaker: Speaker, name: string, question: MapQuestion): PathAttributes | undefined {
  const { family, prefix, attributes, source, peer, direction } = question;
  const verdict = speaker.host.policy.routeMap(name, {
    family,
    prefix,
    attributes,
    source,
    peer: peer === null || peer.config === null ? null : policyPeer(peer),
    direction,
    igpMetric: question.igpMetric ?? 0,
    pathsInUse: question.pathsInUse ?? 0,
    vrf: speaker.vrf,
    localAs: speaker.asn,
    localPreference: source.kind === 'received' ? 0 : (speaker.config.options.defaultLocalPreference ?? 100),
    sourceVrf: source.kind === 'imported' ? source.vrf : null,
  });
  if (verdict === 'missing' || !verdict.permit) return undefined;
  return verdict.attributes;
}
