/** A MACVLAN device: another address on the device below; devices of mode `bridge` reach one another without it. */
import { namespaceOf, receive, transmit } from '../device.ts';
import { destinationOf, isGroupMac, sourceOf } from '../ether.ts';
import type { FrameReceiver, Link, LinkDriver, MacvlanMode } from '../link.ts';
import type { Machine } from '../namespace.ts';
import { HOP } from '../timing.ts';

/** The devices on top of `lower`, in any namespace, the newest first. */
export function uppersOf(machine: Machine, lower: Link): Link[] {
  const uppers: Link[] = [];
  for (const net of machine.namespaces.values())
    for (const link of net.links.values())
      if (link.kind === 'macvlan' && link.lower === lower) uppers.unshift(link);
  return uppers;
}

const modeOf = (link: Link): MacvlanMode => link.macvlan?.mode ?? 'vepa';

export function macvlanDriver(machine: Machine): LinkDriver {
  const hand = (link: Link, octets: Uint8Array, parent: Parameters<LinkDriver['transmit']>[2]): void => {
    machine.context.clock.after(HOP / 2, () => {
      if (!link.deleted && link.up) receive(namespaceOf(machine, link), link, octets, parent);
    });
  };
  return {
    transmit(link, octets, parent) {
      const { lower } = link;
      if (lower === null) return false;
      if (modeOf(link) === 'bridge') {
        const siblings = uppersOf(machine, lower).filter(
          (each) => each !== link && modeOf(each) === 'bridge',
        );
        const destination = destinationOf(octets);
        if (isGroupMac(destination)) for (const each of siblings) hand(each, octets, parent);
        const near = siblings.find((each) => each.mac === destination);
        if (near !== undefined) {
          hand(near, octets, parent);
          return true;
        }
      }
      transmit(namespaceOf(machine, lower), lower, octets, parent);
      return true;
    },
  };
}

/** What the device below does with what arrives: frames to an address on top of it go there. */
export function macvlanReceiver(machine: Machine): FrameReceiver {
  return (lower, octets, parent) => {
    const uppers = uppersOf(machine, lower);
    const destination = destinationOf(octets);
    const give = (link: Link): void => {
      if (link.up) receive(namespaceOf(machine, link), link, octets, parent);
    };
    if (isGroupMac(destination)) {
      // What a device of mode vepa sent comes back from the switch: not to itself, and not to those who have it.
      const sender = uppers.find((each) => each.mac === sourceOf(octets));
      const knows = (each: Link): boolean =>
        each === sender ||
        (sender !== undefined && (modeOf(each) === 'private' || modeOf(sender) === 'private'));
      for (const each of uppers) if (!knows(each)) give(each);
      return 'pass';
    }
    const upper = uppers.find((each) => each.mac === destination || modeOf(each) === 'passthru');
    if (upper === undefined) return 'pass';
    give(upper);
    return 'consumed';
  };
}
