/** Drivers of links that need no state: loopback, dummy, an unused tun or tap, an end that somebody else drives. */
import { namespaceOf, receive } from '../device.ts';
import type { LinkDriver } from '../link.ts';
import type { Machine } from '../namespace.ts';
import { HOP } from '../timing.ts';

/** Sends everything back to the same host. */
export function loopbackDriver(machine: Machine): LinkDriver {
  return {
    transmit(link, octets, parent) {
      machine.context.clock.after(HOP / 2, () => {
        if (!link.deleted) receive(namespaceOf(machine, link), link, octets, parent);
      });
      return true;
    },
  };
}

/** Takes everything and does nothing, as a dummy device. */
export const sinkDriver: LinkDriver = { transmit: () => true };

/** A tun or tap device whose other end no program holds. */
export const closedDriver: LinkDriver = { transmit: () => false };
