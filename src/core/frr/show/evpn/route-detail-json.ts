/** EVPN routes at length as JSON: `show bgp l2vpn evpn route rd ... json` and `route detail json`. */
import { formatDistinguisher } from '../../distinguisher.ts';
import type { BgpInstance } from '../../bgp/instance.ts';
import type { Destination, Path, Rib } from '../../bgp/path.ts';
import { advertisedTo, pathMembers } from '../bgp-detail-json.ts';
import { labelsText } from '../bgp-detail.ts';
import type { ShowContext } from '../context.ts';
import { type Json, type JsonObject } from '../json.ts';
import { tunnelName } from './route-detail.ts';
import { byDistinguisher, PREFIX_LENGTH, routeMembers, routeText } from './routes.ts';

function pathJson(
  context: ShowContext,
  instance: BgpInstance,
  rib: Rib,
  destination: Destination,
  path: Path,
): JsonObject {
  const labels = labelsText(path) || undefined;
  const { pmsiTunnel } = path.attributes;
  const { nexthops, peer, ...members } = pathMembers(context, instance, rib, destination, path);
  return {
    VNI: labels,
    vni: labels,
    ...members,
    pmsi: pmsiTunnel === null ? undefined : { tunnelType: tunnelName(pmsiTunnel), label: pmsiTunnel.label },
    nexthops,
    peer,
  };
}

/** Routes of all distinguishers, or of one; undefined: the table has no such distinguisher. */
export function tableInMembers(
  context: ShowContext,
  instance: BgpInstance,
  only: bigint | null,
  type: number | null,
): JsonObject | undefined {
  const rib = instance.rib('l2vpn-evpn');
  const found = byDistinguisher(rib);
  if (only !== null && !found.has(only)) return undefined;
  const members: Record<string, JsonObject> = {};
  let prefixes = 0;
  let paths = 0;
  for (const [distinguisher, destinations] of found) {
    if (only !== null && distinguisher !== only) continue;
    const rd = formatDistinguisher(distinguisher);
    const routes: [string, Json][] = [];
    for (const destination of destinations) {
      const { evpn } = destination.prefix;
      if (evpn === undefined || (type !== null && evpn.type !== type)) continue;
      prefixes += 1;
      paths += destination.paths.length;
      const name = routeText(destination);
      routes.push([
        name,
        {
          ...(only === null ? { prefix: name, prefixLen: PREFIX_LENGTH } : {}),
          rd,
          ...routeMembers(evpn),
          advertisedTo: advertisedTo(instance, rib, destination),
          paths: destination.paths.map((path) => [pathJson(context, instance, rib, destination, path)]),
        },
      ]);
    }
    if (routes.length > 0) members[rd] = { rd, ...Object.fromEntries(routes) };
  }
  return { ...members, numPrefix: prefixes, numPaths: paths };
}
