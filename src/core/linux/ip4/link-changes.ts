/** What IPv4 does when a link appears, goes up or down, loses its carrier or its address. */
import type { Link } from '../link.ts';
import type { LinkListener, Namespace } from '../namespace.ts';
import { dropRoutesOf, markLinkdown, reviveRoutesOf } from '../route-table.ts';
import { SCOPE } from '../route.ts';
import { addAddress4, addAddressRoutes, removeAddress } from './address.ts';
import { announceArp } from './arp.ts';
import { groupsDown, groupsUp } from './igmp.ts';

const LOOPBACK = 0x7f000001;
/** IFNAMSIZ without the final zero. */
const LABEL_SIZE = 15;

export const changeIpv4: LinkListener = (net, link, change) => {
  switch (change) {
    case 'up':
      up(net, link);
      return;
    case 'down':
      groupsDown(net, link);
      dropRoutesOf(net, 4, link, false);
      net.machine.flushNeighbours(net, link, 4, false);
      return;
    case 'carrier':
      markLinkdown(net, 4, link, !link.carrier);
      if (!link.carrier && net.sysctl.max4(link.name, 'arp_evict_nocarrier') !== 0)
        net.machine.flushNeighbours(net, link, 4, true);
      return;
    case 'address':
      net.machine.flushNeighbours(net, link, 4, true);
      if (link.up) announce(net, link);
      return;
    case 'noarp':
      net.machine.flushNeighbours(net, link, 4, true);
      return;
    case 'unregister':
      for (const address of [...link.addresses4])
        if (link.addresses4.includes(address)) removeAddress(net, link, address);
      dropRoutesOf(net, 4, link, true);
      net.machine.flushNeighbours(net, link, 4, false);
      return;
    case 'name':
      relabel(link);
      return;
    case 'failover':
      for (const address of link.addresses4) announceArp(net, link, address.local, null);
      return;
    default:
  }
};

function up(net: Namespace, link: Link): void {
  if (link.kind === 'lo' && link.addresses4.length === 0)
    addAddress4(net, link, { local: LOOPBACK, length: 8, scope: SCOPE.host });
  groupsUp(net, link);
  for (const address of link.addresses4) addAddressRoutes(net, link, address);
  reviveRoutesOf(net, 4, link);
  announce(net, link);
}

function announce(net: Namespace, link: Link): void {
  if (net.sysctl.max4(link.name, 'arp_notify') === 0) return;
  for (const address of link.addresses4) announceArp(net, link, address.local, null);
}

/** Labels follow the name: the first is the name itself, others keep what stood behind a colon or get their number. */
function relabel(link: Link): void {
  for (const [index, address] of link.addresses4.entries()) {
    const colon = address.label.indexOf(':');
    const rest = index === 0 ? '' : colon < 0 ? `:${index + 1}` : address.label.slice(colon);
    address.label = `${link.name.slice(0, LABEL_SIZE - rest.length)}${rest}`;
  }
}
