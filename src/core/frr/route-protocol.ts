/** Where routes come from, as zebra and `redistribute` name it. */

/** In the order of zebra's numbers, in which configurations and summaries list them. */
export const ROUTE_PROTOCOLS = [
  'kernel',
  'connected',
  'static',
  'rip',
  'ripng',
  'ospf',
  'ospf6',
  'isis',
  'bgp',
  'eigrp',
  'nhrp',
  'table',
  'vnc',
  'vnc-direct',
  'babel',
  'sharp',
  'openfabric',
] as const;

export type RouteProtocol = (typeof ROUTE_PROTOCOLS)[number];
