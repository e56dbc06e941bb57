/** What is known of an address while it is being checked for duplicates (RFC 4862, 5.4). */
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import type { Ipv6Address } from './device.ts';

/** Somebody else has the address: it stays, but is never used. */
export function dadConflict(net: Namespace, link: Link, address: Ipv6Address): void {
  if (!address.tentative || address.dadFailed) return;
  address.cancelTimer?.();
  address.cancelTimer = null;
  address.dadFailed = true;
  net.machine.notify({ kind: 'address6', namespace: net.name, link, address, deleted: false });
}
