/** Port role selection (802.1D-2004, 17.28 and 17.21.25): which bridge is the root, and what each port is to be. */
import type { Rstp } from './rstp.ts';
import type { RstpPort, RstpRole, RstpTimes, RstpVector } from './rstp-port.ts';
import { compareVectors, sameTimes } from './rstp-vector.ts';

const MAC_BITS = (1n << 48n) - 1n;

export interface RootChoice {
  readonly vector: RstpVector;
  readonly times: RstpTimes;
  readonly port: RstpPort | null;
}

/** The best of the bridge's own vector and those that were received, each with the cost of the way to it. */
export function chooseRoot(tree: Rstp): RootChoice {
  let best: RootChoice = { vector: tree.ownVector, times: tree.ownTimes, port: null };
  for (const port of tree.ports) {
    if (port.infoIs !== 'received') continue;
    const { portVector, portTimes } = port;
    if ((portVector.bridge & MAC_BITS) === (tree.bridgeId & MAC_BITS)) continue;
    const vector = { ...portVector, cost: portVector.cost + port.pathCost, receiver: port.id };
    if (compareVectors(vector, best.vector) !== 'superior') continue;
    best = { vector, times: { ...portTimes, messageAge: portTimes.messageAge + 1 }, port };
  }
  return best;
}

function roleOf(port: RstpPort, tree: Rstp, root: RootChoice): RstpRole {
  if (port.infoIs === 'disabled') return 'disabled';
  if (port.infoIs !== 'received') return 'designated';
  if (port === root.port) return 'root';
  if (compareVectors(port.designatedVector, port.portVector) !== 'inferior') return 'designated';
  return port.portVector.bridge === tree.bridgeId ? 'backup' : 'alternate';
}

/** Gives each port what it would tell its segment, the role that follows, and word when it has something new to tell. */
export function selectRoles(tree: Rstp, root: RootChoice): void {
  for (const port of tree.ports) {
    port.designatedVector = {
      root: root.vector.root,
      cost: root.vector.cost,
      bridge: tree.bridgeId,
      port: port.id,
      receiver: port.designatedVector.receiver,
    };
    port.designatedTimes = { ...root.times, helloTime: tree.ownTimes.helloTime };
  }
  for (const port of tree.ports) {
    port.selectedRole = roleOf(port, tree, root);
    if (port.infoIs === 'mine') {
      const isOld =
        compareVectors(port.portVector, port.designatedVector) !== 'same' ||
        !sameTimes(port.designatedTimes, root.times);
      if (isOld) port.updtInfo = true;
    } else if (port.infoIs !== 'disabled') port.updtInfo = port.selectedRole === 'designated';
  }
}
