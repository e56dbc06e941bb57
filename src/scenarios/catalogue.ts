/** All scenarios, in the order in which the page lists them. */
import { EVPN_FABRIC } from './bgp/evpn-fabric.ts';
import { fabricOf } from './bgp/fabric.ts';
import { LEARNING_OVN_AND_BGP } from './bgp/learning-ovn-and-bgp.ts';
import { SPINE_LEAF } from './bgp/spine-leaf.ts';
import { TRIPLEO_LAYOUT } from './tripleo/layout.ts';
import { MULTINODE_OVN, MULTINODE_OVN_EMPTY } from './multinode-ovn.ts';
import type { Scenario } from './scenario.ts';
import { WHERE_IS_MY_PACKET, WHERE_IS_MY_PACKET_NOW } from './where-is-my-packet.ts';

export const CATALOGUE: readonly Scenario[] = [
  MULTINODE_OVN,
  MULTINODE_OVN_EMPTY,
  WHERE_IS_MY_PACKET,
  WHERE_IS_MY_PACKET_NOW,
  TRIPLEO_LAYOUT,
  LEARNING_OVN_AND_BGP,
  SPINE_LEAF,
  EVPN_FABRIC,
];

/** A scenario of the catalogue, or a fabric of the size that its id says. */
export function findScenario(id: string): Scenario | undefined {
  return CATALOGUE.find((scenario) => scenario.id === id) ?? fabricOf(id);
}
