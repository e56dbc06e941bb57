/** running-config of lists and route maps. */
import { formatIpv4 } from '../../../base/address.ts';
import { formatPrefix } from '../../prefix.ts';
import type { FrrConfig } from '../frr-config.ts';
import type {
  AccessList,
  AccessListEntry,
  CommunityKind,
  PrefixList,
  RouteMap,
  WildcardAddress,
} from '../policy-config.ts';

export const writePrefixEntry = (entry: PrefixList['entries'][number]): string =>
  `seq ${entry.seq} ${entry.verdict} ${entry.prefix === null ? 'any' : formatPrefix(entry.prefix)}${
    entry.ge === null ? '' : ` ge ${entry.ge}`
  }${entry.le === null ? '' : ` le ${entry.le}`}`;

export function writePrefixList(list: PrefixList): string[] {
  const head = `${list.family === 4 ? 'ip' : 'ipv6'} prefix-list ${list.name}`;
  return [
    ...(list.description === null ? [] : [`${head} description ${list.description}`]),
    ...list.entries.map((entry) => `${head} ${writePrefixEntry(entry)}`),
  ];
}

const wildcardText = ({ address, wildcard, host }: WildcardAddress, single: string): string =>
  wildcard === 0xffffffff
    ? 'any'
    : host
      ? `${single}${formatIpv4(address)}`
      : `${formatIpv4(address)} ${formatIpv4(wildcard)}`;

function writeAccessEntry({ seq, verdict, source, destination }: AccessListEntry): string {
  const head = `seq ${seq} ${verdict}`;
  if (source.kind === 'any') return `${head} any`;
  if (source.kind === 'prefix')
    return `${head} ${formatPrefix(source.prefix)}${source.exact ? ' exact-match' : ''}`;
  if (!destination) return `${head} ${wildcardText(source, '')}`;
  return `${head} ip ${wildcardText(source, 'host ')} ${wildcardText(destination, 'host ')}`;
}

export function writeAccessList(list: AccessList): string[] {
  const head = `${list.family === 4 ? '' : 'ipv6 '}access-list ${list.name}`;
  return [
    ...(list.remark === null ? [] : [`${head} remark ${list.remark}`]),
    ...list.entries.map((entry) => `${head} ${writeAccessEntry(entry)}`),
  ];
}

/** Numbered lists come first, by number; then names. */
export function compareListNames(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left && right) return Number(a) - Number(b);
  if (left !== right) return left ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

const KINDS: readonly CommunityKind[] = ['community', 'extcommunity', 'large-community'];

/** AS-path lists and community lists, as bgpd prints them. */
export const writeAsPathLists = (config: FrrConfig): string[] =>
  [...config.asPathLists.values()]
    .sort((a, b) => compareListNames(a.name, b.name))
    .flatMap((list) =>
      list.entries.map(
        (entry) => `bgp as-path access-list ${list.name} seq ${entry.seq} ${entry.verdict} ${entry.regex}`,
      ),
    );

export const writeCommunityLists = (config: FrrConfig): string[] =>
  KINDS.flatMap((kind) =>
    [...config.communityLists.values()]
      .filter((list) => list.kind === kind)
      .sort((a, b) => compareListNames(a.name, b.name))
      .flatMap((list) => {
        const style = /^\d+$/.test(list.name) ? '' : `${list.style} `;
        return list.entries.map(
          (entry) => `bgp ${kind}-list ${style}${list.name} seq ${entry.seq} ${entry.verdict} ${entry.text}`,
        );
      }),
  );

/** The lines inside an entry are in alphabetical order: that is how vtysh merges the daemons' texts. */
export function writeRouteMap(map: RouteMap): string[][] {
  return map.entries.map((entry) => {
    const inside = [
      ...(entry.description === null ? [] : [`description ${entry.description}`]),
      ...entry.matches.map((one) => `match ${one.rule}${one.argument === '' ? '' : ` ${one.argument}`}`),
      ...entry.sets.map((one) => `set ${one.rule}${one.argument === '' ? '' : ` ${one.argument}`}`),
      ...(entry.call === null ? [] : [`call ${entry.call}`]),
      ...(entry.onMatch === null
        ? []
        : [entry.onMatch.kind === 'next' ? 'on-match next' : `on-match goto ${entry.onMatch.seq}`]),
    ].sort();
    return [
      `route-map ${map.name} ${entry.verdict} ${entry.seq}`,
      ...inside.map((text) => ` ${text}`),
      'exit',
    ];
  });
}
