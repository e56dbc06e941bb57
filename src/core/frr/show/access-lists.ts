/** `show ip|ipv6 access-list`: every daemon that filters by them tells its own. */
import { formatIpv4 } from '../../base/address.ts';
import type { FrrConfig } from '../config/frr-config.ts';
import type { AccessList, AccessListEntry } from '../config/policy-config.ts';
import { formatPrefix, type Family } from '../prefix.ts';
import { prettyJson, type Json } from './json.ts';

const DAEMONS = ['ZEBRA', 'BGP', 'BFD'] as const;

type Source = AccessListEntry['source'];
type Wildcard = Extract<Source, { kind: 'wildcard' }>;

const ANY = 0xffffffff;

/** The name of a kind of list is that of its first entry. */
const typeOf = ({ source, destination }: AccessListEntry): string =>
  source.kind !== 'wildcard' ? 'Zebra' : destination ? 'Extended' : 'Standard';

const sideText = ({ address, wildcard }: Omit<Wildcard, 'kind' | 'host'>): string =>
  wildcard === ANY
    ? 'any'
    : wildcard === 0
      ? `host ${formatIpv4(address)}`
      : `${formatIpv4(address)} ${formatIpv4(wildcard)}`;

function ruleText({ source, destination }: AccessListEntry): string {
  if (source.kind === 'any') return 'any';
  if (source.kind === 'prefix')
    return source.prefix.length === 0 && !source.exact
      ? 'any'
      : `${formatPrefix(source.prefix)}${source.exact ? ' exact-match' : ''}`;
  if (destination) return `ip ${sideText(source)} ${sideText(destination)}`;
  if (source.wildcard === ANY) return 'any';
  const bits = source.wildcard === 0 ? '' : `, wildcard bits ${formatIpv4(source.wildcard)}`;
  return `${formatIpv4(source.address)}${bits}`;
}

function ruleJson({ source, destination }: AccessListEntry, family: Family): Record<string, Json> {
  if (source.kind !== 'wildcard') {
    const prefix = source.kind === 'any' ? { family, address: 0n, length: 0 } : source.prefix;
    return { prefix: formatPrefix(prefix), 'exact-match': source.kind === 'prefix' && source.exact };
  }
  if (!destination) return { address: formatIpv4(source.address), mask: formatIpv4(source.wildcard) };
  return {
    extended: true,
    sourceAddress: formatIpv4(source.address),
    sourceMask: formatIpv4(source.wildcard),
    destinationAddress: formatIpv4(destination.address),
    destinationMask: formatIpv4(destination.wildcard),
  };
}

function listText(list: AccessList): string {
  const [first] = list.entries;
  if (!first) return '';
  const head = `${typeOf(first)} ${list.family === 4 ? 'IP' : 'IPv6 '} access list ${list.name}\n`;
  return `${head}${list.entries
    .map(
      (entry) =>
        `    seq ${entry.seq} ${entry.verdict}${entry.verdict === 'deny' ? '  ' : ''} ${ruleText(entry)}\n`,
    )
    .join('')}`;
}

function listJson(list: AccessList, first: AccessListEntry): Json {
  return {
    type: typeOf(first),
    addressFamily: `IPv${list.family}`,
    rules: list.entries.map((entry) => ({
      sequenceNumber: entry.seq,
      filterType: entry.verdict,
      ...ruleJson(entry, list.family),
    })),
  };
}

/** All lists of a family, or the named one; a name that none has leaves the heads of the daemons. */
export function accessLists(
  config: FrrConfig,
  family: Family,
  name: string | undefined,
  json: boolean,
): string {
  const lists = [...config.accessLists.values()]
    .filter((list) => list.family === family && (name === undefined || list.name === name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (!json) return DAEMONS.map((daemon) => `${daemon}:\n${lists.map(listText).join('')}`).join('');
  const members = lists.flatMap((list): [string, Json][] => {
    const [first] = list.entries;
    return first ? [[list.name, listJson(list, first)]] : [];
  });
  return DAEMONS.map((daemon) => prettyJson({ [daemon]: new Map(members) })).join('');
}
