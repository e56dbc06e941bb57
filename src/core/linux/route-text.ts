/** A route in the words of `ip route`, for steps and rows. The program has its own printer with all options. */
import type { RowRef } from '../base/step.ts';
import { formatIp, widthOf } from './family.ts';
import type { Namespace } from './namespace.ts';
import { TABLE, type Route } from './route.ts';

const TABLE_NAMES: Readonly<Record<number, string>> = {
  [TABLE.default]: 'default',
  [TABLE.main]: 'main',
  [TABLE.local]: 'local',
};

const tableName = (table: number): string => TABLE_NAMES[table] ?? String(table);

export function routeText(net: Namespace, route: Route): string {
  const kind = route.type === 'unicast' ? '' : `${route.type} `;
  const prefix =
    route.length === 0
      ? 'default'
      : `${formatIp(route.family, route.destination)}${route.length === widthOf(route.family) ? '' : `/${route.length}`}`;
  const ways = route.nexthops.map((hop) => {
    const via =
      hop.gateway === null
        ? ''
        : ` via ${hop.gateway.family === route.family ? '' : 'inet6 '}${formatIp(hop.gateway.family, hop.gateway.address)}`;
    const device = net.links.get(hop.ifindex)?.name;
    return `${via}${device === undefined ? '' : ` dev ${device}`}`;
  });
  const way = ways.length === 1 ? ways[0] : ways.map((each) => ` nexthop${each}`).join('');
  const source = route.source === null ? '' : ` src ${formatIp(route.family, route.source)}`;
  const metric = route.metric === 0 ? '' : ` metric ${route.metric}`;
  return `${kind}${prefix}${way ?? ''}${source}${metric}`;
}

export const routeRow = (net: Namespace, route: Route): RowRef => ({
  kind: 'route',
  host: net.machine.host,
  namespace: net.name,
  table: tableName(route.table),
  text: routeText(net, route),
});
