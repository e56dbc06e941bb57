/** The spanning tree protocol of the Linux bridge (IEEE 802.1D-1998; `br_stp.c`, `br_stp_if.c`, `br_stp_timer.c`). */
import type { StepId } from '../../base/step.ts';
import { operState, setCarrier } from '../device.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { SECOND } from '../timing.ts';
import { sendConfig, sendTcn, type ConfigBpdu } from './bpdu.ts';
import {
  becomeDesignated,
  isDesignated,
  isRootBridge,
  portByNumber,
  portId,
  shouldBecomeDesignated,
  shouldBecomeRootPort,
  supersedes,
} from './election.ts';
import { collectGarbage, flushPort } from './fdb.ts';
import type { Bridge, BridgePort, PortState } from './state.ts';
import { isPending, roundedDelay, startTimer, stopTimer } from './timer.ts';

const HOLD_TIME = SECOND;
const AFTER_HELLO = 1000;
/** One tick of the kernel's clock, at least one unit of a BPDU. */
const MESSAGE_AGE_STEP = 4_000_000;

/** A bridge with what its functions need: the device, its namespace, and why something happens. */
export interface BridgeScope {
  readonly net: Namespace;
  readonly master: Link;
  readonly bridge: Bridge;
  readonly parent: StepId | null;
}

export const scopeOf = (
  net: Namespace,
  master: Link,
  parent: StepId | null = null,
): BridgeScope | undefined =>
  master.bridge === null ? undefined : { net, master, bridge: master.bridge, parent };

/** The link of a port may carry traffic: up, and its operational state is up or unknown. */
export function isOperational(link: Link): boolean {
  const state = operState(link);
  return link.up && (state === 'UP' || state === 'UNKNOWN');
}

function setState(scope: BridgeScope, port: BridgePort, state: PortState): void {
  port.state = state;
  const link = scope.net.links.get(port.ifindex);
  if (link !== undefined)
    scope.net.machine.notify({ kind: 'link', namespace: scope.net.name, link, deleted: false });
}

function selectRoot(scope: BridgeScope): void {
  const { bridge, net } = scope;
  let best: BridgePort | undefined;
  for (const port of bridge.ports) {
    if (!shouldBecomeRootPort(bridge, port, best)) continue;
    if (port.rootBlock) {
      setState(scope, port, 'listening');
      if (bridge.forwardDelay > 0)
        startTimer(net.machine.context.clock, port.forwardDelayTimer, bridge.forwardDelay, () =>
          forwardDelayEnds({ ...scope, parent: null }, port),
        );
    } else best = port;
  }
  bridge.rootPort = best?.number ?? 0;
  bridge.designatedRoot = best?.designatedRoot ?? bridge.bridgeId;
  bridge.rootPathCost = best === undefined ? 0 : best.designatedCost + best.pathCost;
}

export function updateConfiguration(scope: BridgeScope): void {
  selectRoot(scope);
  for (const port of scope.bridge.ports)
    if (port.state !== 'disabled' && shouldBecomeDesignated(scope.bridge, port))
      becomeDesignated(scope.bridge, port);
}

/** Decides each port's state from its role; a bridge without a forwarding port has no carrier. */
export function selectStates(scope: BridgeScope): void {
  const { bridge, net, master } = scope;
  let live = 0;
  for (const port of bridge.ports) {
    if (port.state === 'disabled') continue;
    if (port.number === bridge.rootPort) {
      port.configPending = false;
      port.topologyChangeAck = false;
      makeForwarding(scope, port);
    } else if (isDesignated(bridge, port)) {
      stopTimer(port.messageAgeTimer);
      makeForwarding(scope, port);
    } else {
      port.configPending = false;
      port.topologyChangeAck = false;
      makeBlocking(scope, port);
    }
    if (port.state === 'forwarding') live += 1;
  }
  setCarrier(net, master, live > 0);
}

function makeBlocking(scope: BridgeScope, port: BridgePort): void {
  if (port.state === 'blocking') return;
  if (port.state === 'forwarding' || port.state === 'learning') detectTopologyChange(scope);
  setState(scope, port, 'blocking');
  stopTimer(port.forwardDelayTimer);
}

function makeForwarding(scope: BridgeScope, port: BridgePort): void {
  const { bridge, net } = scope;
  if (port.state !== 'blocking') return;
  if (!bridge.stp || bridge.forwardDelay === 0) {
    setState(scope, port, 'forwarding');
    detectTopologyChange(scope);
    stopTimer(port.forwardDelayTimer);
  } else setState(scope, port, 'listening');
  if (bridge.forwardDelay !== 0)
    startTimer(net.machine.context.clock, port.forwardDelayTimer, bridge.forwardDelay, () =>
      forwardDelayEnds({ ...scope, parent: null }, port),
    );
}

function forwardDelayEnds(scope: BridgeScope, port: BridgePort): void {
  const { bridge, net, master } = scope;
  if (port.state === 'listening') {
    setState(scope, port, 'learning');
    startTimer(net.machine.context.clock, port.forwardDelayTimer, bridge.forwardDelay, () =>
      forwardDelayEnds(scope, port),
    );
  } else if (port.state === 'learning') {
    setState(scope, port, 'forwarding');
    if (bridge.ports.some((each) => each.state !== 'disabled' && each.designatedBridge === bridge.bridgeId))
      detectTopologyChange(scope);
    setCarrier(net, master, true);
  }
}

/** While the topology changes, entries age within twice the forward delay. */
function setTopologyChange(bridge: Bridge, value: boolean): void {
  if (bridge.stp && bridge.topologyChange !== value)
    bridge.ageingTime = value ? 2 * bridge.forwardDelay : bridge.bridgeAgeingTime;
  bridge.topologyChange = value;
}

function detectTopologyChange(scope: BridgeScope): void {
  const { bridge, net } = scope;
  if (!bridge.stp) return;
  const { clock } = net.machine.context;
  if (isRootBridge(bridge)) {
    setTopologyChange(bridge, true);
    startTimer(clock, bridge.topologyChangeTimer, bridge.bridgeForwardDelay + bridge.bridgeMaxAge, () => {
      bridge.topologyChangeDetected = false;
      setTopologyChange(bridge, false);
    });
  } else if (!bridge.topologyChangeDetected) {
    transmitTcn(scope);
    startTcnTimer(scope);
  }
  bridge.topologyChangeDetected = true;
}

function startTcnTimer(scope: BridgeScope): void {
  const { bridge, net, master } = scope;
  startTimer(net.machine.context.clock, bridge.tcnTimer, bridge.bridgeHelloTime, () => {
    if (isRootBridge(bridge) || !master.up) return;
    transmitTcn({ ...scope, parent: null });
    startTcnTimer({ ...scope, parent: null });
  });
}

function transmitTcn(scope: BridgeScope): void {
  const port = portByNumber(scope.bridge, scope.bridge.rootPort);
  if (port !== undefined) sendTcn(scope, port);
}

export function becomeRoot(scope: BridgeScope): void {
  const { bridge, master } = scope;
  bridge.maxAge = bridge.bridgeMaxAge;
  bridge.helloTime = bridge.bridgeHelloTime;
  bridge.forwardDelay = bridge.bridgeForwardDelay;
  detectTopologyChange(scope);
  stopTimer(bridge.tcnTimer);
  if (!master.up) return;
  generateConfig(scope);
  startHello(scope);
}

/** The bridge tells its configuration after a hello time, and from then on. */
export function startHello(scope: BridgeScope): void {
  const { bridge, net } = scope;
  startTimer(net.machine.context.clock, bridge.helloTimer, bridge.helloTime, () =>
    helloEnds({ ...scope, parent: null }),
  );
}

function helloEnds(scope: BridgeScope): void {
  const { bridge, master, net } = scope;
  if (!master.up) return;
  generateConfig(scope);
  const { clock } = net.machine.context;
  if (bridge.stp)
    startTimer(clock, bridge.helloTimer, roundedDelay(clock, bridge.helloTime), () => helloEnds(scope));
}

function generateConfig(scope: BridgeScope): void {
  for (const port of scope.bridge.ports)
    if (port.state !== 'disabled' && isDesignated(scope.bridge, port)) transmitConfig(scope, port);
}

function transmitConfig(scope: BridgeScope, port: BridgePort): void {
  const { bridge, net } = scope;
  const { clock } = net.machine.context;
  if (!bridge.stp) return;
  if (isPending(port.holdTimer)) {
    port.configPending = true;
    return;
  }
  const root = portByNumber(bridge, bridge.rootPort);
  const messageAge =
    isRootBridge(bridge) || root === undefined ? 0 : clock.now() - root.designatedAge + MESSAGE_AGE_STEP;
  if (messageAge >= bridge.maxAge) return;
  sendConfig(scope, port, {
    topologyChange: bridge.topologyChange,
    topologyChangeAck: port.topologyChangeAck,
    root: bridge.designatedRoot,
    rootPathCost: bridge.rootPathCost,
    bridgeId: bridge.bridgeId,
    portId: portId(port),
    messageAge,
    maxAge: bridge.maxAge,
    helloTime: bridge.helloTime,
    forwardDelay: bridge.forwardDelay,
  });
  port.topologyChangeAck = false;
  port.configPending = false;
  // Of timers that end together the kernel runs the hello timer first, whose message then waits for this one.
  startTimer(
    clock,
    port.holdTimer,
    roundedDelay(clock, HOLD_TIME),
    () => {
      if (port.configPending) transmitConfig({ ...scope, parent: null }, port);
    },
    AFTER_HELLO,
  );
}

/** A configuration message that came in at `port`. */
export function receivedConfig(scope: BridgeScope, port: BridgePort, bpdu: ConfigBpdu): void {
  const { bridge, net } = scope;
  const wasRoot = isRootBridge(bridge);
  if (!supersedes(bridge, port, bpdu)) {
    if (isDesignated(bridge, port)) transmitConfig(scope, port);
    return;
  }
  const { clock } = net.machine.context;
  port.designatedRoot = bpdu.root;
  port.designatedCost = bpdu.rootPathCost;
  port.designatedBridge = bpdu.bridgeId;
  port.designatedPort = bpdu.portId;
  port.designatedAge = clock.now() - bpdu.messageAge;
  startTimer(clock, port.messageAgeTimer, bpdu.maxAge - bpdu.messageAge, () =>
    messageAgeEnds({ ...scope, parent: null }, port),
  );
  updateConfiguration(scope);
  selectStates(scope);
  if (!isRootBridge(bridge) && wasRoot) {
    stopTimer(bridge.helloTimer);
    if (bridge.topologyChangeDetected) {
      stopTimer(bridge.topologyChangeTimer);
      transmitTcn(scope);
      startTcnTimer(scope);
    }
  }
  if (port.number !== bridge.rootPort) return;
  bridge.maxAge = bpdu.maxAge;
  bridge.helloTime = bpdu.helloTime;
  bridge.forwardDelay = bpdu.forwardDelay;
  setTopologyChange(bridge, bpdu.topologyChange);
  generateConfig(scope);
  if (bpdu.topologyChangeAck) {
    bridge.topologyChangeDetected = false;
    stopTimer(bridge.tcnTimer);
  }
}

function messageAgeEnds(scope: BridgeScope, port: BridgePort): void {
  const { bridge } = scope;
  if (port.state === 'disabled') return;
  const wasRoot = isRootBridge(bridge);
  becomeDesignated(bridge, port);
  updateConfiguration(scope);
  selectStates(scope);
  if (isRootBridge(bridge) && !wasRoot) becomeRoot(scope);
}

export function receivedTcn(scope: BridgeScope, port: BridgePort): void {
  if (!isDesignated(scope.bridge, port)) return;
  detectTopologyChange(scope);
  port.topologyChangeAck = true;
  transmitConfig(scope, port);
}

export function enablePort(scope: BridgeScope, port: BridgePort): void {
  initPort(scope.bridge, port);
  selectStates(scope);
}

export function initPort(bridge: Bridge, port: BridgePort): void {
  becomeDesignated(bridge, port);
  port.state = 'blocking';
  port.topologyChangeAck = false;
  port.configPending = false;
}

export function disablePort(scope: BridgeScope, port: BridgePort): void {
  const { bridge, net, master } = scope;
  const wasRoot = isRootBridge(bridge);
  becomeDesignated(bridge, port);
  setState(scope, port, 'disabled');
  port.topologyChangeAck = false;
  port.configPending = false;
  stopTimer(port.messageAgeTimer);
  stopTimer(port.forwardDelayTimer);
  stopTimer(port.holdTimer);
  flushPort(net, master, bridge, port, false);
  updateConfiguration(scope);
  selectStates(scope);
  if (isRootBridge(bridge) && !wasRoot) becomeRoot(scope);
}

/** The bridge device is set up. */
export function enableBridge(scope: BridgeScope): void {
  const { bridge, net, master } = scope;
  const { clock } = net.machine.context;
  if (bridge.stp) startHello(scope);
  startTimer(clock, bridge.gcTimer, SECOND / 10, () => collectGarbage(net, master, bridge));
  generateConfig(scope);
  for (const port of bridge.ports) {
    const link = net.links.get(port.ifindex);
    if (link !== undefined && isOperational(link)) enablePort(scope, port);
  }
}

export function disableBridge(scope: BridgeScope): void {
  const { bridge } = scope;
  for (const port of bridge.ports) if (port.state !== 'disabled') disablePort(scope, port);
  setTopologyChange(bridge, false);
  bridge.topologyChangeDetected = false;
  for (const timer of [bridge.helloTimer, bridge.topologyChangeTimer, bridge.tcnTimer, bridge.gcTimer])
    stopTimer(timer);
}
