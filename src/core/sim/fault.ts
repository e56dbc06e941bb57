/** What can be broken on purpose: each fault concerns one thing, lasts until it is switched off, and is the same from the same seed. */

import type { ReleaseFault } from '../ovn/controller/index.ts';

export type Fault =
  /** The cable of a NIC is out. */
  | { readonly kind: 'cut'; readonly host: string; readonly device: string }
  /** Of the frames on a NIC's cable, in both directions, so many in a hundred are lost. */
  | { readonly kind: 'loss'; readonly host: string; readonly device: string; readonly percent: number }
  /** The switch's port of a NIC is in a wrong VLAN: frames of this VLAN pass it in neither direction; null: frames without a tag. */
  | { readonly kind: 'vlan'; readonly host: string; readonly device: string; readonly vlan: number | null }
  /** A segment carries no packet that is larger, without a word to the sender. */
  | { readonly kind: 'mtu'; readonly segment: string; readonly mtu: number }
  /** A daemon stands still, as after `kill -STOP`: its timers, passes and answers to packets wait until it goes on. */
  | { readonly kind: 'stopped'; readonly host: string; readonly program: 'ovn-controller' | 'ovn-northd' }
  /** It has ended, as after `systemctl stop`: the kernel forwards by the megaflows that it has, and loses what fits none. */
  | { readonly kind: 'stopped'; readonly host: string; readonly program: 'ovs-vswitchd' }
  /** A bgpd stands still; `daemons`: FRR's pathspace. */
  | { readonly kind: 'stopped'; readonly host: string; readonly program: 'bgpd'; readonly daemons: string }
  /** One for which the release of a machine's ovn-controller is known: there from the start, until the program is patched. */
  | { readonly kind: 'release'; readonly host: string; readonly fault: ReleaseFault };

/** Two faults with the same key replace one another: a cable has one rate of loss. */
export function faultKey(fault: Fault): string {
  switch (fault.kind) {
    case 'cut':
    case 'loss':
      return `${fault.kind} ${fault.host} ${fault.device}`;
    case 'vlan':
      return `${fault.kind} ${fault.host} ${fault.device} ${fault.vlan}`;
    case 'mtu':
      return `${fault.kind} ${fault.segment}`;
    case 'stopped':
      return `${fault.kind} ${fault.host} ${fault.program}${fault.program === 'bgpd' ? ` ${fault.daemons}` : ''}`;
    case 'release':
      return `${fault.kind} ${fault.host} ${fault.fault}`;
  }
}
