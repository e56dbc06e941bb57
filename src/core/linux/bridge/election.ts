/** Who wins in the spanning tree: comparisons of what bridges and ports know of the root. */
import type { ConfigBpdu } from './bpdu.ts';
import type { Bridge, BridgePort } from './state.ts';

export const portId = (port: BridgePort): number => ((port.priority << 10) | port.number) & 0xffff;

export const isRootBridge = (bridge: Bridge): boolean => bridge.bridgeId === bridge.designatedRoot;

export const isDesignated = (bridge: Bridge, port: BridgePort): boolean =>
  port.designatedBridge === bridge.bridgeId && port.designatedPort === portId(port);

export const portByNumber = (bridge: Bridge, number: number): BridgePort | undefined =>
  bridge.ports.find((port) => port.number === number);

/** Whether the way to the root through `port` beats that through `best`. */
export function shouldBecomeRootPort(
  bridge: Bridge,
  port: BridgePort,
  best: BridgePort | undefined,
): boolean {
  if (port.state === 'disabled' || isDesignated(bridge, port)) return false;
  if (bridge.bridgeId <= port.designatedRoot) return false;
  if (best === undefined) return true;
  if (port.designatedRoot !== best.designatedRoot) return port.designatedRoot < best.designatedRoot;
  const cost = port.designatedCost + port.pathCost;
  const bestCost = best.designatedCost + best.pathCost;
  if (cost !== bestCost) return cost < bestCost;
  if (port.designatedBridge !== best.designatedBridge) return port.designatedBridge < best.designatedBridge;
  if (port.designatedPort !== best.designatedPort) return port.designatedPort < best.designatedPort;
  return portId(port) < portId(best);
}

export function shouldBecomeDesignated(bridge: Bridge, port: BridgePort): boolean {
  if (isDesignated(bridge, port)) return true;
  if (port.designatedRoot !== bridge.designatedRoot) return true;
  if (bridge.rootPathCost !== port.designatedCost) return bridge.rootPathCost < port.designatedCost;
  if (bridge.bridgeId !== port.designatedBridge) return bridge.bridgeId < port.designatedBridge;
  return portId(port) < port.designatedPort;
}

export function becomeDesignated(bridge: Bridge, port: BridgePort): void {
  port.designatedRoot = bridge.designatedRoot;
  port.designatedCost = bridge.rootPathCost;
  port.designatedBridge = bridge.bridgeId;
  port.designatedPort = portId(port);
}

/** Whether a configuration message is better than what `port` knows. */
export function supersedes(bridge: Bridge, port: BridgePort, bpdu: ConfigBpdu): boolean {
  if (bpdu.root !== port.designatedRoot) return bpdu.root < port.designatedRoot;
  if (bpdu.rootPathCost !== port.designatedCost) return bpdu.rootPathCost < port.designatedCost;
  if (bpdu.bridgeId !== port.designatedBridge) return bpdu.bridgeId < port.designatedBridge;
  if (bpdu.bridgeId !== bridge.bridgeId) return true;
  return bpdu.portId <= port.designatedPort;
}
