/** The configuration of a switch as plain data: what ovs-vswitchd reads out of its database, references resolved. */
import type { BundleConfig } from '../bridge/port.ts';
import type { BondMode } from '../bridge/bond.ts';

export interface InterfaceConfig {
  readonly name: string;
  /** `` for a device of the host, `internal`, `patch`, `geneve` ... */
  readonly type: string;
  readonly options: ReadonlyMap<string, string>;
  /** OpenFlow port asked for. */
  readonly ofportRequest: number | null;
  /** `Interface.bfd`. */
  readonly bfd?: ReadonlyMap<string, string>;
  /** For `` and `internal`: the device's address and MTU, null when the host has no such device. */
  readonly device: {
    readonly mac: bigint;
    readonly mtu: number;
    readonly up: boolean;
    /** Mb/s, null where the device tells none. */
    readonly speed?: number | null;
  } | null;
}

export interface PortConfig {
  readonly name: string;
  readonly interfaces: readonly InterfaceConfig[];
  readonly vlan: BundleConfig;
  /** For more than one interface. */
  readonly bondMode: BondMode;
  readonly bond?: BondSettings;
  /** The settings of its part in a spanning tree: `stp-...` of `Port.other_config`. */
  readonly stp?: ReadonlyMap<string, string>;
}

/** What a Port row says of its bond besides the mode. */
interface BondSettings {
  /** Mixed into hashes of packets. */
  readonly hashBasis: number;
  /** Name of the interface to prefer. */
  readonly primary: string | null;
  /** Whether members that are not active take in broadcast and multicast as well. */
  readonly allMembersActive: boolean;
}

export interface MirrorConfig {
  readonly name: string;
  readonly selectAll: boolean;
  readonly selectSource: readonly string[];
  readonly selectDestination: readonly string[];
  readonly selectVlans: readonly number[];
  readonly outputPort: string | null;
  readonly outputVlan: number | null;
  readonly snapLength: number;
}

export interface BridgeConfig {
  readonly name: string;
  readonly failMode: 'standalone' | 'secure';
  /** `other_config:hwaddr`. */
  readonly mac: bigint | null;
  readonly datapathType: string;
  /** Seconds. */
  readonly macAge: number;
  readonly macTableSize: number;
  /** VLANs in which nothing is learned. */
  readonly floodVlans: readonly number[];
  readonly forwardReserved: boolean;
  readonly ports: readonly PortConfig[];
  readonly mirrors: readonly MirrorConfig[];
  /** With `stp_enable`, its settings: `stp-...` of `Bridge.other_config`. */
  readonly stp?: ReadonlyMap<string, string> | null;
}

/** What became of an interface: its OpenFlow port, or why it has none (then `ofport` is -1). */
export interface InterfaceStatus {
  readonly ofport: number;
  readonly error: string | null;
}
