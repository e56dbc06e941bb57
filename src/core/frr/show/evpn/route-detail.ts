/** EVPN routes in words: each with its paths, as `route detail`, `route rd` and `route vni N mac M` print them. */
import { formatIpv4 } from '../../../base/address.ts';
import { formatDistinguisher } from '../../distinguisher.ts';
import { treeNodes, formatEvpnRoute } from '../../evpn-route.ts';
import { formatAddress } from '../../prefix.ts';
import type { BgpInstance } from '../../bgp/instance.ts';
import type { Destination, Path, Rib } from '../../bgp/path.ts';
import {
  communityLines,
  firstLine,
  fromWords,
  originLine,
  receivers,
  reflectionLine,
} from '../bgp-detail.ts';
import { epochOf, type ShowContext } from '../context.ts';
import { formatCtime } from '../time.ts';
import { byDistinguisher, routeText } from './routes.ts';

const TUNNELS: Readonly<Record<number, string>> = {
  1: 'RSVP-TE P2MP',
  2: 'mLDP P2MP',
  3: 'PIM-SSM',
  4: 'PIM-SM',
  5: 'PIM-BIDIR',
  6: 'Ingress Replication',
  7: 'mLDP MP2MP',
};

/** Above the paths of a destination; undefined: a node of the tree without any. */
function head(instance: BgpInstance, rib: Rib, name: string, destination: Destination | undefined): string {
  const paths = destination?.paths ?? [];
  const best = paths.findIndex((path) => path.selected);
  const told = destination === undefined ? [] : receivers(instance, rib, destination);
  return [
    `BGP routing table entry for ${name}`,
    `Paths: (${paths.length} available, ${best < 0 ? 'no best path' : `best #${best + 1}`})`,
    ...(told.length === 0
      ? ['  Not advertised to any peer']
      : ['  Advertised to non peer-group peers:', `  ${told.map((peer) => peer.name).join(' ')}`]),
    '',
  ].join('\n');
}

const labelsText = ({ attributes: { overlay } }: Path): string => (overlay?.labels ?? []).join('/');

function importedWords(path: Path): string {
  if (path.source.kind !== 'imported') return '';
  const { prefix } = path.source.parent.destination;
  if (prefix.evpn === undefined) return '';
  return `  Imported from ${formatDistinguisher(prefix.distinguisher ?? 0n)}:${formatEvpnRoute(prefix.evpn)}, VNI ${labelsText(path)}\n`;
}

function pathText(
  context: ShowContext,
  instance: BgpInstance,
  rib: Rib,
  destination: Destination,
  path: Path,
): string {
  const { attributes } = path;
  const labels = labelsText(path);
  const gateway = attributes.overlay?.gateway ?? null;
  const tunnel = attributes.pmsiTunnel;
  const metric = !path.valid ? ' (inaccessible)' : path.igpMetric > 0 ? ` (metric ${path.igpMetric})` : '';
  return [
    `  Route ${routeText(destination)}${labels === '' ? '' : ` VNI ${labels}`}${importedWords(path)}`,
    `${gateway === null ? '' : ` Gateway IP ${formatAddress(gateway)}`}\n`,
    firstLine(rib, path),
    `    ${formatIpv4(attributes.nextHop ?? 0)}${metric}${fromWords(instance, path, false)}\n`,
    originLine(instance, destination, path),
    communityLines(path),
    reflectionLine(path),
    `      Last update: ${formatCtime(epochOf(context.clock, path.receivedAt))}\n`,
    tunnel === null
      ? ''
      : `      PMSI Tunnel Type: ${TUNNELS[tunnel.type] ?? 'No info'}, label: ${tunnel.label}\n`,
  ].join('');
}

/** One destination of a table, with its distinguisher in front where it has one. */
export function destinationText(
  context: ShowContext,
  instance: BgpInstance,
  rib: Rib,
  destination: Destination,
): string {
  return `${head(instance, rib, destination.key, destination)}${destination.paths
    .map((path) => pathText(context, instance, rib, destination, path))
    .join('')}`;
}

export interface Listed {
  readonly text: string;
  readonly prefixes: number;
  readonly paths: number;
}

/** All routes of the table in words, those of one distinguisher or of one type if asked. */
export function tableInWords(
  context: ShowContext,
  instance: BgpInstance,
  only: bigint | null,
  type: number | null,
): Listed {
  const rib = instance.rib('l2vpn-evpn');
  const parts: string[] = [];
  let prefixes = 0;
  let paths = 0;
  for (const [distinguisher, destinations] of byDistinguisher(rib)) {
    if (only !== null && distinguisher !== only) continue;
    const rd = formatDistinguisher(distinguisher);
    let isFirst = true;
    const routes = destinations.flatMap(({ prefix: { evpn } }) => (evpn === undefined ? [] : [evpn]));
    for (const { text, route } of treeNodes(routes)) {
      const destination = destinations.find((one) => route !== null && one.prefix.evpn === route);
      if (type !== null && !text.startsWith(`[${type}]`)) continue;
      if (destination === undefined) {
        parts.push(head(instance, rib, `${rd}:${text}`, undefined));
        continue;
      }
      if (isFirst) parts.push(`Route Distinguisher: ${rd}\n`);
      isFirst = false;
      prefixes += 1;
      paths += destination.paths.length;
      parts.push(destinationText(context, instance, rib, destination));
    }
  }
  return { text: parts.join(''), prefixes, paths };
}
