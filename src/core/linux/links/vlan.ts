/** A VLAN device: tags what it sends through the device below and takes what arrives there with its tag. */
import { changed, namespaceOf, setCarrier, setMac, setMtu, transmit } from '../device.ts';
import { withTag } from '../ether.ts';
import type { LinkDriver, LinkKind } from '../link.ts';
import type { LinkListener, Machine } from '../namespace.ts';

export function vlanDriver(machine: Machine): LinkDriver {
  return {
    transmit(link, octets, parent) {
      const { lower, vlan } = link;
      if (lower === null || vlan === null) return false;
      transmit(namespaceOf(machine, lower), lower, withTag(octets, vlan.protocol, vlan.id), parent);
      return true;
    },
    changed(link) {
      const { lower } = link;
      if (lower !== null)
        setCarrier(namespaceOf(machine, link), link, lower.up && (lower.carrier || !lower.operReported));
    },
  };
}

const STACKED: ReadonlySet<LinkKind> = new Set(['vlan', 'macvlan']);

/** VLAN devices follow the device below: carrier, address while they have not their own, largest size, end. */
export const followLower: LinkListener = (net, link, change) => {
  for (const other of net.machine.namespaces.values())
    for (const upper of [...other.links.values()]) {
      if (!STACKED.has(upper.kind) || upper.lower !== link) continue;
      switch (change) {
        case 'up':
        case 'down':
        case 'carrier':
          setCarrier(other, upper, link.up && (link.carrier || !link.operReported));
          break;
        case 'failover':
          changed(other, upper, 'failover');
          break;
        case 'mtu':
          if (upper.mtu > link.mtu) setMtu(other, upper, link.mtu);
          break;
        case 'address':
          if (upper.macSource === 'stolen') setMac(other, upper, link.mac, 'stolen');
          break;
        default:
      }
    }
};
