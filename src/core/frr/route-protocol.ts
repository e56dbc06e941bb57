/** Where routes come from, as zebra and `redistribute` name it. */

/** All names that zebra has, in the order of its numbers, in which configurations and summaries list them. */
export const ROUTE_SOURCES = [
  'system',
  'kernel',
  'connected',
  'static',
  'rip',
  'ripng',
  'ospf',
  'ospf6',
  'isis',
  'bgp',
  'pim',
  'eigrp',
  'nhrp',
  'hsls',
  'olsr',
  'table',
  'ldp',
  'vnc',
  'vnc-direct',
  'vnc-rn',
  'bgp-direct',
  'bgp-direct-to-nve-groups',
  'babel',
  'sharp',
  'pbr',
  'bfd',
  'openfabric',
  'vrrp',
  'zebra',
  'srte',
  'wildcard',
  'any',
] as const;

type RouteSource = (typeof ROUTE_SOURCES)[number];

/** Names of daemons and of zebra's own use, from which no route comes. */
const WITHOUT_ROUTES = [
  'system',
  'pim',
  'hsls',
  'olsr',
  'ldp',
  'vnc-rn',
  'bgp-direct',
  'bgp-direct-to-nve-groups',
  'pbr',
  'bfd',
  'vrrp',
  'zebra',
  'srte',
  'wildcard',
  'any',
] as const satisfies readonly RouteSource[];

export type RouteProtocol = Exclude<RouteSource, (typeof WITHOUT_ROUTES)[number]>;

const hasRoutes = (source: RouteSource): source is RouteProtocol =>
  !(WITHOUT_ROUTES as readonly RouteSource[]).includes(source);

/** Those from which routes come. */
export const ROUTE_PROTOCOLS: readonly RouteProtocol[] = ROUTE_SOURCES.filter(hasRoutes);
