/** What can be broken on purpose: each fault concerns one thing, lasts until it is switched off, and is the same from the same seed. */

import type { ReleaseFault } from '../ovn/controller/index.ts';

export type Fault =
  /** The cable of a NIC is out. */
  | { readonly kind: 'cut'; readonly host: string; readonly device: string }
  /** Of the frames on a NIC's cable, in both directions, so many in a hundred are lost. */
  | { readonly kind: 'loss'; readonly host: string; readonly device: string; readonly percent: number }
  /** A segment carries no packet that is larger, without a word to the sender. */
  | { readonly kind: 'mtu'; readonly segment: string; readonly mtu: number }
  /** A daemon stands still, as after `kill -STOP`: its timers, passes and answers to packets wait until it goes on. */
  | { readonly kind: 'stopped'; readonly host: string; readonly program: 'ovn-controller' | 'ovn-northd' }
  /** One for which the release of a machine's ovn-controller is known: there from the start, until the program is patched. */
  | { readonly kind: 'release'; readonly host: string; readonly fault: ReleaseFault };

/** Two faults with the same key replace one another: a cable has one rate of loss. */
export function faultKey(fault: Fault): string {
  switch (fault.kind) {
    case 'cut':
    case 'loss':
      return `${fault.kind} ${fault.host} ${fault.device}`;
    case 'mtu':
      return `${fault.kind} ${fault.segment}`;
    case 'stopped':
      return `${fault.kind} ${fault.host} ${fault.program}`;
    case 'release':
      return `${fault.kind} ${fault.host} ${fault.fault}`;
  }
}
