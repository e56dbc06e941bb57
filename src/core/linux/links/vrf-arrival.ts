/** By which link, and by which VRF, a datagram came to a socket. */
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import type { Arrival } from '../socket.ts';

/** The VRF that a link is, or belongs to; 0: none. */
export const vrfOf = (link: Link): number =>
  link.vrfTable === null ? (link.master?.vrfTable == null ? 0 : link.master.index) : link.index;

export function arrivalOf(net: Namespace, ifindex: number): Arrival {
  const link = net.links.get(ifindex);
  return { ifindex, vrf: link === undefined ? 0 : vrfOf(link) };
}
