/** What a catalogue entry is: a world, a description, and commands that one might type next. */
import type { WorldSpec } from '../core/sim/machine.ts';
import type { NetworkShape } from '../core/sim/network-shape.ts';

/** Recorded databases that a scenario's central node starts with, in place of empty ones and of northd. */
export type RecordedDatabases = 'provider-flat-20.12';

/** What is said of a scenario. */
export interface ScenarioText {
  /** Stands in the page's address. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly tryNext: readonly { readonly host: string; readonly line: string; readonly why: string }[];
}

/** What the catalogue shows of a scenario. */
export interface ScenarioListing extends ScenarioText {
  /** How many machines it has. */
  readonly hosts: number;
  readonly shape: NetworkShape;
}

export interface Scenario extends ScenarioText, WorldSpec {
  readonly databases?: RecordedDatabases;
  /** The TripleO files that its machines were wired by: path to text. */
  readonly set?: ReadonlyMap<string, string>;
}
