/** Next hops that are watched: as bgpd keeps them (`show bgp nexthop`) and as zebra does for its clients (`show ip nht`). */
import type { NextHopView } from '../bgp/next-hop-table.ts';
import type { ZebraNextHop } from '../bgp/zebra-port.ts';
import { comparePrefixes, formatAddress, formatPrefix, widthOf, type Family } from '../prefix.ts';
import { epochOf, type ShowContext } from './context.ts';
import { formatCtime } from './time.ts';

/** The sockets of zebra's clients, in a zebra that staticd and bgpd find first. */
const DESCRIPTORS = { static: 26, bgp: 32 } as const;
type Client = keyof typeof DESCRIPTORS;

function cachedHop(hop: ZebraNextHop): string {
  switch (hop.kind) {
    case 'blackhole':
      return '  blackhole\n';
    case 'interface':
      return `  if ${hop.interface}\n`;
    case 'gateway':
      return `  gate ${formatAddress(hop.gateway)}${hop.interface === null ? '' : `, if ${hop.interface}`}\n`;
  }
}

function cacheEntry(context: ShowContext, entry: NextHopView): string {
  const epoch = epochOf(context.clock, entry.updatedAt);
  const { mustBeConnected, answer } = entry;
  const counts = `#paths ${entry.pathCount}${entry.peer === null ? '' : `, peer ${entry.peer}`}`;
  const state = entry.isValid
    ? ` valid [IGP metric ${answer?.metric ?? 0}], ${counts}\n${(entry.interface === null ? (answer?.nextHops ?? []) : []).map(cachedHop).join('')}`
    : ` invalid, ${counts}\n${mustBeConnected ? '  Must be Connected\n' : ''}`;
  return ` ${formatAddress(entry.prefix)}${state}  Last update: ${formatCtime(epoch)}\n\n`;
}

/** `show bgp nexthop` and `show bgp import-check-table` of an instance. */
export function nextHopCache(context: ShowContext, vrf: string, kind: NextHopView['kind']): string {
  const entries = context.bgp.nextHops().filter((one) => one.vrf === vrf && one.kind === kind);
  entries.sort(
    (a, b) =>
      comparePrefixes(a.prefix, b.prefix) || Number(a.interface !== null) - Number(b.interface !== null),
  );
  const title = kind === 'import-check' ? 'import check' : 'nexthop';
  return `Current BGP ${title} cache:\n${entries.map((entry) => cacheEntry(context, entry)).join('')}`;
}

function trackedHop(hop: ZebraNextHop): string {
  switch (hop.kind) {
    case 'blackhole':
      return ' is directly connected, Null0\n';
    case 'interface':
      return ` is directly connected, ${hop.interface}\n`;
    case 'gateway': {
      const address = formatAddress(hop.gateway);
      const [first, second] = hop.gateway.family === 4 ? [' via ', ', '] : [' ', ', via '];
      return `${first}${address}${hop.interface === null ? '' : `${second}${hop.interface}`}\n`;
    }
  }
}

/** Gateways that staticd asks about. */
function staticGateways(context: ShowContext, vrf: string, family: Family): ReadonlySet<string> {
  const gateways = new Set<string>();
  for (const route of context.config.staticRoutes.values())
    if ((route.nexthopVrf ?? route.vrf) === vrf && route.gateway !== null && route.prefix.family === family)
      gateways.add(route.gateway);
  return gateways;
}

/** `show ip nht` of a VRF; `typed`: only that address. */
export function trackedNextHops(
  context: ShowContext,
  vrf: string,
  family: Family,
  typed: string | undefined,
): string {
  const gateways = staticGateways(context, vrf, family);
  const known = context.bgp
    .nextHops()
    .filter((one) => one.vrf === vrf && one.prefix.family === family && one.interface === null);
  const rows = known.map((one) => ({
    prefix: one.prefix,
    answer: one.answer,
    mustBeConnected: one.mustBeConnected,
    clients: (gateways.has(formatAddress(one.prefix)) && one.prefix.length === widthOf(family)
      ? ['static', 'bgp']
      : ['bgp']) as readonly Client[],
  }));
  const told = new Set(known.map(({ prefix }) => formatPrefix(prefix)));
  for (const gateway of gateways) {
    const answer = context.zebra.nextHopOf(vrf, gateway);
    if (answer !== undefined && !told.has(formatPrefix(answer.prefix)))
      rows.push({ prefix: answer.prefix, answer, mustBeConnected: false, clients: ['static'] });
  }
  return rows
    .filter(({ prefix }) => typed === undefined || formatAddress(prefix) === typed)
    .sort((a, b) => comparePrefixes(a.prefix, b.prefix))
    .map(({ prefix, answer, mustBeConnected, clients }) => {
      const mark = mustBeConnected ? '(Connected)' : '';
      const isResolved =
        answer !== null && answer.nextHops.length > 0 && (answer.connected || !mustBeConnected);
      const state = isResolved
        ? ` resolved via ${answer.protocol}\n${answer.nextHops.map(trackedHop).join('')}`
        : ` unresolved${mark}\n`;
      const list = clients.map((client) => ` ${client}(fd ${DESCRIPTORS[client]})`).join('');
      return `${formatAddress(prefix)}${mark}\n${state} Client list:${list}\n`;
    })
    .join('');
}
