/** All scenarios, in the order in which the page lists them. */
import { MULTINODE_OVN, MULTINODE_OVN_EMPTY } from './multinode-ovn.ts';
import type { Scenario } from './scenario.ts';

export const CATALOGUE: readonly Scenario[] = [MULTINODE_OVN, MULTINODE_OVN_EMPTY];

export function findScenario(id: string): Scenario | undefined {
  return CATALOGUE.find((scenario) => scenario.id === id);
}
