/** State of a Linux bridge: its ports, forwarding database and spanning tree. Ports are named by interface index. */

/** `none` for untagged when VLAN filtering is off. */
export type VlanId = number;

export interface FdbEntry {
  readonly mac: bigint;
  readonly vlan: VlanId;
  /** Port's interface index; null for an address of the bridge itself. */
  port: number | null;
  /** `local` = an address of the host (permanent); `static` = does not age. */
  isLocal: boolean;
  isStatic: boolean;
  isSticky: boolean;
  addedByUser: boolean;
  externLearn: boolean;
  /** Simulated times in nanoseconds. */
  updated: number;
  used: number;
}

export type PortState = 'disabled' | 'listening' | 'learning' | 'forwarding' | 'blocking';

/** A kernel timer: when it ends, and how to stop it. */
export interface TimerState {
  expires: number;
  cancel: (() => void) | null;
}

export interface BridgeVlan {
  readonly id: VlanId;
  untagged: boolean;
  pvid: boolean;
}

/** One member of a multicast group. */
export interface MulticastGroup {
  readonly family: 4 | 6;
  readonly group: bigint;
  readonly vlan: VlanId;
  /** Interface index of the port; null for the bridge itself. */
  readonly port: number | null;
  readonly permanent: boolean;
  /** `bridge mdb add` made it. */
  readonly byUser: boolean;
  readonly timer: TimerState;
}

export interface BridgePort {
  readonly ifindex: number;
  readonly number: number;
  priority: number;
  state: PortState;
  pathCost: number;
  /** The user set the cost: it no longer follows the speed. */
  pathCostSet: boolean;
  designatedRoot: bigint;
  designatedCost: number;
  designatedBridge: bigint;
  designatedPort: number;
  designatedAge: number;
  topologyChangeAck: boolean;
  configPending: boolean;
  readonly forwardDelayTimer: TimerState;
  readonly holdTimer: TimerState;
  readonly messageAgeTimer: TimerState;
  hairpin: boolean;
  guard: boolean;
  rootBlock: boolean;
  fastLeave: boolean;
  learning: boolean;
  flood: boolean;
  multicastFlood: boolean;
  broadcastFlood: boolean;
  multicastToUnicast: boolean;
  multicastRouter: number;
  /** Runs while a multicast router is known behind the port. */
  readonly routerTimer: TimerState;
  neighbourSuppress: boolean;
  proxyArp: boolean;
  proxyArpWifi: boolean;
  isolated: boolean;
  locked: boolean;
  vlanTunnel: boolean;
  groupForwardMask: number;
  readonly vlans: Map<VlanId, BridgeVlan>;
}

export interface Bridge {
  /** Most recently added first, as the kernel floods. */
  ports: BridgePort[];
  /** Most recently added first, as `bridge fdb` lists. */
  readonly fdb: Map<string, FdbEntry>;
  bridgeId: bigint;
  designatedRoot: bigint;
  rootPathCost: number;
  rootPort: number;
  stp: boolean;
  /** Own settings and those in force (of the root), nanoseconds. */
  bridgeMaxAge: number;
  bridgeHelloTime: number;
  bridgeForwardDelay: number;
  maxAge: number;
  helloTime: number;
  forwardDelay: number;
  ageingTime: number;
  /** The ageing time outside of a topology change. */
  bridgeAgeingTime: number;
  topologyChange: boolean;
  topologyChangeDetected: boolean;
  readonly helloTimer: TimerState;
  readonly tcnTimer: TimerState;
  readonly topologyChangeTimer: TimerState;
  readonly gcTimer: TimerState;
  groupForwardMask: number;
  groupAddress: bigint;
  /** The user set the size of the bridge device: it no longer follows the ports. */
  mtuSetByUser: boolean;
  vlanFiltering: boolean;
  vlanProtocol: number;
  vlanDefaultPvid: number;
  vlanStats: boolean;
  readonly vlans: Map<VlanId, BridgeVlan>;
  multicastSnooping: boolean;
  multicastQuerier: boolean;
  multicastRouter: number;
  readonly groups: MulticastGroup[];
  /** Run while a querier of the family is heard. */
  readonly queriers: { readonly 4: TimerState; readonly 6: TimerState };
  noLinkLocalLearn: boolean;
}
