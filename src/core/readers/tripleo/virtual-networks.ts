/** Which NICs of the nodes are joined: the first of every node is on one network, the second on another, and so on. */
import { withMembers } from '../os-net-config/device.ts';
import { orderNics } from '../os-net-config/nic-names.ts';
import type { DeployedNode } from './deployment.ts';

const BONDS = ['linux_bond', 'ovs_bond', 'linux_team'];

/**
 * For each NIC by its number the number of the virtual network that it is on: members of a bond are on one, as their
 * switches are one to them.
 */
export function networkNumbers(nodes: readonly DeployedNode[]): readonly number[] {
  const numbers: number[] = [];
  for (const node of nodes) {
    const order = orderNics(node.nics).map(({ name }) => name);
    order.forEach((_, at) => (numbers[at] ??= at));
    for (const device of withMembers(node.devices)) {
      if (!BONDS.includes(device.kind)) continue;
      const members = device.members.map(({ name }) => order.indexOf(name)).filter((at) => at >= 0);
      const joined = members.map((at) => numbers[at]);
      const lowest = Math.min(...joined.map((number) => number ?? Number.MAX_SAFE_INTEGER));
      numbers.forEach((number, at) => {
        if (joined.includes(number)) numbers[at] = lowest;
      });
    }
  }
  return numbers;
}
