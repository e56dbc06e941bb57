/** What changes a bridge's place in the spanning tree: its address, priorities, costs and delays. */
import { changeBridgeMac } from './fdb.ts';
import { becomeDesignated, isDesignated, isRootBridge, portId } from './election.ts';
import { SECOND } from '../timing.ts';
import {
  becomeRoot,
  selectStates,
  startHello,
  updateConfiguration,
  type BridgeScope,
} from './spanning-tree.ts';
import type { Bridge, BridgePort } from './state.ts';
import { stopTimer } from './timer.ts';

export function setForwardDelay(bridge: Bridge, value: number): void {
  bridge.bridgeForwardDelay = value;
  if (isRootBridge(bridge)) bridge.forwardDelay = value;
}

/** `brctl stp BRIDGE on|off`. */
export function setStp(scope: BridgeScope, on: boolean): void {
  const { bridge, master } = scope;
  if (bridge.stp === on) return;
  bridge.stp = on;
  if (!on) {
    stopTimer(bridge.helloTimer);
    return;
  }
  const least = 2 * SECOND;
  const most = 30 * SECOND;
  if (bridge.bridgeForwardDelay < least || bridge.bridgeForwardDelay > most)
    setForwardDelay(bridge, Math.min(most, Math.max(least, bridge.bridgeForwardDelay)));
  if (master.up) startHello(scope);
  selectStates(scope);
}

const MAC_BITS = 48n;
const MAC_MASK = (1n << MAC_BITS) - 1n;

/** Gives the bridge another address, and so another id. */
function changeAddress(scope: BridgeScope, mac: bigint): void {
  const { bridge, net, master } = scope;
  const wasRoot = isRootBridge(bridge);
  const old = bridge.bridgeId & MAC_MASK;
  master.mac = mac;
  changeBridgeMac(net, master, bridge, mac);
  bridge.bridgeId = (bridge.bridgeId & ~MAC_MASK) | mac;
  for (const port of bridge.ports) {
    if ((port.designatedBridge & MAC_MASK) === old)
      port.designatedBridge = (port.designatedBridge & ~MAC_MASK) | mac;
    if ((port.designatedRoot & MAC_MASK) === old)
      port.designatedRoot = (port.designatedRoot & ~MAC_MASK) | mac;
  }
  updateConfiguration(scope);
  selectStates(scope);
  if (isRootBridge(bridge) && !wasRoot) becomeRoot(scope);
}

/** Without an address of its own, a bridge takes the smallest of its ports'. True when it changed. */
export function recalculateAddress(scope: BridgeScope): boolean {
  const { bridge, net, master } = scope;
  if (master.macSource === 'set') return false;
  let least = 0n;
  for (const port of bridge.ports) {
    const mac = net.links.get(port.ifindex)?.mac ?? 0n;
    if (least === 0n || mac < least) least = mac;
  }
  if (least === (bridge.bridgeId & MAC_MASK)) return false;
  if (least === 0n) {
    changeAddress(scope, 0n);
    return true;
  }
  changeAddress(scope, least);
  return true;
}

/** The user gave the bridge device an address: its id follows. */
export function followOwnAddress(scope: BridgeScope): void {
  if ((scope.bridge.bridgeId & MAC_MASK) !== scope.master.mac) changeAddress(scope, scope.master.mac);
}

/** `brctl setbridgeprio`. */
export function setBridgePriority(scope: BridgeScope, priority: number): void {
  const { bridge } = scope;
  const wasRoot = isRootBridge(bridge);
  const id = (BigInt(priority) << MAC_BITS) | (bridge.bridgeId & MAC_MASK);
  for (const port of bridge.ports)
    if (port.state !== 'disabled' && isDesignated(bridge, port)) port.designatedBridge = id;
  bridge.bridgeId = id;
  updateConfiguration(scope);
  selectStates(scope);
  if (isRootBridge(bridge) && !wasRoot) becomeRoot(scope);
}

/** `brctl setportprio`. `priority` is the kernel's, 0 to 63. */
export function setPortPriority(scope: BridgeScope, port: BridgePort, priority: number): void {
  const { bridge } = scope;
  const designated = isDesignated(bridge, port);
  port.priority = priority;
  if (designated) port.designatedPort = portId(port);
  if (bridge.bridgeId === port.designatedBridge && portId(port) < port.designatedPort) {
    becomeDesignated(bridge, port);
    selectStates(scope);
  }
}

/** `brctl setpathcost`. */
export function setPathCost(scope: BridgeScope, port: BridgePort, cost: number): void {
  port.pathCost = cost;
  updateConfiguration(scope);
  selectStates(scope);
}
