/** `show ip route summary`: how many routes of each source zebra has, and how many of them the kernel. */
import { ROUTE_PROTOCOLS } from '../route-protocol.ts';
import type { RouteTable } from '../zebra/route.ts';
import { prettyJson, type JsonObject } from './json.ts';

interface Count {
  routes: number;
  installed: number;
}

/** Counts by name; the two kinds of BGP stand side by side as soon as there is one of them. */
function counted(table: RouteTable): Map<string, Count> {
  const counts = new Map<string, Count>();
  for (const node of table.nodes())
    for (const entry of node.entries) {
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

/** One table's counts, as text or JSON. `arePrefixes`: the form of `summary prefix`, which names the same counts otherwise. */
export function routeSummary(
  table: RouteTable,
  { arePrefixes, json }: { readonly arePrefixes: boolean; readonly json: boolean },
): string {
  const rows = [...counted(table)];
  const total = rows.reduce((sum, [, { routes }]) => sum + routes, 0);
  const installed = rows.reduce((sum, [, count]) => sum + count.installed, 0);
  if (json) {
    const name = arePrefixes ? 'prefixRoutes' : 'routes';
    return prettyJson({
      [name]: rows.map(([type, count]): JsonObject => ({
        fib: count.installed,
        rib: count.routes,
        ...(arePrefixes ? {} : { fibOffLoaded: 0, fibTrapped: 0 }),
        type,
      })),
      [`${name}Total`]: total,
      [`${name}TotalFib`]: installed,
    });
  }
  const row = (name: string, routes: number | string, fib: number | string): string =>
    `${name.padEnd(20)} ${String(routes).padEnd(20)} ${String(fib).padEnd(20)} \n`;
  return [
    `${'Route Source'.padEnd(20)} ${(arePrefixes ? 'Prefix Routes' : 'Routes').padEnd(20)} FIB  (vrf ${table.vrf})\n`,
    ...rows.map(([name, count]) => row(name, count.routes, count.installed)),
    '------\n',
    row('Totals', total, installed),
    '\n',
  ].join('');
}
