/** A veth pair: what goes in at one end comes out at the other, while both ends are up. */
import type { LinkDriver } from '../link.ts';
import { fits, namespaceOf, receive, setCarrier } from '../device.ts';
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
        if (!peer.deleted) receive(namespaceOf(machine, peer), peer, octets, parent);
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
