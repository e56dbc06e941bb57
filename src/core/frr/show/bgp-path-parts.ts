/** Pieces of a path that the table, the details and the JSON forms share. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import type { AsSegment, PathAttributes } from '../bgp/attributes.ts';
import { isFromEvpn } from '../bgp/evpn/imported-path.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import type { Path } from '../bgp/path.ts';
import { formatAsPath } from '../policy/lists.ts';
import { hostnameOf } from './bgp-neighbor-facts.ts';
import type { ShowContext } from './context.ts';
import type { JsonObject } from './json.ts';

export const ORIGIN_LETTER = { igp: 'i', egp: 'e', incomplete: '?' } as const;
export const ORIGIN_WORD = { igp: 'IGP', egp: 'EGP', incomplete: 'incomplete' } as const;

/** Whether the next hop is shown as an IPv6 one. */
export const hasIpv6NextHop = (path: Pick<Path, 'attributes'>, family: 4 | 6): boolean =>
  family === 6 || path.attributes.mpNextHop !== null;

export const globalNextHop = (attributes: PathAttributes): string =>
  formatIpv6(attributes.mpNextHop?.global ?? 0n);

export const localNextHop = (attributes: PathAttributes): string =>
  formatIpv6(attributes.mpNextHop?.linkLocal ?? 0n);

export const nextHop4 = (attributes: PathAttributes): string => formatIpv4(attributes.nextHop ?? 0);

/** Host name of the neighbour; this router's own for what it makes itself. */
export const pathHostname = (context: ShowContext, instance: BgpInstance, path: Path): string | undefined =>
  path.peer === instance.self ? context.config.hostname : hostnameOf(path.peer);

/** Unnumbered: the interface stands for the next hop. */
export const interfaceOf = (path: Path): string | null => path.peer.interface;

/** The next hop belongs to another VRF (`import vrf`): its name and number. */
export function otherVrf(
  context: ShowContext,
  path: Path,
): { readonly name: string; readonly id: number | null } | undefined {
  if (path.source.kind !== 'imported' || isFromEvpn(path)) return undefined;
  const { vrf } = path.source;
  return { name: vrf, id: context.bgp.instances.get(vrf)?.vrfId ?? null };
}

const SEGMENT_TYPES = {
  sequence: 'as-sequence',
  set: 'as-set',
  'confed-sequence': 'as-confed-sequence',
  'confed-set': 'as-confed-set',
} as const satisfies Record<AsSegment['kind'], string>;

/** The member `aspath` of the details. */
export const asPathJson = (attributes: PathAttributes): JsonObject => ({
  string: attributes.asPath.length === 0 ? 'Local' : formatAsPath(attributes.asPath),
  segments: attributes.asPath.map((segment) => ({ type: SEGMENT_TYPES[segment.kind], list: segment.asns })),
  length: attributes.asPath.reduce(
    (sum, { kind, asns }) => sum + (kind === 'sequence' ? asns.length : kind === 'set' ? 1 : 0),
    0,
  ),
});

/** Made by this router itself. */
export const isOwn = (instance: BgpInstance, path: Path): boolean => path.peer === instance.self;

/** The path goes to the forwarding table together with others. */
export const isMultipath = (instance: BgpInstance, path: Path): boolean =>
  path.multipath || (path.selected && instance.multipathOf(path).length > 0);

/** Kind of the neighbour, or how the route came into being. */
export function kindWords(instance: BgpInstance, path: Path): string {
  if (!isOwn(instance, path)) {
    const { confederationIdentifier: identifier, confederationPeers: peers } = instance.config.options;
    if (path.peer.isInternal) return identifier === undefined ? 'internal' : 'confed-internal';
    return peers?.includes(path.peer.remoteAs) ? 'confed-external' : 'external';
  }
  if (path.source.kind === 'aggregate') return 'aggregated, local';
  return path.source.kind === 'redistributed' ? 'sourced' : 'sourced, local';
}

/** A route that came from another VRF and is announced with this router as next hop. */
export const announcesSelf = (path: Path): boolean =>
  path.source.kind === 'imported' && path.attributes.nextHopSetBy !== 'route-map';
