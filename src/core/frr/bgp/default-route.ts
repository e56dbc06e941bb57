/** `default-originate`: a default route for a neighbour whatever the table holds, unless a route map finds nothing in it. */
import type { Prefix } from '../prefix.ts';
import { localAttributes, type PathAttributes } from './attributes.ts';
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import { applyMap } from './route-map.ts';
import type { Speaker } from './speaker.ts';
import { usesMpNextHop } from './wire-attributes.ts';

/** `default-originate`: the default route goes out whatever the table holds, unless its route map says otherwise. */
export function originateDefault(speaker: Speaker, neighbour: Neighbour, family: NeighbourFamily): void {
  const { defaultOriginate } = family.options;
  const wanted = defaultOriginate !== undefined && defaultAttributes(speaker, neighbour, family);
  if (!wanted) {
    if (!family.defaultOriginated) return;
    family.defaultOriginated = false;
    family.outgoingDefault = null;
  } else {
    if (family.defaultOriginated) return;
    family.defaultOriginated = true;
    family.outgoingDefault = wanted;
  }
  speaker.flush(neighbour);
}

/** Route maps of `default-originate` look at the table: the answer may be another one now. */
export function judgeDefaults(speaker: Speaker): void {
  for (const neighbour of speaker.peers.values())
    for (const family of neighbour.families.values())
      if (family.initialised && family.options.defaultOriginate?.routeMap != null)
        originateDefault(speaker, neighbour, family);
}

export const defaultPrefix = (family: NeighbourFamily): Prefix => ({
  family: family.family === 'ipv6-unicast' ? 6 : 4,
  address: 0n,
  length: 0,
});

function defaultAttributes(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
): PathAttributes | false {
  const attributes: PathAttributes = {
    ...localAttributes('igp'),
    med: 0,
    weight: 0,
    localPreference: speaker.config.options.defaultLocalPreference ?? 100,
    ...(usesMpNextHop(neighbour, family)
      ? {
          nextHop: null,
          mpNextHop: { global: 0n, linkLocal: neighbour.sharedNetwork ? 0n : null },
        }
      : {}),
  };
  const map = family.options.defaultOriginate?.routeMap ?? null;
  if (map === null) return attributes;
  for (const destination of speaker.rib(family.family).destinations.values()) {
    const best = destination.selected;
    if (best === undefined) continue;
    const verdict = applyMap(speaker, map, {
      family: family.family,
      prefix: destination.prefix,
      attributes: best.attributes,
      source: best.source,
      peer: best.peer === speaker.self ? null : best.peer,
      direction: 'default',
    });
    if (verdict !== undefined) return attributes;
  }
  return false;
}
