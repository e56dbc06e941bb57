/** Which address of the host a datagram gets (`inet_select_addr`). */
import type { Ipv4Address } from './device.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { SCOPE, TABLE } from '../route.ts';

const sameSubnet = (address: Ipv4Address, other: number): boolean => {
  const shift = 32 - address.length;
  return shift === 32 || address.peer >>> shift === other >>> shift;
};

/** The first primary address of `link` in the subnet of `destination` (0: any), else its first, else one of another link. 0 when there is none. */
export function selectAddress(net: Namespace, link: Link, destination: number, scope: number): number {
  let first = 0;
  for (const address of link.addresses4) {
    if (address.secondary || address.scope > scope) continue;
    if (destination === 0 || sameSubnet(address, destination)) return address.local;
    if (first === 0) first = address.local;
  }
  if (first !== 0) return first;
  const vrf = link.master?.vrfTable != null ? link.master : null;
  for (const other of vrf === null ? net.links.values() : [vrf, ...net.links.values()]) {
    if (other === link) continue;
    if (vrf !== null && other !== vrf && other.master !== vrf) continue;
    for (const address of other.addresses4)
      if (!address.secondary && address.scope !== SCOPE.link && address.scope <= scope) return address.local;
  }
  return 0;
}

/** The link that carries an address; undefined when it is nobody's. */
export function ownerOf(net: Namespace, address: number): Link | undefined {
  for (const link of net.links.values())
    if (link.addresses4.some((each) => each.local === address)) return link;
  // Of a subnet on the loopback device every address is the host's.
  for (const route of net.tables[4].get(TABLE.local)?.matching(BigInt(address)) ?? [])
    if (route.type === 'local') return net.links.get(route.nexthops[0]?.ifindex ?? 0);
  return undefined;
}
