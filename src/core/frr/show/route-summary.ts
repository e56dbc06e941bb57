/** `show ip route summary`: how many routes of each source zebra has, and how many of them the kernel. */
import type { Family } from '../prefix.ts';
import { ROUTE_PROTOCOLS } from '../route-protocol.ts';
import type { ShowContext } from './context.ts';
import { prettyJson, type JsonObject } from './json.ts';

interface Count {
  routes: number;
  installed: number;
}

/** Counts by name; the two kinds of BGP stand side by side as soon as there is one of them. */
function counted(context: ShowContext, vrf: string, family: Family): Map<string, Count> {
  const counts = new Map<string, Count>();
  const main = context.zebra.vrfs().find((one) => one.name === vrf)?.table;
  for (const node of context.zebra.table(vrf, family).nodes())
    for (const entry of node.entries) {
      if (main !== undefined && entry.table !== main) continue;
      const name = entry.protocol !== 'bgp' ? entry.protocol : entry.internal ? 'ibgp' : 'ebgp';
      const count = counts.get(name) ?? { routes: 0, installed: 0 };
      count.routes += 1;
      if (entry.installed) count.installed += 1;
      counts.set(name, count);
    }
  const none: Count = { routes: 0, installed: 0 };
  const rows = new Map<string, Count>();
  for (const source of ROUTE_PROTOCOLS) {
    const names = source === 'bgp' ? ['ebgp', 'ibgp'] : [source];
    if (!names.some((name) => counts.has(name))) continue;
    for (const name of names) rows.set(name, counts.get(name) ?? none);
  }
  return rows;
}

/** One VRF's counts, as text or JSON. */
export function routeSummary(context: ShowContext, vrf: string, family: Family, json: boolean): string {
  const rows = [...counted(context, vrf, family)];
  const total = rows.reduce((sum, [, { routes }]) => sum + routes, 0);
  const installed = rows.reduce((sum, [, count]) => sum + count.installed, 0);
  if (json)
    return prettyJson({
      routes: rows.map(([type, count]): JsonObject => ({
        fib: count.installed,
        rib: count.routes,
        fibOffLoaded: 0,
        fibTrapped: 0,
        type,
      })),
      routesTotal: total,
      routesTotalFib: installed,
    });
  const row = (name: string, routes: number | string, fib: number | string): string =>
    `${name.padEnd(20)} ${String(routes).padEnd(20)} ${String(fib).padEnd(20)} \n`;
  return [
    `${'Route Source'.padEnd(20)} ${'Routes'.padEnd(20)} FIB  (vrf ${vrf})\n`,
    ...rows.map(([name, count]) => row(name, count.routes, count.installed)),
    '------\n',
    row('Totals', total, installed),
    '\n',
  ].join('');
}
