/** What a rule of a route map sees while it is judged. */
import type { PathAttributes } from '../bgp/attributes.ts';
import type { RouteMapInput } from '../bgp/policy.ts';
import type { FrrConfig } from '../config/frr-config.ts';
import type { PrefixListEntry } from '../config/policy-config.ts';

/** How often entries of prefix lists decided. */
export type PrefixListHits = WeakMap<PrefixListEntry, number>;

/** `attributes` of the input are the route's own; `now` holds what earlier sets of the same run made of them. */
export interface Evaluation {
  readonly config: FrrConfig;
  readonly input: RouteMapInput;
  /** Null: nothing is counted. */
  readonly hits: PrefixListHits | null;
  now: PathAttributes;
}

/** `noop`: the rule is another daemon's. */
export type MatchOutcome = 'match' | 'no-match' | 'noop';
