/** A port of a bridge, and the bundle (a Port row of the database: one interface, or a bond) that it belongs to. */
import type { OfPort } from '../../flow/ofport.table.ts';
import type { RstpPort, RstpState } from '../rstp/rstp-port.ts';
import { forwardsIn, type StpPort, type StpState } from '../spanning-tree/stp-port.ts';
import type { BfdSession } from './bfd.ts';
import type { Bond } from '../bond/bond.ts';
import type { Lacp } from '../lacp/lacp.ts';
import type { Bridge } from './bridge.ts';
import type { TunnelConfig } from './tunnel-config.ts';

export interface Port {
  readonly bridge: Bridge;
  readonly ofPort: OfPort;
  readonly name: string;
  /** The Interface row's type: `` for a system device, `internal`, `patch`, `geneve` ... */
  readonly type: string;
  /** Number in the datapath; null for patch ports. Tunnels of one kind share a number. */
  readonly dpPort: number | null;
  readonly tunnel: TunnelConfig | null;
  /** For a patch port: the name of its peer. */
  readonly peerName: string | null;
  readonly options: ReadonlyMap<string, string>;
  mac: bigint;
  mtu: number;
  /** Mb/s; null where the device tells none. */
  speed: number | null;
  /** Its driver tells of a twisted pair. */
  isCopper: boolean;
  /** Whether packets can leave through it. */
  mayEnable: boolean;
  readonly flags: PortFlags;
  /** Simulated time in nanoseconds. */
  readonly created: number;
  readonly counters: PortCounters;
  bundle: Bundle | null;
  /** Tests the path, where `Interface.bfd` asks for it. */
  bfd: BfdSession | null;
  /** Its part in the bridge's spanning tree. */
  stp: StpPort | null;
  /** Its part in the bridge's rapid spanning tree. */
  rstp: RstpPort | null;
  /** The state that the switch last acted on, and since when (nanoseconds). */
  stpSeen: { readonly state: StpState | RstpState; readonly since: number };
}

export interface PortCounter {
  packets: number;
  bytes: number;
}

export interface PortCounters {
  readonly received: PortCounter;
  readonly sent: PortCounter;
}

export const zeroCounter = (): PortCounter => ({ packets: 0, bytes: 0 });

export const zeroCounters = (): PortCounters => ({ received: zeroCounter(), sent: zeroCounter() });

/** Whether the port is good to choose: it is up, its path as far as that is tested, and its partner of LACP is ready. */
export const isLive = (port: Port): boolean =>
  port.mayEnable && (port.bfd?.forwarding ?? true) && (port.bundle?.lacp?.mayEnable(port) ?? true);

/** OpenFlow port configuration, as `ovs-ofctl mod-port` sets it. */
export interface PortFlags {
  down: boolean;
  noReceive: boolean;
  noReceiveStp: boolean;
  noFlood: boolean;
  noForward: boolean;
  noPacketIn: boolean;
}

export const defaultPortFlags = (): PortFlags => ({
  down: false,
  noReceive: false,
  noReceiveStp: false,
  noFlood: false,
  noForward: false,
  noPacketIn: false,
});

type VlanMode = 'access' | 'trunk' | 'native-tagged' | 'native-untagged' | 'dot1q-tunnel';

export interface BundleConfig {
  readonly vlanMode: VlanMode;
  /** The access or native VLAN, 0 for none. */
  readonly vlan: number;
  /** VLANs carried; null for all. */
  readonly trunks: ReadonlySet<number> | null;
  readonly cvlans: ReadonlySet<number> | null;
  readonly qinqEthType: number;
  readonly priorityTags: 'never' | 'if-nonzero' | 'always';
  readonly protected: boolean;
}

export const DEFAULT_BUNDLE: BundleConfig = {
  vlanMode: 'trunk',
  vlan: 0,
  trunks: null,
  cvlans: null,
  qinqEthType: 0x88a8,
  priorityTags: 'never',
  protected: false,
};

export interface Bundle {
  readonly name: string;
  readonly ports: Port[];
  readonly config: BundleConfig;
  bond: Bond | null;
  lacp: Lacp | null;
  /** False when one of its ports is barred from flooding. */
  floodable: boolean;
}

/** Whether floods go to the bundle: no port of it is barred from them, by hand or by a spanning tree. */
export const isFloodable = ({ ports }: Bundle): boolean =>
  ports.every(
    ({ flags, bridge: { stp, rstp }, stpSeen }) =>
      !flags.noFlood && ((stp === null && rstp === null) || forwardsIn(stpSeen.state)),
  );

/** Sets one flag of a port as OpenFlow asks for it. A port that is put down loses its link. */
export function setPortFlag(port: Port, flag: keyof PortFlags, on: boolean): void {
  port.flags[flag] = on;
  if (flag === 'down') port.mayEnable = !on;
  if (port.bundle) port.bundle.floodable = isFloodable(port.bundle);
  port.bridge.portsChanged();
}
