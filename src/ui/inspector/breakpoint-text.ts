/** Breakpoints in words, and the words as breakpoints. */
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { subjectOf, type Breakpoint } from '../../view/index.ts';
import { describeSubject } from '../subjects/describe.ts';

export type BreakpointKind = Breakpoint['kind'];

/** What can be typed; a device is chosen where it is drawn. */
export const TYPED_KINDS = [
  { value: 'stage', text: 'Stage or table', hint: 'ls_in_acl_eval, 40' },
  { value: 'field', text: 'Field changes', hint: 'reg15, ct_state, eth_dst' },
  { value: 'expression', text: 'Expression', hint: 'host == worker2 and reg15 == 0x2' },
  { value: 'packet', text: 'Packet', hint: 'geneve.vni == 1 and icmp, or host 10.0.0.1' },
] as const satisfies readonly { value: BreakpointKind; text: string; hint: string }[];

export type TypedKind = (typeof TYPED_KINDS)[number]['value'];

export function breakpointOf(kind: TypedKind, text: string): Breakpoint {
  switch (kind) {
    case 'stage':
      return { kind, stage: text };
    case 'field':
      return { kind, field: text };
    case 'expression':
      return { kind, text };
    case 'packet':
      return { kind, filter: text };
  }
}

/** A word for the kind, and what it stops at. */
export function breakpointWords(
  breakpoint: Breakpoint,
  snapshot: WorldSnapshot,
): { readonly kind: string; readonly text: string; readonly mono: boolean } {
  switch (breakpoint.kind) {
    case 'drop':
      return { kind: 'drop', text: 'any packet that dies', mono: false };
    case 'device': {
      const subject = subjectOf(breakpoint.id);
      if (!subject) return { kind: 'device', text: breakpoint.id, mono: true };
      const { name, where } = describeSubject(subject, snapshot);
      return { kind: 'device', text: `${name}, ${where}`, mono: false };
    }
    case 'stage':
      return { kind: 'stage', text: breakpoint.stage, mono: true };
    case 'field':
      return { kind: 'change', text: breakpoint.field, mono: true };
    case 'expression':
      return { kind: 'when', text: breakpoint.text, mono: true };
    case 'packet':
      return { kind: 'packet', text: breakpoint.filter, mono: true };
  }
}
