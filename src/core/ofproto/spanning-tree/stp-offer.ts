/** What a configuration BPDU offers its segment, and the order in which offers and ways to the root are better. */
import { readU16, readU32, readU64 } from '../../wire/octets.ts';
import type { StpPort } from './stp-port.ts';

export interface StpOffer {
  readonly root: bigint;
  readonly cost: number;
  readonly bridge: bigint;
  readonly port: number;
}

/** The offer of a configuration BPDU of full size. */
export const readOffer = (bpdu: Uint8Array): StpOffer => ({
  root: readU64(bpdu, 5),
  cost: readU32(bpdu, 13),
  bridge: readU64(bpdu, 17),
  port: readU16(bpdu, 25),
});

/** Whether an offer on the port's segment is better than what is known there, or is news from the bridge that serves it. */
export function supersedes(offer: StpOffer, port: StpPort, ownBridge: bigint): boolean {
  if (offer.root !== port.designatedRoot) return offer.root < port.designatedRoot;
  if (offer.cost !== port.designatedCost) return offer.cost < port.designatedCost;
  if (offer.bridge !== port.designatedBridge) return offer.bridge < port.designatedBridge;
  return offer.bridge !== ownBridge || offer.port <= port.designatedPort;
}

/** Which of two ways to a root is better: the root, the cost, the neighbour, its port, the own port. */
export function isBetterWay(a: StpPort, b: StpPort): boolean {
  if (a.designatedRoot !== b.designatedRoot) return a.designatedRoot < b.designatedRoot;
  const costs = [a.designatedCost + a.pathCost, b.designatedCost + b.pathCost] as const;
  if (costs[0] !== costs[1]) return costs[0] < costs[1];
  if (a.designatedBridge !== b.designatedBridge) return a.designatedBridge < b.designatedBridge;
  if (a.designatedPort !== b.designatedPort) return a.designatedPort < b.designatedPort;
  return a.id < b.id;
}
