/** A scenario of the catalogue as it stands once it is open: what the page shows while the worker still builds the same network. */
import type { ScenarioEntry } from './protocol.ts';
import type { WorldSnapshot } from './snapshot.ts';

/** Seed of a scenario opened from the catalogue: everyone sees the same run. */
export const CATALOGUE_SEED = 1;

export interface Started {
  readonly entry: ScenarioEntry;
  /** What `open` answers for this scenario in a new worker. */
  readonly snapshot: WorldSnapshot;
}
