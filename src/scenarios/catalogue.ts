/** All scenarios, in the order in which the page lists them. Listing is quick; making one may take a while. */
import { shapeOf } from '../core/sim/network-shape.ts';
import { EVPN_FABRIC } from './bgp/evpn-fabric.ts';
import { fabricOf } from './bgp/fabric.ts';
import { readFabricId } from './bgp/fabric-size.ts';
import { LEARNING_OVN_AND_BGP } from './bgp/learning-ovn-and-bgp.ts';
import { SPINE_LEAF } from './bgp/spine-leaf.ts';
import { MULTINODE_OVN, MULTINODE_OVN_EMPTY } from './multinode-ovn.ts';
import type { Scenario, ScenarioListing } from './scenario.ts';
import { LISTING as TRIPLEO_LAYOUT } from './tripleo/listing.ts';
import { WHERE_IS_MY_PACKET, WHERE_IS_MY_PACKET_NOW } from './where-is-my-packet.ts';

interface Entry {
  readonly listing: ScenarioListing;
  readonly make: () => Promise<Scenario>;
}

/** An entry that is made as it is listed. */
function entryOf(scenario: Scenario): Entry {
  const { id, title, summary, tryNext, machines } = scenario;
  return {
    listing: { id, title, summary, tryNext, hosts: machines.length, shape: shapeOf(scenario) },
    make: () => Promise.resolve(scenario),
  };
}

const ENTRIES: readonly Entry[] = [
  entryOf(MULTINODE_OVN),
  entryOf(MULTINODE_OVN_EMPTY),
  entryOf(WHERE_IS_MY_PACKET),
  entryOf(WHERE_IS_MY_PACKET_NOW),
  {
    // The guests stand inside the hypervisor, whose uplink leads to the Internet.
    listing: {
      ...TRIPLEO_LAYOUT,
      hosts: 8,
      shape: { machines: [{ inside: 6 }, { inside: 0 }], segments: [[0, 1]] },
    },
    make: async () => (await import('./tripleo/layout.ts')).TRIPLEO_LAYOUT,
  },
  entryOf(LEARNING_OVN_AND_BGP),
  entryOf(SPINE_LEAF),
  entryOf(EVPN_FABRIC),
];

/** What the page lists. */
export const CATALOGUE: readonly ScenarioListing[] = ENTRIES.map(({ listing }) => listing);

/** A scenario of the catalogue, or a fabric of the size that its id says. */
function findEntry(id: string): Entry | undefined {
  const known = ENTRIES.find(({ listing }) => listing.id === id);
  if (known) return known;
  const fabric = fabricOf(id);
  return fabric && entryOf(fabric);
}

/** What is said of a scenario, without making it. */
export function findListing(id: string): ScenarioListing | undefined {
  return findEntry(id)?.listing;
}

export async function findScenario(id: string): Promise<Scenario | undefined> {
  return findEntry(id)?.make();
}

/** Why there is no such scenario. */
export const whyNoScenario = (id: string): string =>
  readFabricId(id)?.problem ?? `There is no scenario ${id}.`;
