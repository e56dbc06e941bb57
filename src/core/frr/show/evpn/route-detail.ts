/** EVPN routes in words: each with its paths, as `route detail`, `route rd` and `route vni N mac M` print them. */
import { formatIpv4 } from '../../../base/address.ts';
import { formatDistinguisher } from '../../distinguisher.ts';
import { treeNodes } from '../../evpn-route.ts';
import { formatAddress } from '../../prefix.ts';
import type { PmsiTunnel } from '../../bgp/attributes.ts';
import type { BgpInstance } from '../../bgp/instance.ts';
import type { Destination, Path, Rib } from '../../bgp/path.ts';
import {
  communityLines,
  evpnImportLine,
  firstLine,
  fromWords,
  labelsText,
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

export const tunnelName = ({ type }: PmsiTunnel): string => TUNNELS[type] ?? 'No info';

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
    `  Route ${routeText(destination)}${labels === '' ? '' : ` VNI ${labels}`}${evpnImportLine(path) ?? ''}`,
    `${gateway === null ? '' : ` Gateway IP ${formatAddress(gateway)}`}\n`,
    firstLine(rib, path),
    `    ${formatIpv4(attributes.nextHop ?? 0)}${metric}${fromWords(instance, path, false)}\n`,
    originLine(instance, destination, path),
    communityLines(path),
    reflectionLine(path),
    `      Last update: ${formatCtime(epochOf(context.clock, path.receivedAt))}\n`,
    tunnel === null ? '' : `      PMSI Tunnel Type: ${tunnelName(tunnel)}, label: ${tunnel.label}\n`,
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

const RD_LEGEND = [
  'EVPN type-1 prefix: [1]:[EthTag]:[ESI]:[IPlen]:[VTEP-IP]:[Frag-id]',
  'EVPN type-2 prefix: [2]:[EthTag]:[MAClen]:[MAC]',
  'EVPN type-3 prefix: [3]:[EthTag]:[IPlen]:[OrigIP]',
  'EVPN type-4 prefix: [4]:[ESI]:[IPlen]:[OrigIP]',
  'EVPN type-5 prefix: [5]:[EthTag]:[IPlen]:[IP]',
  '',
  '',
].join('\n');

/** The routes of one distinguisher in words, of one type if asked; undefined: there is no such distinguisher. */
export function distinguisherInWords(
  context: ShowContext,
  instance: BgpInstance,
  only: bigint,
  type: number | null,
): string | undefined {
  const rib = instance.rib('l2vpn-evpn');
  const destinations = byDistinguisher(rib).get(only);
  if (destinations === undefined) return undefined;
  const wanted = destinations.filter(({ prefix }) => type === null || prefix.evpn?.type === type);
  const asked = `with this RD${type === null ? '' : ' (of requested type)'}\n`;
  if (wanted.length === 0) return `No prefixes exist ${asked}`;
  const paths = wanted.reduce((sum, one) => sum + one.paths.length, 0);
  return `${RD_LEGEND}${wanted
    .map((destination) => destinationText(context, instance, rib, destination))
    .join('')}\nDisplayed ${wanted.length} prefixes (${paths} paths) ${asked}`;
}

/** All routes of the table in words, those of one type if asked. */
export function tableInWords(context: ShowContext, instance: BgpInstance, type: number | null): Listed {
  const rib = instance.rib('l2vpn-evpn');
  const parts: string[] = [];
  let prefixes = 0;
  let paths = 0;
  for (const [distinguisher, destinations] of byDistinguisher(rib)) {
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
