/** What the `vpn` lines of a VRF's address family say: under which name its routes leave, and whose routes it takes. */
import type { BgpFamily, BgpFamilyOptions } from '../config/bgp-config.ts';
import { isRouteTarget, parseDistinguisher } from '../distinguisher.ts';
import { readRouteTargets } from '../policy/communities.ts';
import { parseAddress } from '../prefix.ts';
import type { PathAttributes } from './attributes.ts';
import type { StoredPath } from './rib-table.ts';
import { applyMap } from './route-map.ts';
import type { Speaker } from './speaker.ts';

/** Targets as typed, in the order of their octets; undefined: none. */
const targetsOf = (texts: readonly string[] | undefined): readonly bigint[] | undefined =>
  texts && readRouteTargets(texts.join(' '), 'rt');

/** A map that is named must be there, or nothing leaks. */
const isThere = (speaker: Speaker, map: string | undefined): boolean =>
  map === undefined || speaker.host.config.routeMaps.has(map);

/** `export vpn` with all that it needs: the targets that routes carry; undefined: nothing leaves. */
function exportTargets(speaker: Speaker, options: BgpFamilyOptions): readonly bigint[] | undefined {
  if (options.exportVpn !== true || !isThere(speaker, options.routeMapVpnExport)) return undefined;
  const { rdVpnExport } = options;
  if (rdVpnExport === undefined || parseDistinguisher(rdVpnExport) === undefined) return undefined;
  return targetsOf(options.rtVpnExport);
}

/** `import vpn` with all that it needs: the targets sought; undefined: nothing is taken. */
function importTargets(speaker: Speaker, options: BgpFamilyOptions): readonly bigint[] | undefined {
  if (options.importVpn !== true || !isThere(speaker, options.routeMapVpnImport)) return undefined;
  return targetsOf(options.rtVpnImport);
}

/** The next hop of `nexthop vpn export`, in the place where the attributes hold its kind. */
function withNextHop(attributes: PathAttributes, typed: string | undefined): PathAttributes {
  const address = typed === undefined ? undefined : parseAddress(typed);
  if (address === undefined) return attributes;
  return address.family === 4
    ? { ...attributes, nextHop: Number(address.address), mpNextHop: null }
    : { ...attributes, nextHop: null, mpNextHop: { global: address.address, linkLocal: null } };
}

/** Whether the lines of both could make routes leak, their targets aside. */
export const mayPassVpn = (target: Speaker, source: Speaker, family: BgpFamily): boolean =>
  target.config.families[family].options.importVpn === true &&
  source.config.families[family].options.exportVpn === true;

/**
 * The attributes with which a path of `source` stands in the table of VPN routes, if `target` takes it from there;
 * undefined: it does not leave, or carries none of the targets sought.
 */
export function passVpn(target: Speaker, source: Speaker, path: StoredPath): PathAttributes | undefined {
  const { prefix, table } = path.destination;
  const { family } = table;
  const { options } = source.config.families[family];
  // The table of VPN routes is the default instance's.
  if (source.host.speakers.get('default') === undefined) return undefined;
  const sought = importTargets(target, target.config.families[family].options);
  const carried = exportTargets(source, options);
  if (sought === undefined || carried === undefined) return undefined;
  const map = options.routeMapVpnExport;
  const mapped =
    map === undefined
      ? path.attributes
      : applyMap(source, map, {
          family,
          prefix,
          attributes: path.attributes,
          source: path.source,
          peer: null,
          direction: 'import',
        });
  if (mapped === undefined) return undefined;
  const extendedCommunities = [...(mapped.extendedCommunities ?? []), ...carried];
  if (!extendedCommunities.some((one) => isRouteTarget(one) && sought.includes(one))) return undefined;
  return { ...withNextHop(mapped, options.nexthopVpnExport), extendedCommunities };
}
