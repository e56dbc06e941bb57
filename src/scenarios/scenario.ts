/** What a catalogue entry is: a world, a description, and commands that one might type next. */
import type { WorldSpec } from '../core/sim/machine.ts';

export interface Scenario extends WorldSpec {
  /** Stands in the page's address. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly tryNext: readonly { readonly host: string; readonly line: string; readonly why: string }[];
}
