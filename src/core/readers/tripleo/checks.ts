/** What is wrong in a deployment although every file of it can be read. */
import type { Problem } from '../../base/result.ts';
import { checkDevices } from './check-devices.ts';
import { checkNetworks } from './check-networks.ts';
import { checkBridges, checkCarried } from './check-nodes.ts';
import { checkMtu } from './check-mtu.ts';
import { checkWiring } from './check-wiring.ts';
import type { Deployment } from './deployment.ts';

export type ReadParts = Omit<Deployment, 'problems'>;

export function checkDeployment(read: ReadParts): Problem[] {
  return [
    ...checkNetworks(read),
    ...read.nodes.flatMap((node) => checkDevices(node)),
    ...checkCarried(read),
    ...checkBridges(read),
    ...checkMtu(read),
    ...checkWiring(read),
  ];
}
