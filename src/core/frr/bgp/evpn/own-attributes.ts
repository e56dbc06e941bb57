/** What this router's own routes of types 2 and 3 are told with (`update_evpn_route`, `build_evpn_route_extcomm`). */
import type { EvpnRoute } from '../../evpn-route.ts';
import { isLinkLocal } from '../../prefix.ts';
import { localAttributes, NO_OVERLAY, type PathAttributes } from '../attributes.ts';
import type { MacFlags } from '../zebra-evpn.ts';
import {
  DEFAULT_GATEWAY,
  ENCAPSULATION,
  mobility,
  ROUTER_FLAG,
  routerMac,
  STICKY_MAC,
} from './communities.ts';
import type { EvpnVrf } from './evpn-vrf.ts';
import type { EvpnVni } from './vni.ts';

export const INGRESS_REPLICATION = 6;

/** Hosts go out with the layer 3 VNI of their VRF as well (symmetric IRB): its targets and this router's MAC address. */
const isRouted = (route: EvpnRoute): boolean =>
  route.type === 2 && route.ip !== null && !isLinkLocal(route.ip);

/** `vrf`: the VRF of the VNI if it has a layer 3 VNI that hosts are told with. */
export function ownAttributes(
  vni: EvpnVni,
  vrf: EvpnVrf | undefined,
  route: EvpnRoute,
  flags: MacFlags,
  sequence: number,
): PathAttributes {
  const isMoved = sequence > 0 && !flags.gateway;
  const routed = isRouted(route) ? vrf : undefined;
  const communities = [
    ENCAPSULATION,
    ...vni.exportTargets,
    ...(routed?.exportTargets ?? []),
    ...(flags.sticky && !isMoved ? [STICKY_MAC] : []),
    ...(routed === undefined ? [] : [routerMac(routed.zebra.routerMac)]),
    ...(flags.gateway ? [DEFAULT_GATEWAY] : []),
    ...(flags.router ? [ROUTER_FLAG] : []),
    ...(isMoved ? [mobility(sequence)] : []),
  ];
  const labels = route.type === 2 && vrf !== undefined ? [vni.vni, vrf.zebra.vni] : [vni.vni];
  return {
    ...localAttributes('igp'),
    nextHop: vni.originator,
    extendedCommunities: communities,
    pmsiTunnel: route.type === 3 ? { type: INGRESS_REPLICATION, label: vni.vni } : null,
    overlay: { ...NO_OVERLAY, labels },
  };
}
