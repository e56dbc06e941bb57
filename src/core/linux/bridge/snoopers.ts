/** A bridge that snoops listens to the multicast routers' announcements. */
import { ALL_SNOOPERS, joinGroup4, leaveGroup4 } from '../ip4/igmp.ts';
import { ALL_SNOOPERS6, joinGroup6, leaveGroup6 } from '../ip6/mld.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';

/** Joins or leaves the groups of snoopers on a bridge device. */
export function followSnoopers(net: Namespace, link: Link, join: boolean): void {
  (join ? joinGroup4 : leaveGroup4)(net, link, ALL_SNOOPERS);
  (join ? joinGroup6 : leaveGroup6)(net, link, ALL_SNOOPERS6);
}
