/** A veth pair: what goes in at one end comes out at the other, while both ends are up. */
import type { LinkDriver } from '../link.ts';
import { countReceived, fits, namespaceOf, receive, setCarrier } from '../device.ts';
import type { Machine } from '../namespace.ts';
import { recordDrop } from '../recording.ts';
import { HOP } from '../timing.ts';

export function vethDriver(machine: Machine): LinkDriver {
  return {
    transmit(link, octets, parent) {
      const { peer } = link;
      if (peer === null || !peer.up || !fits(peer, octets)) {
        const net = namespaceOf(machine, link);
        recordDrop(
          net,
          link.name,
          peer === null || !peer.up
            ? { kind: 'no-carrier', device: link.name }
            : { kind: 'mtu', size: octets.length - 14, mtu: peer.mtu },
          octets,
          parent,
        );
        return false;
      }
      machine.context.clock.after(HOP, () => {
        if (peer.deleted) return;
        const net = namespaceOf(machine, peer);
        if (peer.up) {
          receive(net, peer, octets, parent);
          return;
        }
        // What the other end had sent counts as received, also when the link went down before anybody took it.
        countReceived(peer, octets);
        recordDrop(net, peer.name, { kind: 'link-down', device: peer.name }, octets, parent);
      });
      return true;
    },
    changed(link) {
      const { peer } = link;
      if (peer === null) return;
      const carrier = link.up && peer.up;
      setCarrier(namespaceOf(machine, link), link, carrier);
      setCarrier(namespaceOf(machine, peer), peer, carrier);
    },
  };
}
